//! What surrounds the player: visibility, connection, clocks.

use std::rc::Rc;

use cliffhanger_core::{Event, Instant, WallMs};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use crate::dom::on;
use crate::shell::Shell;
use crate::storage;
use cliffhanger_core::text::before;

/// Milliseconds on the page's monotonic clock.
pub(crate) fn now(shell: &Shell) -> Instant {
    Instant(shell.clock.now() as u64)
}

fn wall() -> Event {
    Event::Wall(WallMs(js_sys::Date::now() as u64))
}

/// Starts to listen, and queues how things stand. The caller pumps.
pub(crate) fn attach(shell: &Rc<Shell>) {
    let document: &EventTarget = &shell.document;
    let window: &EventTarget = &shell.window;
    let me = Rc::downgrade(shell);
    let mut guards = vec![
        on(&me, document, "visibilitychange", 0, |shell, _, _| visibility(shell, shell.document.hidden())),
        on(&me, window, "pageshow", 0, |shell, _, _| visibility(shell, shell.document.hidden())),
        on(&me, window, "pagehide", 0, |shell, _, _| visibility(shell, true)),
        on(&me, window, "hashchange", 0, |shell, _, _| {
            if !shell.own_address.take() {
                shell.send(Event::Fragment(fragment(shell)));
            }
        }),
        on(&me, window, "online", 0, |shell, _, _| shell.send(Event::Online(true))),
        on(&me, window, "offline", 0, |shell, _, _| shell.send(Event::Online(false))),
    ];
    if let Some(connection) = connection(shell) {
        guards.push(on(&me, connection.unchecked_ref(), "change", 0, |shell, _, _| shell.send(Event::Frugal(frugal(shell)))));
    }
    shell.keep(guards);
    if let Some(text) = storage::recall(&shell.window, "") {
        shell.queue(Event::Preferred(text));
    }
    shell.queue(wall());
    shell.queue(Event::Hidden(shell.document.hidden()));
    shell.queue(Event::Online(shell.window.navigator().on_line()));
    shell.queue(Event::Frugal(frugal(shell)));
}

/// The address's fragment, without `#`.
pub(crate) fn fragment(shell: &Shell) -> String {
    let hash = shell.window.location().hash().unwrap_or_default();
    hash.strip_prefix("#").unwrap_or_default().to_owned()
}

fn visibility(shell: &Rc<Shell>, hidden: bool) {
    if !hidden {
        shell.queue(wall());
    }
    shell.send(Event::Hidden(hidden));
}

/// `navigator.connection`, which only some browsers have.
fn connection(shell: &Shell) -> Option<JsValue> {
    member(&shell.window.navigator(), "connection").filter(JsValue::is_object)
}

fn frugal(shell: &Shell) -> bool {
    let Some(connection) = connection(shell) else { return false };
    let saves = member(&connection, "saveData").is_some_and(|value| value.is_truthy());
    let kind = member(&connection, "effectiveType").and_then(|value| value.as_string());
    saves || matches!(kind.as_deref(), Some("2g" | "slow-2g"))
}

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()
}

/// Whether the viewer asked for less motion.
pub(crate) fn reduced_motion(shell: &Shell) -> bool {
    shell.window.match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}

/// Keeps `#e=<ordinal>&t=<seconds>` in the address without a history entry. Frames without an address of
/// their own refuse it; that is fine.
pub(crate) fn set_address(shell: &Shell, ordinal: u32, seconds: u32) {
    let Ok(address) = shell.window.location().href() else { return };
    let page = before(&address, b'#');
    let whole = |number: u32| cliffhanger_core::text::whole(u64::from(number));
    let address = [page, "#e=", &whole(ordinal), "&t=", &whole(seconds)].concat();
    if let Ok(history) = shell.window.history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}
