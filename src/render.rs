//! From [`View`] to the DOM: only what has changed is written.
//!
//! The view borrows the core while it is drawn. That is safe: the core is changed only by the loop that called
//! this, and whatever JavaScript runs meanwhile can only queue events or read properties.

use std::rc::Rc;

use cliffhanger_core::surface::{Access, STATES};
use cliffhanger_core::text::whole;
use cliffhanger_core::view::View;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::dom::focus;
use crate::money::clock;
use crate::shell::Shell;
use crate::stage::*;
use crate::strings::{self, Word};
use crate::{later, lazy, sheet};

/// Draws the current view.
pub(crate) fn draw(shell: &Rc<Shell>) {
    let core = shell.core.borrow();
    let view = core.view();
    let ready = core.is_ready();
    if !view.mounted {
        return;
    }
    let Some(stage) = shell.stage().or_else(|| Stage::build(shell)) else { return };
    let locked = view.access == Access::Locked;
    stage.current.set(view.current);
    stage.can_forward.set(view.can_go_forward);
    stage.can_back.set(view.can_go_back);
    for ((slide, drawn), video) in stage.slides.iter().zip(&view.slides).zip(&shell.videos) {
        slide.draw(drawn, &view, video, &shell.words);
    }
    // Closed by hand: not when the host draws its own.
    let sheet_closed = ready && locked && view.paywall.is_none() && !core.has_paywall();
    let tree = &stage.tree;
    for (class, on) in [
        (".bare", view.no_ui),
        (".locked", locked),
        (".silent", view.sound_prompt),
        (".buffering", view.buffering),
        (".paused", view.paused_by_viewer && !view.buffering),
        (".timed", view.progress.is_some()),
        (".fast", view.fast),
        (".closed", view.error.is_some() || view.ended || view.paywall.is_some()),
    ] {
        tree.flag(ROOT, class, on);
    }
    // Cards and the big controls lie in the slide they speak of.
    for (key, on) in [(UNLOCK, sheet_closed), (BIG, view.play_prompt), (ERROR, view.error.is_some()), (END, view.ended)] {
        if on {
            stage.place(key, view.current);
        }
        tree.flag(key, ".shown", on);
    }
    stage.place(RAIL, view.current);
    // A feed without episodes is none.
    tree.flag(VIEWPORT, "hidden", !ready);
    draw_controls(shell, &stage, &view);
    if let Some(error) = view.error {
        tree.text(ERROR_TITLE, shell.words.get(if ready { Word::Failed } else { Word::FailedSeries }));
        tree.text(ERROR_REASON, shell.words.get(strings::fault(error.code)));
        tree.flag(ERROR_RETRY, ".shown", error.can_retry);
        tree.flag(ERROR_SKIP, ".shown", error.can_skip);
    }
    tree.text(END_TITLE, view.series_title);
    let turned = sheet::draw(shell, &stage, view.paywall.as_ref(), view.can_go_back);
    if lazy::ready() {
        later::draw(shell, &stage, &view);
    }
    let states = [view.playing, view.buffering, locked && ready, view.muted, ready];
    let opened = view.paywall.is_some();
    drop(core);
    for ((name, last), now) in STATES.iter().zip(&stage.states).zip(states) {
        if last.replace(now) != now {
            let _ = shell.ports.set_state(name, now);
        }
    }
    if turned {
        move_focus(shell, &stage, opened);
    }
}

fn draw_controls(shell: &Shell, stage: &Stage, view: &View<'_>) {
    let tree = &stage.tree;
    tree.flag(BACK, "disabled", !view.can_go_back);
    tree.flag(FORWARD, "disabled", !view.can_go_forward);
    let toggle = |key, icon, word| {
        tree.set(key, "%", Some(icon));
        tree.set(key, "aria-label", Some(shell.words.get(word)));
    };
    if view.muted {
        toggle(MUTE, "m", Word::Unmute);
    } else {
        toggle(MUTE, "s", Word::Mute);
    }
    if view.wants_play && !view.play_prompt {
        toggle(TOGGLE, "|", Word::Pause);
    } else {
        toggle(TOGGLE, "p", Word::Play);
    }
    tree.set(LIKE, "aria-pressed", Some(if view.liked { "true" } else { "false" }));
    if stage.hearts.replace(view.hearts) != view.hearts {
        // Two names for one animation: each beat starts it anew.
        tree.flag(HEART, ".even", view.hearts.is_multiple_of(2));
        tree.flag(HEART, ".odd", !view.hearts.is_multiple_of(2));
    }
    tree.text(FAST, if view.fast { "2×" } else { "" });
    let Some(progress) = view.progress else { return };
    // While the viewer scrolls nobody reads how far it is; only half way, whose it is.
    if stage.timed.replace(view.current) == view.current && shell.scroll.is_moving() {
        return;
    }
    let length = progress.duration.get();
    // `max` in whole thousandths: a number in a style or an attribute must not need float formatting.
    tree.set(BAR, "max", Some(&whole((length * 1000.0) as u64)));
    tree.set(BAR, "--buffered", Some(&share(progress.buffered_to.get(), length)));
    if !tree.has(ROOT, ".scrubbing") {
        show_time(shell, stage, progress.time.get(), length);
        tree.node(BAR).unchecked_into::<HtmlInputElement>().set_value_as_number(progress.time.get() * 1000.0);
    }
}

/// Shows a position.
pub(crate) fn show_time(shell: &Shell, stage: &Stage, time: f64, length: f64) {
    let tree = &stage.tree;
    tree.set(BOTTOM, "--played", Some(&share(time, length)));
    let (now, end) = (clock(time), clock(length));
    tree.text(TIME, &[&now, " / ", &end].concat());
    tree.set(BAR, "aria-valuetext", Some(&shell.words.fill(Word::TimeOf, &[("time", &now), ("length", &end)])));
}

/// A share of the bar, in whole thousandths so that most updates are no change.
fn share(part: f64, length: f64) -> String {
    whole(if length > 0.0 { (part / length * 1000.0).clamp(0.0, 1000.0) as u64 } else { 0 })
}

/// Into the sheet when a key or a click opened it, and back to the feed when it goes.
fn move_focus(shell: &Shell, stage: &Stage, opened: bool) {
    let sheet = stage.tree.node(SHEET);
    if opened {
        if shell.by_hand.get() && (shell.has_focus() || stage.is_full()) {
            focus(&sheet);
        }
    } else if sheet.matches(":focus-within").unwrap_or(false) {
        focus(&stage.viewport);
    }
}
