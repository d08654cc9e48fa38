//! Time, through a trait, so that tests own it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A source of wall-clock time. Access windows and token expiry are judged by this and by nothing a client says.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch. Never goes backwards while the process runs.
    fn now_ms(&self) -> u64;

    /// The same as the machine has it at this moment, set back or not: to compare with what other machines say.
    fn wall_ms(&self) -> u64 {
        self.now_ms()
    }
}

/// The machine's clock, as a [`Steady`] one.
#[derive(Debug)]
pub struct SystemClock {
    steady: Steady,
    began: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { steady: Steady::default(), began: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        self.steady.now_ms(self.wall_ms(), self.began.elapsed())
    }

    fn wall_ms(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|d| u64::try_from(d.as_millis()).ok()).unwrap_or(0)
    }
}

/// Time that follows a clock forward at once and never back, so that what has expired does not come back to life and what
/// was just handed out is not of the future. While the clock is behind what was shown, time goes on half as fast: it does
/// not stand still, because there are waits to end, and the two meet again.
#[derive(Debug, Default)]
pub struct Steady(Mutex<Shown>);

#[derive(Debug, Default)]
struct Shown {
    /// When the clock was last not behind: what it showed, and how long the machine had run.
    clock_ms: u64,
    uptime: Duration,
    latest_ms: u64,
}

impl Steady {
    /// The time, when the clock shows `wall_ms` and the machine has run for `uptime`, which nobody can set.
    pub fn now_ms(&self, wall_ms: u64, uptime: Duration) -> u64 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let half = u64::try_from(uptime.saturating_sub(shown.uptime).as_millis() / 2).unwrap_or(u64::MAX);
        let slow_ms = shown.clock_ms.saturating_add(half);
        let now_ms = if wall_ms >= slow_ms {
            (shown.clock_ms, shown.uptime) = (wall_ms, uptime);
            wall_ms
        } else {
            slow_ms
        };
        // Two threads may have read the clock in one order and come here in the other.
        shown.latest_ms = shown.latest_ms.max(now_ms);
        shown.latest_ms
    }
}

/// A clock that stands still until it is told: for tests and simulations.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock showing `ms`.
    pub fn at(ms: u64) -> Self {
        Self(AtomicU64::new(ms))
    }

    /// Moves the clock to `ms`, in either direction.
    pub fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
