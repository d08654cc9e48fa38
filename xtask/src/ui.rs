//! What the person at the terminal sees: one line per step, on standard error, with the time since the start.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

struct Session {
    began: Instant,
    verbose: bool,
}

static SESSION: OnceLock<Session> = OnceLock::new();

/// Starts the clock. Called once, first.
pub(crate) fn start(verbose: bool) {
    let _ = SESSION.set(Session { began: Instant::now(), verbose });
}

/// True when the output of tools is shown as it comes.
pub(crate) fn verbose() -> bool {
    SESSION.get().is_some_and(|session| session.verbose)
}

/// Time since [`start`].
pub(crate) fn elapsed() -> Duration {
    SESSION.get().map_or(Duration::ZERO, |session| session.began.elapsed())
}

/// Says what begins now, or how it goes on.
pub(crate) fn step(text: &str) {
    eprintln!("[{:>6.1}s] {text}", elapsed().as_secs_f64());
}

/// Something the reader should act on or know, that does not stop the command.
pub(crate) fn note(text: &str) {
    step(&format!("note: {text}"));
}

/// Why the command stops: the innermost cause last.
pub(crate) fn failure(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
