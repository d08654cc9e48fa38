//! Wheel and trackpad: one slide per gesture. Browsers ignore `scroll-snap-stop` for wheels, so this owns them.

use std::cell::Cell;
use std::rc::Rc;

use cliffhanger_core::surface::Cause;
use cliffhanger_core::{Action, Event, Step};
use wasm_bindgen::prelude::*;
use web_sys::WheelEvent;

use crate::dom::{in_path, on_active};
use crate::shell::Shell;

/// A gesture is over after this much quiet, in milliseconds.
const GESTURE_GAP: f64 = 150.0;
/// A gesture that travels less than this, in pixels, is a touch of the fingers, not a wish.
const THRESHOLD: f64 = 30.0;
/// Pixels to a line, where a wheel counts lines.
const LINE: f64 = 20.0;

/// The wheel gesture under way.
#[derive(Default)]
pub(crate) struct Wheel {
    last: Cell<f64>,
    travelled: Cell<f64>,
    /// It has done its work: the rest of it is swallowed.
    spent: Cell<bool>,
    /// It belongs to the page.
    released: Cell<bool>,
}

/// Starts to listen.
pub(crate) fn attach(shell: &Rc<Shell>) {
    shell.keep(vec![on_active(&Rc::downgrade(shell), &shell.host, "wheel", on_wheel)]);
}

fn on_wheel(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let event: &WheelEvent = event.unchecked_ref();
    let Some(stage) = shell.stage() else { return };
    // With ctrl it is a pinch: zooming is the viewer's right.
    if stage.panel.get() || event.ctrl_key() || event.default_prevented() {
        return;
    }
    let height = f64::from(stage.viewport.client_height());
    let unit = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => LINE,
        WheelEvent::DOM_DELTA_PAGE => height,
        _ => 1.0,
    };
    let delta = event.delta_y() * unit;
    if delta == 0.0 || event.delta_x().abs() * unit > delta.abs() {
        return;
    }
    let forward = delta > 0.0;
    let wheel = &shell.wheel;
    let quiet = event.time_stamp() - wheel.last.replace(event.time_stamp());
    let turned = wheel.travelled.get() * delta < 0.0;
    if quiet > GESTURE_GAP || turned {
        wheel.travelled.set(0.0);
        wheel.spent.set(false);
        let can_go = if forward { stage.can_forward.get() } else { stage.can_back.get() };
        wheel.released.set(!can_go && !stage.is_full() && !shell.has_focus());
    }
    if wheel.released.get() {
        return;
    }
    if !wheel.spent.get() && scrolls_inside(event, delta) {
        wheel.spent.set(false);
        wheel.travelled.set(0.0);
        return;
    }
    event.prevent_default();
    wheel.travelled.set(wheel.travelled.get() + delta);
    if wheel.spent.get() || wheel.travelled.get().abs() < THRESHOLD || shell.scroll.is_own() {
        return;
    }
    wheel.spent.set(true);
    shell.by_hand.set(false);
    let step = if forward { Step::Forward } else { Step::Back };
    shell.send(Event::Viewer(Action::Step { step, cause: Cause::Wheel }));
}

/// Whether the event is over a sheet that has room to scroll that way itself.
fn scrolls_inside(event: &WheelEvent, delta: f64) -> bool {
    let Some(inner) = in_path(event, ".scrolls", ".viewport") else { return false };
    let top = inner.scroll_top();
    if delta < 0.0 { top > 0 } else { top + inner.client_height() + 1 < inner.scroll_height() }
}
