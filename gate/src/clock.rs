//! Time, through a trait, so that tests own it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of wall-clock time. Access windows and token expiry are judged by this and by nothing a client says.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch. Never goes backwards.
    fn now_ms(&self) -> u64;
}

/// The machine's clock. When it is set back, the largest time seen so far is reported, so that an expired token
/// does not come back to life.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: AtomicU64,
}

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|d| u64::try_from(d.as_millis()).ok()).unwrap_or(0);
        self.latest.fetch_max(wall, Ordering::Relaxed).max(wall)
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
