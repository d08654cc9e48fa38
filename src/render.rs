//! From [`View`] to the DOM: only what has changed is written.
//!
//! The view borrows the core while it is drawn. That is safe: the core is changed only by the loop that called
//! this, and whatever JavaScript runs meanwhile can only queue events or read properties.

use std::rc::Rc;

use cliffhanger_core::Node;
use cliffhanger_core::surface::{Access, STATES};
use cliffhanger_core::text::whole;
use cliffhanger_core::view::View;

use crate::dom::place;
use crate::env;
use crate::shell::Shell;
use crate::stage::Stage;
use crate::strings::{EN, fill};

/// Draws the current view.
pub(crate) fn draw(shell: &Rc<Shell>) {
    let core = shell.core.borrow();
    let view = core.view();
    let ready = core.is_ready();
    if !view.mounted {
        return;
    }
    let known = shell.stage();
    let first = known.is_none();
    let Some(stage) = known.or_else(|| Stage::build(shell)) else { return };
    stage.current.set(view.current);
    stage.can_forward.set(view.can_go_forward);
    stage.can_back.set(view.can_go_back);
    stage.bare.set(view.no_ui);
    stage.locked.set(view.access == Access::Locked);
    for ((slide, drawn), video) in stage.slides.iter().zip(&view.slides).zip(&shell.videos) {
        slide.draw(drawn, &view, video);
    }
    // Closed by hand: not when the host draws its own.
    let sheet_closed = ready && view.access == Access::Locked && view.paywall.is_none() && core.paywall() == Node::Null;
    stage.controls.draw(&view, sheet_closed);
    if sheet_closed {
        place(&stage.controls.unlock, stage.over(view.current));
    }
    stage.error.draw(view.error, !ready);
    stage.end.draw(&view);
    let turned = stage.sheet.draw(shell, view.paywall.as_ref(), view.can_go_back);
    put_in_place(&stage, &view);
    announce(&stage, &view);
    let states = [view.playing, view.buffering, view.access == Access::Locked && ready, view.muted, ready];
    let opened = view.paywall.is_some();
    drop(core);
    if first {
        stage.rtl.set(env::right_to_left(shell));
    }
    for ((name, last), now) in STATES.iter().zip(&stage.states).zip(states) {
        if last.replace(now) != now {
            let _ = shell.ports.set_state(name, now);
        }
    }
    if turned {
        move_focus(shell, &stage, opened);
    }
}

/// Cards, sheet and the big play control lie in the slide they speak of, or over the player without slides.
fn put_in_place(stage: &Stage, view: &View<'_>) {
    let here = stage.over(view.current);
    if view.error.is_some() {
        place(&stage.error.card, here);
    }
    if view.ended {
        place(&stage.end.card, here);
    }
    if view.play_prompt {
        place(&stage.controls.big, here);
    }
    if let Some(paywall) = &view.paywall {
        place(&stage.sheet.sheet, stage.over(paywall.slide));
    }
}

fn announce(stage: &Stage, view: &View<'_>) {
    stage.label.set(Some(&fill(EN.feed, &[("title", view.series_title)])));
    let Some(episode) = view.episode else { return };
    let text = if view.access == Access::Locked { EN.announce_locked } else { EN.announce };
    let (n, count) = (whole(u64::from(episode.n)), whole(view.count as u64));
    stage.live.set(&fill(text, &[("n", &n), ("count", &count), ("title", &episode.title)]));
}

/// Into the sheet when a key or a click opened it, and back to the feed when it goes.
fn move_focus(shell: &Shell, stage: &Stage, opened: bool) {
    if opened {
        if shell.by_hand.get() && (shell.has_focus() || stage.is_full()) {
            stage.sheet.focus();
        }
    } else if stage.sheet.sheet.matches(":focus-within").unwrap_or(false) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = stage.viewport.focus_with_options(&options);
    }
}
