//! What a viewer does beside watching and paying: taps that may become two, a press that hurries, hearts, sharing, panels
//! over the player, and wishes that are remembered.

use super::Player;
use crate::effect::Effect;
use crate::event::{Cancelable, Panel, Preference};
use crate::node::Node;
use crate::surface::{Cause, EventName};
use crate::text;
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
    liked: Vec<usize>,
    /// Seen to the end in this visit, by index.
    pub seen: Vec<usize>,
    pub panel: Option<Panel>,
    pub prefs: Preferences,
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
}

impl Preferences {
    fn read(&mut self, text: &str) {
        for pair in text.split(';') {
            match pair.split_once('=') {
                Some(("m", value)) => self.muted = value == "1",
                Some(("r", value)) => self.speed = value.parse().ok().filter(|speed| (25..=400).contains(speed)).unwrap_or(0),
                Some(("c", value)) => self.captions = Some(value.to_owned()),
                Some(("a", value)) => self.advance = Some(value == "1"),
                Some(("s", value)) => self.saver = value == "1",
                _ => {}
            }
        }
    }

    fn write(&self) -> String {
        let flag = |on| if on { "1" } else { "0" };
        let mut text = ["m=", flag(self.muted), ";s=", flag(self.saver)].concat();
        if self.speed > 0 {
            text.push_str(&[";r=", &text::whole(u64::from(self.speed))].concat());
        }
        if let Some(language) = &self.captions {
            text.push_str(&[";c=", language].concat());
        }
        if let Some(advance) = self.advance {
            text.push_str(&[";a=", flag(advance)].concat());
        }
        text
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
            self.viewer.hearts = self.viewer.hearts.wrapping_add(1);
            if !self.liked() {
                self.like();
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

    /// Likes, or takes it back; the host may say otherwise.
    pub(super) fn like(&mut self) {
        let detail = Node::map([("episode", self.describe_episode(self.current)), ("liked", Node::Bool(!self.liked()))]);
        self.push(Effect::Notify { name: EventName::Like, detail, cancelable: Some(Cancelable::Like) });
    }

    pub(super) fn like_told(&mut self, prevented: bool) {
        if prevented {
            return;
        }
        if self.liked() {
            let current = self.current;
            self.viewer.liked.retain(|index| *index != current);
        } else {
            self.viewer.liked.push(self.current);
        }
    }

    pub(super) fn share(&mut self) {
        let detail = Node::map([("series", self.series()), ("episode", self.describe_episode(self.current))]);
        self.push(Effect::Notify { name: EventName::Share, detail, cancelable: Some(Cancelable::Share) });
    }

    pub(super) fn share_told(&mut self, prevented: bool) {
        if let Some(ordinal) = self.manifest.episodes.get(self.current).map(|e| e.n).filter(|_| !prevented) {
            self.push(Effect::Share { title: self.manifest.series.title.clone(), ordinal });
        }
    }

    pub(super) fn open_panel(&mut self, panel: Panel) {
        self.forget_tap();
        self.viewer.panel = if self.viewer.panel == Some(panel) { None } else { Some(panel) };
    }

    /// The top-most sheet goes: a panel before the wall's.
    pub(super) fn dismiss_top(&mut self) {
        if self.viewer.panel.take().is_none() {
            self.dismiss();
        }
    }

    /// An episode was chosen in the drawer.
    pub(super) fn pick(&mut self, index: usize) {
        self.viewer.panel = None;
        self.go_to(index, Cause::Button);
    }

    pub(super) fn prefer(&mut self, wish: Preference) {
        let prefs = &mut self.viewer.prefs;
        match wish {
            Preference::Speed(percent) => {
                prefs.speed = percent;
                self.apply_speed();
            }
            Preference::Captions(language) => prefs.captions = Some(language.unwrap_or_default()),
            Preference::Advance(on) => prefs.advance = Some(on),
            Preference::Saver(on) => {
                prefs.saver = on;
                self.frugal = on || self.link_frugal;
            }
        }
        self.keep();
    }

    /// Remembers what the viewer prefers.
    pub(super) fn keep(&mut self) {
        let value = self.viewer.prefs.write();
        self.push(Effect::Remember { series: String::new(), value });
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

    fn apply_speed(&mut self) {
        self.want.rate = f64::from(self.viewer.prefs.speed) / 100.0;
        self.push(Effect::Rate(self.want.rate));
    }

    /// For the drawer: the ordinal of an episode, whether it is locked, and whether it was seen to its end.
    #[must_use]
    pub fn marks(&self, index: usize) -> Option<(u32, bool, bool)> {
        let episode = self.manifest.episodes.get(index)?;
        Some((episode.n, !self.open_at(index), self.viewer.seen.contains(&index)))
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
