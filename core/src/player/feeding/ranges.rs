//! Ranges: which is fetched next, what comes of it, and what is done when nothing does.

use super::{Flight, Lane, Why};
use crate::effect::Effect;
use crate::event::{FetchId, Part, Slot};
use crate::feeder::plan::{self, Role, Thrift};
use crate::feeder::{Micros, Want};
use crate::manifest::Mode;
use crate::player::Player;
use crate::time::{Instant, Millis};

/// A fetch that brings nothing for this long is stuck.
const STUCK: Millis = Millis(6_000);
/// Waits between attempts to fetch; after the last the browser tries with the plain URL, and says what is wrong.
const BACKOFF: [Millis; 3] = [Millis(300), Millis(1_000), Millis(3_000)];

impl Player {
    /// News of a range.
    pub(in crate::player) fn fetched(&mut self, fetch: FetchId, part: Part) {
        let Some(at) = self.feeding.flights.iter().position(|flight| flight.fetch == fetch) else { return };
        self.feeding.stale |= !matches!(part, Part::Bytes(_));
        match part {
            Part::Head { status: 200, .. } if self.feeding.flights.get(at).is_some_and(|flight| flight.index > self.current + 1) => {
                // A server without ranges sends the whole file: too much for an opening that may never be watched.
                let flight = self.feeding.flights.swap_remove(at);
                self.push(Effect::CancelFetch { fetch });
                self.block(flight.index);
            }
            Part::Head { status: 206, from: Some(from), .. } if self.feeding.flights.get(at).is_some_and(|flight| from > flight.at) => {
                // What was asked for will not come.
                let flight = self.feeding.flights.swap_remove(at);
                self.push(Effect::CancelFetch { fetch });
                self.range_failed(flight.index);
            }
            Part::Head { status: status @ (200 | 206), total, from } => {
                let Some(flight) = self.feeding.flights.get_mut(at) else { return };
                flight.coming = true;
                flight.heard_at = self.now;
                flight.total = total;
                let range = &mut flight.planned.want.range;
                if let Some(from) = from {
                    (flight.at, range.start) = (from, from);
                }
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
            Part::Bytes(bytes) => {
                let was_busy = self.is_link_busy();
                self.range_brought(at, &bytes);
                self.feeding.stale |= was_busy && !self.is_link_busy();
            }
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

    fn is_link_busy(&self) -> bool {
        plan::is_busy(&self.feeding.link, self.feeding.flights.iter().map(|flight| &flight.planned))
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
        // Bytes come many times in a second: to plan anew for each would take longer than to read them.
        feeding.stale |= !lane.source.is_indexed();
        let pushed = lane.source.push(flight.planned.want.resource, offset, bytes, flight.total);
        let slot = Slot::of(index);
        let filled = lane.filling.as_ref().map(|filling| filling.load);
        if let Err(fault) = pushed {
            lane.plain = true;
            self.leave(Why::Fault(fault));
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
    pub(in crate::player) fn unblock(&mut self, index: usize) -> bool {
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
        self.leave(Why::Unreadable);
        if filled {
            self.refill(Slot::of(index));
        }
    }

    /// Whether the browser takes the file of this slot itself because its bytes were asked for in vain.
    pub(in crate::player) fn asked_in_vain(&self, slot: Slot) -> bool {
        let index = self.slot(slot).index;
        self.feeding.lanes.iter().any(|lane| Some(lane.index) == index && lane.plain && lane.failures > BACKOFF.len())
    }

    /// Lets the plan decide what is fetched, and what is no longer wanted.
    pub(super) fn fetch_next(&mut self) {
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
        let here = self.slot(self.here());
        let urgent = index == self.current && here.buffered_to.get() < here.time.get() + 1.0;
        self.feeding.flights.push(Flight { fetch, index, planned, at: from, total: None, asked_at, heard_at, coming: false });
        self.push(Effect::Fetch { fetch, url, from, until, urgent });
    }

    /// A flight is over, however it ended.
    pub(super) fn land(&mut self, flight: &Flight) {
        if flight.coming {
            self.feeding.link.end();
        }
    }

    /// When something is to be tried again, or a fetch counts as stuck.
    pub(in crate::player) fn feeding_deadline(&self) -> Option<Instant> {
        let stuck = self.feeding.flights.iter().map(|flight| flight.heard_at + STUCK);
        let again = self.feeding.lanes.iter().filter_map(|lane| lane.retry_at);
        stuck.chain(again).min()
    }

    pub(in crate::player) fn feeding_tick(&mut self) {
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
