//! Captions: one `<track>` on the current video, drawn by the browser, above the controls.

use std::rc::Rc;

use cliffhanger_core::View;
use wasm_bindgen::{JsCast, JsValue};

use crate::dom::{element, on, put};
use crate::js::{get, put as set};
use crate::shell::Shell;

/// Where captions begin, in percent of the height: above the title and the position bar.
const LINE: f64 = 68.0;

pub(super) fn draw(shell: &Rc<Shell>, view: &View<'_>) {
    let chosen = view.captions_shown.and_then(|at| view.captions.get(at));
    let url = chosen.map_or("", |captions| captions.url.as_str());
    if *shell.later.captions.borrow() == url {
        return;
    }
    shell.later.captions.replace(url.to_owned());
    if let Some(old) = shell.later.track.take() {
        old.remove();
    }
    let slot = cliffhanger_core::Slot::of(view.current);
    let (Some(captions), Some(video)) = (chosen, shell.video(slot)) else { return };
    let track = element("track", "");
    for (name, value) in [("kind", "captions"), ("srclang", &captions.lang), ("label", &captions.label), ("src", url)] {
        put(&track, name, value);
    }
    shell.keep(vec![on(&Rc::downgrade(shell), &track, "load", 0, |_, event, _| {
        if let Some(track) = event.target() {
            lift(&get(&track, "track"));
        }
    })]);
    let _ = video.element().append_child(&track);
    set(&get(&track, "track"), "mode", &JsValue::from_str("showing"));
    shell.later.track.replace(Some(track.unchecked_into()));
}

/// Puts every cue that has no place of its own above the controls.
fn lift(track: &JsValue) {
    let cues = get(track, "cues");
    for at in 0..get(&cues, "length").as_f64().unwrap_or(0.0) as u32 {
        let Ok(cue) = js_sys::Reflect::get_u32(&cues, at) else { continue };
        if get(&cue, "line").as_string().is_some() {
            set(&cue, "snapToLines", &JsValue::FALSE);
            set(&cue, "line", &JsValue::from_f64(LINE));
        }
    }
}
