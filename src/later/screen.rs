//! Full screen and picture in picture, as far as the browser has them.

use std::rc::Rc;

use cliffhanger_core::Event;
use cliffhanger_core::event::{News, Screen, Slot};
use wasm_bindgen::{JsCast, JsValue};

use crate::dom::{on, settle};
use crate::js::{call, get, option};
use crate::shell::Shell;
use crate::stage::{ROOT, Stage};
use crate::strings::Word;

/// Starts to listen; what the browser can do here.
pub(super) fn attach(shell: &Rc<Shell>, stage: &Stage) -> News {
    let me = Rc::downgrade(shell);
    let root = stage.tree.node(ROOT);
    let mut guards =
        vec![on(&me, &shell.document, "fullscreenchange", 0, on_full), on(&me, &shell.document, "webkitfullscreenchange", 0, on_full)];
    for name in ["enterpictureinpicture", "leavepictureinpicture"] {
        // The page's own video lies outside the shadow tree.
        guards.push(on(&me, &root, name, 0, on_float));
        guards.push(on(&me, &shell.host, name, 0, on_float));
    }
    shell.keep(guards);
    let document: &JsValue = &shell.document;
    let has = |name| get(document, name).is_truthy();
    let full =
        has("fullscreenEnabled") || has("webkitFullscreenEnabled") || get(&video(shell, Slot(0)), "webkitEnterFullscreen").is_function();
    News::Ready { full, float: has("pictureInPictureEnabled") }
}

/// Begins or ends it.
pub(super) fn show(shell: &Rc<Shell>, screen: Screen, slot: Slot, on: bool) {
    let document: &JsValue = &shell.document;
    let (object, names): (JsValue, [&str; 2]) = match (screen, on) {
        (Screen::Full, true) => (shell.host.clone().into(), ["requestFullscreen", "webkitRequestFullscreen"]),
        (Screen::Full, false) => (document.clone(), ["exitFullscreen", "webkitExitFullscreen"]),
        (Screen::Float, true) => (video(shell, slot), ["requestPictureInPicture", ""]),
        (Screen::Float, false) => (document.clone(), ["exitPictureInPicture", ""]),
    };
    let name = names.into_iter().find(|name| get(&object, name).is_function());
    let answer = match name {
        Some(name) => call(&object, name, &option::<JsValue>("navigationUI", "hide")),
        // An iPhone shows only the video itself.
        None => call(&video(shell, slot), "webkitEnterFullscreen", &JsValue::UNDEFINED),
    };
    if !get(&answer, "then").is_function() {
        return;
    }
    let me = Rc::downgrade(shell);
    settle(
        &answer,
        Box::new(move |result| {
            if let Some(shell) = me.upgrade().filter(|_| result.is_err() && on) {
                shell.send(Event::News(News::Refused(screen)));
            }
        }),
    );
}

/// Says that it is not possible here.
pub(super) fn refuse(shell: &Shell, screen: Screen) {
    shell.toast(if screen == Screen::Full { Word::NoFull } else { Word::NoFloat });
}

fn video(shell: &Shell, slot: Slot) -> JsValue {
    shell.video(slot).map_or(JsValue::UNDEFINED, |video| video.element().unchecked_into())
}

fn on_full(shell: &Rc<Shell>, _: &web_sys::Event, _: u8) {
    let on = [":fullscreen", ":-webkit-full-screen"].iter().any(|state| shell.host.matches(state).unwrap_or(false));
    shell.send(Event::News(News::Screen(Screen::Full, on)));
}

fn on_float(shell: &Rc<Shell>, _: &web_sys::Event, _: u8) {
    let Some(stage) = shell.stage() else { return };
    // When the picture goes from one video to the next, one leaves while the other is there already.
    let trees: [&JsValue; 2] = [&stage.shadow, &shell.document];
    let floats = |tree: &&JsValue| get(tree, "pictureInPictureElement").is_object();
    shell.send(Event::News(News::Screen(Screen::Float, trees.iter().any(floats))));
}
