//! What the link can do, estimated from the feeder's own ranges.

use crate::time::{Instant, Millis};

/// Assumed until measured: 1.6 Mbit/s and 150 ms, a slow 4G link.
const START_RATE: u64 = 200_000;
const START_RTT: u64 = 150;
/// A measurement takes at least this long, in milliseconds, and this many bytes.
const WINDOW: u64 = 100;
const WINDOW_BYTES: u64 = 8 << 10;

/// An estimate of throughput, round trip and jitter. The shell tells it of every range: asked, first byte, chunks, end.
///
/// Throughput is that of all ranges together while at least one body is coming, so overlapping requests are not counted as slow ones, and
/// waiting for a first byte is not counted at all.
#[derive(Clone, Debug)]
pub struct Link {
    rate: u64,
    rtt: u64,
    jitter: u64,
    measured: bool,
    /// Bodies that are coming.
    bodies: u32,
    /// Until when time has been counted, and when this busy spell began.
    mark: Instant,
    began: Instant,
    /// Milliseconds in which bodies came, and their bytes, since the last measurement. Several short ranges make one.
    busy: u64,
    bytes: u64,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            rate: START_RATE,
            rtt: START_RTT,
            jitter: 0,
            measured: false,
            bodies: 0,
            mark: Instant(0),
            began: Instant(0),
            busy: 0,
            bytes: 0,
        }
    }
}

impl Link {
    /// Throughput in bytes a second.
    #[must_use]
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// Whether the throughput is known, and not only assumed.
    #[must_use]
    pub fn measured(&self) -> bool {
        self.measured
    }

    /// From a request to its first byte.
    #[must_use]
    pub fn rtt(&self) -> Millis {
        Millis(self.rtt)
    }

    /// How far the throughput strays from its mean, in thousandths of it.
    #[must_use]
    pub fn jitter(&self) -> u64 {
        self.jitter
    }

    /// The first byte of a body has come; it was asked for at `asked`. Call [`Link::end`] once for each call of this.
    pub fn first_byte(&mut self, now: Instant, asked: Instant) {
        let rtt = now.since(asked).0.clamp(1, 5_000);
        // A wait behind other ranges is not the link's: short ones count more.
        self.rtt = if !self.measured || rtt < self.rtt { (self.rtt + 3 * rtt) / 4 } else { (7 * self.rtt + rtt) / 8 };
        if self.bodies == 0 {
            (self.mark, self.began) = (now, now);
        }
        self.bodies += 1;
    }

    /// Some bytes of a body have come.
    pub fn chunk(&mut self, now: Instant, bytes: u64) {
        // What comes with the first byte took no time that could be measured.
        if now == self.began {
            return;
        }
        self.busy += now.since(self.mark).0;
        self.mark = now;
        self.bytes += bytes;
        if self.busy < WINDOW || self.bytes < WINDOW_BYTES {
            return;
        }
        let sample = self.bytes * 1000 / self.busy;
        let off = sample.abs_diff(self.rate);
        if self.measured {
            self.jitter = (7 * self.jitter + (off * 1000 / self.rate).min(1000)) / 8;
            // Bad news counts double.
            self.rate = if sample < self.rate { (self.rate + sample) / 2 } else { (3 * self.rate + sample) / 4 }.max(1000);
        } else {
            self.rate = sample.max(1000);
            self.measured = true;
        }
        (self.busy, self.bytes) = (0, 0);
    }

    /// A body has ended or was cancelled.
    pub fn end(&mut self) {
        self.bodies = self.bodies.saturating_sub(1);
    }

    /// The bytes that fill the link for one round trip.
    #[must_use]
    pub fn in_a_round_trip(&self) -> u64 {
        self.rate * self.rtt / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of `seconds` at `rate`, a chunk each 20 ms; `wave` makes every other 200 ms that many percent faster, and the next slower.
    fn body(link: &mut Link, from: u64, seconds: u64, rate: u64, wave: u64) {
        link.first_byte(Instant(from), Instant(from - 85));
        for at in (20..=seconds * 1000).step_by(20) {
            let percent = if at / 200 % 2 == 0 { 100 + wave } else { 100 - wave };
            link.chunk(Instant(from + at), rate * percent / 100 / 50);
        }
        link.end();
    }

    #[test]
    fn a_steady_link_is_known_after_one_range() {
        let mut link = Link::default();
        body(&mut link, 1000, 1, 1_125_000, 0);
        assert!((1_050_000..1_200_000).contains(&link.rate()), "{link:?}");
        assert!(link.rtt().0 <= 105 && link.jitter() < 50, "{link:?}");
    }

    #[test]
    fn an_unsteady_link_has_jitter() {
        let mut link = Link::default();
        body(&mut link, 1000, 4, 500_000, 60);
        assert!(link.jitter() > 250, "{link:?}");
    }

    #[test]
    fn waiting_between_ranges_is_not_slowness() {
        let mut link = Link::default();
        for range in 0..10 {
            body(&mut link, 1000 + range * 5000, 1, 1_000_000, 0);
        }
        assert!(link.rate() > 900_000, "{link:?}");
    }
}
