//! Reads what the catalogue needs from an MP4 file (ISO/IEC 14496-12): duration, picture size, and whether there is a
//! video track at all.
//!
//! No size field is trusted: a box must lie inside its parent, the movie box is read only up to [`MAX_MOOV`], and the
//! number of boxes looked at is bounded. Nothing here can panic or allocate by a number from the file.

use std::io::{self, Read, Seek, SeekFrom};

/// The largest movie box that is read, in bytes. An hour of film needs about one megabyte.
pub const MAX_MOOV: u64 = 64 * 1024 * 1024;
/// The most boxes looked at on one level.
const MAX_BOXES: usize = 100_000;

/// What an MP4 file says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movie {
    /// Milliseconds; `None` when the file does not say (some fragmented files).
    pub duration_ms: Option<u64>,
    /// Width of the picture as shown, in pixels, after rotation.
    pub width: Option<u32>,
    /// Height of the picture as shown, in pixels, after rotation.
    pub height: Option<u32>,
    /// Whether the media data is as long as the file claims.
    pub complete: bool,
}

/// Why a file is not a playable MP4.
#[derive(Debug, thiserror::Error)]
pub enum Unplayable {
    /// No bytes at all.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// The first box is none that begins an MP4 file.
    #[error("it is not an MP4 file")]
    NotMp4,
    /// The movie box is missing: an upload or a recording that stopped early.
    #[error("it has no movie header (moov); the file may be cut short")]
    NoMovie,
    /// The movie box does not fit into the file.
    #[error("its movie header (moov) is cut short")]
    Truncated,
    /// The movie box is larger than any real one.
    #[error("its movie header (moov) is larger than {} MiB", MAX_MOOV / 1024 / 1024)]
    TooLarge,
    /// Only sound, or nothing.
    #[error("it has no video track")]
    NoVideo,
    /// It could not be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads the movie header of `file`, which is `len` bytes long.
pub fn probe(file: &mut (impl Read + Seek), len: u64) -> Result<Movie, Unplayable> {
    if len == 0 {
        return Err(Unplayable::Empty);
    }
    let mut moov = None;
    let mut complete = true;
    let mut media = false;
    let mut at = 0u64;
    for index in 0..MAX_BOXES {
        if at >= len {
            break;
        }
        let Some((kind, header, size)) = top_level_box(file, at, len)? else {
            // Less than a header left, or a size that is smaller than the header.
            complete = false;
            break;
        };
        if index == 0 && !matches!(&kind, b"ftyp" | b"styp" | b"moov" | b"mdat" | b"free" | b"skip" | b"wide" | b"pnot") {
            return Err(Unplayable::NotMp4);
        }
        let end = at.saturating_add(size);
        if &kind == b"moov" {
            if end > len {
                return Err(Unplayable::Truncated);
            }
            moov = Some((at.saturating_add(header), size.saturating_sub(header)));
        }
        media |= &kind == b"mdat";
        complete &= end <= len;
        at = end;
    }
    if at == 0 {
        return Err(Unplayable::NotMp4);
    }
    let (start, size) = moov.ok_or(Unplayable::NoMovie)?;
    if size > MAX_MOOV {
        return Err(Unplayable::TooLarge);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut body = Vec::new();
    file.take(size).read_to_end(&mut body)?;
    if (body.len() as u64) < size {
        return Err(Unplayable::Truncated);
    }
    movie(&body, complete && media)
}

type FourCc = [u8; 4];

/// Kind, header length and whole size of the box at `at`; the size is not checked against the file.
fn top_level_box(file: &mut (impl Read + Seek), at: u64, len: u64) -> Result<Option<(FourCc, u64, u64)>, io::Error> {
    let left = len.saturating_sub(at);
    if left < 8 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    let mut head = [0u8; 16];
    let want = if left < 16 { 8 } else { 16 };
    let Some(part) = head.get_mut(..want) else {
        return Ok(None);
    };
    file.read_exact(part)?;
    let Some((kind, small)) = be32(&head, 0).and_then(|size| Some((four_cc(&head, 4)?, size))) else {
        return Ok(None);
    };
    let (header, size) = match small {
        0 => (8, left),
        1 if want == 16 => match be64(&head, 8) {
            Some(size) => (16, size),
            None => return Ok(None),
        },
        size => (8, u64::from(size)),
    };
    Ok((size >= header).then_some((kind, header, size)))
}

fn movie(moov: &[u8], complete: bool) -> Result<Movie, Unplayable> {
    let header = child(moov, b"mvhd").and_then(mvhd);
    let fragmented = child(moov, b"mvex").and_then(|mvex| child(mvex, b"mehd")).and_then(mehd);
    let video = boxes(moov)
        .filter(|(kind, _)| kind == b"trak")
        .find(|(_, trak)| is_video(trak))
        .map(|(_, trak)| trak)
        .ok_or(Unplayable::NoVideo)?;
    let duration_ms = header.and_then(|(timescale, duration)| {
        let units = match duration {
            0 => fragmented?,
            known => known,
        };
        let ms = u128::from(units).checked_mul(1000)?.checked_div(u128::from(timescale))?;
        u64::try_from(ms).ok().filter(|ms| (1..=36_000_000).contains(ms))
    });
    let size = child(video, b"tkhd").and_then(tkhd);
    Ok(Movie { duration_ms, width: size.map(|s| s.0), height: size.map(|s| s.1), complete })
}

fn is_video(trak: &[u8]) -> bool {
    // hdlr: version and flags 4, pre_defined 4, handler_type 4.
    child(trak, b"mdia").and_then(|mdia| child(mdia, b"hdlr")).and_then(|hdlr| four_cc(hdlr, 8)).is_some_and(|kind| &kind == b"vide")
}

/// Timescale and duration. Version 0 has 32-bit times, version 1 64-bit ones; all ones means unknown.
fn mvhd(body: &[u8]) -> Option<(u32, u64)> {
    match body.first()? {
        0 => {
            let duration = be32(body, 16)?;
            let duration = if duration == u32::MAX { 0 } else { u64::from(duration) };
            Some((be32(body, 12)?, duration))
        }
        1 => {
            let duration = be64(body, 24)?;
            Some((be32(body, 20)?, if duration == u64::MAX { 0 } else { duration }))
        }
        _ => None,
    }
}

fn mehd(body: &[u8]) -> Option<u64> {
    match body.first()? {
        0 => be32(body, 4).map(u64::from),
        1 => be64(body, 4),
        _ => None,
    }
}

/// Width and height as shown: 16.16 fixed point, swapped when the matrix turns the picture by a quarter.
fn tkhd(body: &[u8]) -> Option<(u32, u32)> {
    let matrix = match body.first()? {
        0 => 40,
        1 => 52,
        _ => return None,
    };
    let (a, b) = (be32(body, matrix)?, be32(body, matrix + 4)?);
    let (width, height) = (be32(body, matrix + 36)? >> 16, be32(body, matrix + 40)? >> 16);
    if width == 0 || height == 0 {
        return None;
    }
    Some(if a == 0 && b != 0 { (height, width) } else { (width, height) })
}

/// The boxes inside `parent`, until one does not fit.
fn boxes(parent: &[u8]) -> impl Iterator<Item = (FourCc, &[u8])> {
    let mut rest = parent;
    let next = move || {
        let kind = four_cc(rest, 4)?;
        let (header, size) = match be32(rest, 0)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(be64(rest, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let body = rest.get(header..size)?;
        rest = rest.get(size..)?;
        Some((kind, body))
    };
    std::iter::from_fn(next).take(MAX_BOXES)
}

fn child<'a>(parent: &'a [u8], kind: &FourCc) -> Option<&'a [u8]> {
    boxes(parent).find(|(k, _)| k == kind).map(|(_, body)| body)
}

fn four_cc(bytes: &[u8], at: usize) -> Option<FourCc> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok()
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    four_cc(bytes, at).map(u32::from_be_bytes)
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
    Some(u64::from_be_bytes(bytes))
}
