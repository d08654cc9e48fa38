//! Many sessions, on all processors.

use std::cell::RefCell;
use std::ops::{AddAssign, Range};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::session;

/// Sessions between two looks at whether to stop.
const BATCH: u64 = 64;
/// After so many failures nothing new is learned.
const ENOUGH: usize = 5;

/// A session that broke a promise.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What makes it again.
    pub seed: u64,
    /// What broke, and where.
    pub message: String,
}

/// What was run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Sessions that ran to their end, or to their failure.
    pub sessions: u64,
    /// Events the core was given in them.
    pub events: u64,
    /// Those that failed; a run stops after a few.
    pub failures: Vec<Failure>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.events += other.events;
        self.failures.extend(other.failures);
    }
}

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs the sessions of these seeds. Panics are caught and kept; while it runs nothing is printed about them.
#[must_use]
pub fn run(seeds: Range<u64>) -> Tally {
    let hook = take_hook();
    set_hook(Box::new(|info| PANIC.set(Some(info.to_string()))));
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    let mut tally = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&next, seeds.end))).collect();
        workers.into_iter().fold(Tally::default(), |mut sum, worker| {
            sum += worker.join().expect("panics are caught");
            sum
        })
    });
    set_hook(hook);
    tally.failures.sort_unstable_by_key(|failure| failure.seed);
    tally
}

fn work(next: &AtomicU64, end: u64) -> Tally {
    let mut tally = Tally::default();
    loop {
        let first = next.fetch_add(BATCH, Ordering::Relaxed);
        if first >= end || tally.failures.len() >= ENOUGH {
            return tally;
        }
        for seed in first..end.min(first + BATCH) {
            let mut browser = session::prepare(seed);
            let result = catch_unwind(AssertUnwindSafe(|| session::play(&mut browser)));
            tally.sessions += 1;
            tally.events += browser.events;
            if result.is_err() {
                tally.failures.push(Failure { seed, message: PANIC.take().unwrap_or_default() });
            }
        }
    }
}

/// Runs one session and logs every event and effect; the log, and what broke.
#[must_use]
pub fn replay(seed: u64) -> (String, Option<String>) {
    let hook = take_hook();
    set_hook(Box::new(|info| PANIC.set(Some(info.to_string()))));
    let mut browser = session::prepare(seed);
    browser.log_everything();
    let result = catch_unwind(AssertUnwindSafe(|| session::play(&mut browser)));
    set_hook(hook);
    (browser.story(), result.err().map(|_| PANIC.take().unwrap_or_default()))
}
