//! Moving through the feed, and remembering where.

use super::{Player, Trouble, Visit};
use crate::effect::Effect;
use crate::event::Step;
use crate::node::Node;
use crate::surface::{Cause, EventName, PaywallOutcome};
use crate::text;

impl Player {
    /// Whether a viewer may step on: not past a wall that stands.
    pub(super) fn can_go_forward(&self) -> bool {
        let next = self.current + 1;
        next < self.manifest.episodes.len() && (self.access_here().is_open() || self.open_at(next))
    }

    /// Scrolling by hand.
    pub(super) fn scrolled(&mut self, slide: usize, settled: bool) {
        let there = slide.abs_diff(self.anchor) <= 1;
        let ahead = slide == self.current + 1 && self.can_go_forward();
        if there && (ahead || slide + 1 == self.current) {
            self.move_to(slide, Cause::Swipe);
        } else if settled && slide != self.current {
            // The view is somewhere it should not be; the current episode is where the viewer belongs.
            self.push(Effect::Scroll { slide: self.current, smooth: false });
        }
        if settled {
            self.settle();
        }
    }

    /// Scrolling has come to rest, or is known to go to the current slide.
    fn settle(&mut self) {
        let moved = self.anchor != self.current;
        self.anchor = self.current;
        // Not in the middle of a swipe: browsers take their time over the address.
        if moved && self.config.deep_link {
            self.address(0);
        }
    }

    /// One step; false when refused.
    pub(super) fn step(&mut self, step: Step, cause: Cause) -> bool {
        let target = match step {
            Step::Forward if self.can_go_forward() => self.current + 1,
            Step::Back if self.current > 0 => self.current - 1,
            Step::First if self.current > 0 => 0,
            Step::Last => self.last_reachable(),
            _ => return false,
        };
        target != self.current && self.go_to(target, cause)
    }

    /// The last episode before the first wall ahead, or the wall itself when it is next.
    fn last_reachable(&self) -> usize {
        let ahead = (self.current..self.manifest.episodes.len()).take_while(|i| self.open_at(*i)).last();
        match ahead {
            Some(last) if last > self.current => last,
            _ if self.can_go_forward() => self.current + 1,
            _ => self.current,
        }
    }

    /// Goes to an episode and scrolls there; false when it is not in the feed.
    pub(super) fn go_to(&mut self, index: usize, cause: Cause) -> bool {
        if index >= self.manifest.episodes.len() {
            return false;
        }
        if index != self.current {
            let smooth = index.abs_diff(self.current) == 1;
            self.move_to(index, cause);
            self.settle();
            self.push(Effect::Scroll { slide: index, smooth });
        }
        true
    }

    fn move_to(&mut self, index: usize, cause: Cause) {
        self.remember();
        self.hold(false);
        self.forget_tap();
        self.close_sheet(PaywallOutcome::Dismissed);
        self.reject_waiting_play("AbortError", "another episode became current");
        let previous = self.current;
        self.current = index;
        self.peeked = None;
        self.arrived = self.now;
        self.trouble = None::<Trouble>;
        self.over = false;
        self.forget_denial(index);
        self.told_access = self.access_here();
        if Self::came_from_viewer(cause) || cause == Cause::AutoAdvance {
            self.started = true;
        }
        if self.started {
            self.want.play = true;
        }
        // The browser may have refused a start before; a new episode is worth a new try.
        self.play_prompt = false;
        let now = self.now;
        let slot = self.slot_mut(self.here());
        let prepared = slot.index == Some(index);
        let painted = prepared && slot.painted;
        if prepared {
            slot.progressed = now;
            slot.starving = None;
            slot.attempts = 0;
            // Whoever comes back to what was broken wants it now, not when a question about it is answered.
            slot.failed |= slot.probing.take().is_some() | slot.retry_at.take().is_some();
        } else {
            slot.start_at = None;
        }
        let ended = prepared && core::mem::take(&mut slot.ended);
        self.visit = Visit { preloaded: painted, ..Visit::default() };
        if ended {
            self.seek(crate::time::Seconds::ZERO);
        }
        let detail = Node::map([
            ("episode", self.describe_episode(index)),
            ("previous", self.describe_episode(previous)),
            ("cause", cause.name().into()),
        ]);
        self.notify(EventName::EpisodeChange, detail);
        self.greet();
    }

    /// What was started under the finger has been under way since before it became current.
    fn greet(&mut self) {
        let here = self.here();
        if self.slot(here).index != Some(self.current) || !self.slot(here).asked_play {
            return;
        }
        self.push(Effect::Relay(EventName::Play));
        self.push(Effect::TakeStage);
        if self.slot(here).playing {
            self.push(Effect::Relay(EventName::Playing));
            self.tell_first_frame(here);
        } else {
            self.slot_mut(here).starving = Some(self.now);
        }
    }

    fn address(&mut self, seconds: u32) {
        if let Some(ordinal) = self.manifest.episodes.get(self.current).map(|e| e.n) {
            self.push(Effect::Address { ordinal, seconds });
        }
    }

    /// Remembers the position, if the current episode is one to come back to.
    pub(super) fn remember(&mut self) {
        if !self.is_ready() || self.config.no_resume || !self.access_here().is_open() {
            return;
        }
        let slot = self.slot(self.here());
        let mine = slot.index == Some(self.current);
        let left = slot.duration.map(|d| d.get() - slot.time.get());
        // Whoever stopped in the last seconds has seen it: start it again rather than at its end.
        let seconds = if mine && left.is_none_or(|l| l > 3.0) { slot.time.get() as u64 } else { 0 };
        let Some(episode) = self.manifest.episodes.get(self.current) else { return };
        let value = [&episode.id, " ", &text::whole(seconds)].concat();
        self.visit.remembered = seconds;
        self.push(Effect::Remember { series: self.manifest.series.id.clone(), value });
        if self.config.deep_link && !self.hidden && self.connected {
            self.address(u32::try_from(seconds).unwrap_or(0));
        }
    }
}
