//! What shows the first episode while the rest of the player is on its way.
//!
//! The methods of [`Opener`], and all that they use, make a wasm of their own, which is small enough to come with the glue. JavaScript fetches the first
//! bytes, pushes them, and appends what it is given; the player then takes the file over where that has come to.

use cliffhanger_core::Event;
#[cfg(not(cliffhanger_unopened))]
use cliffhanger_core::Instant;
#[cfg(not(cliffhanger_unopened))]
use cliffhanger_core::feeder::Opening;
use wasm_bindgen::prelude::*;

/// The opening of one file.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Opener {
    url: String,
    #[cfg(not(cliffhanger_unopened))]
    opening: Opening,
    /// What is to be appended, until it has been fetched.
    next: [Vec<u8>; 2],
}

#[cfg(not(cliffhanger_unopened))]
#[wasm_bindgen]
impl Opener {
    /// Nothing has come yet of the file at this address.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(url: String) -> Opener {
        Self { url, ..Self::default() }
    }

    /// An answer has come, to what was asked for at `asked`; both times are `performance.now()`.
    pub fn answered(&mut self, now: f64, asked: f64) {
        self.opening.answered(Instant(now as u64), Instant(asked as u64));
    }

    /// Takes the next bytes; `total` is the length of the file, 0 if that is not known. False when it cannot be read.
    pub fn push(&mut self, now: f64, bytes: &[u8], total: f64) -> bool {
        self.opening.push(Instant(now as u64), bytes, Some(total as u64).filter(|total| *total > 0))
    }

    /// The types of the buffers to be made, a line each: once, when the header is in. Else empty.
    pub fn mimes(&mut self) -> String {
        self.opening.describe().map(|info| info.mimes.join("\n")).unwrap_or_default()
    }

    /// The length of the media in seconds, as the header says.
    #[must_use]
    pub fn duration(&self) -> f64 {
        self.opening.duration().get()
    }

    /// Whether there is something to append: then [`Opener::bytes`] has it.
    pub fn take(&mut self) -> bool {
        match self.opening.take() {
            Some(next) => {
                self.next = next;
                true
            }
            None => false,
        }
    }

    /// What is to be appended to a buffer, by its number; empty when that gets nothing.
    pub fn bytes(&mut self, buffer: usize) -> Vec<u8> {
        self.next.get_mut(buffer).map(core::mem::take).unwrap_or_default()
    }

    /// Where the bytes end that are to be asked for next, the end excluded; [`Opener::at`] is where they begin. 0: no more are needed.
    pub fn ask(&mut self) -> f64 {
        self.opening.ask().map_or(0.0, |want| want.range.end as f64)
    }

    /// Where the next byte to come stands in the file.
    #[must_use]
    pub fn at(&self) -> f64 {
        self.opening.at() as f64
    }
}

impl Opener {
    /// For the player; whether the viewer has swiped on.
    #[cfg(not(cliffhanger_unopened))]
    pub(crate) fn hand_over(self, passed: bool) -> Option<Event> {
        Some(Event::Opened { url: self.url, opening: Box::new(self.opening), passed })
    }

    /// Nothing is opened.
    #[cfg(cliffhanger_unopened)]
    pub(crate) fn hand_over(self, _: bool) -> Option<Event> {
        None
    }
}
