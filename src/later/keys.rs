//! What the keys mean. Listened to on the document, acted on when the viewer means the player.

use std::rc::Rc;

use cliffhanger_core::event::{Panel, Screen};
use cliffhanger_core::surface::Cause;
use cliffhanger_core::{Action, Event, Key, Step};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::shell::Shell;
use cliffhanger_core::text::pieces;

/// Whether text runs from right to left where the player stands.
pub(super) fn right_to_left(shell: &Shell) -> bool {
    let style = shell.window.get_computed_style(&shell.host).ok().flatten();
    style.and_then(|style| style.get_property_value("direction").ok()).is_some_and(|direction| direction == "rtl")
}

/// The keys, each after the letter of what it is for.
const KEYS: &str = "\
dArrowDown
dPageDown
uArrowUp
uPageUp
hHome
eEnd
p\x20
pk
pK
mm
mM
<ArrowLeft
>ArrowRight
xEscape
??
cc
cC
ff
fF";

pub(super) fn pressed(shell: &Rc<Shell>, event: &web_sys::Event) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let shifted = event.shift_key() && event.key() != "?";
    let modified = event.alt_key() || event.ctrl_key() || event.meta_key() || shifted;
    if modified || event.default_prevented() || event.is_composing() || shell.host.has_attribute("no-keyboard") {
        return;
    }
    let Some(stage) = shell.stage() else { return };
    // Keys are meant for the player when it has the focus, or when it fills the page and nothing has it.
    let meant = shell.has_focus() || stage.is_full() && nothing_has_focus(shell);
    if !meant {
        return;
    }
    let target = event.composed_path().get(0).dyn_into::<Element>().ok();
    let tag = target.as_ref().map(Element::tag_name).unwrap_or_default();
    let editable = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()).is_some_and(|target| target.is_content_editable());
    if editable || matches!(tag.as_str(), "INPUT" | "TEXTAREA" | "SELECT") {
        return;
    }
    let key = event.key();
    let on_control = matches!(tag.as_str(), "BUTTON" | "A" | "SUMMARY");
    let mut seek = [Key::SeekBack, Key::SeekForward];
    if right_to_left(shell) {
        seek.reverse();
    }
    let [left, right] = seek;
    // What lies over the player keeps the keys to itself.
    if stage.panel.get() && !matches!(key.as_str(), "Escape" | "?") {
        return;
    }
    // A focused button takes the space bar itself.
    if key == " " && on_control {
        return;
    }
    let action = match meaning(&key) {
        b'd' => step(Step::Forward),
        b'u' => step(Step::Back),
        b'h' => step(Step::First),
        b'e' => step(Step::Last),
        b'p' => Action::Key(Key::PlayPause),
        b'm' => Action::Key(Key::Mute),
        b'<' => Action::Key(left),
        b'>' => Action::Key(right),
        b'x' => Action::Key(Key::Escape),
        b'?' => Action::Open(Panel::Keys),
        b'c' => Action::ToggleCaptions,
        b'f' => Action::Show(Screen::Full),
        _ => return,
    };
    let seeks = matches!(action, Action::Key(Key::SeekBack | Key::SeekForward));
    if !matches!(action, Action::Key(Key::Escape)) {
        event.prevent_default();
    }
    // A key held down is one wish, except for seeking.
    if event.repeat() && !seeks {
        return;
    }
    shell.by_hand.set(true);
    shell.send(Event::Viewer(action));
}

/// What a key is for, by a letter.
fn meaning(key: &str) -> u8 {
    let found = pieces(KEYS, b'\n').find_map(|line| line.strip_suffix(key).filter(|rest| rest.len() == 1));
    found.and_then(|letter| letter.bytes().next()).unwrap_or(0)
}

fn step(step: Step) -> Action {
    Action::Step { step, cause: Cause::Key }
}

fn nothing_has_focus(shell: &Shell) -> bool {
    match (shell.document.active_element(), shell.document.body()) {
        (None, _) => true,
        (Some(active), Some(body)) => active == *body.as_ref() || Some(active) == shell.document.document_element(),
        _ => false,
    }
}
