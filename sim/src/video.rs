//! A make-believe `<video>`: what one has, and how it lives by itself in a random session.

use cliffhanger_core::event::*;
use cliffhanger_core::*;

use crate::browser::{Browser, Job};
use crate::fragments::Span;
use crate::rng::Rng;

/// What becomes of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Fate {
    #[default]
    Fine,
    /// The server answers with this status.
    Status(u16),
    /// Nobody answers, until the weather clears.
    Silent,
    /// It is not a video.
    Page,
    /// Sound without a picture.
    Blind,
    /// Decoding breaks off at this second.
    Breaks(f64),
    /// Nothing comes after this second, until the weather clears.
    Stops(f64),
    /// It ends at this second, before its time.
    Ends(f64),
}

impl Fate {
    pub(crate) fn random(rng: &mut Rng, length: f64) -> Self {
        let second = rng.below(60) as f64 / 60.0 * length;
        match rng.below(8) {
            0 => Self::Status(rng.pick(&[401, 403, 404, 410, 416, 500, 503])),
            1 => Self::Silent,
            2 => Self::Page,
            3 => Self::Blind,
            4 => Self::Breaks(second),
            5 => Self::Ends(second),
            _ => Self::Stops(second),
        }
    }
}

/// What the core has been told of a video: by this, not by what is so, it is judged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    through: bool,
    time: f64,
    buffered: f64,
    length: f64,
}

impl Told {
    /// Whether the core may think that it plays through what it has.
    pub(crate) fn plays_through(&self) -> bool {
        self.through || self.length > 0.0 && self.buffered >= self.length - 0.3 || self.buffered - self.time >= 10.0
    }

    pub(crate) fn seeked(&mut self, to: f64) {
        self.time = to;
    }

    pub(crate) fn hear(&mut self, signal: &Signal) {
        match signal {
            Signal::CanPlayThrough => self.through = true,
            Signal::Waiting => self.through = false,
            Signal::Progress { time, buffered_to } => (self.time, self.buffered) = (time.get(), buffered_to.get()),
            Signal::Buffered(to) => self.buffered = to.get(),
            Signal::Metadata { duration } => self.length = duration.get(),
            Signal::FirstData { width: 0 } => self.length = 0.0,
            Signal::Ended => self.time = self.length.max(self.time),
            _ => {}
        }
    }
}

/// A `<video>`. Its public fields are for scenario tests, which move it by hand.
#[derive(Clone, Debug, Default)]
pub struct Video {
    /// The load its events carry.
    pub load: Option<LoadId>,
    /// Its source.
    pub url: String,
    /// It is not paused.
    pub playing: bool,
    /// `muted`
    pub muted: bool,
    /// It said it can play through.
    pub through: bool,
    /// `currentTime`
    pub time: f64,
    /// End of the buffer around it.
    pub buffered: f64,
    /// Which episode it was given for, from 1.
    pub(crate) n: u32,
    /// The page's own, and the core does not know yet how it stands.
    pub(crate) adopting: bool,
    pub(crate) told: Told,
    pub(crate) fate: Fate,
    /// Has its length.
    pub(crate) opened: bool,
    /// Frames go by.
    pub(crate) moving: bool,
    pub(crate) first: bool,
    pub(crate) painted: bool,
    pub(crate) seeking: bool,
    /// Broken: nothing more happens.
    pub(crate) dead: bool,
    pub(crate) opens_at: u64,
    pub(crate) ticked: u64,
    pub(crate) ticking: bool,
    /// Events of it that are under way, and when the last of them arrives.
    pub(crate) queued: u32,
    pub(crate) last: u64,
    pub(crate) feed: Option<Feed>,
}

/// The `MediaSource` of a video that is filled by the core.
#[derive(Clone, Debug, Default)]
pub(crate) struct Feed {
    pub(crate) open: bool,
    pub(crate) described: bool,
    pub(crate) appending: bool,
    pub(crate) waiting: Option<[Vec<u8>; 2]>,
    pub(crate) ended: bool,
    pub(crate) spans: Vec<(f64, f64)>,
    /// Where the next fragment must begin; anywhere after a jump.
    pub(crate) edge: Option<f64>,
}

impl Feed {
    /// Takes fragments, which must follow on those before; `drops` all but key frames.
    pub(crate) fn take(&mut self, spans: &[Span], drops: bool) {
        for Span { start, end, key } in spans {
            if let Some(edge) = self.edge {
                assert!((edge - start).abs() < 0.01, "the feeder leaves a gap or repeats: from {edge} to {start}");
            }
            self.edge = Some(*end);
            if drops && !key {
                continue;
            }
            match self.spans.iter_mut().find(|(from, to)| *from <= *start && *start <= *to + 0.05) {
                Some((_, to)) => *to = to.max(*end),
                None => self.spans.push((*start, *end)),
            }
        }
    }
}

impl Video {
    /// The end of what can be played from here.
    pub(crate) fn reach(&self) -> f64 {
        let Some(feed) = &self.feed else { return self.buffered };
        let around = |(start, end): &&(f64, f64)| *start <= self.time + 0.1 && self.time <= *end;
        feed.spans.iter().find(around).map_or(self.time, |(_, end)| *end)
    }
}

impl Browser {
    /// An event of a video, in the order in which they happened.
    pub(crate) fn tell(&mut self, slot: Slot, signal: Signal) {
        let (now, lag) = (self.now, self.weather.lag());
        let video = &mut self.videos[slot.0 as usize];
        let Some(load) = video.load else { return };
        video.last = video.last.max(now + lag);
        let event = Event::Media { slot, load, signal };
        if video.queued == 0 && video.last == now {
            self.inbox.push_back(event);
        } else {
            video.queued += 1;
            let at = video.last;
            self.later(at, Job::Event(event));
        }
    }

    /// Makes a video live on, if it has something to live for.
    pub(crate) fn arm(&mut self, slot: Slot) {
        let now = self.now;
        let wait = if self.weather.alive { self.weather.rng.between(10, 700) } else { return };
        let video = &mut self.videos[slot.0 as usize];
        let Some(load) = video.load.filter(|_| !video.ticking && !video.dead) else { return };
        video.ticking = true;
        video.ticked = now;
        self.later(now + wait, Job::Tick(slot, load));
    }

    /// Some time of a video's life.
    pub(crate) fn tick(&mut self, slot: Slot, load: LoadId) {
        let i = slot.0 as usize;
        if self.videos[i].load != Some(load) {
            return;
        }
        self.videos[i].ticking = false;
        if self.videos[i].dead {
            return;
        }
        let elapsed = (self.now - self.videos[i].ticked) as f64 / 1000.0;
        self.open_source(slot);
        if self.videos[i].opened && !self.videos[i].dead {
            let before = (self.videos[i].time, self.videos[i].buffered);
            self.play_on(slot, elapsed);
            self.buffer_on(slot, elapsed);
            self.show(slot);
            let video = &self.videos[i];
            if before != (video.time, video.buffered) && video.playing {
                self.tell_progress(slot);
            }
        }
        let video = &self.videos[i];
        let content = video.opened && (video.through || video.feed.is_some()) && video.painted && !video.seeking;
        if video.playing || !content {
            self.arm(slot);
        }
    }

    /// Once a source is reached, its length is known.
    fn open_source(&mut self, slot: Slot) {
        let film = self.weather.film.length;
        let (now, up, clear) = (self.now, self.weather.online, self.weather.mess == 0);
        let video = &mut self.videos[slot.0 as usize];
        if video.opened || video.feed.is_some() || now < video.opens_at || !up {
            return;
        }
        match video.fate {
            Fate::Silent if !clear => {}
            Fate::Status(_) | Fate::Page => self.fail(slot, 4),
            fate => {
                video.opened = true;
                self.tell(slot, Signal::Metadata { duration: Seconds::new(film) });
                if fate == Fate::Blind {
                    self.tell(slot, Signal::FirstData { width: 0 });
                }
            }
        }
    }

    fn fail(&mut self, slot: Slot, code: u8) {
        let video = &mut self.videos[slot.0 as usize];
        (video.dead, video.playing, video.moving) = (true, false, false);
        self.tell(slot, Signal::Failed(code));
    }

    /// A browser fetches a plain source by itself.
    fn buffer_on(&mut self, slot: Slot, elapsed: f64) {
        let (film, link, up, clear) = (self.weather.film.length, self.weather.link, self.weather.online, self.weather.mess == 0);
        let video = &mut self.videos[slot.0 as usize];
        if let Some(feed) = &video.feed {
            video.through = feed.ended;
            video.buffered = video.reach();
            return;
        }
        let most = match video.fate {
            Fate::Breaks(at) | Fate::Ends(at) => at,
            Fate::Stops(at) if !clear => at,
            _ => film,
        };
        if up {
            video.buffered = (video.buffered.max(video.time) + elapsed * link).min(most.max(video.time));
        }
        if video.buffered >= film && !video.through {
            video.through = true;
            self.tell_progress(slot);
            self.tell(slot, Signal::CanPlayThrough);
        }
    }

    fn play_on(&mut self, slot: Slot, elapsed: f64) {
        let (film, speed) = (self.weather.film.length, self.speed);
        let video = &mut self.videos[slot.0 as usize];
        if !video.playing {
            return;
        }
        let end = match video.fate {
            Fate::Ends(at) => at.min(film),
            _ => film,
        };
        let reach = video.reach();
        if video.moving {
            video.time = (video.time + elapsed * speed).min(reach.max(video.time));
        } else if reach > video.time + 0.05 || video.time >= end - 0.05 {
            video.moving = true;
            self.tell(slot, Signal::Playing);
            return;
        }
        if !video.moving {
            return;
        }
        if matches!(video.fate, Fate::Breaks(at) if video.time >= at - 0.05) {
            return self.fail(slot, 3);
        }
        if video.time >= end - 0.05 {
            (video.time, video.playing, video.moving) = (end, false, false);
            self.tell_progress(slot);
            self.tell(slot, Signal::Ended);
        } else if video.time >= reach - 0.01 {
            (video.moving, video.through) = (false, false);
            self.tell(slot, Signal::Waiting);
        }
    }

    /// Frames that are decoded and painted.
    fn show(&mut self, slot: Slot) {
        let hidden = self.hidden;
        let video = &mut self.videos[slot.0 as usize];
        if video.reach() <= video.time {
            return;
        }
        let mut news = Vec::new();
        if core::mem::take(&mut video.seeking) {
            news.push(Signal::Seeked);
        }
        if !core::mem::replace(&mut video.first, true) {
            news.push(Signal::FirstData { width: 720 });
        }
        if !hidden && !core::mem::replace(&mut video.painted, true) {
            news.push(Signal::Painted);
        }
        for signal in news {
            self.tell_progress(slot);
            self.tell(slot, signal);
        }
    }

    pub(crate) fn tell_progress(&mut self, slot: Slot) {
        let video = &self.videos[slot.0 as usize];
        let (time, buffered_to) = (Seconds::new(video.time), Seconds::new(video.reach()));
        self.tell(slot, Signal::Progress { time, buffered_to });
    }
}
