//! A finger that rests on the picture, and the position bar.

use std::rc::Rc;

use cliffhanger_core::{Action, Event, Seconds};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::scrub;
use crate::dom::{focus, in_path, on, on_active};
use crate::render::show_time;
use crate::shell::Shell;
use crate::stage::{BAR, ROOT, Stage};

/// A finger that stays this long on the video means speed, in milliseconds.
const HOLD_AFTER: u32 = 450;

/// Starts to listen.
pub(super) fn attach(shell: &Rc<Shell>, stage: &Stage) {
    let me = Rc::downgrade(shell);
    let bar = stage.tree.node(BAR);
    shell.keep(vec![
        on(&me, &stage.viewport, "pointerdown", 0, on_press),
        on(&me, &shell.window, "pointerup", 1, on_press),
        on(&me, &shell.window, "pointercancel", 1, on_press),
        on_active(&me, &stage.viewport, "contextmenu", |shell, event, _| {
            // A finger that rests on the video means speed, not the browser's menu.
            if shell.stage().is_some_and(|stage| stage.held.get() || stage.hold.borrow().is_some()) {
                event.prevent_default();
            }
        }),
        on(&me, &bar, "input", 0, on_scrub),
        on(&me, &bar, "change", 0, on_scrubbed),
    ]);
}

fn scrubbing(shell: &Rc<Shell>, on: bool) {
    if shell.later.scrubs.replace(on) != on {
        shell.send(Event::Viewer(Action::Scrubbing(on)));
    }
}

/// A finger comes down on the picture (0), or leaves (1).
fn on_press(shell: &Rc<Shell>, event: &web_sys::Event, up: u8) {
    let Some(stage) = shell.stage() else { return };
    if up == 1 {
        stage.hold.take();
        if stage.held.get() {
            shell.send(Event::Viewer(Action::Hold(false)));
        }
        return;
    }
    stage.held.set(false);
    if in_path(event, "button, a, input, .sheet, .card, [slot]", ".viewport").is_some() {
        return;
    }
    let me = shell.weak();
    stage.hold.replace(Some(Timeout::new(HOLD_AFTER, move || {
        let Some(shell) = me.upgrade() else { return };
        let Some(stage) = shell.stage() else { return };
        shell.send(Event::Viewer(Action::Hold(true)));
        stage.held.set(shell.core.borrow().view().fast);
        stage.hold.take();
    })));
}

fn on_scrub(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let (Some(stage), Some(bar)) = (shell.stage(), bar_of(event)) else { return };
    stage.tree.flag(ROOT, ".scrubbing", true);
    let to = bar.value_as_number() / 1000.0;
    let length = bar.max().parse::<u32>().map_or(0.0, |max| f64::from(max) / 1000.0);
    show_time(shell, &stage, to, length);
    scrubbing(shell, true);
    scrub::at(shell, &stage, to);
    shell.send(Event::Viewer(Action::Scrub(Seconds::new(to))));
}

/// The thumb was let go. A drag gives the focus back to the feed, so that the arrow keys step again.
fn on_scrubbed(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let (Some(stage), Some(bar)) = (shell.stage(), bar_of(event)) else { return };
    stage.tree.flag(ROOT, ".scrubbing", false);
    scrubbing(shell, false);
    if !bar.matches(":focus-visible").unwrap_or(true) {
        focus(&stage.viewport);
    }
    shell.redraw();
    shell.pump();
}

fn bar_of(event: &web_sys::Event) -> Option<HtmlInputElement> {
    event.target().map(JsCast::unchecked_into)
}
