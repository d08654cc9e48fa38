//! From nothing to a running series: manifest, resume point, adoption, changes of `src`.

use super::reading::Reading;
use super::{Player, SlotState, Visit};
use crate::config::{Config, parse_fragment};
use crate::effect::Effect;
use crate::event::{AskId, FetchFailure, Slot, Step, Target};
use crate::fault::Fault;
use crate::manifest::{Manifest, Mode, Reader, fetch_fault};
use crate::node::Node;
use crate::shop::News;
use crate::surface::{Cause, EventName};
use crate::text::{cut, number};
use crate::time::{Instant, Millis, Seconds};

const MANIFEST_TIMEOUT: Millis = Millis(20_000);
/// Waits between attempts to fetch the manifest.
const BACKOFF: [Millis; 2] = [Millis(1_000), Millis(3_000)];

/// How far the player has come.
#[derive(Debug)]
pub(super) enum Stage {
    Idle,
    Fetching {
        ask: AskId,
        since: Instant,
        attempt: usize,
    },
    Waiting {
        until: Instant,
        attempt: usize,
    },
    /// The manifest is here; storage is being asked.
    Recalling,
    Running,
    Failed {
        fault: Fault,
        can_retry: bool,
    },
    Destroyed,
}

impl Player {
    /// The series is there and calls are answered directly.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self.stage, Stage::Running)
    }

    pub(super) fn fetch_manifest(&mut self) {
        self.fetch_attempt(0);
    }

    fn fetch_attempt(&mut self, attempt: usize) {
        let ask = self.new_ask();
        self.stage = Stage::Fetching { ask, since: self.now, attempt };
        self.push(Effect::FetchManifest { ask, url: self.config.src.clone() });
    }

    pub(super) fn manifest_answered(&mut self, ask: AskId, base: String, body: Result<Node, FetchFailure>, more: usize) {
        let Stage::Fetching { attempt, .. } = self.stage else { return };
        if !self.awaits(ask) {
            return;
        }
        match body {
            Ok(document) => match Manifest::begin(&document, &base, more) {
                Ok((manifest, mut reader)) => {
                    self.tell_read(&mut reader);
                    self.push(Effect::Recall { series: manifest.series.id.clone() });
                    self.manifest = manifest;
                    self.stage = Stage::Recalling;
                    self.begin_reading(reader, document.get("episodes").and_then(Node::as_list).map_or(0, <[Node]>::len), more);
                }
                Err(fault) => self.give_up(fault, false),
            },
            Err(failure) => self.manifest_failed(&failure, attempt),
        }
    }

    fn manifest_failed(&mut self, failure: &FetchFailure, attempt: usize) {
        let passing = matches!(failure, FetchFailure::Unreachable | FetchFailure::Status(500..=599 | 408 | 429));
        match BACKOFF.get(attempt) {
            Some(wait) if passing => self.stage = Stage::Waiting { until: self.now + *wait, attempt: attempt + 1 },
            _ => {
                let url = self.config.src.clone().unwrap_or_default();
                let can_retry = passing || matches!(failure, FetchFailure::Status(_));
                self.give_up(fetch_fault(failure, &url), can_retry);
            }
        }
    }

    /// Tells what was met in reading.
    pub(super) fn tell_read(&mut self, reader: &mut Reader) {
        for warning in reader.warnings.iter().skip(reader.told.0) {
            self.push(Effect::Warn(warning.clone()));
        }
        for fault in reader.faults.iter().skip(reader.told.1) {
            self.tell(fault);
        }
        reader.told = (reader.warnings.len(), reader.faults.len());
    }

    pub(super) fn give_up(&mut self, fault: Fault, can_retry: bool) {
        self.tell(&fault);
        self.stage = Stage::Failed { fault, can_retry };
        let held = core::mem::take(&mut self.held);
        for (call, request) in held {
            self.refuse(call, &request);
        }
        self.reject_waiting_play("NotSupportedError", "there is no series to play");
    }

    pub(super) fn stage_fault(&self) -> Option<(&Fault, bool)> {
        match &self.stage {
            Stage::Failed { fault, can_retry } => Some((fault, *can_retry)),
            _ => None,
        }
    }

    pub(super) fn stage_can_retry(&self) -> bool {
        matches!(self.stage, Stage::Failed { can_retry: true, .. })
    }

    pub(super) fn stage_deadline(&self) -> Option<Instant> {
        match self.stage {
            Stage::Fetching { since, .. } => Some(since + MANIFEST_TIMEOUT),
            Stage::Waiting { until, .. } => Some(until),
            _ => None,
        }
    }

    pub(super) fn stage_tick(&mut self) {
        match self.stage {
            Stage::Fetching { since, attempt, .. } if self.now >= since + MANIFEST_TIMEOUT => {
                self.manifest_failed(&FetchFailure::Unreachable, attempt);
            }
            Stage::Waiting { until, attempt } if self.now >= until => self.fetch_attempt(attempt),
            _ => {}
        }
    }

    /// "Try again", by hand or because the browser is online again.
    pub(super) fn retry(&mut self) {
        if self.stage_can_retry() {
            self.fetch_manifest();
        } else if self.is_ready() {
            self.retry_here();
        }
    }

    /// Where to start: the address, the attribute, the resume point, the page's own video, the first episode.
    pub(super) fn recalled(&mut self, value: Option<&str>) {
        if !matches!(self.stage, Stage::Recalling) {
            return;
        }
        let adopted = self.adopted();
        let starts = self.starts(value);
        let [linked, named, resumed] = starts.map(|start| start.and_then(|(target, seconds)| Some((self.find(&target)?, seconds))));
        let asked = linked.or(named);
        let (index, seconds) = asked.or(resumed).or(adopted.map(|i| (i, 0.0))).unwrap_or((0, 0.0));
        self.begin(index, seconds, adopted);
        // Whoever followed a link or was sent somewhere knows where they are.
        let known = self.slot(Slot::of(index)).start_at.filter(|at| at.get() >= 3.0);
        self.resumed = known.filter(|_| asked.is_none());
    }

    /// The episode of the page's own video.
    pub(super) fn adopted(&self) -> Option<usize> {
        let src = self.adoption.as_deref().filter(|src| !src.is_empty())?;
        self.manifest.episodes.iter().position(|episode| episode.renditions.iter().any(|r| r.url == src))
    }

    /// Where the address, the attribute and the resume point lead: the episode, and the second in it.
    pub(super) fn starts(&self, recalled: Option<&str>) -> [Option<(Target, f64)>; 3] {
        let linked = self.config.fragment.as_deref().filter(|_| self.config.deep_link).and_then(parse_fragment);
        let named = self.config.episode.clone().map(|target| (target, 0.0));
        let resumed = recalled.filter(|_| !self.config.no_resume).and_then(|text| cut(text, b' '));
        let resumed = resumed.map(|(id, seconds)| (Target::Id(id.to_owned()), number::<u32>(seconds).map_or(0.0, f64::from)));
        [linked, named, resumed]
    }

    fn begin(&mut self, index: usize, seconds: f64, adopted: Option<usize>) {
        self.stage = Stage::Running;
        self.current = index;
        self.anchor = index;
        self.arrived = self.now;
        self.visit = Visit::default();
        self.told_access = self.access_here();
        if self.manifest.access.mode == Mode::Gate && self.config.free_episodes.is_some() && !self.warned_free_count {
            self.warned_free_count = true;
            self.push(Effect::Warn("free-episodes is ignored: access.mode is \"gate\", so the server decides".to_owned()));
        }
        if self.adoption.take().is_some() {
            // A video whose URL the manifest does not know is taken for the episode the page starts with.
            if adopted.unwrap_or(index) == index && self.open_at(index) {
                let slot = Slot::of(index);
                let load = self.new_load();
                *self.slot_mut(slot) =
                    SlotState { load: Some(load), index: Some(index), adopted: true, progressed: self.now, ..SlotState::default() };
                self.push(Effect::Adopt { slot, load });
            } else {
                self.push(Effect::DropAdopted);
            }
        }
        let slot = self.slot_mut(Slot::of(index));
        if seconds > 0.0 && !slot.adopted {
            slot.start_at = Some(Seconds::new(seconds));
        }
        let passed = core::mem::take(&mut self.passed) && index == 0;
        // Also before what is to follow at once: nothing has been drawn that could be seen to scroll.
        if index > 0 || passed || !self.held.is_empty() {
            self.push(Effect::Scroll { slide: index, smooth: false });
        }
        let version = Node::map([("version", env!("CARGO_PKG_VERSION").into())]);
        self.notify(EventName::Ready, version);
        if passed {
            self.step(Step::Forward, Cause::Swipe);
        }
        for (call, request) in core::mem::take(&mut self.held) {
            self.call(call, request);
        }
        self.tell_later(News::Begin);
    }

    /// `#e=7&t=12` in a page that is already there.
    pub(super) fn follow_link(&mut self, fragment: &str) {
        if !self.config.deep_link || !self.is_ready() {
            return;
        }
        let linked = parse_fragment(fragment).and_then(|(target, seconds)| Some((self.find(&target)?, seconds)));
        if let Some((index, seconds)) = linked {
            self.go_to(index, Cause::DeepLink);
            if seconds > 0.0 {
                self.seek(Seconds::new(seconds));
            }
        }
    }

    pub(super) fn find(&self, target: &Target) -> Option<usize> {
        match target {
            Target::Ordinal(n) => self.manifest.index_of_ordinal(*n),
            Target::Id(id) => self.manifest.index_of_id(id),
        }
    }

    pub(super) fn configure(&mut self, config: Config) {
        let before = core::mem::replace(&mut self.config, config);
        if matches!(self.stage, Stage::Idle) {
            self.want.play = self.config.autoplay;
            self.want.muted = self.config.muted;
            self.started = self.config.autoplay;
            return;
        }
        if before.src != self.config.src || before.gate != self.config.gate {
            self.start_over();
        } else if before.episode != self.config.episode
            && self.is_ready()
            && let Some(index) = self.config.episode.clone().and_then(|target| self.find(&target))
        {
            self.go_to(index, Cause::Api);
        }
        if self.config.autoplay && !before.autoplay {
            self.want.play = true;
            self.started = true;
        }
    }

    /// Another series: everything of the old one goes.
    fn start_over(&mut self) {
        for slot in Slot::ALL {
            self.unload(slot);
        }
        self.stop_all_feeding();
        self.close_sheet(crate::surface::PaywallOutcome::Dismissed);
        self.manifest = Manifest::default();
        self.reading = Reading::default();
        self.grants.clear();
        self.gate.clear();
        self.unlocks.clear();
        self.shop_wake = None;
        self.shop_busy = false;
        self.trouble = None;
        self.over = false;
        self.current = 0;
        self.anchor = 0;
        self.peeked = None;
        self.want.play = self.started || self.config.autoplay;
        if self.connected {
            self.fetch_manifest();
        } else {
            self.stage = Stage::Idle;
        }
    }

    pub(super) fn destroy(&mut self) {
        self.remember();
        for slot in Slot::ALL {
            self.unload(slot);
        }
        self.reject_waiting_play("AbortError", "the player was destroyed");
        for (call, request) in core::mem::take(&mut self.held) {
            self.refuse(call, &request);
        }
        self.push(Effect::Teardown);
        self.reading = Reading::default();
        self.stage = Stage::Destroyed;
    }
}
