//! How far each episode was seen, for the drawer. Kept for the series beside the place to resume.

use crate::effect::Effect;
use crate::player::Player;
use crate::text::whole;
use crate::text::{cut, number, pieces};

/// Most episodes remembered: the latest.
const MOST: usize = 500;
/// A step worth remembering, in percent.
const STEP: u8 = 10;

/// What the drawer shows of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Ordinal.
    pub n: u32,
    /// It may not be played.
    pub locked: bool,
    /// How much of it was seen, in percent; 100 for all of it.
    pub seen: u8,
}

#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The series they are of: storage has been asked for it.
    pub series: String,
    /// Ordinal and percent.
    seen: Vec<(u32, u8)>,
    /// What was last remembered of the current one.
    kept: u8,
}

impl Marks {
    pub(super) fn of_series(series: String) -> Self {
        Self { series, ..Self::default() }
    }

    /// What was remembered: `3:100 7:42`.
    pub(super) fn read(&mut self, text: &str) {
        for mark in pieces(text, b' ').take(MOST) {
            if let Some((n, percent)) = cut(mark, b':').and_then(|(n, percent)| Some((number(n)?, number::<u8>(percent)?))) {
                self.see(n, percent.min(100));
            }
        }
    }

    fn write(&self) -> String {
        let marks: Vec<String> =
            self.seen.iter().map(|(n, percent)| [whole(u64::from(*n)), whole(u64::from(*percent))].join(":")).collect();
        marks.join(" ")
    }

    /// True when it is more than before.
    fn see(&mut self, n: u32, percent: u8) -> bool {
        match self.seen.iter_mut().find(|(other, _)| *other == n) {
            Some((_, known)) if *known >= percent => return false,
            Some((_, known)) => *known = percent,
            None => {
                if self.seen.len() >= MOST {
                    self.seen.remove(0);
                }
                self.seen.push((n, percent));
            }
        }
        true
    }

    fn of(&self, n: u32) -> u8 {
        self.seen.iter().find(|(other, _)| *other == n).map_or(0, |(_, percent)| *percent)
    }
}

impl Player {
    pub(super) fn follow_marks(&mut self, marks: &mut Marks) {
        let mut worth = false;
        for index in core::mem::take(&mut self.viewer.seen) {
            worth |= self.manifest.episodes.get(index).is_some_and(|episode| marks.see(episode.n, 100));
        }
        let slot = self.slot(self.here());
        let (time, length) = (slot.time.get(), slot.duration.map_or(0.0, |length| length.get()));
        if slot.holds(self.current) && slot.playing && length > 0.0 {
            let percent = (time / length * 100.0).clamp(0.0, 99.0) as u8;
            let n = self.manifest.episodes.get(self.current).map_or(0, |episode| episode.n);
            // The first second of an episode is no progress.
            if time > 1.0 && marks.see(n, percent) && percent.abs_diff(marks.kept) >= STEP {
                marks.kept = percent;
                worth = true;
            }
        }
        if worth && !self.config.no_resume {
            let series = [&self.manifest.series.id, "#seen"].concat();
            self.push(Effect::Remember { series, value: marks.write() });
        }
    }

    pub(crate) fn mark(&self, index: usize) -> Option<Mark> {
        let episode = self.manifest.episodes.get(index)?;
        let seen = self.extras.as_ref().map_or(0, |extras| extras.marks.of(episode.n));
        Some(Mark { n: episode.n, locked: !self.open_at(index), seen })
    }
}
