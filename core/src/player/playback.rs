//! What plays, and with what sound. Intent (`want`) and fact (what the browser allowed) are kept apart; the ladder
//! is sound, then muted, then a tap.

use super::Player;
use crate::effect::Effect;
use crate::event::{CallId, Slot};
use crate::surface::EventName;
use crate::time::Seconds;

impl Player {
    /// Whether the current episode is to move now.
    pub(super) fn should_play(&self) -> bool {
        let slot = self.slot(self.here());
        self.want.play
            && self.connected
            && (!self.hidden || self.floating)
            && !self.play_prompt
            && !self.over
            && self.trouble.is_none()
            && self.open_at(self.current)
            && slot.has_source()
            && slot.index == Some(self.current)
            && !slot.ended
            && slot.retry_at.is_none()
            && slot.probing.is_none()
    }

    /// At most one slot is heard, and none plays while hidden (invariant 3). Besides the current one only the slide that
    /// is being uncovered moves, without sound.
    pub(super) fn reconcile_playback(&mut self) {
        let here = self.here();
        if self.slot(here).adopted && self.slot(here).asked_muted.is_none() {
            // Its state has not been reported yet, and an adopted video is not interrupted.
            return;
        }
        let peeked = self.peek();
        for slot in Slot::ALL {
            if slot != here && Some(slot) != peeked && (self.slot(slot).asked_play || self.slot(slot).playing) {
                self.pause(slot);
                // The finger went back: what was seen of it is to be seen again.
                if let Some(to) = self.slot_mut(slot).rolled.take() {
                    self.slot_mut(slot).time = to;
                    self.push(Effect::Seek { slot, to });
                }
            }
        }
        if let Some(slot) = peeked.filter(|slot| !self.slot(*slot).asked_play) {
            self.roll(slot);
        }
        let should = self.should_play();
        if !should && (self.slot(here).asked_play || self.slot(here).playing) {
            self.pause(here);
            let state = self.slot(here);
            // A pause to try again is the player's own affair.
            if state.index == Some(self.current) && state.retry_at.is_none() && state.probing.is_none() {
                self.push(Effect::Relay(EventName::Pause));
            }
        }
        self.apply_mute(here);
        if should && !self.slot(here).asked_play {
            let now = self.now;
            let slot = self.slot_mut(here);
            slot.asked_play = true;
            slot.progressed = now;
            slot.starving = Some(now);
            self.push(Effect::Play { slot: here });
            self.push(Effect::Relay(EventName::Play));
            self.push(Effect::TakeStage);
        }
        if !should {
            self.slot_mut(here).starving = None;
        }
    }

    /// The slot of the slide that is being uncovered, if it may move already.
    fn peek(&self) -> Option<Slot> {
        let index = self.peeked.filter(|index| *index != self.current && self.open_at(*index))?;
        let slot = Slot::of(index);
        let state = self.slot(slot);
        let may = (self.want.play || self.started) && self.connected && !self.hidden && !self.play_prompt;
        (may && state.index == Some(index) && state.painted && !state.failed && !state.ended && !state.adopted).then_some(slot)
    }

    /// Starts what is being uncovered, so that it already moves when the finger lets go.
    fn roll(&mut self, slot: Slot) {
        let state = self.slot_mut(slot);
        state.rolled = Some(state.time);
        state.asked_play = true;
        if state.asked_muted != Some(true) {
            state.asked_muted = Some(true);
            self.push(Effect::Mute { slot, muted: true });
        }
        self.push(Effect::Play { slot });
    }

    fn pause(&mut self, slot: Slot) {
        let state = self.slot_mut(slot);
        state.asked_play = false;
        state.playing = false;
        self.push(Effect::Pause { slot });
    }

    fn apply_mute(&mut self, slot: Slot) {
        // Sound follows the settled episode: what was started under the finger stays silent until scrolling has ended.
        let silent = self.slot(slot).rolled.is_some() && self.anchor != self.current;
        let muted = self.muted() || silent;
        if !silent {
            self.slot_mut(slot).rolled = None;
        }
        let state = self.slot(slot);
        if !state.has_source() || state.asked_muted == Some(muted) {
            return;
        }
        if !muted && state.playing {
            self.unmuted_at = Some(self.now);
        }
        self.slot_mut(slot).asked_muted = Some(muted);
        self.push(Effect::Mute { slot, muted });
    }

    /// No sound comes out: by wish, or because the browser demands it.
    #[must_use]
    pub fn muted(&self) -> bool {
        self.want.muted || self.forced_mute
    }

    /// `play()` was refused by policy.
    pub(super) fn refused(&mut self) {
        let here = self.here();
        let slot = self.slot_mut(here);
        slot.asked_play = false;
        slot.playing = false;
        if self.muted() {
            self.play_prompt = true;
            self.reject_waiting_play("NotAllowedError", "the browser starts no playback without a tap");
        } else {
            self.forced_mute = true;
        }
    }

    pub(super) fn toggle_play(&mut self) {
        if !self.open_at(self.current) || self.trouble.is_some() {
            return;
        }
        self.viewer.pausing = false;
        if self.slot(self.here()).ended || self.over {
            return self.replay();
        }
        if self.play_prompt || !self.want.play {
            self.start_by_gesture();
        } else {
            self.want.play = false;
            self.remember();
        }
    }

    /// Inside a tap the browser allows sound, and all pooled videos can be made ready for later.
    fn start_by_gesture(&mut self) {
        if self.play_prompt {
            self.play_prompt = false;
            self.forced_mute = false;
            self.push(Effect::Bless);
        }
        self.want.play = true;
        self.started = true;
    }

    pub(super) fn toggle_sound(&mut self) {
        self.sound_settled = true;
        if self.muted() {
            self.want.muted = false;
            self.forced_mute = false;
            self.push(Effect::Bless);
        } else {
            self.want.muted = true;
        }
        self.viewer.prefs.muted = self.want.muted;
        self.keep();
        self.push(Effect::Relay(EventName::VolumeChange));
    }

    pub(super) fn replay(&mut self) {
        self.over = false;
        self.want.play = true;
        self.started = true;
        self.visit.quartiles = 0;
        let here = self.here();
        self.slot_mut(here).ended = false;
        self.seek(Seconds::ZERO);
    }

    pub(super) fn seek_by(&mut self, by: f64) {
        let slot = self.slot(self.here());
        if slot.index == Some(self.current) && slot.has_source() {
            self.seek(Seconds::new(slot.time.get() + by));
        }
    }

    /// Seeks in the current episode; remembered when its length is not known yet.
    pub(super) fn seek(&mut self, to: Seconds) {
        if !self.open_at(self.current) {
            return;
        }
        let current = self.current;
        let now = self.now;
        let here = self.here();
        let slot = self.slot_mut(here);
        if slot.index != Some(current) || slot.duration.is_none() {
            slot.start_at = Some(to);
            return;
        }
        let to = match slot.duration {
            Some(end) if to > end => end,
            _ => to,
        };
        slot.time = to;
        slot.ended = false;
        slot.progressed = now;
        self.over = false;
        self.push(Effect::Seek { slot: here, to });
        self.feed_from(here, to);
    }

    pub(super) fn reject_waiting_play(&mut self, name: &'static str, why: &str) {
        for call in core::mem::take(&mut self.waiting_play) {
            self.reject(Some(call), name, why);
        }
    }

    pub(super) fn resolve_waiting_play(&mut self) {
        for call in core::mem::take(&mut self.waiting_play) {
            self.push(Effect::Resolve { call, outcome: crate::effect::Outcome::Done });
        }
    }

    pub(super) fn play_called(&mut self, call: Option<CallId>) {
        if self.is_ready() && !self.open_at(self.current) && self.access_here() != crate::surface::Access::Checking {
            return self.reject(call, "NotAllowedError", "the episode is locked");
        }
        // The newest wish counts, not a tap from before it.
        self.forget_tap();
        self.want.play = true;
        self.started = true;
        self.play_prompt = false;
        if self.is_ready() && (self.slot(self.here()).ended || self.over) {
            self.replay();
        }
        if self.is_ready() && self.slot(self.here()).playing {
            return self.done(call);
        }
        self.waiting_play.extend(call);
    }
}
