//! Media by bytes: which sources are read, what is fetched next, and what each `MediaSource` gets.
//!
//! A lane is one episode's source. Only lanes of episodes that are open at this very moment exist, so nothing here
//! can reach beyond the wall (invariants 2 and 11). At the first doubt a lane is given up, and its slot gets the plain
//! URL instead.

use super::{Player, SlotState};
use crate::effect::{Effect, Preload};
use crate::event::{FetchId, LoadId, Part, Signal, Slot};
use crate::feeder::plan::{self, Role, Thrift};
use crate::feeder::{Link, Micros, Source, Want};
use crate::manifest::{Container, Mode};
use crate::time::{Instant, Millis, Seconds};

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
/// A fetch that brings nothing for this long is stuck.
const STUCK: Millis = Millis(6_000);
/// Waits between attempts to fetch; after the last the browser tries with the plain URL, and says what is wrong.
const BACKOFF: [Millis; 3] = [Millis(300), Millis(1_000), Millis(3_000)];

/// Everything the feeder knows.
#[derive(Debug, Default)]
pub(super) struct Feeding {
    /// The browser has `MediaSource`, and nothing has spoken against it.
    pub able: bool,
    lanes: Vec<Lane>,
    flights: Vec<Flight>,
    pub(super) link: Link,
    last_fetch: u32,
    /// Media bytes that have come.
    pub fetched: u64,
    /// Of those, what has been watched, and what was given up unwatched.
    pub watched: u64,
    pub wasted: u64,
    /// The console has been told that media is left to the browser.
    told: bool,
    /// Something has changed since it was last decided what to fetch.
    stale: bool,
    /// The current episode and the half second it was at when that was last looked at.
    pulse: (usize, u64),
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
        let &SlotState { index: Some(index), rendition, height, .. } = self.slot(slot) else { return false };
        if !self.feeding.able {
            return false;
        }
        self.open_lane(index, rendition, height);
        let Some(lane) = self.feeding.lanes.iter_mut().find(|lane| lane.index == index && !lane.plain) else { return false };
        let from = lane.source.restart(start.into());
        lane.filling =
            Some(Filling { load, open: false, described: false, appending: false, full: false, ended: false, from, until: from });
        lane.blocked = false;
        lane.retry_at = None;
        self.feeding.stale = true;
        self.push(Effect::Feed { slot, load });
        true
    }

    /// A lane for the episode, unless there is one.
    fn open_lane(&mut self, index: usize, rendition: usize, height: u32) {
        let Some(container) = self.rendition_at(index, rendition, height).map(|r| r.container) else { return };
        let lanes = &mut self.feeding.lanes;
        if lanes.iter().any(|lane| (lane.index, lane.rendition, lane.height) == (index, rendition, height)) {
            return;
        }
        if let Some(at) = lanes.iter().position(|lane| lane.index == index) {
            let old = lanes.swap_remove(at);
            self.feeding.wasted += old.unwatched();
        }
        let source = match container {
            Container::Mp4 => Source::mp4(),
            Container::Hls => Source::hls(self.feeding.link.rate() * 8),
        };
        let lane = Lane {
            index,
            rendition,
            height,
            source,
            plain: false,
            blocked: false,
            renewed: false,
            filling: None,
            failures: 0,
            retry_at: None,
            fetched: 0,
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
    /// dropping: Firefox does so with fragments that begin without a key frame. Then the browser takes the URLs itself from
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
        self.leave("the browser does not take what was made of its bytes");
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

    /// News of a range.
    pub(super) fn fetched(&mut self, fetch: FetchId, part: Part) {
        let Some(at) = self.feeding.flights.iter().position(|flight| flight.fetch == fetch) else { return };
        self.feeding.stale = true;
        match part {
            Part::Head { status: 200, .. } if self.feeding.flights.get(at).is_some_and(|flight| flight.index > self.current + 1) => {
                // A server without ranges sends the whole file: too much for an opening that may never be watched.
                let flight = self.feeding.flights.swap_remove(at);
                self.push(Effect::CancelFetch { fetch });
                self.block(flight.index);
            }
            Part::Head { status: status @ (200 | 206), total } => {
                let Some(flight) = self.feeding.flights.get_mut(at) else { return };
                flight.coming = true;
                flight.heard_at = self.now;
                flight.total = total;
                let range = &mut flight.planned.want.range;
                if status == 200 {
                    // A server without ranges sends everything from the start.
                    *range = 0..u64::MAX;
                    flight.at = 0;
                }
                range.end = range.end.min(total.unwrap_or(u64::MAX));
                flight.planned.left = flight.planned.want.size();
                let asked_at = flight.asked_at;
                self.feeding.link.first_byte(self.now, asked_at);
                // Nothing beyond the end is wanted, also while the bytes before it are on their way.
                self.range_brought(at, &[]);
            }
            Part::Head { status, .. } => {
                let flight = self.feeding.flights.swap_remove(at);
                self.push(Effect::CancelFetch { fetch });
                self.land(&flight);
                self.range_refused(flight.index, status);
            }
            Part::Bytes(bytes) => self.range_brought(at, &bytes),
            Part::End => {
                if self.feeding.flights.get(at).is_some_and(|flight| flight.total.is_none() && flight.planned.want.range.end == u64::MAX) {
                    // Only now the length is known.
                    if let Some(flight) = self.feeding.flights.get_mut(at) {
                        flight.total = Some(flight.at);
                    }
                    self.range_brought(at, &[]);
                }
                let flight = self.feeding.flights.swap_remove(at);
                self.land(&flight);
                if flight.at == flight.planned.want.range.start && flight.total.is_none_or(|total| flight.at < total) {
                    self.range_failed(flight.index);
                }
            }
            Part::Failed => {
                let flight = self.feeding.flights.swap_remove(at);
                self.land(&flight);
                self.range_failed(flight.index);
            }
        }
    }

    fn range_brought(&mut self, at: usize, bytes: &[u8]) {
        let now = self.now;
        let feeding = &mut self.feeding;
        let Some(flight) = feeding.flights.get_mut(at) else { return };
        let (index, offset) = (flight.index, flight.at);
        flight.at += bytes.len() as u64;
        flight.heard_at = now;
        flight.planned.left = flight.planned.left.saturating_sub(bytes.len() as u64);
        feeding.link.chunk(now, bytes.len() as u64);
        feeding.fetched += bytes.len() as u64;
        let Some(lane) = feeding.lanes.iter_mut().find(|lane| lane.index == index) else { return };
        let news = !bytes.is_empty();
        if news {
            lane.failures = 0;
            lane.renewed = false;
        }
        lane.fetched += bytes.len() as u64;
        let pushed = lane.source.push(flight.planned.want.resource, offset, bytes, flight.total);
        let slot = Slot::of(index);
        let filled = lane.filling.as_ref().map(|filling| filling.load);
        if let Err(fault) = pushed {
            lane.plain = true;
            self.leave(fault.text());
            if filled.is_some() {
                self.refill(slot);
            }
        } else if news && filled.is_some() && filled == self.slot(slot).load {
            self.slot_mut(slot).progressed = now;
        }
    }

    /// Nothing more of an episode is asked for until a slot is filled with it anew.
    fn block(&mut self, index: usize) {
        if let Some(lane) = self.feeding.lanes.iter_mut().find(|lane| lane.index == index) {
            lane.blocked = true;
        }
    }

    /// A fresh address has come for bytes that were refused: what has been appended stays, and the rest is asked for there. False
    /// when nothing was refused.
    pub(super) fn unblock(&mut self, index: usize) -> bool {
        let refused = self.feeding.lanes.iter_mut().find(|lane| lane.index == index && lane.blocked && lane.renewed);
        let Some(lane) = refused else { return false };
        lane.blocked = false;
        self.feeding.stale = true;
        true
    }

    /// The server answered with an error.
    fn range_refused(&mut self, index: usize, status: u16) {
        self.block(index);
        let over = matches!(status, 401 | 403) && self.manifest.access.mode == Mode::Gate && index == self.current;
        if over && let Some(lane) = self.feeding.lanes.iter_mut().find(|lane| lane.index == index && !lane.renewed) {
            // The address has probably run out: the gate is asked once before it is an error.
            lane.renewed = true;
            return self.renew_grant();
        }
        let slot = Slot::of(index);
        if index == self.current && self.is_fed(slot) {
            if over {
                // Asked already.
                self.slot_mut(slot).attempts = 1;
            }
            self.probe_done(slot, 2, Some(status));
        } else if self.slot(slot).index == Some(index) {
            self.slot_mut(slot).failed = true;
        }
    }

    /// No answer, or one that broke off: tried again, and at last left to the browser, which says what is wrong.
    fn range_failed(&mut self, index: usize) {
        let (now, online) = (self.now, self.online);
        let nothing_yet = self.feeding.fetched == 0;
        let Some(lane) = self.feeding.lanes.iter_mut().find(|lane| lane.index == index) else { return };
        let wait = BACKOFF.get(lane.failures).filter(|_| !nothing_yet || !online);
        lane.failures += 1;
        if let Some(wait) = wait {
            lane.retry_at = Some(now + *wait);
            return;
        }
        lane.plain = true;
        let filled = lane.filling.is_some();
        if nothing_yet {
            // Never an answer that a script may read: the media lies on a server without CORS.
            self.feeding.able = false;
        }
        self.leave("its bytes cannot be fetched by a script");
        if filled {
            self.refill(Slot::of(index));
        }
    }

    fn leave(&mut self, why: &'static str) {
        if !core::mem::replace(&mut self.feeding.told, true) {
            self.push(Effect::Debug(why));
        }
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
            let mut start = None;
            if !segment.init {
                if filling.from == filling.until {
                    filling.from = segment.start;
                    // Media that begins late has nothing to show before.
                    start = Some(segment.start).filter(|start| *start > time);
                }
                filling.until = segment.end;
            }
            if let Some(start) = start {
                let to = Seconds::from(start);
                self.slot_mut(slot).time = to;
                self.push(Effect::Seek { slot, to });
            }
            self.push(Effect::Append { slot, bytes: segment.bytes });
        } else if source.ended() {
            filling.ended = true;
            self.push(Effect::EndOfStream { slot });
        }
    }

    /// Lets the plan decide what is fetched, and what is no longer wanted.
    fn fetch_next(&mut self) {
        let thrift = Thrift { save_data: self.frugal, slow: false };
        // The plan ends by itself; this only bounds what a mistake in it could cost.
        for _ in 0..8 {
            let feeding = &self.feeding;
            let lanes = feeding.lanes.iter().filter_map(|lane| self.planned(lane));
            let flights = feeding.flights.iter().map(|flight| &flight.planned);
            let decision = plan::plan(lanes, &feeding.link, thrift, flights);
            for at in decision.cancel.iter().rev() {
                if *at < self.feeding.flights.len() {
                    let flight = self.feeding.flights.swap_remove(*at);
                    self.land(&flight);
                    self.push(Effect::CancelFetch { fetch: flight.fetch });
                }
            }
            let Some((key, want)) = decision.fetch else { return };
            self.take_off(key as usize, want);
        }
    }

    /// What the plan is to know of a lane; nothing while it cannot be fetched.
    fn planned<'a>(&self, lane: &'a Lane) -> Option<plan::Lane<'a>> {
        let slot = self.slot(Slot::of(lane.index));
        let role = match lane.index.checked_sub(self.current) {
            None => Role::Previous,
            Some(0) => Role::Current,
            Some(1) => Role::Next,
            Some(2) => Role::After1,
            Some(_) => Role::After2,
        };
        let filling = lane.filling.as_ref().filter(|filling| slot.load == Some(filling.load));
        let waits = lane.plain || lane.blocked || lane.retry_at.is_some();
        let playhead = filling.map_or(Micros(0), |_| slot.time.into());
        let buffered = filling.map_or(playhead, |filling| filling.until.max(playhead));
        let playing = role == Role::Current && slot.asked_play;
        (!waits).then_some(plan::Lane { key: lane.index as u64, role, source: &lane.source, playhead, buffered, playing })
    }

    /// The address of a lane's file, or of one that its playlist names. It is looked up anew each time: a fresh grant may
    /// have brought a fresh one.
    fn address_of(&self, lane: &Lane, resource: u32) -> Option<String> {
        match lane.source.uri(resource) {
            Some((uri, base)) if base < resource => crate::url::resolve(&self.address_of(lane, base)?, uri).ok(),
            _ => self.rendition_at(lane.index, lane.rendition, lane.height).map(|r| r.url.clone()),
        }
    }

    fn take_off(&mut self, index: usize, want: Want) {
        let Some(lane) = self.feeding.lanes.iter().find(|lane| lane.index == index) else { return };
        let Some(url) = self.address_of(lane, want.resource) else { return };
        self.feeding.last_fetch = self.feeding.last_fetch.wrapping_add(1);
        let fetch = FetchId(self.feeding.last_fetch);
        let (from, until) = (want.range.start, Some(want.range.end));
        let planned = plan::Flight { key: index as u64, left: want.size(), want };
        let (asked_at, heard_at) = (self.now, self.now);
        self.feeding.flights.push(Flight { fetch, index, planned, at: from, total: None, asked_at, heard_at, coming: false });
        self.push(Effect::Fetch { fetch, url, from, until, urgent: index == self.current });
    }

    /// A flight is over, however it ended.
    fn land(&mut self, flight: &Flight) {
        if flight.coming {
            self.feeding.link.end();
        }
    }

    /// When something is to be tried again, or a fetch counts as stuck.
    pub(super) fn feeding_deadline(&self) -> Option<Instant> {
        let stuck = self.feeding.flights.iter().map(|flight| flight.heard_at + STUCK);
        let again = self.feeding.lanes.iter().filter_map(|lane| lane.retry_at);
        stuck.chain(again).min()
    }

    pub(super) fn feeding_tick(&mut self) {
        let now = self.now;
        while let Some(at) = self.feeding.flights.iter().position(|flight| now >= flight.heard_at + STUCK) {
            let flight = self.feeding.flights.swap_remove(at);
            self.land(&flight);
            self.push(Effect::CancelFetch { fetch: flight.fetch });
            self.range_failed(flight.index);
        }
        for lane in &mut self.feeding.lanes {
            if lane.retry_at.is_some_and(|at| now >= at) {
                lane.retry_at = None;
                self.feeding.stale = true;
            }
        }
    }
}
