//! Clicks, and the position bar. One listener for everything that can be clicked: a control says by a letter what it does.

use std::rc::Rc;

use cliffhanger_core::surface::Cause;
use cliffhanger_core::{Action, Event, Seconds, Step};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::dom::{focus, in_path, on};
use crate::render::show_time;
use crate::shell::Shell;
use crate::stage::{BAR, ROOT, Stage};

/// Starts to listen.
pub(crate) fn attach(shell: &Rc<Shell>, stage: &Stage) {
    let me = Rc::downgrade(shell);
    let bar = stage.tree.node(BAR);
    shell.keep(vec![
        on(&me, &stage.tree.node(ROOT), "click", 0, on_click),
        on(&me, &bar, "input", 0, on_scrub),
        on(&me, &bar, "change", 0, on_scrubbed),
    ]);
}

fn on_click(shell: &Rc<Shell>, event: &web_sys::Event, _: u8) {
    let step = |step| Action::Step { step, cause: Cause::Button };
    let action = match in_path(event, "[data-do]", ".player") {
        // A tap on the picture. What lies over it keeps its own clicks; they go on to the page as clicks do.
        None if in_path(event, "button, a, input, .sheet, .card, [slot], .controls", ".viewport").is_some() => return,
        None if in_path(event, ".viewport", ".player").is_none() => return,
        None => Action::Tap,
        Some(control) => match control.get_attribute("data-do").unwrap_or_default().as_bytes() {
            b"s" => Action::ToggleSound,
            b"p" => Action::TogglePlay,
            b"u" => step(Step::Back),
            b"d" => step(Step::Forward),
            b"o" => Action::Tap,
            b"x" => Action::Dismiss,
            b"r" => Action::Retry,
            b"a" => Action::Replay,
            b"$" => {
                let at = control.get_attribute("data-at").and_then(|at| at.parse::<usize>().ok()).unwrap_or(0);
                let offer = shell.core.borrow().view().paywall.map(|paywall| paywall.offers.get(at).map(|offer| offer.id.clone()));
                let Some(offer) = offer else { return };
                Action::Choose { offer, trusted: event.is_trusted() }
            }
            _ => return,
        },
    };
    shell.by_hand.set(true);
    shell.send(Event::Viewer(action));
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
