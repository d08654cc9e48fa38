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
        if ahead == Preload::None || self.rendition_at(index, 0, 0).is_none() {
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

    fn renditions(&self, index: usize) -> Option<&[Rendition]> {
        let granted = self.grants.iter().find(|(i, g)| *i == index && g.holds(self.now)).and_then(|(_, g)| g.renditions.as_deref());
        granted.or_else(|| self.manifest.episodes.get(index).map(|e| e.renditions.as_slice()))
    }

    /// The rendition to try at the `attempt`-th try, counted from zero: those of `height`, MP4 before HLS, each in manifest order.
    pub(super) fn rendition_at(&self, index: usize, attempt: usize, height: u32) -> Option<&Rendition> {
        let list = self.renditions(index)?;
        let chosen = |r: &&Rendition| r.height == Some(height);
        let ranks: [&dyn Fn(&&Rendition) -> bool; 3] =
            [&chosen, &|r| !chosen(r) && r.container == Container::Mp4, &|r| !chosen(r) && r.container == Container::Hls];
        ranks.iter().flat_map(|rank| list.iter().filter(rank)).nth(attempt)
    }

    /// The height that comes first: what the viewer chose, else the highest that the link carries and the player has pixels for. Zero,
    /// which is the operator's order, before anything has come.
    pub(super) fn suitable(&self, index: usize) -> u32 {
        if self.viewer.prefs.quality > 0 || self.feeding.fetched == 0 {
            return self.viewer.prefs.quality;
        }
        let carried = match &self.feeding.link {
            _ if self.frugal => 0,
            // A link is not always as fast as it was.
            link if link.measured() => link.rate() * 8 / 5 * 4,
            // Too fast to be measured.
            _ => u64::MAX,
        };
        let files = || self.renditions(index).unwrap_or_default().iter().filter(|r| r.container == Container::Mp4);
        if files().any(|r| r.height.is_none() || r.bitrate.is_none()) {
            return 0;
        }
        // The lowest that fills the player's pixels, else the highest; when the link carries none, the lightest.
        let rank = |r: &&Rendition| match (r.height.unwrap_or_default(), r.bitrate.unwrap_or_default()) {
            (_, bits) if u64::from(bits) > carried => (2, bits),
            (height, _) if height >= self.pixels => (0, height),
            (height, _) => (1, u32::MAX - height),
        };
        files().min_by_key(rank).and_then(|r| r.height).unwrap_or_default()
    }

    /// The current video ran dry. When there is a rendition that the link carries better, it goes on with that.
    pub(super) fn step_down(&mut self, slot: Slot) {
        let &SlotState { index: Some(index), rendition, height: first, .. } = self.slot(slot) else { return };
        let height = if self.viewer.prefs.quality > 0 { 0 } else { self.suitable(index) };
        // The first episode plays in the operator's order: what counts is what that gave.
        let plays = self.rendition_at(index, rendition, first).and_then(|r| r.height);
        if height > 0 && plays > Some(height) {
            let state = self.slot_mut(slot);
            (state.height, state.rendition) = (height, 0);
            self.reload(slot);
        }
    }

    pub(super) fn has_other_rendition(&self, slot: Slot) -> bool {
        let state = self.slot(slot);
        state.index.is_some_and(|index| self.rendition_at(index, state.rendition + 1, state.height).is_some())
    }

    /// The URL the slot was given.
    pub(super) fn url_of(&self, slot: Slot) -> Option<String> {
        let state = self.slot(slot);
        self.rendition_at(state.index?, state.rendition, state.height).map(|r| r.url.clone())
    }

    fn load(&mut self, index: usize, preload: Preload) {
        if !self.open_at(index) {
            return;
        }
        let slot = Slot::of(index);
        let before = self.slot(slot).clone();
        let same = before.index == Some(index);
        let (rendition, height) = if same { (before.rendition, before.height) } else { (0, self.height_for(index)) };
        let Some((url, hls)) = self.rendition_at(index, rendition, height).map(|r| (r.url.clone(), r.container == Container::Hls)) else {
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
            height,
            attempts: if same { before.attempts } else { 0 },
            broke_at: if same { before.broke_at } else { Seconds::ZERO },
            start_at: resume.filter(|_| before.index.is_none() || same),
            progressed: self.now,
            ..SlotState::default()
        };
        // A new source takes the place of the old one: to empty the video first would cost a browser as much as the new source does.
        self.fx.retain(|effect| !matches!(effect, Effect::Unload { slot: emptied } if *emptied == slot));
        if !self.feed(slot, load, resume.unwrap_or_default()) {
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
