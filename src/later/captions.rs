//! Captions: one `<track>` on the current video, drawn by the browser, above the controls and beside the action rail.

use std::rc::Rc;

use cliffhanger_core::View;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CssStyleSheet;

use crate::dom::{element, on, put};
use crate::js::{get, put as set};
use crate::shell::Shell;
use crate::stage::Stage;
use cliffhanger_core::text::pieces;

/// What title and position bar take from below, in pixels: captions end above.
const BELOW: f64 = 150.0;
/// Height of a line and width of a character, as shares of the font's size; that is a twentieth of the picture's smaller side.
const LINE: f64 = 1.38;
const CHARACTER: f64 = 0.56;
const FONT: f64 = 0.05;
/// What the action rail takes on its side, and so captions leave free on both, in pixels.
const RAIL: i32 = 64;
/// A style sheet in the player does not reach the captions of the page's own video.
const STYLE: &str =
    "cliffhanger-player>video::cue{white-space:pre-line;background:rgb(0 0 0/.66);color:#fff;font:600 1em/1.35 system-ui,sans-serif}";

pub(super) fn draw(shell: &Rc<Shell>, stage: &Stage, view: &View<'_>) {
    let later = &shell.later;
    let chosen = view.captions_shown.and_then(|at| view.captions.get(at));
    let url = chosen.map_or("", |captions| captions.url.as_str());
    if url.is_empty() && later.captions.borrow().is_empty() {
        // To ask for a size is to have the page laid out.
        return;
    }
    let size = (stage.viewport.client_width(), stage.viewport.client_height());
    let resized = later.size.replace(size) != size;
    if *later.captions.borrow() == url {
        if let Some(track) = later.track.borrow().as_ref().filter(|_| resized) {
            lift(&get(track, "track"), size);
        }
        return;
    }
    later.captions.replace(url.to_owned());
    if let Some(old) = later.track.take() {
        old.remove();
    }
    let slot = cliffhanger_core::Slot::of(view.current);
    let (Some(captions), Some(video)) = (chosen, shell.video(slot)) else { return };
    if video.is_adopted() && !later.outside.replace(true) {
        style_outside(shell);
    }
    let track = element("track", "");
    for (name, value) in [("kind", "captions"), ("srclang", &captions.lang), ("label", &captions.label), ("src", url)] {
        put(&track, name, value);
    }
    shell.keep(vec![on(&Rc::downgrade(shell), &track, "load", 0, |shell, event, _| {
        if let Some(track) = event.target() {
            lift(&get(&track, "track"), shell.later.size.get());
        }
    })]);
    let _ = video.element().append_child(&track);
    set(&get(&track, "track"), "mode", &JsValue::from_str("showing"));
    later.track.replace(Some(track.unchecked_into()));
}

/// Puts every cue that has no place of its own above the controls, and as wide as the rail leaves room.
fn lift(track: &JsValue, (width, height): (i32, i32)) {
    let (wide, high) = (f64::from(width), f64::from(height.max(1)));
    let font = FONT * wide.min(high).max(1.0);
    let size = f64::from((100 - 200 * RAIL / width.max(2 * RAIL)).clamp(30, 80));
    let cues = get(track, "cues");
    for at in 0..get(&cues, "length").as_f64().unwrap_or(0.0) as u32 {
        let Ok(cue) = js_sys::Reflect::get_u32(&cues, at) else { continue };
        let ours = get(&cue, "cliffhanger").is_truthy();
        if ours || get(&cue, "line").as_string().is_some() {
            set(&cue, "cliffhanger", &JsValue::TRUE);
            set(&cue, "snapToLines", &JsValue::FALSE);
            // A cue says where it begins; it has to end above the title, so its lines are counted.
            let room = (wide * size / 100.0 / (font * CHARACTER)).max(1.0);
            let text = get(&cue, "text").as_string().unwrap_or_default();
            let lines: f64 = pieces(&text, b'\n').map(|line| (line.chars().count() as f64 / room).ceil()).sum();
            let top = (high - BELOW - lines * font * LINE) / high * 100.0;
            set(&cue, "line", &JsValue::from_f64(top.clamp(12.0, 80.0)));
            set(&cue, "position", &JsValue::from_f64(50.0));
            set(&cue, "positionAlign", &JsValue::from_str("center"));
            set(&cue, "align", &JsValue::from_str("center"));
            set(&cue, "size", &JsValue::from_f64(size));
        }
    }
}

/// Gives the captions of the page's own video their look, in whichever tree the player stands.
fn style_outside(shell: &Shell) {
    let root = crate::js::call(&shell.host, "getRootNode", &JsValue::UNDEFINED);
    let sheets = get(&root, "adoptedStyleSheets");
    if let (true, Ok(sheet)) = (sheets.is_object(), CssStyleSheet::new()) {
        let _ = sheet.replace_sync(STYLE);
        crate::js::call(&sheets, "push", &sheet);
    }
}
