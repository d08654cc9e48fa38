//! The rest of a long manifest. The shell hands over its first episodes with the document, and keeps the others until they are wanted:
//! before an event that cannot be handled without them, and otherwise little by little once there is a picture, so that what is wrong
//! with them is told.

use core::ops::Range;

use super::Player;
use super::start::Stage;
use crate::config::parse_fragment;
use crate::event::{Action, AskId, Event, Request, Step, Target};
use crate::manifest::{CHUNK, Reader};
use crate::node::Node;
use crate::shop::News;
use crate::time::{Instant, Millis};

/// So many episodes after the current one are always known.
const NEAR: usize = 8;
/// After the opening, what can wait waits so long for the first frame.
const LULL: Millis = Millis(2_000);
/// Between one part and the next: frames come first.
const PAUSE: Millis = Millis(32);

/// How far the manifest was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) reader: Reader,
    /// Places in the document of what was not read yet.
    left: Range<usize>,
    /// When more is read although nothing asks for it.
    due: Instant,
}

impl Player {
    /// A document has come, with so many episodes beyond the first that it holds.
    pub(super) fn begin_reading(&mut self, reader: Reader, from: usize, more: usize) {
        self.reading = Reading { reader, left: from..from + more, due: self.now + LULL };
    }

    /// Places of the manifest's episodes that were not read yet.
    #[must_use]
    pub fn unread(&self) -> Range<usize> {
        self.reading.left.clone()
    }

    pub(super) fn is_read(&self) -> bool {
        self.unread().is_empty()
    }

    /// Places of the episodes that [`Player::read_on`] is to be given now: before `event` can be handled, or without an event because all
    /// are asked for. To be asked again after each part, until there are none.
    #[must_use]
    pub fn lacking(&self, now: Instant, event: Option<&Event>) -> Range<usize> {
        let Range { start, end } = self.unread();
        let far = match event {
            _ if start == end => return end..end,
            None => true,
            Some(Event::Recalled(value)) => {
                let starts = self.starts(value.as_deref());
                starts.iter().flatten().any(|(target, _)| self.is_beyond(target))
                    || self.adoption.as_ref().is_some_and(|src| !src.is_empty()) && self.adopted().is_none()
                    || self.held.iter().any(|(_, request)| self.reaches_beyond(request))
            }
            Some(Event::Configured(config)) => config.episode.as_ref().is_some_and(|target| self.is_beyond(target)),
            Some(Event::Fragment(text)) => parse_fragment(text).is_some_and(|(target, _)| self.is_beyond(&target)),
            Some(Event::Call { request, .. }) => self.reaches_beyond(request),
            Some(Event::Viewer(Action::Step { step: Step::Last, .. } | Action::Open(_) | Action::Pick(_)) | Event::Shop(_)) => true,
            Some(Event::Timeout) => self.is_ready() && now >= self.reading.due,
            _ => false,
        };
        let near = self.current + NEAR >= self.manifest.episodes.len();
        start..if far || near || self.viewer.panel.is_some() { end.min(start + CHUNK) } else { start }
    }

    /// Takes the next of the episodes that [`Player::unread`] names. What is to be told of them comes with the effects of the next event.
    pub fn read_on(&mut self, now: Instant, episodes: &[Node]) {
        if self.is_read() {
            return;
        }
        let mut reader = core::mem::take(&mut self.reading.reader);
        let at = self.reading.left.start;
        reader.episodes(episodes, &mut self.manifest, "episodes", at, at);
        self.tell_read(&mut reader);
        self.reading.left.start += episodes.len();
        self.reading.due = now + PAUSE;
        if self.is_read() {
            if self.manifest.episodes.is_empty() {
                self.give_up(reader.none("episodes"), false);
            }
            self.tell_later(News::Read);
        }
        self.reading.reader = reader;
    }

    /// Whether this is the manifest that is waited for.
    #[must_use]
    pub fn awaits(&self, ask: AskId) -> bool {
        matches!(self.stage, Stage::Fetching { ask: awaited, .. } if ask == awaited)
    }

    /// There is a picture, or a wall: now the rest.
    pub(super) fn read_soon(&mut self) {
        self.reading.due = self.now + PAUSE;
    }

    pub(super) fn reading_deadline(&self) -> Option<Instant> {
        (self.is_ready() && !self.is_read()).then_some(self.reading.due)
    }

    /// Episodes of the feed, those included that were not read yet.
    pub(super) fn count(&self) -> usize {
        self.manifest.episodes.len() + self.unread().len()
    }

    /// Whether what was read does not tell where this is.
    fn is_beyond(&self, target: &Target) -> bool {
        // An ordinal is first looked for in its own place.
        matches!(target, Target::Ordinal(n) if *n as usize > self.manifest.episodes.len()) || self.find(target).is_none()
    }

    fn reaches_beyond(&self, request: &Request) -> bool {
        match request {
            Request::GoTo(target) => self.is_beyond(target),
            Request::Grant { episode, .. } => self.manifest.index_of_id(episode).is_none(),
            Request::Append(_) => true,
            _ => false,
        }
    }
}
