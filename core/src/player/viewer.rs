//! What a viewer does beside watching and paying, as far as it cannot wait: taps that may become two, a press that hurries, and
//! wishes that were remembered. The rest is in `later`.

use super::Player;
use crate::effect::Effect;
use crate::event::Panel;
use crate::text::{cut, number, pieces};
use crate::time::{Instant, Millis};

/// A second tap within this time makes the two a double tap.
const DOUBLE_TAP: Millis = Millis(260);

/// Speed while a finger rests on the video.
const FAST: f64 = 2.0;

/// State of all this.
#[derive(Debug, Default)]
pub(super) struct Viewer {
    /// The last tap on the video; until `DOUBLE_TAP` later it may become the first of two.
    tapped: Option<Instant>,
    /// The tap was to pause, once it is certain that it stays alone.
    pub pausing: bool,
    /// Held down.
    pub fast: bool,
    /// How many double taps there were: each shows a heart.
    pub hearts: u32,
    /// Liked in this visit, by index.
    pub liked: Vec<usize>,
    /// Seen to the end in this visit, by index.
    pub seen: Vec<usize>,
    pub panel: Option<Panel>,
    /// The language of the captions that were last switched off.
    pub captions_before: Option<String>,
    pub prefs: Preferences,
    /// They are yet to be remembered.
    pub unkept: bool,
}

/// What a viewer prefers, whatever the series.
#[derive(Debug, Default)]
pub(super) struct Preferences {
    pub muted: bool,
    /// Percent; zero while nothing was chosen.
    pub speed: u32,
    /// BCP 47, `Some("")` for none at all.
    pub captions: Option<String>,
    pub advance: Option<bool>,
    pub saver: bool,
    /// Height of the picture in pixels; zero when the player decides.
    pub quality: u32,
}

impl Preferences {
    fn read(&mut self, text: &str) {
        for pair in pieces(text, b';') {
            match cut(pair, b'=') {
                Some(("m", value)) => self.muted = value == "1",
                Some(("r", value)) => self.speed = number(value).filter(|speed| (25..=400).contains(speed)).unwrap_or(0),
                Some(("c", value)) => self.captions = Some(value.to_owned()),
                Some(("a", value)) => self.advance = Some(value == "1"),
                Some(("s", value)) => self.saver = value == "1",
                Some(("q", value)) => self.quality = number(value).unwrap_or(0),
                _ => {}
            }
        }
    }
}

impl Player {
    /// A tap on the video. It starts at once and pauses only when no second tap follows: two taps are a heart, and no
    /// picture stops for one.
    pub(super) fn tap(&mut self) {
        if self.now < self.deaf_until {
            return;
        }
        if !self.open_at(self.current) {
            return self.reopen_sheet();
        }
        let second = self.viewer.tapped.take().is_some_and(|at| self.now.since(at) < DOUBLE_TAP);
        if second {
            self.viewer.pausing = false;
            // Until the rest has come, two taps are no more than one.
            if self.extras.is_some() {
                crate::later::double_tap(self);
            }
            return;
        }
        self.viewer.tapped = Some(self.now);
        let here = self.slot(self.here());
        if self.want.play && !self.play_prompt && !here.ended && !self.over && self.trouble.is_none() {
            self.viewer.pausing = true;
        } else {
            self.toggle_play();
        }
    }

    pub(super) fn viewer_deadline(&self) -> Option<Instant> {
        self.viewer.tapped.filter(|_| self.viewer.pausing).map(|at| at + DOUBLE_TAP)
    }

    pub(super) fn viewer_tick(&mut self) {
        if self.viewer_deadline().is_some_and(|at| self.now >= at) {
            self.forget_tap();
            if self.want.play && !self.play_prompt {
                self.toggle_play();
            }
        }
    }

    /// What was tapped is gone.
    pub(super) fn forget_tap(&mut self) {
        self.viewer.pausing = false;
        self.viewer.tapped = None;
    }

    /// A finger rests on the video, or leaves it.
    pub(super) fn hold(&mut self, on: bool) {
        let on = on && self.should_play();
        if on != self.viewer.fast {
            self.viewer.fast = on;
            self.forget_tap();
            self.push(Effect::Rate(if on { FAST } else { self.want.rate }));
        }
    }

    /// Whether the current episode was liked.
    pub(super) fn liked(&self) -> bool {
        self.viewer.liked.contains(&self.current)
    }

    /// The top-most sheet goes: a panel before the wall's.
    pub(super) fn dismiss_top(&mut self) {
        if self.viewer.panel.take().is_none() {
            self.dismiss();
        }
    }

    /// Remembers what the viewer prefers, at once or as soon as the rest has come.
    pub(super) fn keep(&mut self) {
        self.viewer.unkept = true;
    }

    /// What was remembered.
    pub(super) fn preferred(&mut self, text: &str) {
        self.viewer.prefs.read(text);
        self.want.muted |= self.viewer.prefs.muted;
        self.frugal = self.viewer.prefs.saver || self.link_frugal;
        if self.viewer.prefs.speed > 0 {
            self.apply_speed();
        }
    }

    pub(super) fn apply_speed(&mut self) {
        self.want.rate = f64::from(self.viewer.prefs.speed) / 100.0;
        self.push(Effect::Rate(self.want.rate));
    }

    /// Whether the end of an episode leads to the next one.
    pub(super) fn advances(&self) -> bool {
        self.viewer.prefs.advance.unwrap_or(!self.config.no_auto_advance)
    }

    /// The captions to show, of those the current episode has: none, unless the viewer or the manifest asks for some.
    pub(super) fn captions_shown(&self) -> Option<usize> {
        let list = self.captions_here();
        match &self.viewer.prefs.captions {
            Some(language) => list.iter().position(|c| c.lang == *language),
            None => list.iter().position(|c| c.default),
        }
    }

    /// The captions of the current episode; none while it is locked.
    pub(super) fn captions_here(&self) -> &[crate::manifest::Caption] {
        match self.manifest.episodes.get(self.current) {
            Some(episode) if self.open_at(self.current) => {
                let granted = self.grants.iter().find(|(i, g)| *i == self.current && g.holds(self.now)).map(|(_, g)| &g.captions);
                granted.filter(|captions| !captions.is_empty()).unwrap_or(&episode.captions)
            }
            _ => &[],
        }
    }
}
