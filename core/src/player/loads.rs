//! The preload plan: which slot holds which source. The wall is absolute here (invariant 2): a source is given
//! only to an episode that is free or granted at this very moment.

use super::{Player, SlotState};
use crate::effect::{Effect, Preload};
use crate::event::Slot;
use crate::fault::{Code, Fault};
use crate::manifest::{Container, Rendition};
use crate::time::Seconds;

impl Player {
    /// Order of bytes: the current episode; once it can play through, the next; then the one before.
    pub(super) fn reconcile_loads(&mut self) {
        let here = self.current;
        let neighbours = [Some(here), here.checked_add(1), here.checked_sub(1)];
        // While scrolling has not come to rest, only what the current episode needs is done: the rest can wait.
        let settled = self.anchor == here;
        for slot in Slot::ALL {
            let Some(kept) = self.slot(slot).index else { continue };
            let wanted = self.open_at(kept) && (neighbours.contains(&Some(kept)) || !settled && slot != Slot::of(here));
            if !wanted || self.released {
                self.unload(slot);
            }
        }
        if self.released {
            return;
        }
        let current_open = self.open_at(here);
        if current_open && !self.slot(Slot::of(here)).has_source() && self.trouble.is_none() {
            self.load(here, self.preload_here());
        }
        if self.slot(Slot::of(here)).failed && self.trouble.is_none() {
            self.load(here, self.preload_here());
        }
        if !settled {
            return;
        }
        // A current episode that still needs the link gets it alone.
        let calm = !current_open || self.trouble.is_some() || self.at_ease(Slot::of(here));
        let next_settled = self.prepare(here.checked_add(1), calm);
        self.prepare(here.checked_sub(1), calm && next_settled);
        if !calm && let Some(before) = here.checked_sub(1).map(Slot::of) {
            // What is behind the viewer must not go on downloading while what is in front starves.
            let state = self.slot(before);
            if state.has_source() && !state.complete() && !state.adopted && !self.is_fed(before) {
                self.unload(before);
            }
        }
    }

    /// Loads a neighbour when it is allowed to; true when nothing is left to do for it.
    fn prepare(&mut self, index: Option<usize>, calm: bool) -> bool {
        let Some(index) = index.filter(|i| self.open_at(*i)) else { return true };
        let ahead = if self.frugal { self.config.preload.min(Preload::Metadata) } else { self.config.preload };
        if ahead == Preload::None || self.rendition_at(index, 0).is_none() {
            return true;
        }
        let slot = self.slot(Slot::of(index));
        if slot.has_source() {
            return slot.failed || self.at_ease(Slot::of(index)) || ahead == Preload::Metadata && slot.painted;
        }
        // What the browser fetches by itself it fetches whole: the current episode must have enough before.
        let here = self.slot(self.here());
        if calm && (self.would_feed(index) || !self.is_fed(self.here()) || here.comfortable()) {
            self.load(index, ahead);
        }
        false
    }

    /// Whether a slot leaves the link to others: it has enough, or is filled by bytes and shows something (then what is
    /// fetched next is decided byte by byte).
    pub(super) fn at_ease(&self, slot: Slot) -> bool {
        let state = self.slot(slot);
        state.comfortable() || self.is_fed(slot) && state.painted && !state.failed
    }

    fn preload_here(&self) -> Preload {
        if self.want.play || !self.frugal { Preload::Auto } else { Preload::Metadata }
    }

    /// The rendition to try at the `attempt`-th try, counted from zero: MP4 before HLS, each in manifest order.
    pub(super) fn rendition_at(&self, index: usize, attempt: usize) -> Option<&Rendition> {
        let granted = self.grants.iter().find(|(i, g)| *i == index && g.holds(self.now)).and_then(|(_, g)| g.renditions.as_ref());
        let list = granted.or_else(|| self.manifest.episodes.get(index).map(|e| &e.renditions))?;
        // What the viewer chose comes first; the others follow in their order.
        let chosen = |r: &&Rendition| r.height == Some(self.viewer.prefs.quality);
        let ranks: [&dyn Fn(&&Rendition) -> bool; 3] =
            [&chosen, &|r| !chosen(r) && r.container == Container::Mp4, &|r| !chosen(r) && r.container == Container::Hls];
        ranks.iter().flat_map(|rank| list.iter().filter(rank)).nth(attempt)
    }

    pub(super) fn has_other_rendition(&self, slot: Slot) -> bool {
        let state = self.slot(slot);
        state.index.is_some_and(|index| self.rendition_at(index, state.rendition + 1).is_some())
    }

    /// The URL the slot was given.
    pub(super) fn url_of(&self, slot: Slot) -> Option<String> {
        let state = self.slot(slot);
        self.rendition_at(state.index?, state.rendition).map(|r| r.url.clone())
    }

    fn load(&mut self, index: usize, preload: Preload) {
        if !self.open_at(index) {
            return;
        }
        let slot = Slot::of(index);
        let before = self.slot(slot).clone();
        let same = before.index == Some(index);
        let rendition = if same { before.rendition } else { 0 };
        let Some((url, hls)) = self.rendition_at(index, rendition).map(|r| (r.url.clone(), r.container == Container::Hls)) else {
            if index == self.current {
                let id = self.manifest.episodes.get(index).map_or("", |e| e.id.as_str());
                let fault =
                    Fault::minor(Code::MediaNoRendition, "The episode has no rendition; add {\"type\":\"mp4\",\"url\":...}.").of(id);
                self.set_trouble(fault, false);
            }
            return;
        };
        let load = self.new_load();
        // A position waiting from before the load (resume, deep link) or left by a broken load is taken up again.
        let resume = before.start_at.or((same && before.time > Seconds::ZERO).then_some(before.time));
        *self.slot_mut(slot) = SlotState {
            load: Some(load),
            index: Some(index),
            rendition,
            attempts: if same { before.attempts } else { 0 },
            start_at: resume.filter(|_| before.index.is_none() || same),
            progressed: self.now,
            ..SlotState::default()
        };
        if !self.feed(slot, load, index, rendition, resume.unwrap_or_default()) {
            self.push(Effect::Load { slot, load, url, hls, preload });
        }
        let muted = self.muted();
        self.slot_mut(slot).asked_muted = Some(muted);
        self.push(Effect::Mute { slot, muted });
    }

    /// Loads the same episode again, where it broke.
    pub(super) fn reload(&mut self, slot: Slot) {
        if let Some(index) = self.slot(slot).index {
            let preload = self.preload_here();
            self.load(index, preload);
        }
    }

    pub(super) fn unload(&mut self, slot: Slot) {
        self.stop_feeding(slot);
        let state = core::mem::take(self.slot_mut(slot));
        if state.has_source() {
            self.push(Effect::Unload { slot });
        }
        if state.index == Some(self.current) && self.released {
            // Put back into a page, it goes on where it was.
            self.slot_mut(slot).start_at = Some(state.time);
        }
    }
}
