//! Clicks. One listener for everything that can be clicked: a control says by a letter what it does.

use std::rc::Rc;

use cliffhanger_core::event::Panel;
use cliffhanger_core::surface::Cause;
use cliffhanger_core::text::whole;
use cliffhanger_core::{Action, Event, Step};
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use crate::dom::{in_path, on, put};
use crate::shell::Shell;
use crate::stage::{HEART, ROOT, Stage};
use crate::{later, lazy};

/// Starts to listen.
pub(crate) fn attach(shell: &Rc<Shell>, stage: &Stage) {
    shell.keep(vec![on(&Rc::downgrade(shell), &stage.tree.node(ROOT), "click", 0, on_click)]);
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
            b"h" => return by_hand(shell, Action::Like),
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
                let at = control.get_attribute("data-at").and_then(|at| cliffhanger_core::text::number::<usize>(&at)).unwrap_or(0);
                let offer = shell.core.borrow().view().paywall.map(|paywall| paywall.offers.get(at).map(|offer| offer.id.clone()));
                let Some(offer) = offer else { return };
                Action::Choose { offer, trusted: event.is_trusted() }
            }
            [letter] if lazy::ready() => match later::chosen(shell, *letter, &control, event.is_trusted()) {
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
