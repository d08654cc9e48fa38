//! A browser in virtual time. It obeys the core's effects, plays make-believe videos, and checks the invariants of
//! `ARCHITECTURE.md` after every event.
//!
//! Scenario tests drive a [`Browser`] by hand: everything is answered at once, and only what the test says happens.
//! A random [`session`] gives the same browser [weather](weather): links that are slow or down, servers and gates that
//! answer late, wrongly or never, videos that stall and break, and [viewers](viewer) who do anything. A session is made
//! from its seed alone, so a seed replays it: `cargo xtask sim --seed S`.
//!
//! Invariants are checked without asking the core: [`truth`] keeps its own books of what is open to the viewer.

// A simulation says what is wrong by panicking, and knows its own data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod browser;
mod check;
mod document;
mod fetch;
mod fragments;
mod gate;
mod host;
mod perform;
mod rng;
mod run;
mod series;
pub mod session;
mod story;
pub mod synthetic;
pub mod truth;
mod video;
pub mod viewer;
pub mod weather;

pub use browser::{Autoplay, Browser, Gate, Server};
pub use rng::Rng;
pub use run::{Failure, Tally, replay, run};
pub use series::{BASE, json, series};
pub use video::Video;
