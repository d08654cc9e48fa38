//! Stands where `feeder` does in the build that tells what the feeder weighs: no byte of media passes through here.

use std::rc::{Rc, Weak};

use cliffhanger_core::{FetchId, Seconds, Slot};
use web_sys::HtmlVideoElement;

use crate::shell::Shell;
use crate::video::Early;

#[derive(Default)]
pub(crate) struct Fetches;

impl Fetches {
    pub(crate) fn cancel(&self, _: FetchId) {}

    pub(crate) fn stop(&self) {}
}

pub(crate) struct Feed;

impl Feed {
    pub(crate) fn open(_: &Weak<Shell>, _: Slot, _: &HtmlVideoElement, _: Option<Early>) -> Option<Rc<Self>> {
        None
    }

    pub(crate) fn take_over(&self, _: &Shell) {}

    pub(crate) fn describe(&self, _: &Shell, _: &[String], _: Seconds) {}

    pub(crate) fn append(&self, _: &Shell, _: [Vec<u8>; 2]) {}

    pub(crate) fn evict(&self, _: &Shell, _: Seconds) {}

    pub(crate) fn end(&self) {}
}

pub(crate) fn fetch(_: &Rc<Shell>, _: FetchId, _: &str, _: u64, _: Option<u64>, _: bool) {}

pub(crate) fn can_feed() -> bool {
    false
}
