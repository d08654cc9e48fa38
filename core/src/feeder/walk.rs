//! Finding headers: which box comes next, and which bytes are needed to know.

use core::ops::Range;

use super::bytes::{Reader, cc};
use super::fault::Fault;
use super::held::{Held, OFFSETS, Place};

/// The first bytes asked for: with a `moov` in front they hold it and, in most episodes, the first key frame.
pub const HEAD: u64 = 64 << 10;
/// Largest header that is read; that of a two-hour film has about 10 MB.
const MAX_HEADER: u64 = 16 << 20;
/// Most boxes before the movie header.
const MAX_BOXES: u32 = 256;

/// Boxes that a file, an init section or a segment may start with.
const FIRST: [u32; 14] = [
    cc(b"ftyp"),
    cc(b"styp"),
    cc(b"moov"),
    cc(b"moof"),
    cc(b"mdat"),
    cc(b"free"),
    cc(b"skip"),
    cc(b"wide"),
    cc(b"sidx"),
    cc(b"pdin"),
    cc(b"emsg"),
    cc(b"prft"),
    cc(b"uuid"),
    cc(b"meta"),
];

/// A stretch of a resource that holds whole boxes: a file, an init section, a segment.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) bytes: Range<Place>,
    /// When it starts, in microseconds, as far as an index says.
    pub(super) time: i64,
}

/// Where the search for headers is.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk {
    /// In order of time. When there are several, the first one holds the movie header.
    pub(super) pieces: Vec<Piece>,
    pub(super) piece: usize,
    /// The next box.
    pub(super) cursor: Place,
    /// The bytes without which it does not go on, and some that follow them.
    pub(super) need: Range<Place>,
    /// True when there is nothing more to find.
    pub(super) done: bool,
    boxes: u32,
}

/// What was found: a whole box the feeder reads.
pub(super) struct Found {
    pub(super) kind: u32,
    pub(super) place: Place,
    /// Its content.
    pub(super) body: Vec<u8>,
}

impl Walk {
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        let mut walk = Self { pieces, ..Self::default() };
        walk.go(0);
        walk
    }

    /// Goes on at a piece.
    pub(super) fn go(&mut self, piece: usize) {
        self.piece = piece;
        match self.pieces.get(piece) {
            Some(Piece { bytes, .. }) => {
                self.cursor = bytes.start;
                self.need = self.cursor..bytes.end.min(self.cursor + HEAD);
                self.done = false;
            }
            None => self.done = true,
        }
    }

    /// The last piece that starts at or before `time`.
    pub(super) fn piece_at(&self, time: i64) -> usize {
        let after = self.pieces.partition_point(|piece| piece.time <= time);
        after.saturating_sub(1).max(usize::from(self.pieces.len() > 1))
    }

    /// The resource at `base` turns out to be `total` bytes long. True when that was news.
    pub(super) fn bound(&mut self, base: Place, total: u64) -> bool {
        let end = base + total.min(OFFSETS - 1);
        let mut news = false;
        for Piece { bytes, .. } in &mut self.pieces {
            if bytes.start / OFFSETS == base / OFFSETS && bytes.end > end {
                bytes.end = end;
                news = true;
            }
        }
        news
    }

    /// The next `moov`, `moof` or `sidx` whose bytes are held. Nothing: see `need` and `done`.
    pub(super) fn next(&mut self, held: &Held, has_movie: bool) -> Result<Option<Found>, Fault> {
        while !self.done {
            let Some(end) = self.pieces.get(self.piece).map(|piece| piece.bytes.end) else { break };
            let left = end.saturating_sub(self.cursor);
            if left < 8 {
                self.go(self.piece + 1);
                continue;
            }
            self.need = self.cursor..end.min(self.cursor + HEAD);
            let mut header = Vec::with_capacity(16);
            let wanted = 16.min(left);
            if !held.copy(self.cursor..self.cursor + wanted, &mut header) {
                return Ok(None);
            }
            let mut reader = Reader(&header);
            let mut size = reader.number(4)?;
            let kind = reader.u32()?;
            let mut start = 8;
            match size {
                0 => size = left,
                1 => (size, start) = (reader.number(8)?, 16),
                _ => {}
            }
            self.boxes += 1;
            if self.boxes == 1 && !FIRST.contains(&kind) {
                return Err(Fault::NotMp4);
            }
            if size < start || size >= OFFSETS {
                return Err(Fault::Malformed);
            }
            if !has_movie && self.boxes > MAX_BOXES {
                return Err(Fault::TooMany);
            }
            let place = self.cursor;
            if kind == cc(b"moov") && !has_movie || kind == cc(b"moof") && has_movie || kind == cc(b"sidx") && self.pieces.len() == 1 {
                if size > MAX_HEADER {
                    return Err(Fault::TooBig);
                }
                if size > left {
                    return Err(Fault::Malformed);
                }
                // What follows a header are the first samples.
                self.need = place..end.min(place + size + HEAD / 2);
                let mut body = Vec::new();
                if !held.copy(place + start..place + size, &mut body) {
                    // Counted again when it is whole.
                    self.boxes -= 1;
                    return Ok(None);
                }
                self.cursor = place + size;
                return Ok(Some(Found { kind, place, body }));
            }
            self.cursor = place + size;
        }
        Ok(None)
    }
}
