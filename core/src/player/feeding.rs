//! Media by bytes: which sources are read, what is fetched next, and what each `MediaSource` gets.
//!
//! A lane is one episode's source. Only lanes of episodes that are open at this very moment exist, so nothing here
//! can reach beyond the wall (invariants 2 and 11). At the first doubt a lane is given up, and its slot gets the plain
//! URL instead.

mod ranges;

use super::{Player, SlotState};
use crate::effect::{Effect, Preload};
use crate::event::{FetchId, LoadId, Signal, Slot};
use crate::feeder::{Fault, Link, Micros, Opening, Source, plan};
use crate::manifest::Container;
use crate::shop::News;
use crate::time::{Instant, Seconds};

/// Most that is appended ahead of the position, whatever has been fetched.
const APPEND_AHEAD: u64 = 60_000_000;
/// What stays appended behind the position when the buffer is full, in seconds.
const KEEP_BEHIND: f64 = 10.0;
/// Appends are at least this large, unless the video is about to run dry: many small ones cost time.
const APPEND_AT_LEAST: usize = 128 << 10;
/// With less than this ahead of the position every fragment is appended as it comes.
const HASTE: u64 = 1_500_000;
/// A video with less than this ahead, in seconds, has run dry.
const DRY: f64 = 0.1;
/// While it plays, what is to be fetched is looked at this often, in microseconds of media.
const PULSE: u64 = 500_000;
/// Everything the feeder knows.
#[derive(Debug, Default)]
pub(super) struct Feeding {
    /// The browser has `MediaSource`, and nothing has spoken against it.
    pub able: bool,
    lanes: Vec<Lane>,
    flights: Vec<Flight>,
    pub(super) link: Link,
    /// What was read before there was a player, and where, until its episode is read.
    opening: Option<(String, Opening)>,
    last_fetch: u32,
    /// Media bytes that have come.
    pub fetched: u64,
    /// Of those, what has been watched, and what was given up unwatched.
    pub watched: u64,
    pub wasted: u64,
    /// Why media is left to the browser, at first.
    left: Option<Why>,
    /// Something has changed since it was last decided what to fetch.
    stale: bool,
    /// The current episode and the half second it was at when that was last looked at.
    pulse: (usize, u64),
}

/// Why media is left to the browser.
#[derive(Clone, Copy, Debug)]
enum Why {
    Fault(Fault),
    Refused,
    Unreadable,
}

/// One episode that is read.
#[derive(Debug)]
struct Lane {
    index: usize,
    rendition: usize,
    /// As in its slot.
    height: u32,
    source: Source,
    /// Given up: the browser takes the URL itself.
    plain: bool,
    /// The server refused it, or would send all of it: nothing is asked until a slot is filled with it anew.
    blocked: bool,
    /// The gate was asked for a fresh address because this one was refused; nothing has come since.
    renewed: bool,
    /// The run of media that was appended before there was a player.
    opened: Option<(Micros, Micros)>,
    /// What it fills.
    filling: Option<Filling>,
    /// Attempts that failed in a row, and when to try again.
    failures: usize,
    retry_at: Option<Instant>,
    /// Bytes of it that have come, and that have been watched.
    fetched: u64,
    watched: u64,
}

impl Lane {
    /// Bytes that came and were not watched.
    fn unwatched(&self) -> u64 {
        self.fetched.saturating_sub(self.watched)
    }
}

/// The `MediaSource` a lane fills.
#[derive(Debug)]
struct Filling {
    load: LoadId,
    open: bool,
    described: bool,
    appending: bool,
    full: bool,
    ended: bool,
    /// The run of media that has been appended, and holds the position.
    from: Micros,
    until: Micros,
}

/// A range under way.
#[derive(Debug)]
struct Flight {
    fetch: FetchId,
    index: usize,
    /// As the plan knows it.
    planned: plan::Flight,
    /// The next byte to come.
    at: u64,
    total: Option<u64>,
    asked_at: Instant,
    /// When it last brought something.
    heard_at: Instant,
    /// Its body is coming.
    coming: bool,
}

impl Player {
    /// Starts to fill a slot by bytes; false when the browser is to take the URL itself.
    pub(super) fn feed(&mut self, slot: Slot, load: LoadId, start: Seconds) -> bool {
        let fed = self.feed_lane(slot, load, start);
        if !fed && slot == Slot::of(0) {
            self.forget_opened(usize::MAX);
        }
        fed
    }

    /// Whatever comes first into slot 0 takes the place of what was opened there, unless it is the episode that goes on.
    fn forget_opened(&mut self, but: usize) {
        self.feeding.opening = None;
        self.feeding.lanes.iter_mut().filter(|lane| lane.index != but).for_each(|lane| lane.opened = None);
    }

    fn feed_lane(&mut self, slot: Slot, load: LoadId, start: Seconds) -> bool {
        let &SlotState { index: Some(index), rendition, height, .. } = self.slot(slot) else { return false };
        if !self.feeding.able {
            return false;
        }
        self.open_lane(index, rendition, height);
        if slot == Slot::of(0) {
            self.forget_opened(index);
        }
        let Some(lane) = self.feeding.lanes.iter_mut().find(|lane| lane.index == index && !lane.plain) else { return false };
        let opened = lane.opened.take();
        let (from, until) = opened.unwrap_or_else(|| {
            let from = lane.source.restart(start.into());
            (from, from)
        });
        let (described, appending) = (opened.is_some(), opened.is_some());
        lane.filling = Some(Filling { load, open: false, described, appending, full: false, ended: false, from, until });
        lane.blocked = false;
        lane.retry_at = None;
        self.feeding.stale = true;
        self.push(Effect::Feed { slot, load, opened: opened.is_some() });
        if opened.is_some() {
            self.begin_at(slot, from);
            // It was there before the player was.
            self.visit.preloaded |= index == self.current && from < until;
            if until < start.into() {
                self.feed_from(slot, start);
            }
        }
        true
    }

    /// Before there was a player, the beginning of a file was read.
    pub(super) fn opened(&mut self, url: String, opening: Opening) {
        self.feeding.opening = Some((url, opening));
    }

    /// Media that begins late has nothing to show before.
    fn begin_at(&mut self, slot: Slot, from: Micros) {
        if from > self.slot(slot).time.into() {
            let to = Seconds::from(from);
            self.slot_mut(slot).time = to;
            self.push(Effect::Seek { slot, to });
        }
    }

    /// A lane for the episode, unless there is one.
    fn open_lane(&mut self, index: usize, rendition: usize, height: u32) {
        let Some((container, url)) = self.rendition_at(index, rendition, height).map(|r| (r.container, r.url.clone())) else { return };
        let lanes = &mut self.feeding.lanes;
        if lanes.iter().any(|lane| (lane.index, lane.rendition, lane.height) == (index, rendition, height)) {
            return;
        }
        if let Some(at) = lanes.iter().position(|lane| lane.index == index) {
            let old = lanes.swap_remove(at);
            self.feeding.wasted += old.unwatched();
        }
        let opening = self.feeding.opening.take_if(|(opened, _)| index == 0 && *opened == url);
        let fetched = opening.as_ref().map_or(0, |(_, opening)| opening.fetched());
        self.feeding.fetched += fetched;
        let (opened, source) = match (opening, container) {
            (Some((_, opening)), _) => {
                let (opened, source, link) = opening.hand_over();
                self.feeding.link = link;
                (opened, source)
            }
            (None, Container::Mp4) => (None, Source::mp4()),
            (None, Container::Hls) => (None, Source::hls(self.feeding.link.rate() * 8)),
        };
        let lane = Lane {
            index,
            rendition,
            height,
            source,
            plain: false,
            blocked: false,
            renewed: false,
            opened,
            filling: None,
            failures: 0,
            retry_at: None,
            fetched,
            watched: 0,
        };
        self.feeding.lanes.push(lane);
        self.feeding.stale = true;
    }

    /// The height of which something has been fetched already, else what suits, for an episode that is about to be loaded.
    pub(super) fn height_for(&self, index: usize) -> u32 {
        let fetched = self.feeding.lanes.iter().find(|lane| lane.index == index && self.viewer.prefs.quality == 0);
        fetched.map_or_else(|| self.suitable(index), |lane| lane.height)
    }

    /// Whether this slot is filled by bytes.
    pub(super) fn is_fed(&self, slot: Slot) -> bool {
        let load = self.slot(slot).load;
        load.is_some() && self.feeding.lanes.iter().any(|lane| lane.filling.as_ref().is_some_and(|f| Some(f.load) == load))
    }

    /// Whether this episode would be filled by bytes.
    pub(super) fn would_feed(&self, index: usize) -> bool {
        self.feeding.able && !self.feeding.lanes.iter().any(|lane| lane.index == index && lane.plain)
    }

    /// The lane that fills this slot.
    fn lane_of(&mut self, slot: Slot) -> Option<&mut Lane> {
        let load = self.slot(slot).load?;
        self.feeding.lanes.iter_mut().find(|lane| lane.filling.as_ref().is_some_and(|f| f.load == load))
    }

    /// The slot's source has gone.
    pub(super) fn stop_feeding(&mut self, slot: Slot) {
        if let Some(lane) = self.lane_of(slot) {
            lane.filling = None;
        }
    }

    /// Another series: what was fetched of the old one is of no use, and nothing more of it is wanted.
    pub(super) fn stop_all_feeding(&mut self) {
        self.feeding.wasted += self.feeding.lanes.drain(..).map(|lane| lane.unwatched()).sum::<u64>();
        for flight in core::mem::take(&mut self.feeding.flights) {
            self.land(&flight);
            self.push(Effect::CancelFetch { fetch: flight.fetch });
        }
    }

    /// What the `MediaSource` of a slot reports.
    pub(super) fn fed(&mut self, slot: Slot, signal: &Signal) {
        let time = self.slot(slot).time;
        let Some(filling) = self.lane_of(slot).and_then(|lane| lane.filling.as_mut()) else { return };
        match signal {
            Signal::SourceOpen => filling.open = true,
            Signal::Appended => {
                filling.appending = false;
                self.feeding.stale = true;
            }
            Signal::BufferFull => {
                filling.full = true;
                self.make_room(slot, time);
            }
            _ => {
                // Refused before it was open: the page's policy forbids `blob:`, and will go on forbidding it.
                self.feeding.able = filling.open;
                self.go_plain(slot);
            }
        }
    }

    /// The current video ran dry. When it was given `given` seconds more than it says it has, it dropped what it was given, and would go on
    /// dropping, as Firefox does where two tracks share a buffer. Then the browser takes the URLs itself from
    /// now on. True when that was the matter.
    pub(super) fn ran_dry(&mut self, slot: Slot, given: f64) -> bool {
        let (time, buffered_to) = (self.slot(slot).time, self.slot(slot).buffered_to);
        let Some(filling) = self.lane_of(slot).and_then(|lane| lane.filling.as_ref()) else { return false };
        let within = filling.from <= time.into() && !filling.appending;
        let dropped = within && buffered_to.get() - time.get() < DRY && Seconds::from(filling.until).get() - time.get() > given;
        if dropped {
            self.feeding.able = false;
            for slot in Slot::ALL {
                self.go_plain(slot);
            }
        }
        dropped
    }

    /// The current episode has played from one position to another.
    pub(super) fn played(&mut self, slot: Slot, from: Seconds, to: Seconds) {
        // A longer step is a jump.
        if (0.0..2.0).contains(&(to.get() - from.get()))
            && let Some(lane) = self.lane_of(slot)
        {
            let bytes = lane.source.bytes_for(from.into(), to.into());
            lane.watched += bytes;
            self.feeding.watched += bytes;
        }
    }

    /// Throughput of the link in bits a second, as measured.
    pub(super) fn throughput(&self) -> u64 {
        self.feeding.link.rate() * 8
    }

    /// Removes what has been seen from a full buffer.
    fn make_room(&mut self, slot: Slot, time: Seconds) {
        let until = time.get() - KEEP_BEHIND;
        let Some(filling) = self.lane_of(slot).and_then(|lane| lane.filling.as_mut()) else { return };
        if until > 0.0 && filling.full {
            let until = Seconds::new(until);
            filling.full = false;
            filling.from = filling.from.max(until.into());
            self.push(Effect::Evict { slot, until });
        }
    }

    /// Gives a slot the plain URL instead, where it stands.
    pub(super) fn go_plain(&mut self, slot: Slot) {
        let Some(lane) = self.lane_of(slot) else { return };
        lane.plain = true;
        lane.filling = None;
        self.feeding.stale = true;
        self.leave(Why::Refused);
        self.refill(slot);
    }

    /// The current episode goes on from its plain URL; a neighbour waits until the browser may fetch it whole.
    fn refill(&mut self, slot: Slot) {
        if slot == self.here() {
            self.reload(slot);
        } else {
            self.unload(slot);
        }
    }

    /// The position has been set; what was appended may not hold it.
    pub(super) fn feed_from(&mut self, slot: Slot, to: Seconds) {
        let to = Micros::from(to);
        let Some(lane) = self.lane_of(slot) else { return };
        let Some(filling) = lane.filling.as_mut() else { return };
        if to < filling.from || to > filling.until {
            filling.from = lane.source.seek(to);
            filling.until = filling.from;
            filling.ended = false;
            self.feeding.stale = true;
        }
    }

    fn leave(&mut self, why: Why) {
        if self.feeding.left.is_none() {
            self.feeding.left = Some(why);
            self.tell_later(News::Left);
        }
    }

    /// For the console. In the browser this lies in the second wasm, with the texts: they can wait.
    pub(super) fn say_why(&mut self) {
        let Some(why) = self.feeding.left else { return };
        self.push(Effect::Debug(match why {
            Why::Fault(fault) => fault.text(),
            Why::Refused => "the browser does not take what was made of its bytes",
            Why::Unreadable => "its bytes cannot be fetched by a script",
        }));
    }

    /// Brings sources, buffers and fetches into line with where the viewer is.
    pub(super) fn reconcile_feeding(&mut self) {
        if !self.feeding.able && self.feeding.lanes.is_empty() {
            return;
        }
        self.keep_lanes();
        let pulse = (self.current, Micros::from(self.slot(self.here()).time).0 / PULSE);
        if core::mem::replace(&mut self.feeding.pulse, pulse) != pulse {
            self.feeding.stale = true;
            let (slot, time) = (self.here(), Micros::from(self.slot(self.here()).time));
            if let Some(lane) = self.lane_of(slot) {
                // What has been appended and seen is the browser's to keep.
                lane.source.forget_before(time);
            }
            self.make_room(slot, self.slot(slot).time);
        }
        for slot in Slot::ALL {
            self.fill(slot);
        }
        if core::mem::take(&mut self.feeding.stale) {
            self.fetch_next();
        }
    }

    /// The current episode, those after it whose openings are fetched ahead, and the one before.
    fn keep_lanes(&mut self) {
        let here = self.current;
        let ahead = match self.config.preload {
            Preload::None => 0,
            _ if self.frugal => 1,
            Preload::Metadata => 1,
            Preload::Auto => 3,
        };
        let (released, able) = (self.released, self.feeding.able);
        let first = here.saturating_sub(1);
        let mut lanes = core::mem::take(&mut self.feeding.lanes);
        let before = lanes.len();
        let mut wasted = 0;
        lanes.retain(|lane| {
            let near = able && !released && (first..=here + ahead).contains(&lane.index) && self.open_at(lane.index);
            // As long as nothing of it was asked for it may still be of another height.
            let fresh = lane.fetched == 0 && lane.filling.is_none() && !self.feeding.flights.iter().any(|f| f.index == lane.index);
            let near = near && !(fresh && lane.height != self.suitable(lane.index));
            let fills = lane.filling.is_some() && self.slot(Slot::of(lane.index)).load == lane.filling.as_ref().map(|f| f.load);
            if !near && !fills {
                wasted += lane.unwatched();
            }
            near || fills
        });
        self.feeding.wasted += wasted;
        self.feeding.stale |= lanes.len() != before;
        self.feeding.lanes = lanes;
        if !released && able {
            for index in here..=here + ahead {
                if self.open_at(index)
                    && !self.feeding.lanes.iter().any(|lane| lane.index == index)
                    && !self.slot(Slot::of(index)).holds(index)
                {
                    self.open_lane(index, 0, self.suitable(index));
                }
            }
        }
    }

    /// Appends what has come to the slot's `MediaSource`.
    fn fill(&mut self, slot: Slot) {
        let time = Micros::from(self.slot(slot).time);
        let Some(lane) = self.lane_of(slot) else { return };
        let source = &mut lane.source;
        let Some(filling) = lane.filling.as_mut().filter(|f| f.open && !f.appending) else { return };
        if !filling.described {
            let Some(info) = source.info() else { return };
            let (mimes, duration) = (info.mimes.clone(), Seconds::from(info.duration));
            filling.described = true;
            return self.push(Effect::Describe { slot, mimes, duration });
        }
        let lead = filling.until.0.saturating_sub(time.0);
        if lead > APPEND_AHEAD || filling.ended {
            return;
        }
        let at_least = if lead < HASTE { 0 } else { APPEND_AT_LEAST };
        if let Some(segment) = source.take(at_least) {
            filling.appending = true;
            let begins = !segment.init && filling.from == filling.until;
            if !segment.init {
                filling.from = if begins { segment.start } else { filling.from };
                filling.until = segment.end;
            }
            if begins {
                self.begin_at(slot, segment.start);
            }
            self.push(Effect::Append { slot, bytes: segment.bytes });
        } else if source.ended() {
            filling.ended = true;
            self.push(Effect::EndOfStream { slot });
        }
    }
}
