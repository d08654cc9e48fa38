//! What can wait until the first swipe is possible: likes, panels, preferences, cues, storyboards, and what the drawer knows.
//!
//! The build puts these functions, and all that only they use, into a second wasm (docs/decisions/0006-three-parts-of-one-wasm.md). Each
//! function directly in this module is a door: others call it only for events that the shell sends once the second wasm is there,
//! or after [`crate::event::News::Ready`] has said so.

use crate::event::{Action, Cancelable, News};
use crate::player::Player;
pub use crate::player::later::extras::{Cue, Disclosure, Extra, Mark, Thumb};

/// What the viewer does, as far as it can wait.
#[inline(never)]
pub(crate) fn act(player: &mut Player, action: Action) {
    player.act_later(action);
}

/// News of what can wait.
#[inline(never)]
pub(crate) fn take(player: &mut Player, news: News) {
    player.news(news);
}

/// The host has answered.
#[inline(never)]
pub(crate) fn told(player: &mut Player, notice: Cancelable, prevented: bool) {
    player.told_later(notice, prevented);
}

/// Brings it into line with everything else.
#[inline(never)]
pub(crate) fn reconcile(player: &mut Player) {
    player.reconcile_later();
}

/// The second tap of two.
#[inline(never)]
pub(crate) fn double_tap(player: &mut Player) {
    player.double_tap();
}

/// What the screen shows of it.
#[must_use]
#[inline(never)]
pub fn view(player: &Player) -> Extra<'_> {
    player.extra()
}

/// For the drawer: what is known of the episode at this index.
#[must_use]
#[inline(never)]
pub fn mark(player: &Player, index: usize) -> Option<Mark> {
    player.mark(index)
}

/// The storyboard's picture for a moment, in seconds.
#[must_use]
#[inline(never)]
pub fn thumb(player: &Player, time: f64) -> Option<Thumb<'_>> {
    player.thumb(time)
}
