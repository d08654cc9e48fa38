//! Stands where `feeding` does in the build that tells what the feeder weighs: the browser takes every URL itself.

use super::Player;
use crate::event::{FetchId, LoadId, Part, Signal, Slot};
use crate::feeder::Opening;
use crate::time::{Instant, Seconds};

#[derive(Debug, Default)]
pub(super) struct Feeding {
    pub(super) able: bool,
    pub(super) link: Link,
    pub(super) fetched: u64,
    pub(super) watched: u64,
    pub(super) wasted: u64,
}

#[derive(Debug, Default)]
pub(super) struct Link;

impl Link {
    pub(super) fn measured(&self) -> bool {
        false
    }

    pub(super) fn rate(&self) -> u64 {
        0
    }
}

impl Player {
    pub(super) fn feed(&mut self, _: Slot, _: LoadId, _: Seconds) -> bool {
        false
    }

    pub(super) fn height_for(&self, index: usize) -> u32 {
        self.suitable(index)
    }

    pub(super) fn is_fed(&self, _: Slot) -> bool {
        false
    }

    pub(super) fn would_feed(&self, _: usize) -> bool {
        false
    }

    pub(super) fn ran_dry(&mut self, _: Slot, _: f64) -> bool {
        false
    }

    pub(super) fn asked_in_vain(&self, _: Slot) -> bool {
        false
    }

    pub(super) fn unblock(&mut self, _: usize) -> bool {
        false
    }

    pub(super) fn throughput(&self) -> u64 {
        0
    }

    pub(super) fn feeding_deadline(&self) -> Option<Instant> {
        None
    }

    pub(super) fn opened(&mut self, _: String, _: Opening) {}

    pub(super) fn stop_feeding(&mut self, _: Slot) {}

    pub(super) fn stop_all_feeding(&mut self) {}

    pub(super) fn fed(&mut self, _: Slot, _: &Signal) {}

    pub(super) fn fetched(&mut self, _: FetchId, _: Part) {}

    pub(super) fn played(&mut self, _: Slot, _: Seconds, _: Seconds) {}

    pub(super) fn feed_from(&mut self, _: Slot, _: Seconds) {}

    pub(super) fn say_why(&mut self) {}

    pub(super) fn reconcile_feeding(&mut self) {}

    pub(super) fn feeding_tick(&mut self) {}
}
