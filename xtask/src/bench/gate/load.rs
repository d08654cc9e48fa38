//! Load: many connections, as fast as they go or at a steady rate.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http::Connection;

/// How many connections ask at once.
pub(super) const CONNECTIONS: usize = 16;

/// What to ask.
pub(super) struct Load<'a> {
    pub(super) requests: &'a [Vec<u8>],
    /// The status that every answer must have.
    pub(super) status: u16,
    /// Whether the requests are sent over and over until the time is up; else each once.
    pub(super) again: bool,
    pub(super) time: Duration,
}

/// What came of it.
pub(super) struct Measured {
    pub(super) per_second: f64,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
}

impl Load<'_> {
    /// As fast as the connections go: each asks when it has its answer.
    pub(super) fn at_full_speed(&self, gate: SocketAddr) -> Result<Measured> {
        self.run(gate, None)
    }

    /// At a steady rate, whether answers came or not: what waits for its turn counts as waiting for the gate.
    pub(super) fn at(&self, gate: SocketAddr, per_second: u32) -> Result<Measured> {
        self.run(gate, Some(per_second))
    }

    fn run(&self, gate: SocketAddr, per_second: Option<u32>) -> Result<Measured> {
        let next = AtomicUsize::new(0);
        let began = Instant::now();
        let worker = || self.worker(gate, &next, began, per_second);
        let times = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(worker)).collect();
            let mut times = Vec::new();
            for worker in workers {
                times.extend(worker.join().map_err(|_| anyhow::anyhow!("a connection's thread ended badly"))??);
            }
            anyhow::Ok(times)
        })?;
        let took = began.elapsed();
        Measured::of(times, took)
    }

    /// One connection's times to the first byte.
    fn worker(&self, gate: SocketAddr, next: &AtomicUsize, began: Instant, per_second: Option<u32>) -> Result<Vec<Duration>> {
        let mut connection = Connection::open(gate)?;
        let mut times = Vec::new();
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let at = if self.again { turn.checked_rem(self.requests.len()) } else { Some(turn) };
            let Some(request) = at.and_then(|at| self.requests.get(at)) else { return Ok(times) };
            let mut due = began.elapsed();
            if let Some(per_second) = per_second {
                due = Duration::from_secs_f64(turn as f64 / f64::from(per_second));
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
            if due > self.time {
                return Ok(times);
            }
            let answer = connection.ask(request)?;
            if answer.status != self.status {
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                bail!("the gate answered {} instead of {}: {body}", answer.status, self.status);
            }
            times.push((answer.first_byte - began).saturating_sub(due));
        }
    }
}

impl Measured {
    fn of(mut times: Vec<Duration>, took: Duration) -> Result<Self> {
        times.sort_unstable();
        let at = |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1))).copied();
        let none = "nothing was measured";
        Ok(Self { per_second: times.len() as f64 / took.as_secs_f64(), p50: at(0.5).context(none)?, p99: at(0.99).context(none)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_hundredth_is_the_99th_percentile() {
        let times = (1..=1000).rev().map(Duration::from_millis).collect();
        let measured = Measured::of(times, Duration::from_secs(10)).unwrap();
        assert_eq!((measured.p50, measured.p99), (Duration::from_millis(501), Duration::from_millis(991)));
        assert!((measured.per_second - 100.0).abs() < 1e-9);
        assert!(Measured::of(Vec::new(), Duration::from_secs(1)).is_err());
    }
}
