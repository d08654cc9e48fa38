//! A link to an episode: handed to the system where it shares, else copied.

use std::rc::Rc;

use cliffhanger_core::text::whole;
use wasm_bindgen::JsValue;

use crate::dom::settle;
use crate::js::{call, get, option, put};
use crate::shell::Shell;
use crate::strings::Word;
use cliffhanger_core::text::before;

pub(super) fn share(shell: &Rc<Shell>, title: &str, ordinal: u32) {
    let address = shell.window.location().href().unwrap_or_default();
    let page = before(&address, b'#');
    let link = JsValue::from_str(&[page, "#e=", &whole(u64::from(ordinal))].concat());
    let navigator: JsValue = shell.window.navigator().into();
    if get(&navigator, "share").is_function() {
        let data: JsValue = option("title", title);
        put(&data, "url", &link);
        // Closing the system's sheet without sharing breaks the promise; that is the viewer's right.
        settle(&call(&navigator, "share", &data), Box::new(|_| {}));
        return;
    }
    let clipboard = get(&navigator, "clipboard");
    let me = Rc::downgrade(shell);
    settle(
        &call(&clipboard, "writeText", &link),
        Box::new(move |result| {
            if let Some(shell) = me.upgrade() {
                shell.toast(if result.is_ok_and(|value| value.is_undefined()) { Word::Copied } else { Word::NotCopied });
            }
        }),
    );
}
