//! What stretch of time a piece of appended media holds.

use crate::synthetic::TICKS;

/// The boxes of `bytes`, one after the other: type and content.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        let size = number(rest, 0)? as usize;
        let (whole, after) = rest.split_at_checked(size).filter(|_| size >= 8).expect("an append that is not whole boxes");
        rest = after;
        Some((&whole[4..8], &whole[8..]))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().unwrap()))
}

/// The flags of a sample that others depend on, as the feeder writes them.
const KEY: u32 = 0x0200_0000;

/// Pictures in a whole fragment.
pub(crate) struct Span {
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// It begins with a key frame.
    pub(crate) key: bool,
}

/// The pictures in whole fragments; `fps` is the file's. Nothing for an init segment.
pub(crate) fn spans(bytes: &[u8], fps: u32) -> Vec<Span> {
    let mut spans = Vec::new();
    for (_, moof) in boxes(bytes).filter(|(kind, _)| *kind == b"moof") {
        let video = boxes(moof)
            .find(|(kind, body)| *kind == b"traf" && boxes(body).any(|(kind, body)| kind == b"tfhd" && number(body, 4) == Some(1)));
        let Some((_, traf)) = video else { continue };
        let part = |name: &[u8; 4]| boxes(traf).find(|(kind, _)| *kind == name).expect("a traf without its parts").1;
        let ticks = u64::from_be_bytes(part(b"tfdt")[4..12].try_into().unwrap());
        let start = ticks as f64 / f64::from(fps * TICKS);
        let trun = part(b"trun");
        let length = f64::from(number(trun, 4).unwrap()) / f64::from(fps);
        spans.push(Span { start, end: start + length, key: number(trun, 20) == Some(KEY) });
    }
    spans
}
