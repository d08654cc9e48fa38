//! What the browser does when the core asks for it.

use cliffhanger_core::effect::Errand;
use cliffhanger_core::event::*;
use cliffhanger_core::*;

use crate::browser::{Autoplay, Browser, Job};
use crate::fragments;
use crate::video::{Fate, Feed, Video};

/// Seconds a `SourceBuffer` holds before it is full.
const QUOTA: f64 = 4.0;

impl Browser {
    fn video(&mut self, slot: Slot) -> &mut Video {
        &mut self.videos[slot.0 as usize]
    }

    fn feed(&mut self, slot: Slot) -> &mut Feed {
        self.video(slot).feed.as_mut().expect("a slot without a MediaSource is filled")
    }

    pub(crate) fn perform(&mut self, effect: Effect) {
        self.note(&effect);
        match effect {
            Effect::FetchManifest { ask, url } => self.fetch_manifest(ask, url.as_deref()),
            Effect::Recall { series } => {
                let found = self.documents.iter().find(|document| document.name == series).cloned();
                self.truth.set_series(found.expect("a series nobody sent"));
                self.inbox.push_back(Event::Recalled(self.stored.clone()));
            }
            Effect::Remember { series, value } if series.ends_with("#seen") => self.marks = Some(value),
            Effect::Errand(Errand::RecallMarks { .. }) => self.inbox.push_back(Event::News(News::Marks(self.marks.clone()))),
            Effect::Errand(Errand::Show { screen, on, .. }) => {
                let refused = self.refuses || self.weather.alive && self.weather.rng.percent(30);
                self.inbox.push_back(Event::News(if refused { News::Refused(screen) } else { News::Screen(screen, on) }));
            }
            Effect::Remember { series, value } if !series.is_empty() => self.stored = Some(value),
            Effect::Adopt { slot, load } => self.adopt(slot, load),
            Effect::Load { slot, load, url, .. } => {
                let n = self.check_load(slot, &url);
                self.loads.push(url.clone());
                self.early = self.early.take().filter(|_| slot != Slot(0));
                let fate =
                    if self.weather.trouble(12) { Fate::random(&mut self.weather.rng, self.weather.film.length) } else { Fate::Fine };
                let opens_at = self.now + self.weather.answer();
                *self.video(slot) = Video { load: Some(load), url, n, fate, opens_at, ..Video::default() };
                self.arm(slot);
            }
            Effect::Feed { slot, load, opened } => {
                let n = self.fed_episode(slot);
                self.check_slot(slot, n);
                let early = if slot == Slot(0) { self.early.take() } else { None };
                let feed = if opened { early.expect("it goes on with what was opened") } else { Feed::default() };
                *self.video(slot) = Video { load: Some(load), url: "fed".into(), n, feed: Some(feed), ..Video::default() };
                let refused = self.weather.trouble(2);
                self.feed(slot).open = !refused;
                self.tell(slot, if refused { Signal::FeedRefused } else { Signal::SourceOpen });
                if opened && !refused {
                    self.tell_opened(slot, load);
                }
                self.arm(slot);
            }
            Effect::Describe { slot, .. } => {
                let feed = self.feed(slot);
                assert!(feed.open && !feed.described, "a MediaSource is described twice, or before it is open");
                feed.described = true;
                if self.weather.trouble(1) {
                    self.tell(slot, Signal::FeedRefused);
                }
            }
            Effect::Append { slot, bytes } => self.append(slot, bytes),
            Effect::EndOfStream { slot } => {
                let film = self.weather.film.length;
                let feed = self.feed(slot);
                assert!(feed.described && !feed.ended, "a stream ends twice, or before it began");
                feed.ended = true;
                if let Some((_, end)) = feed.spans.last_mut().filter(|(_, end)| *end > film - 0.3) {
                    *end = film;
                }
            }
            Effect::Evict { slot, until } => self.evict(slot, until.get()),
            Effect::Fetch { fetch, url, from, until, urgent } => {
                self.urgent.push(urgent);
                self.fetch(fetch, &url, from, until);
            }
            Effect::CancelFetch { fetch } => {
                self.cancelled += 1;
                self.flights.retain(|flight| flight.fetch != fetch);
            }
            Effect::Unload { slot } => *self.video(slot) = Video::default(),
            Effect::Play { slot } => self.play(slot),
            Effect::Pause { slot } => {
                let video = self.video(slot);
                (video.playing, video.moving) = (false, false);
            }
            Effect::Seek { slot, to } => self.seek(slot, to.get()),
            Effect::Mute { slot, muted } => self.mute(slot, muted),
            Effect::Rate(rate) => self.speed = rate,
            Effect::Bless => {
                assert!(self.watch.gesture || !self.weather.alive, "videos are blessed outside a gesture");
                if self.weather.alive && self.weather.rng.percent(80) {
                    self.autoplay = Autoplay::Allowed;
                }
            }
            Effect::Probe { load, .. } => self.probe(load),
            Effect::AskGate { ask, body, .. } => self.ask_gate(ask, &body),
            Effect::RequestUnlock { ask, detail } => self.unlock_requested(ask, detail),
            Effect::Notify { name, detail, cancelable } => {
                self.watch.notified(name, &detail);
                if let Some(notice) = cancelable {
                    let prevented = self.prevent || self.weather.alive && self.weather.rng.percent(10);
                    self.inbox.push_back(Event::Dispatched { notice, prevented });
                }
            }
            Effect::Resolve { call, .. } => self.watch.resolved(call),
            Effect::Teardown => {
                self.videos = Default::default();
                self.flights.clear();
                self.watch.over = true;
            }
            _ => {}
        }
    }

    /// The episode that the core means: the one near the current that lives in this slot.
    fn fed_episode(&self, slot: Slot) -> u32 {
        let current = self.player.view().current;
        let near = [Some(current), current.checked_add(1), current.checked_sub(1)];
        near.into_iter().flatten().find(|index| Slot::of(*index) == slot).map_or(0, |index| index as u32 + 1)
    }

    fn adopt(&mut self, slot: Slot, load: LoadId) {
        // A video of unknown address may be of any episode, and one of another episode than the slot's is of unknown address to the core.
        let n = self.truth.may(self.now, &self.offered).ok().filter(|n| Slot::of(*n as usize - 1) == slot).unwrap_or(0);
        let (alive, now) = (self.weather.alive, self.now);
        // A page may have started it, but not while it is hidden.
        let playing = !alive || !self.hidden && self.connected;
        *self.video(slot) =
            Video { load: Some(load), url: "adopted".into(), n, playing, muted: true, adopting: true, opens_at: now, ..Video::default() };
        // The shell tells how it stands at once, the volume last of all.
        let signals = [playing.then_some(Signal::Playing), Some(Signal::VolumeChanged { volume: 1.0, muted: true })];
        self.inbox.extend(signals.into_iter().flatten().map(|signal| Event::Media { slot, load, signal }));
        self.arm(slot);
    }

    fn append(&mut self, slot: Slot, bytes: [Vec<u8>; 2]) {
        let refused = self.weather.trouble(1);
        let full = self.weather.trouble(4);
        let feed = self.feed(slot);
        assert!(feed.described && !feed.appending, "an append while the buffer is busy, or before its time");
        // As in Media Source Extensions: an append opens an ended stream again.
        (feed.appending, feed.ended) = (true, false);
        if refused {
            return self.tell(slot, Signal::FeedRefused);
        }
        let held: f64 = feed.spans.iter().map(|(start, end)| end - start).sum();
        if full && held > QUOTA {
            feed.waiting = Some(bytes);
            return self.tell(slot, Signal::BufferFull);
        }
        self.appended(slot, &bytes);
    }

    fn appended(&mut self, slot: Slot, [video, _]: &[Vec<u8>; 2]) {
        let film = self.weather.film.clone();
        let spans = fragments::spans(video, film.fps);
        let (alive, drops) = (self.weather.alive, self.weather.drops);
        self.feed(slot).take(&spans, drops);
        let video = self.video(slot);
        video.buffered = video.reach();
        if spans.is_empty() {
            video.opened = true;
            self.tell(slot, Signal::Metadata { duration: Seconds::new(film.length) });
        } else if !alive {
            self.tell(slot, Signal::FirstData { width: 720 });
            self.tell(slot, Signal::Painted);
            self.tell_progress(slot);
        }
        // The answer comes by itself; should the source have gone by then, so has its load.
        let load = self.video(slot).load.expect("it is being filled");
        let after = if alive { self.weather.rng.below(60) } else { 0 };
        if after == 0 {
            self.feed(slot).appending = false;
            self.tell(slot, Signal::Appended);
        } else {
            self.later(self.now + after, Job::Appended(slot, load));
        }
        self.arm(slot);
    }

    /// What a load would have told by now, and that nothing is being appended.
    fn tell_opened(&mut self, slot: Slot, load: LoadId) {
        let (length, alive) = (self.weather.film.length, self.weather.alive);
        let video = self.video(slot);
        video.opened = true;
        video.buffered = video.reach();
        let buffered = video.buffered;
        let shows = buffered > 0.0;
        self.tell(slot, Signal::Metadata { duration: Seconds::new(length) });
        if shows {
            self.tell(slot, Signal::FirstData { width: 720 });
            self.tell(slot, Signal::Buffered(Seconds::new(buffered)));
        }
        if shows && !alive {
            self.tell(slot, Signal::Painted);
        }
        let after = if alive { self.weather.rng.below(60) } else { 0 };
        self.feed(slot).appending = after > 0;
        if after > 0 {
            self.later(self.now + after, Job::Appended(slot, load));
        } else {
            self.tell(slot, Signal::Appended);
        }
    }

    pub(crate) fn append_done(&mut self, slot: Slot, load: LoadId) {
        if self.video(slot).load == Some(load) {
            self.feed(slot).appending = false;
            self.tell(slot, Signal::Appended);
        }
    }

    fn evict(&mut self, slot: Slot, until: f64) {
        let alive = self.weather.alive;
        let time = self.video(slot).time;
        assert!(until < time || !alive, "what is yet to be seen is evicted");
        let Some(feed) = self.video(slot).feed.as_mut() else { return };
        for (start, _) in &mut feed.spans {
            *start = start.max(until);
        }
        feed.spans.retain(|(start, end)| start < end);
        if let Some(bytes) = feed.waiting.take() {
            self.appended(slot, &bytes);
        }
    }

    fn play(&mut self, slot: Slot) {
        let (alive, film) = (self.weather.alive, self.weather.film.length);
        let policy = self.autoplay;
        let video = self.video(slot);
        assert!(video.load.is_some(), "play() without a source");
        let allowed = policy == Autoplay::Allowed || policy == Autoplay::MutedOnly && video.muted;
        video.playing = allowed && !video.dead;
        if alive && video.time >= film {
            video.time = 0.0;
        }
        if !allowed {
            self.tell(slot, Signal::PlayRefused);
        } else if !alive || video.moving {
            self.tell(slot, Signal::Playing);
        }
        self.arm(slot);
    }

    fn seek(&mut self, slot: Slot, to: f64) {
        let alive = self.weather.alive;
        let video = self.video(slot);
        video.time = to;
        video.told.seeked(to);
        if let Some(feed) = &mut video.feed {
            feed.edge = None;
        }
        if !alive {
            return;
        }
        let reach = video.reach();
        (video.moving, video.seeking) = (false, true);
        if video.feed.is_none() && reach < to {
            video.buffered = to;
            video.through = false;
        }
        self.tell(slot, Signal::Seeking);
        self.arm(slot);
    }

    fn mute(&mut self, slot: Slot, muted: bool) {
        let (alive, policy) = (self.weather.alive, self.autoplay);
        let video = self.video(slot);
        video.muted = muted;
        // Browsers stop a running video that is unmuted without leave.
        if alive && !muted && video.playing && policy != Autoplay::Allowed {
            (video.playing, video.moving) = (false, false);
            self.tell(slot, Signal::Paused);
        }
    }

    fn probe(&mut self, load: LoadId) {
        if !self.weather.alive {
            return;
        }
        let fate = self.videos.iter().find(|video| video.load == Some(load)).map_or(Fate::Fine, |video| video.fate);
        let status = match fate {
            _ if !self.weather.online => None,
            Fate::Status(status) => Some(status),
            Fate::Page => Some(200),
            Fate::Silent => return,
            _ => Some(206),
        };
        if !self.weather.trouble(10) {
            let after = self.weather.answer();
            self.post(after, Event::Probed { load, status });
        }
    }
}
