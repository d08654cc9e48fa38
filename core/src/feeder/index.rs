//! The segment index of a fragmented file (ISO/IEC 14496-12, 8.16.3): where each segment lies and when it starts.

use super::bytes::Reader;
use super::fault::Fault;
use super::held::{OFFSETS, Place};
use super::time::micros;
use super::walk::Piece;

/// Splits the one piece of a file at the segments of its `sidx`, which ends at `end`. An index of indexes is left alone.
pub(super) fn read(mut sidx: Reader<'_>, end: Place, pieces: &mut Vec<Piece>) -> Result<(), Fault> {
    let version = sidx.number(4)? >> 24;
    sidx.take(4)?;
    let scale = sidx.u32()?;
    let width = if version == 0 { 4 } else { 8 };
    sidx.take(width)?;
    let mut at = end.saturating_add(sidx.number(width)?);
    sidx.take(2)?;
    let count = sidx.number(2)?;
    let Some(last) = pieces.first().map(|piece| piece.bytes.end) else { return Ok(()) };
    let mut found = vec![Piece { bytes: 0..at, time: 0 }];
    let mut ticks = 0_i64;
    for _ in 0..count {
        let size = u64::from(sidx.u32()?);
        let duration = sidx.u32()?;
        sidx.take(4)?;
        if size >> 31 != 0 || size == 0 || at >= last.min(OFFSETS) {
            return Ok(());
        }
        found.push(Piece { bytes: at..last.min(at + size), time: micros(ticks, scale) });
        at += size;
        ticks += i64::from(duration);
    }
    if count > 0 {
        // Some files have an index for each segment: what this one does not cover follows.
        found.push(Piece { bytes: at..last.max(at), time: micros(ticks, scale) });
        *pieces = found;
    }
    Ok(())
}
