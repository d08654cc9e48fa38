//! What is known of one pooled `<video>`.

use crate::event::LoadId;
use crate::time::{Instant, Millis, Seconds};

/// Buffer ahead of the position that counts as enough for neighbours to load, where a browser never says
/// `canplaythrough`.
const COMFORT: f64 = 10.0;

/// One slot. `asked` fields are what we told the video, the others what it told us.
#[derive(Clone, Debug, Default)]
pub(super) struct SlotState {
    /// The load whose signals count; `None` while the slot has no source.
    pub load: Option<LoadId>,
    /// Which episode the source belongs to.
    pub index: Option<usize>,
    /// Which of its renditions, by order of preference, when those of this height come first.
    pub rendition: usize,
    pub height: u32,
    /// The page's own video lives here.
    pub adopted: bool,
    /// `play()` was called and not taken back.
    pub asked_play: bool,
    /// It was started, without sound, while it was being uncovered: where it stood then.
    pub rolled: Option<Seconds>,
    /// `muted` as last set.
    pub asked_muted: Option<bool>,
    /// It moves.
    pub playing: bool,
    /// A frame has been painted since the load.
    pub painted: bool,
    /// It said it can play through.
    pub through: bool,
    /// It has ended.
    pub ended: bool,
    pub duration: Option<Seconds>,
    pub time: Seconds,
    pub buffered_to: Seconds,
    /// Where to go once the length is known.
    pub start_at: Option<Seconds>,
    /// When the state of the load last improved.
    pub progressed: Instant,
    /// Since when it should move and does not.
    pub starving: Option<Instant>,
    /// Attempts after the first, for the same episode.
    pub attempts: u8,
    /// How far it had come when it last broke: only beyond that an attempt has been of use.
    pub broke_at: Seconds,
    /// Broke while nobody looked; looked at again when it becomes current.
    pub failed: bool,
    /// A probe is out: the `MediaError` code it is about.
    pub probing: Option<u8>,
    /// When to try again.
    pub retry_at: Option<Instant>,
}

impl SlotState {
    pub(super) fn has_source(&self) -> bool {
        self.load.is_some()
    }

    /// Whether it has a source, and of this episode.
    pub(super) fn holds(&self, index: usize) -> bool {
        self.has_source() && self.index == Some(index)
    }

    /// Whether the rest can play without stalling, as far as anybody can tell.
    pub(super) fn comfortable(&self) -> bool {
        if !self.has_source() || self.failed {
            return false;
        }
        self.through || self.complete() || self.buffered_to.get() - self.time.get() >= COMFORT
    }

    /// Whether all of it has arrived.
    pub(super) fn complete(&self) -> bool {
        self.duration.is_some_and(|d| d.get() > 0.0 && self.buffered_to.get() >= d.get() - 0.3)
    }

    /// How long it has been without progress.
    pub(super) fn idle(&self, now: Instant) -> Millis {
        now.since(self.progressed)
    }
}
