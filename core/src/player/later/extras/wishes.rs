//! Hearts, sharing, panels, and what the viewer prefers.

use crate::effect::{Effect, Errand};
use crate::event::{Cancelable, Panel, Preference, Screen, Slot};
use crate::node::Node;
use crate::player::Player;
use crate::player::viewer::Preferences;
use crate::surface::{Cause, EventName};
use crate::text;

impl Player {
    /// Two taps: a heart, and no picture stops for it.
    pub(crate) fn double_tap(&mut self) {
        self.viewer.hearts = self.viewer.hearts.wrapping_add(1);
        if !self.liked() {
            self.like();
        }
    }

    /// Likes, or takes it back; the host may say otherwise.
    pub(in crate::player) fn like(&mut self) {
        let detail = Node::map([("episode", self.describe_episode(self.current)), ("liked", Node::Bool(!self.liked()))]);
        self.push(Effect::Notify { name: EventName::Like, detail, cancelable: Some(Cancelable::Like) });
    }

    pub(in crate::player) fn like_told(&mut self, prevented: bool) {
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

    pub(in crate::player) fn share(&mut self) {
        let detail = Node::map([("series", self.series()), ("episode", self.describe_episode(self.current))]);
        self.push(Effect::Notify { name: EventName::Share, detail, cancelable: Some(Cancelable::Share) });
    }

    pub(in crate::player) fn share_told(&mut self, prevented: bool) {
        if let Some(ordinal) = self.manifest.episodes.get(self.current).map(|e| e.n).filter(|_| !prevented) {
            self.push(Effect::Share { title: self.manifest.series.title.clone(), ordinal });
        }
    }

    pub(in crate::player) fn open_panel(&mut self, panel: Panel) {
        self.forget_tap();
        self.viewer.panel = if self.viewer.panel == Some(panel) { None } else { Some(panel) };
    }

    /// An episode was chosen in the drawer.
    pub(in crate::player) fn pick(&mut self, index: usize) {
        self.viewer.panel = None;
        self.go_to(index, Cause::Button);
    }

    pub(in crate::player) fn prefer(&mut self, wish: Preference) {
        let prefs = &mut self.viewer.prefs;
        match wish {
            Preference::Speed(percent) => {
                prefs.speed = percent;
                self.apply_speed();
            }
            Preference::Captions(language) => prefs.captions = Some(language.unwrap_or_default()),
            Preference::Advance(on) => prefs.advance = Some(on),
            Preference::Quality(height) => return self.prefer_quality(height),
            Preference::Saver(on) => {
                prefs.saver = on;
                self.frugal = on || self.link_frugal;
            }
        }
        self.keep();
    }

    /// Remembers what the viewer prefers.
    pub(super) fn follow_wishes(&mut self) {
        if core::mem::take(&mut self.viewer.unkept) {
            let value = write(&self.viewer.prefs);
            self.push(Effect::Remember { series: String::new(), value });
        }
    }

    /// Captions on, in the language chosen last or the first there is, or off.
    pub(super) fn toggle_captions(&mut self) {
        let list = self.captions_here();
        let wanted = match self.captions_shown() {
            Some(at) => {
                let shown = list.get(at).map(|captions| captions.lang.clone());
                self.viewer.captions_before = shown;
                None
            }
            None => {
                let before = list.iter().find(|captions| Some(&captions.lang) == self.viewer.captions_before.as_ref());
                before.or_else(|| list.first()).map(|captions| captions.lang.clone())
            }
        };
        if !self.captions_here().is_empty() {
            self.prefer(Preference::Captions(wanted));
        }
    }

    /// Full screen or picture in picture: on, or off again. Where the browser has no such thing, that is said.
    pub(super) fn show(&mut self, screen: Screen) {
        let slot = self.here();
        let Some(extras) = self.extras.as_ref() else { return };
        let (able, on) = match screen {
            Screen::Full => (extras.full_able, extras.full),
            Screen::Float => (extras.float_able && self.slot(slot).holds(self.current), extras.floating.is_some()),
        };
        self.viewer.panel = None;
        self.push(Effect::Errand(if able { Errand::Show { screen, slot, on: !on } } else { Errand::Refused(screen) }));
    }

    /// The heights that the current episode has to choose from, the highest first.
    pub(super) fn qualities(&self) -> Vec<u32> {
        let mut heights: Vec<u32> = (0..16).map_while(|at| self.rendition_at(self.current, at, 0)).filter_map(|r| r.height).collect();
        heights.sort_unstable_by(|a, b| b.cmp(a));
        heights.dedup();
        if heights.len() < 2 || !self.open_at(self.current) {
            heights.clear();
        }
        heights
    }

    fn prefer_quality(&mut self, height: u32) {
        self.change_quality(height);
        self.keep();
    }

    /// Every slot is loaded anew, where it was, with the rendition that is wanted now.
    fn change_quality(&mut self, height: u32) {
        if core::mem::replace(&mut self.viewer.prefs.quality, height) == height {
            return;
        }
        let here = self.here();
        for slot in Slot::ALL {
            if slot != here {
                self.unload(slot);
            } else if self.slot(slot).has_source() && !self.slot(slot).adopted {
                let height = self.suitable(self.current);
                let state = self.slot_mut(slot);
                (state.height, state.rendition) = (height, 0);
                self.reload(slot);
            }
        }
    }
}

/// What [`Preferences`] reads.
fn write(prefs: &Preferences) -> String {
    let flag = |on| if on { "1" } else { "0" };
    let mut text = ["m=", flag(prefs.muted), ";s=", flag(prefs.saver)].concat();
    if prefs.quality > 0 {
        text.push_str(&[";q=", &text::whole(u64::from(prefs.quality))].concat());
    }
    if prefs.speed > 0 {
        text.push_str(&[";r=", &text::whole(u64::from(prefs.speed))].concat());
    }
    if let Some(language) = &prefs.captions {
        text.push_str(&[";c=", language].concat());
    }
    if let Some(advance) = prefs.advance {
        text.push_str(&[";a=", flag(advance)].concat());
    }
    text
}
