//! A viewer, a feed and a link in virtual time.

use cliffhanger_core::Instant;
use cliffhanger_core::feeder::{Decision, Flight, Lane, Link, Micros, Role, Segment, Source, Thrift, Want, plan};

/// A link: bytes a second as a function of time, and the round trip in milliseconds. Bodies share it evenly.
pub struct Net {
    pub rate: fn(u64) -> u64,
    pub rtt: u64,
}

/// One episode: its file and, when it is near, its source and what its SourceBuffer holds.
struct Episode {
    source: Source,
    buffered: Micros,
    playhead: Micros,
}

struct Sent {
    flight: Flight,
    asked: u64,
    started: bool,
}

/// What a session came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Bytes the server sent, and those of what was watched.
    pub sent: u64,
    pub watched: u64,
    /// Milliseconds without a picture after the first one, over all episodes.
    pub stalled: u64,
    /// For each swipe: how far the next episode could play when it came, in microseconds.
    pub ready: Vec<u64>,
    /// For each episode: from its arrival to its first frame, in milliseconds.
    pub first_frame: Vec<u64>,
    /// Longest lead of the current episode, in microseconds.
    pub lead: u64,
    /// Milliseconds in which the link carried something.
    pub busy: u64,
}

const TICK: u64 = 5;

/// Everything but the episodes.
struct World<'a> {
    net: &'a Net,
    thrift: Thrift,
    file: &'a [u8],
    now: u64,
    link: Link,
    sent: Vec<Sent>,
    report: Report,
}

/// Watches each of `stays` (milliseconds from arrival to swipe) of a feed of the same file.
pub fn watch(net: &Net, thrift: Thrift, file: &[u8], stays: &[u64]) -> Report {
    let fresh = || Episode { source: Source::mp4(), buffered: Micros(0), playhead: Micros(0) };
    let mut feed: Vec<Episode> = (0..stays.len() + 3).map(|_| fresh()).collect();
    let mut world = World { net, thrift, file, now: 1000, link: Link::default(), sent: Vec::new(), report: Report::default() };
    for (at, stay) in stays.iter().enumerate() {
        let arrived = world.now;
        let mut shown = false;
        while world.now < arrived + stay {
            world.deliver(&mut feed);
            // The episodes with a <video>: what is whole is appended.
            for episode in feed.iter_mut().skip(at).take(2) {
                while let Some(Segment { end, .. }) = episode.source.take(1) {
                    episode.buffered = end.max(episode.buffered);
                }
            }
            let current = &mut feed[at];
            if current.buffered >= Micros(current.playhead.0 + TICK * 1000) {
                current.playhead.0 += TICK * 1000;
                if !shown {
                    world.report.first_frame.push(world.now - arrived);
                }
                shown = true;
            } else if shown {
                world.report.stalled += TICK;
            }
            world.report.lead = world.report.lead.max(current.buffered.0 - current.playhead.0);
            world.request(at, &feed);
            world.now += TICK;
        }
        world.report.watched += feed[at].source.bytes_for(Micros(0), feed[at].playhead);
        world.report.ready.push(feed[at + 1].buffered.0);
    }
    world.report
}

impl World<'_> {
    /// One tick of the link.
    fn deliver(&mut self, feed: &mut [Episode]) {
        let now = self.now;
        let arrives = |sent: &Sent| now >= sent.asked + self.net.rtt;
        let coming = self.sent.iter().filter(|sent| arrives(sent)).count() as u64;
        if coming == 0 {
            return;
        }
        self.report.busy += TICK;
        let share = (self.net.rate)(now) * TICK / 1000 / coming;
        for one in self.sent.iter_mut().filter(|sent| arrives(sent)) {
            if !one.started {
                one.started = true;
                self.link.first_byte(Instant(now), Instant(one.asked));
            }
            let bytes = share.min(one.flight.left);
            let Want { resource, range } = &one.flight.want;
            let from = range.end - one.flight.left;
            let body = &self.file[from as usize..(from + bytes) as usize];
            feed[one.flight.key as usize].source.push(*resource, from, body, Some(self.file.len() as u64)).unwrap();
            one.flight.left -= bytes;
            self.report.sent += bytes;
            self.link.chunk(Instant(now), bytes);
            if one.flight.left == 0 {
                self.link.end();
            }
        }
        self.sent.retain(|sent| sent.flight.left > 0);
    }

    /// Does what the plan says.
    fn request(&mut self, at: usize, feed: &[Episode]) {
        let roles = [Role::Current, Role::Next, Role::After1, Role::After2];
        let lane = |index: usize, role: Role| {
            let Episode { source, buffered, playhead } = &feed[index];
            Lane { key: index as u64, role, source, playhead: *playhead, buffered: *buffered, playing: role == Role::Current }
        };
        let mut lanes: Vec<Lane<'_>> = roles.into_iter().zip(at..feed.len()).map(|(role, index)| lane(index, role)).collect();
        lanes.extend(at.checked_sub(1).map(|index| lane(index, Role::Previous)));
        loop {
            let flights: Vec<Flight> = self.sent.iter().map(|sent| sent.flight.clone()).collect();
            let Decision { cancel, fetch } = plan(lanes.iter().copied(), &self.link, self.thrift, flights.iter());
            for index in cancel.into_iter().rev() {
                let gone = self.sent.remove(index);
                if gone.started {
                    self.link.end();
                }
                // What is already on its way is paid for.
                self.report.sent += gone.flight.left.min((self.net.rate)(self.now) * self.net.rtt / 1000);
            }
            let Some((key, want)) = fetch else { break };
            assert!(want.size() <= 256 << 10);
            self.sent.push(Sent { flight: Flight { key, left: want.size(), want }, asked: self.now, started: false });
        }
    }
}
