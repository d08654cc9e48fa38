//! The bytes that have come, wherever they lie.

use core::ops::Range;

use super::fault::Fault;

/// A byte of a resource: the resource in the upper 24 bits, the offset in the lower 40.
pub(super) type Place = u64;

/// Offsets lie below this, a tebibyte.
pub(super) const OFFSETS: u64 = 1 << 40;

/// A part is not grown beyond this many bytes, so that forgetting frees memory in steps.
const PART: usize = 256 << 10;
/// Most bytes held by one source.
const MAX_HELD: usize = 128 << 20;

/// Bytes by place: sorted parts that do not overlap.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    parts: Vec<(Place, Vec<u8>)>,
    size: usize,
}

impl Held {
    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The first part that ends after `at`.
    fn index(&self, at: Place) -> usize {
        self.parts.partition_point(|(start, bytes)| start + bytes.len() as u64 <= at)
    }

    /// Where the run of bytes at `at` ends; `at` itself when that byte is missing.
    pub(super) fn until(&self, at: Place) -> Place {
        let mut end = at;
        for (start, bytes) in self.parts.get(self.index(at)..).unwrap_or_default() {
            if *start > end {
                break;
            }
            end = start + bytes.len() as u64;
        }
        end
    }

    /// The next place at or after `at` that is held; `u64::MAX` when there is none.
    pub(super) fn after(&self, at: Place) -> Place {
        self.parts.get(self.index(at)).map_or(u64::MAX, |(start, _)| at.max(*start))
    }

    /// Keeps what is not there yet.
    pub(super) fn push(&mut self, mut at: Place, mut bytes: &[u8]) -> Result<(), Fault> {
        while !bytes.is_empty() {
            let there = self.until(at) - at;
            bytes = bytes.get(there as usize..).unwrap_or_default();
            at += there;
            let room = self.after(at) - at;
            let (new, rest) = bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            if new.is_empty() {
                break;
            }
            self.size += new.len();
            if self.size > MAX_HELD {
                return Err(Fault::TooBig);
            }
            let index = self.index(at);
            match index.checked_sub(1).and_then(|before| self.parts.get_mut(before)) {
                Some((start, part)) if *start + part.len() as u64 == at && part.len() < PART => part.extend_from_slice(new),
                _ => self.parts.insert(index, (at, new.to_vec())),
            }
            at += new.len() as u64;
            bytes = rest;
        }
        Ok(())
    }

    /// Appends the bytes of a range to `out`; false (and nothing written) when one is missing.
    pub(super) fn copy(&self, range: Range<Place>, out: &mut Vec<u8>) -> bool {
        if self.until(range.start) < range.end {
            return false;
        }
        let mut at = range.start;
        for (start, bytes) in self.parts.get(self.index(at)..).unwrap_or_default() {
            if at >= range.end {
                break;
            }
            let to = bytes.len().min((range.end - start) as usize);
            out.extend_from_slice(bytes.get((at - start) as usize..to).unwrap_or_default());
            at = start + bytes.len() as u64;
        }
        true
    }

    /// Drops the parts that lie in none of the ranges.
    pub(super) fn keep(&mut self, ranges: &[Range<Place>]) {
        self.parts.retain(|(start, bytes)| {
            let end = start + bytes.len() as u64;
            ranges.iter().any(|range| *start < range.end && range.start < end)
        });
        self.size = self.parts.iter().map(|(_, bytes)| bytes.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_in_any_order_and_overlap() {
        let whole: Vec<u8> = (0..100).collect();
        let mut held = Held::default();
        for range in [50..60, 10..20, 15..55, 0..5, 0..100, 3..40] {
            held.push(range.start, &whole[range.start as usize..range.end as usize]).unwrap();
        }
        let mut out = Vec::new();
        assert!(held.copy(0..100, &mut out));
        assert_eq!(out, whole);
        assert_eq!((held.size(), held.until(7), held.until(100), held.after(100)), (100, 100, 100, u64::MAX));
    }

    #[test]
    fn a_gap_is_seen() {
        let mut held = Held::default();
        held.push(10, &[1; 10]).unwrap();
        assert_eq!((held.until(0), held.after(0), held.until(12), held.after(12)), (0, 10, 20, 12));
        let mut out = Vec::new();
        assert!(!held.copy(5..15, &mut out) && out.is_empty());
        assert!(held.copy(12..14, &mut out));
        held.keep(&[30..40, 50..60]);
        assert_eq!(held.size(), 0);
    }
}
