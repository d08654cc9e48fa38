//! What can wait: the state of it, and how it follows the rest. Reached only through the doors of [`crate::later`].

mod cues;
mod marks;
mod storyboard;
mod wishes;

pub use cues::{Cue, Disclosure};
pub use marks::Mark;
pub use storyboard::Thumb;

use crate::effect::{Effect, Errand};
use crate::event::{Action, Cancelable, News, Screen};
use crate::player::Player;
use crate::time::{Instant, Millis, Seconds};

use cues::Cues;
use marks::Marks;
use storyboard::Board;

/// Without a touch, a key or the pointer for this long, controls fade while the video runs.
const FADE_AFTER: Millis = Millis(4_000);
/// How long "Resumed at" can be answered.
const RESUMED_FOR: Millis = Millis(8_000);

/// The state of all this. There is none until [`News::Ready`].
#[derive(Debug)]
pub(in crate::player) struct Extras {
    /// The last touch, key or move of the pointer.
    stirred: Instant,
    resumed: Option<(Instant, Seconds)>,
    cues: Cues,
    board: Board,
    marks: Marks,
    /// What the browser can do here.
    full_able: bool,
    float_able: bool,
    full: bool,
    /// The episode whose video floats over other windows.
    floating: Option<usize>,
    scrubbing: bool,
}

/// What the screen shows beside [`crate::View`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra<'a> {
    /// Controls step back: nobody has stirred for a while.
    pub calm: bool,
    /// The episode went on from here; offer to start over.
    pub resumed: Option<Seconds>,
    /// What is offered at this moment, and where: left, top, width and height in shares of the picture.
    pub cue: Option<(&'a Cue, [f64; 4])>,
    /// Chapters: where they begin, and what they are called.
    pub chapters: Vec<(Seconds, &'a str)>,
    /// Heights to choose from, in pixels, the highest first; empty when there is no choice.
    pub qualities: Vec<u32>,
    /// The height chosen; 0 when the player decides.
    pub quality: u32,
    /// Full screen and picture in picture: whether they can be offered, and whether they are on.
    pub full: Option<bool>,
    /// See [`Extra::full`].
    pub floating: Option<bool>,
    /// Keep the screen on.
    pub awake: bool,
    /// From this age on, in years.
    pub age: Option<u32>,
}

impl Player {
    pub(crate) fn news(&mut self, news: News) {
        if let News::Ready { full, float } = news {
            if self.extras.is_none() {
                let stirred = self.now;
                self.extras = Some(Box::new(Extras {
                    stirred,
                    resumed: None,
                    cues: Cues::default(),
                    board: Board::default(),
                    marks: Marks::default(),
                    full_able: full,
                    float_able: float,
                    full: false,
                    floating: None,
                    scrubbing: false,
                }));
            }
            return;
        }
        let current = self.current;
        let Some(extras) = self.extras.as_mut() else { return };
        match news {
            News::Ready { .. } => {}
            News::Marks(text) => extras.marks.read(text.as_deref().unwrap_or_default()),
            News::Storyboard { url, text } => extras.board.read(&url, text.as_deref().unwrap_or_default()),
            News::Screen(Screen::Full, on) => extras.full = on,
            News::Screen(Screen::Float, on) => {
                extras.floating = on.then_some(current);
                self.floating = on;
            }
            News::Refused(screen) => self.push(Effect::Errand(Errand::Refused(screen))),
        }
    }

    /// Brings all this into line: called after every event.
    pub(crate) fn reconcile_later(&mut self) {
        // Out and in again: what follows needs the rest of the player.
        let Some(mut extras) = self.extras.take() else { return };
        let now = self.now;
        self.follow_wishes();
        if self.is_ready() {
            if extras.marks.series != self.manifest.series.id {
                // Another series begins with nothing of the one before.
                extras.marks = Marks::of_series(self.manifest.series.id.clone());
                extras.cues = Cues::default();
                extras.board = Board::default();
                self.push(Effect::Errand(Errand::RecallMarks { series: self.manifest.series.id.clone() }));
            }
            if let Some(at) = self.resumed.take() {
                extras.resumed = Some((now + RESUMED_FOR, at));
            }
            let gone = |(until, _): &(Instant, Seconds)| now >= *until;
            if extras.resumed.as_ref().is_some_and(gone) || self.open_sheet().is_some() {
                extras.resumed = None;
            }
            self.follow_cues(&mut extras.cues);
            self.follow_marks(&mut extras.marks);
            self.follow_float(&mut extras);
        }
        let fading = (extras.stirred + FADE_AFTER).max(now);
        let deadlines = [Some(fading).filter(|at| *at > now && self.want.play), extras.resumed.map(|(until, _)| until)];
        // What has passed is looked at when there is a series again.
        self.extra_deadline = deadlines.into_iter().flatten().filter(|at| *at > now).min();
        self.extras = Some(extras);
    }

    /// The picture that floats is that of the current episode.
    fn follow_float(&mut self, extras: &mut Extras) {
        let current = self.current;
        let slot = self.here();
        let state = self.slot(slot);
        if extras.floating.is_some_and(|index| index != current) && state.holds(current) && state.duration.is_some() {
            extras.floating = Some(current);
            self.push(Effect::Errand(Errand::Show { screen: Screen::Float, slot, on: true }));
        }
    }

    pub(crate) fn told_later(&mut self, notice: Cancelable, prevented: bool) {
        match notice {
            Cancelable::Like => self.like_told(prevented),
            Cancelable::Share => self.share_told(prevented),
            Cancelable::Cue => {
                if let Some(extras) = self.extras.as_mut() {
                    extras.cues.told(prevented);
                }
            }
            Cancelable::PaywallOpen | Cancelable::SeriesEnd => {}
        }
    }

    pub(crate) fn act_later(&mut self, action: Action) {
        match action {
            Action::Like => self.like(),
            Action::Share => self.share(),
            Action::Open(panel) => self.open_panel(panel),
            Action::Pick(index) => self.pick(index),
            Action::Prefer(wish) => self.prefer(wish),
            Action::ToggleCaptions => self.toggle_captions(),
            Action::Show(screen) => self.show(screen),
            Action::StartOver => {
                if let Some(extras) = self.extras.as_mut() {
                    extras.resumed = None;
                }
                self.seek(Seconds::ZERO);
            }
            Action::HideCue => {
                if let Some(extras) = self.extras.as_mut() {
                    extras.cues.hide();
                }
            }
            Action::Stir => {
                if let Some(extras) = self.extras.as_mut() {
                    extras.stirred = self.now;
                }
            }
            Action::Scrubbing(on) => self.scrubbing(on),
            _ => {}
        }
    }

    fn scrubbing(&mut self, on: bool) {
        let wanted = self.storyboard_here();
        let Some(extras) = self.extras.as_mut() else { return };
        extras.scrubbing = on;
        extras.stirred = self.now;
        if let Some(url) = wanted.filter(|url| on && extras.board.ask(url)) {
            self.push(Effect::Errand(Errand::Storyboard { url }));
        }
    }

    pub(crate) fn extra(&self) -> Extra<'_> {
        let age = self.manifest.series.age;
        let Some(extras) = self.extras.as_ref().filter(|_| self.is_ready()) else { return Extra { age, ..Extra::default() } };
        let slot = self.slot(self.here());
        let runs = slot.holds(self.current) && slot.playing && self.should_play();
        let quiet = self.now >= extras.stirred + FADE_AFTER;
        let open = self.open_at(self.current) && self.trouble.is_none() && !self.over;
        let captions = self.captions_shown().is_some();
        Extra {
            calm: runs && quiet && !extras.scrubbing && self.viewer.panel.is_none(),
            resumed: extras.resumed.map(|(_, at)| at).filter(|_| open),
            cue: extras.cues.shown(slot.time.get(), captions).filter(|_| open),
            chapters: if open { extras.cues.chapters() } else { Vec::new() },
            qualities: self.qualities(),
            quality: self.viewer.prefs.quality,
            full: extras.full_able.then_some(extras.full),
            floating: extras.float_able.then_some(extras.floating.is_some()),
            awake: runs,
            age,
        }
    }
}
