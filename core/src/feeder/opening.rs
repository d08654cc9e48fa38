//! The opening of the first episode, made ready to be shown while the rest of the player is on its way.

use super::link::Link;
use super::plan::FIRST;
use super::source::{Info, Source, Want};
use super::time::Micros;
use crate::time::{Instant, Seconds};

/// What is shown lasts at least this long, in microseconds: until then the player is there and asks for more.
const LEAD: Micros = Micros(1_000_000);

/// A file whose first bytes are read and appended before there is a player. It takes over where this has come to.
#[derive(Clone, Debug)]
pub struct Opening {
    source: Source,
    link: Link,
    /// Where the next byte to come stands, and how many have come.
    at: u64,
    fetched: u64,
    described: bool,
    from: Micros,
    until: Micros,
}

impl Default for Opening {
    fn default() -> Self {
        Self { source: Source::mp4(), link: Link::default(), at: 0, fetched: 0, described: false, from: Micros(0), until: Micros(0) }
    }
}

impl Opening {
    /// An answer has come, to what was asked for at `asked`.
    pub fn answered(&mut self, now: Instant, asked: Instant) {
        self.link.end();
        self.link.first_byte(now, asked);
    }

    /// Takes the next bytes of the file, which is `total` bytes long if that is known. False when it cannot be read: nothing of it is to be used.
    pub fn push(&mut self, now: Instant, bytes: &[u8], total: Option<u64>) -> bool {
        self.link.chunk(now, bytes.len() as u64);
        let at = self.at;
        self.at += bytes.len() as u64;
        self.fetched += bytes.len() as u64;
        self.source.push_media(0, at, bytes, total).is_ok()
    }

    /// What the buffers are to be made for, once: when the header is in.
    pub fn describe(&mut self) -> Option<&Info> {
        if self.described {
            return None;
        }
        let info = self.source.info()?;
        self.described = true;
        Some(info)
    }

    /// Length of the media; zero when nothing says it.
    #[must_use]
    pub fn duration(&self) -> Seconds {
        self.source.info().map_or(Seconds::ZERO, |info| info.duration.into())
    }

    /// What is to be appended next, to each of the buffers: the init segment, then each fragment as soon as it is whole.
    pub fn take(&mut self) -> Option<[Vec<u8>; 2]> {
        let segment = self.source.take(0)?;
        if !segment.init {
            if self.from == self.until {
                self.from = segment.start;
            }
            self.until = segment.end;
        }
        Some(segment.bytes)
    }

    /// What is to be asked for next, when all that was asked for has come: the bytes that are pushed from now on. Nothing: enough is there, and the rest
    /// is the player's to ask for.
    pub fn ask(&mut self) -> Option<Want> {
        let want = self.source.want(LEAD, FIRST, &[])?;
        self.at = want.range.start;
        Some(want)
    }

    /// Where the next byte to come stands in the file.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// How many bytes have come.
    #[must_use]
    pub fn fetched(&self) -> u64 {
        self.fetched
    }

    /// The run of media that has been taken, if the buffers have been made, the file, and what the link was seen to do.
    #[must_use]
    pub fn hand_over(mut self) -> (Option<(Micros, Micros)>, Source, Link) {
        self.link.end();
        (self.described.then_some((self.from, self.until)), self.source, self.link)
    }
}
