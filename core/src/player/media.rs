//! What the videos report: progress, stalls, faults, the end.
//!
//! Every wait has a limit: a load that makes no progress is tried again twice and then told, within 40 seconds.

use super::{Player, Trouble};
use crate::effect::Effect;
use crate::event::{Cancelable, LoadId, Signal, Slot};
use crate::fault::{Code, Fault};
use crate::manifest::Mode;
use crate::node::Node;
use crate::surface::{Cause, EventName};
use crate::time::{Instant, Millis, Seconds};

/// Without any progress for this long, a load is given up.
const STALL: Millis = Millis(10_000);
/// A wait shorter than this shows no spinner.
pub(super) const SPINNER_AFTER: Millis = Millis(400);
/// Attempts after the first.
const RETRIES: u8 = 2;
/// Seconds beyond the place where it broke after which an attempt counts as a success.
const PROOF: f64 = 0.5;
/// An end further than this from the catalogue's length is a broken file, not an end.
const END_TOLERANCE: f64 = 1.5;
/// Beside the codes of `MediaError`: it plays, but shows nothing.
const NO_PICTURE: u8 = 5;
/// A probe that brings no answer in this time counts as none.
const PROBE_TIMEOUT: Millis = Millis(8_000);
/// An element out of the document keeps its sources for this long: frameworks take nodes out and put them back.
pub(super) const RELEASE_AFTER: Millis = Millis(1_000);

impl Player {
    pub(super) fn signal(&mut self, slot: Slot, signal: Signal) {
        let now = self.now;
        let current = self.slot(slot).index == Some(self.current) && slot == self.here();
        let state = self.slot_mut(slot);
        match signal {
            Signal::Metadata { duration } => {
                state.duration = Some(duration).filter(|d| d.get() > 0.0);
                state.progressed = now;
                if let Some(to) = state.start_at.take().filter(|_| !state.adopted) {
                    let to = state.duration.filter(|end| to > *end).unwrap_or(to);
                    state.time = to;
                    self.push(Effect::Seek { slot, to });
                    self.feed_from(slot, to);
                }
            }
            Signal::FirstData { width } => {
                state.progressed = now;
                if width == 0 {
                    // Sound without a picture: the browser cannot decode the video track and does not say so.
                    state.duration = None;
                    self.failed(slot, NO_PICTURE);
                }
            }
            Signal::Painted => {
                state.painted = true;
                state.progressed = now;
                if current {
                    self.tell_first_frame(slot);
                }
            }
            Signal::CanPlayThrough => {
                state.through = true;
                state.progressed = now;
            }
            Signal::Progress { time, buffered_to } => {
                let moved = time != state.time;
                if moved || buffered_to > state.buffered_to {
                    state.progressed = now;
                }
                if moved && state.playing && time.get() > state.broke_at.get() + PROOF {
                    state.attempts = 0;
                }
                let (before, playing) = (state.time, state.playing);
                state.time = time;
                state.buffered_to = buffered_to;
                if playing {
                    self.played(slot, before, time);
                }
                if moved && current {
                    self.time_moved(slot);
                }
            }
            Signal::Buffered(to) => {
                if to > state.buffered_to {
                    state.progressed = now;
                }
                state.buffered_to = to;
            }
            Signal::Playing => {
                state.playing = true;
                state.starving = None;
                state.progressed = now;
                if state.adopted && !state.asked_play {
                    // The page started it: that is what the page wants, and how loud.
                    state.asked_play = true;
                    if current {
                        self.want.play = true;
                        self.started = true;
                    }
                }
                if current {
                    self.resolve_waiting_play();
                    self.push(Effect::Relay(EventName::Playing));
                    self.tell_first_frame(slot);
                }
            }
            Signal::Paused => self.paused_by_itself(slot, current),
            Signal::PlayRefused if current => self.refused(),
            Signal::PlayRefused => {
                state.asked_play = false;
                self.peeked = None;
            }
            Signal::Waiting => {
                state.through = false;
                let ran = core::mem::take(&mut state.playing);
                if state.asked_play && state.starving.is_none() {
                    state.starving = Some(now);
                }
                if current {
                    self.push(Effect::Relay(EventName::Waiting));
                    if ran && !self.ran_dry(slot, 1.0) {
                        self.step_down(slot);
                    }
                }
            }
            Signal::Ended => self.reached_end(slot, current),
            Signal::Failed(code) => self.failed(slot, code),
            Signal::SourceOpen | Signal::Appended | Signal::BufferFull | Signal::FeedRefused => self.fed(slot, &signal),
            Signal::Seeking if current => self.push(Effect::Relay(EventName::Seeking)),
            Signal::Seeked if current => {
                state.progressed = now;
                self.push(Effect::Relay(EventName::Seeked));
            }
            Signal::RateChanged(_) if current => self.push(Effect::Relay(EventName::RateChange)),
            Signal::VolumeChanged { muted, .. } => {
                if state.adopted && state.asked_muted.is_none() {
                    state.asked_muted = Some(muted);
                    self.forced_mute = muted && !self.want.muted;
                } else if current {
                    self.push(Effect::Relay(EventName::VolumeChange));
                }
            }
            Signal::Seeking | Signal::Seeked | Signal::RateChanged(_) => {}
        }
    }

    fn time_moved(&mut self, slot: Slot) {
        self.push(Effect::Relay(EventName::TimeUpdate));
        let state = self.slot(slot);
        let (time, duration) = (state.time.get(), state.duration.map_or(0.0, Seconds::get));
        if duration > 0.0 && state.asked_play {
            for (bit, quartile) in [(1, 25_u32), (2, 50), (4, 75)] {
                if time >= duration * f64::from(quartile) / 100.0 {
                    self.tell_quartile(bit, quartile);
                }
            }
        }
        let seconds = time as u64;
        if seconds.abs_diff(self.visit.remembered) >= 5 {
            self.remember();
        }
    }

    fn tell_quartile(&mut self, bit: u8, quartile: u32) {
        if self.visit.quartiles & bit == 0 {
            self.visit.quartiles |= bit;
            let detail = Node::map([("episode", self.describe_episode(self.current)), ("quartile", quartile.into())]);
            self.notify(EventName::EpisodeProgress, detail);
        }
    }

    pub(super) fn tell_first_frame(&mut self, slot: Slot) {
        let state = self.slot(slot);
        if self.visit.first_frame || !state.painted || (!state.playing && self.want.play) {
            return;
        }
        let adopted = state.adopted;
        self.visit.first_frame = true;
        self.record_first_frame(adopted);
    }

    fn paused_by_itself(&mut self, slot: Slot, current: bool) {
        let now = self.now;
        let state = self.slot_mut(slot);
        let near_end = state.duration.is_some_and(|d| state.time.get() >= d.get() - 0.3);
        state.playing = false;
        if !state.asked_play || state.ended || near_end {
            return;
        }
        state.asked_play = false;
        if !current {
            self.peeked = None;
            return;
        }
        if self.unmuted_at.take().is_some_and(|at| now.since(at).0 < 500) {
            // Browsers pause a running video that is unmuted without leave. Then it goes on without sound.
            self.forced_mute = true;
            return;
        }
        self.paused_by_browser = Some(now);
        self.want.play = false;
        self.push(Effect::Relay(EventName::Pause));
    }

    fn reached_end(&mut self, slot: Slot, current: bool) {
        if !current {
            self.slot_mut(slot).asked_play = false;
            self.peeked = None;
            return;
        }
        let catalogue = self.manifest.episodes.get(self.current).and_then(|e| e.duration).map(Seconds::from);
        let state = self.slot_mut(slot);
        state.playing = false;
        let missing = |length: Option<Seconds>| length.is_some_and(|l| state.time.get() < l.get() - END_TOLERANCE);
        // Shorter than the file itself says: it was cut off on the way. Shorter than the catalogue says, twice: the
        // catalogue is wrong, and an end is an end.
        if missing(state.duration) || missing(catalogue) && state.attempts == 0 {
            return self.try_again(slot, Code::MediaTimeout, "The video ended before its time.");
        }
        state.ended = true;
        state.asked_play = false;
        if let Some(end) = state.duration {
            state.time = end;
        }
        self.push(Effect::Relay(EventName::Ended));
        self.tell_quartile(8, 100);
        if !self.viewer.seen.contains(&self.current) {
            self.viewer.seen.push(self.current);
        }
        if self.config.repeat {
            return self.replay();
        }
        let next = self.current + 1;
        if next < self.manifest.episodes.len() {
            if self.advances() && self.want.play {
                self.go_to(next, Cause::AutoAdvance);
            }
        } else {
            let detail = Node::map([("series", self.series())]);
            self.push(Effect::Notify { name: EventName::SeriesEnd, detail, cancelable: Some(Cancelable::SeriesEnd) });
        }
    }

    pub(super) fn dispatched(&mut self, notice: Cancelable, prevented: bool) {
        match notice {
            Cancelable::PaywallOpen => self.sheet_announced(prevented),
            Cancelable::SeriesEnd => self.over = !prevented && self.slot(self.here()).ended,
            later => crate::later::told(self, later, prevented),
        }
    }

    /// An `error` event. Only the current episode's is worth a question; others are looked at when they come.
    fn failed(&mut self, slot: Slot, code: u8) {
        let now = self.now;
        if self.is_fed(slot) {
            return self.fed(slot, &Signal::FeedRefused);
        }
        let state = self.slot_mut(slot);
        state.failed = true;
        if slot != self.here() || self.trouble.is_some() {
            return;
        }
        let state = self.slot_mut(slot);
        if state.probing.is_some() || state.retry_at.is_some() {
            return;
        }
        state.failed = false;
        state.probing = Some(code);
        state.progressed = now;
        if let (Some(load), Some(url)) = (self.slot(slot).load, self.url_of(slot)) {
            self.push(Effect::Probe { load, url });
        } else {
            self.probe_done(slot, code, None);
        }
    }

    pub(super) fn probed(&mut self, load: LoadId, status: Option<u16>) {
        let here = self.here();
        if self.slot(here).load != Some(load) {
            return;
        }
        if let Some(code) = self.slot_mut(here).probing.take() {
            self.probe_done(here, code, status);
        }
    }

    pub(super) fn probe_done(&mut self, slot: Slot, media_error: u8, status: Option<u16>) {
        match status {
            Some(404 | 410) => self.give_up_media(Code::MediaNotFound, "The server has no such file (404).", false),
            Some(401 | 403) if self.manifest.access.mode == Mode::Gate && self.slot(slot).attempts == 0 => {
                // The URL has probably run out: a fresh grant brings a fresh one.
                self.slot_mut(slot).attempts += 1;
                self.renew_grant();
            }
            Some(401 | 403) => self.give_up_media(Code::MediaForbidden, "The server refused the file (401 or 403).", true),
            Some(200..=299) if media_error >= 4 && self.has_other_rendition(slot) => {
                self.slot_mut(slot).rendition += 1;
                self.reload(slot);
            }
            // A file that has played before is not unsupported: something went wrong on the way. So it may have gone with one
            // that never played; whether it does so twice shows.
            Some(200..=299)
                if self.slot(slot).duration.is_none()
                    && (media_error == NO_PICTURE || media_error == 4 && self.slot(slot).attempts > 0) =>
            {
                self.give_up_media(
                    Code::MediaUnsupported,
                    "The file is not a video this browser can play. Use MP4 with H.264 and AAC.",
                    false,
                );
            }
            Some(200..=299) => self.try_again(slot, Code::MediaDecode, "The video broke off while decoding."),
            Some(_) => self.try_again(slot, Code::MediaServer, "The server failed to send the file."),
            None => self.try_again(slot, Code::MediaUnreachable, "The file could not be reached. Check the connection and CORS."),
        }
    }

    /// Tries again after 1, then 3 seconds; then says why not.
    fn try_again(&mut self, slot: Slot, code: Code, message: &str) {
        let now = self.now;
        // That the bytes were asked for again and again, before the browser took the file itself, was an attempt too.
        let before = u8::from(self.asked_in_vain(slot));
        let state = self.slot_mut(slot);
        if state.attempts + before >= RETRIES {
            return self.give_up_media(code, message, true);
        }
        state.attempts += 1;
        if state.time > state.broke_at {
            state.broke_at = state.time;
        }
        state.retry_at = Some(now + Millis(if state.attempts == 1 { 1_000 } else { 3_000 }));
    }

    fn give_up_media(&mut self, code: Code, message: &str, can_retry: bool) {
        let id = self.manifest.episodes.get(self.current).map_or("", |e| e.id.as_str());
        let fault = Fault::minor(code, message).of(id);
        self.set_trouble(fault, can_retry);
    }

    pub(super) fn set_trouble(&mut self, fault: Fault, can_retry: bool) {
        self.tell(&fault);
        self.reject_waiting_play("NotSupportedError", &fault.message);
        self.trouble = Some(Trouble { fault, can_retry });
    }

    /// "Try again" on the error card.
    pub(super) fn retry_here(&mut self) {
        self.retry_gate();
        if self.trouble.take().is_some() {
            let here = self.here();
            let state = self.slot_mut(here);
            state.attempts = 0;
            state.rendition = 0;
            state.failed = false;
            state.retry_at = None;
            state.probing = None;
            self.want.play = true;
            self.started = true;
            self.reload(here);
        }
    }

    pub(super) fn media_deadline(&self) -> Option<Instant> {
        let state = self.slot(self.here());
        let stall = state.asked_play.then_some(state.progressed + STALL);
        let spinner = state.starving.map(|since| since + SPINNER_AFTER).filter(|at| *at > self.now);
        let probe = state.probing.map(|_| state.progressed + PROBE_TIMEOUT);
        let release = self.disconnected_at.filter(|_| !self.released).map(|at| at + RELEASE_AFTER);
        [stall, spinner, probe, state.retry_at, release].into_iter().flatten().min()
    }

    pub(super) fn media_tick(&mut self) {
        if self.disconnected_at.is_some_and(|at| self.now >= at + RELEASE_AFTER) {
            self.released = true;
        }
        if !self.is_ready() {
            return;
        }
        let here = self.here();
        let now = self.now;
        let state = self.slot_mut(here);
        if state.retry_at.is_some_and(|at| now >= at) {
            state.retry_at = None;
            return self.reload(here);
        }
        if state.probing.is_some() && state.idle(now) >= PROBE_TIMEOUT {
            let code = state.probing.take().unwrap_or(0);
            return self.probe_done(here, code, None);
        }
        if state.asked_play && state.retry_at.is_none() && state.idle(now) >= STALL && !self.ran_dry(here, 0.0) {
            let (code, message) = if self.online {
                (Code::MediaTimeout, "No more of the video arrived for ten seconds.")
            } else {
                (Code::MediaUnreachable, "The browser is offline.")
            };
            self.try_again(here, code, message);
        }
    }
}
