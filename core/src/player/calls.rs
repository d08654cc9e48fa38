//! Methods and properties of the element.

use super::Player;
use crate::effect::{Effect, Outcome};
use crate::event::{CallId, Request, Slot, Step, Target};
use crate::manifest::Reader;
use crate::node::Node;
use crate::surface::{Cause, EventName};

impl Player {
    pub(super) fn call(&mut self, call: Option<CallId>, request: Request) {
        if !self.is_ready() && needs_series(&request) {
            if self.stage_fault().is_some() {
                return self.refuse(call, &request);
            }
            self.held.push((call, request));
            return;
        }
        match request {
            Request::Play => self.play_called(call),
            Request::Pause => {
                self.want.play = false;
                self.reject_waiting_play("AbortError", "pause() was called");
                self.remember();
                self.done(call);
            }
            Request::Next => {
                let moved = self.step(Step::Forward, Cause::Api);
                self.moved(call, moved);
            }
            Request::Previous => {
                let moved = self.step(Step::Back, Cause::Api);
                self.moved(call, moved);
            }
            Request::GoTo(target) => {
                let moved = self.go_to_target(&target);
                self.moved(call, moved);
            }
            Request::Seek(to) => {
                self.seek(to);
                self.done(call);
            }
            Request::SetMuted(muted) => {
                self.want.muted = muted;
                self.sound_settled = true;
                if !muted {
                    self.forced_mute = false;
                }
                self.done(call);
            }
            Request::SetVolume(volume) => {
                self.want.volume = volume.clamp(0.0, 1.0);
                self.push(Effect::Volume(self.want.volume));
                self.done(call);
            }
            Request::SetRate(rate) => {
                self.want.rate = rate.clamp(0.25, 4.0);
                self.push(Effect::Rate(self.want.rate));
                if !self.slot(self.here()).has_source() {
                    self.push(Effect::Relay(EventName::RateChange));
                }
                self.done(call);
            }
            Request::Append(episodes) => self.append(call, &episodes),
            Request::Grant { episode, grant, base } => match self.find(&Target::Id(episode)) {
                None => self.reject(call, "NotFoundError", "no episode has this id"),
                Some(index) => match self.accept(index, &grant, &base) {
                    Ok(()) => self.done(call),
                    Err(wrong) => self.reject(call, "TypeError", &wrong),
                },
            },
            Request::RefreshAccess => {
                self.refresh_access();
                self.done(call);
            }
            Request::DismissPaywall => {
                self.dismiss();
                self.done(call);
            }
            Request::Destroy => {
                self.destroy();
                self.done(call);
            }
        }
    }

    fn go_to_target(&mut self, target: &Target) -> bool {
        self.find(target).is_some_and(|index| self.go_to(index, Cause::Api))
    }

    fn append(&mut self, call: Option<CallId>, episodes: &Node) {
        let mut reader = Reader::new(self.reading.reader.base());
        let list = match episodes {
            Node::List(list) => list.as_slice(),
            _ => return self.reject(call, "TypeError", "append() takes a list of episodes"),
        };
        let before = self.manifest.episodes.len();
        let mut read = Reader::count("append", list.len(), before);
        if read.is_ok() {
            reader.episodes(list, &mut self.manifest, "append", 0, before);
            if self.manifest.episodes.len() == before {
                read = Err(reader.none("append"));
            }
        }
        match read {
            Ok(()) => {
                self.tell_read(&mut reader);
                self.over = false;
                self.done(call);
            }
            Err(fault) => self.reject(call, "TypeError", &fault.message),
        }
    }

    /// Answers a call that cannot be carried out because there is no series.
    pub(super) fn refuse(&mut self, call: Option<CallId>, request: &Request) {
        match request {
            Request::Next | Request::Previous | Request::GoTo(_) => self.moved(call, false),
            Request::Play => self.reject(call, "NotSupportedError", "there is no series to play"),
            Request::Pause => self.done(call),
            _ => self.reject(call, "InvalidStateError", "there is no series"),
        }
    }

    pub(super) fn done(&mut self, call: Option<CallId>) {
        if let Some(call) = call {
            self.push(Effect::Resolve { call, outcome: Outcome::Done });
        }
    }

    fn moved(&mut self, call: Option<CallId>, moved: bool) {
        if let Some(call) = call {
            self.push(Effect::Resolve { call, outcome: Outcome::Moved(moved) });
        }
    }

    pub(super) fn reject(&mut self, call: Option<CallId>, name: &'static str, message: &str) {
        if let Some(call) = call {
            self.push(Effect::Resolve { call, outcome: Outcome::Rejected { name, message: message.to_owned() } });
        }
    }

    // --- read-only properties ---

    /// `paused`: nothing moves and nothing was asked to.
    #[must_use]
    pub fn paused(&self) -> bool {
        !self.slot(self.here()).asked_play
    }

    /// `ended`: the current episode is at its end.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.slot(self.here()).ended
    }

    /// `duration` in seconds; NaN while unknown.
    #[must_use]
    pub fn duration(&self) -> f64 {
        let slot = self.slot(self.here());
        slot.duration.filter(|_| slot.index == Some(self.current)).map_or(f64::NAN, |d| d.get())
    }

    /// `currentTime` in seconds.
    #[must_use]
    pub fn current_time(&self) -> f64 {
        let slot = self.slot(self.here());
        if slot.index == Some(self.current) { slot.start_at.unwrap_or(slot.time).get() } else { 0.0 }
    }

    /// `volume`, 0 to 1.
    #[must_use]
    pub fn volume(&self) -> f64 {
        self.want.volume
    }

    /// `playbackRate`.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.want.rate
    }

    /// The slot of the current episode: whose events are the element's.
    #[must_use]
    pub fn current_slot(&self) -> Slot {
        self.here()
    }
}

/// Whether a request can only be carried out once the series is there.
fn needs_series(request: &Request) -> bool {
    matches!(
        request,
        Request::Play
            | Request::Pause
            | Request::Next
            | Request::Previous
            | Request::GoTo(_)
            | Request::Seek(_)
            | Request::Append(_)
            | Request::Grant { .. }
            | Request::RefreshAccess
            | Request::DismissPaywall
    )
}
