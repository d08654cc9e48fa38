//! Clicks, and the position bar. One listener for everything that can be clicked: a control says by a letter what it does.

use std::rc::Rc;

use cliffhanger_core::event::Panel;
use cliffhanger_core::surface::Cause;
use cliffhanger_core::text::whole;
use cliffhanger_core::{Action, Event, Seconds, Step};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, MouseEvent};

use crate::dom::{focus, in_path, on, on_active, put};
use crate::render::show_time;
use crate::shell::Shell;
use crate::stage::{BAR, HEART, ROOT, Stage};
use crate::{later, lazy};

/// A finger that stays this long on the video means speed, in milliseconds.
const HOLD_AFTER: u32 = 450;

/// Starts to listen.
pub(crate) fn attach(shell: &Rc<Shell>, stage: &Stage) {
    let me = Rc::downgrade(shell);
    let bar = stage.tree.node(BAR);
    shell.keep(vec![
        on(&me, &stage.tree.node(ROOT), "click", 0, on_click),
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

fn on_click(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let Some(stage) = shell.stage() else { return };
    if stage.held.take() {
        return;
    }
    let step = |step| Action::Step { step, cause: Cause::Button };
    let action = match in_path(event, "[data-do]", ".player") {
        // A tap on the picture. What lies over it keeps its own clicks; they go on to the page as clicks do.
        None if in_path(event, "button, a, input, .sheet, .card, [slot], .controls", ".viewport").is_some() => return,
        None if in_path(event, ".viewport", ".player").is_none() => return,
        None => {
            let event: &MouseEvent = event.unchecked_ref();
            let frame = stage.tree.node(ROOT).get_bounding_client_rect();
            for (name, at, from) in [("--x", event.client_x(), frame.left()), ("--y", event.client_y(), frame.top())] {
                let pixels = [&whole((f64::from(at) - from).max(0.0) as u64), "px"].concat();
                stage.tree.set(HEART, name, Some(&pixels));
            }
            Action::Tap
        }
        Some(control) => match control.get_attribute("data-do").unwrap_or_default().as_bytes() {
            b"s" => Action::ToggleSound,
            b"p" => Action::TogglePlay,
            b"u" => step(Step::Back),
            b"d" => step(Step::Forward),
            b"o" => Action::Tap,
            b"x" => Action::Dismiss,
            b"r" => {
                if shell.lazy.failed.get() {
                    lazy::fetch(shell);
                }
                Action::Retry
            }
            b"a" => Action::Replay,
            b"h" => Action::Like,
            b"n" => return by_hand(shell, Action::Share),
            b"e" => return by_hand(shell, Action::Open(Panel::Episodes)),
            b"j" => return by_hand(shell, Action::Open(Panel::Menu)),
            b"y" => {
                let told = !stage.tree.has(ROOT, ".told");
                stage.tree.flag(ROOT, ".told", told);
                put(&control, "aria-expanded", if told { "true" } else { "false" });
                return;
            }
            b"$" => {
                let at = control.get_attribute("data-at").and_then(|at| at.parse::<usize>().ok()).unwrap_or(0);
                let offer = shell.core.borrow().view().paywall.map(|paywall| paywall.offers.get(at).map(|offer| offer.id.clone()));
                let Some(offer) = offer else { return };
                Action::Choose { offer, trusted: event.is_trusted() }
            }
            [letter] if lazy::ready() => match later::chosen(*letter, &control, event.is_trusted()) {
                Some(action) => action,
                None => return,
            },
            _ => return,
        },
    };
    shell.by_hand.set(true);
    shell.send(Event::Viewer(action));
}

/// A click on what the second wasm draws.
fn by_hand(shell: &Rc<Shell>, action: Action) {
    shell.by_hand.set(true);
    lazy::act(shell, action);
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
    shell.send(Event::Viewer(Action::Scrub(Seconds::new(to))));
}

/// The thumb was let go. A drag gives the focus back to the feed, so that the arrow keys step again.
fn on_scrubbed(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let (Some(stage), Some(bar)) = (shell.stage(), bar_of(event)) else { return };
    stage.tree.flag(ROOT, ".scrubbing", false);
    if !bar.matches(":focus-visible").unwrap_or(true) {
        focus(&stage.viewport);
    }
    shell.redraw();
    shell.pump();
}

fn bar_of(event: &web_sys::Event) -> Option<HtmlInputElement> {
    event.target().map(JsCast::unchecked_into)
}
