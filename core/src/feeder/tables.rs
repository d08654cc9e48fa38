//! From the sample tables of a progressive file to samples (ISO/IEC 14496-12, 8.6 and 8.7).

use super::bytes::{Reader, cc};
use super::fault::Fault;
use super::held::{OFFSETS, Place};

/// Most samples of a track: four hours at 30 frames a second.
pub(super) const MAX_SAMPLES: usize = 1 << 19;
/// Most bytes of one sample.
pub(super) const MAX_SAMPLE: u32 = 8 << 20;

/// One coded frame, 24 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Where its bytes start.
    pub(super) at: Place,
    /// Decode time in ticks of the track, counted from 0.
    pub(super) dts: u64,
    /// Composition offset in ticks.
    pub(super) cts: i32,
    /// The size, and [`Sample::KEY`].
    size: u32,
}

impl Sample {
    /// Set in a size: decoding can start here.
    const KEY: u32 = 1 << 31;

    /// A sample of at most [`MAX_SAMPLE`] bytes.
    pub(super) fn new(at: Place, size: u32, dts: u64, cts: i32, key: bool) -> Result<Self, Fault> {
        if size > MAX_SAMPLE {
            return Err(Fault::TooBig);
        }
        Ok(Self { at, dts, cts, size: if key { size | Self::KEY } else { size } })
    }

    pub(super) fn key(self) -> bool {
        self.size & Self::KEY != 0
    }

    pub(super) fn size(self) -> u32 {
        self.size & !Self::KEY
    }

    /// Where its bytes end.
    pub(super) fn end(self) -> Place {
        self.at + u64::from(self.size())
    }
}

/// Rows of `count, value` that are repeated `count` times, or one value for ever when there is no table.
struct Runs<'a> {
    rows: Reader<'a>,
    left: u32,
    value: u32,
}

impl<'a> Runs<'a> {
    fn new(stbl: Reader<'a>, kind: u32) -> Result<Self, Fault> {
        Ok(match stbl.find(kind)? {
            Some(table) => Self { rows: table.rows(8)?.1, left: 0, value: 0 },
            None => Self { rows: Reader(&[]), left: u32::MAX, value: 0 },
        })
    }

    fn next(&mut self) -> Result<u32, Fault> {
        while self.left == 0 {
            self.left = self.rows.u32().map_err(|_| Fault::Tables)?;
            self.value = self.rows.u32()?;
        }
        self.left -= 1;
        Ok(self.value)
    }
}

/// All samples of a track, and the decode time at which the last one ends.
pub(super) fn samples(stbl: Reader<'_>, video: bool) -> Result<(Vec<Sample>, u64), Fault> {
    let mut sizes = stbl.need(cc(b"stsz"))?;
    sizes.take(4)?;
    let fixed = sizes.u32()?;
    let count = sizes.u32()? as usize;
    if count > MAX_SAMPLES {
        return Err(Fault::TooMany);
    }
    if fixed == 0 && sizes.0.len() / 4 < count {
        return Err(Fault::Tables);
    }
    let mut samples = Vec::with_capacity(count);
    let mut durations = Runs::new(stbl, cc(b"stts"))?;
    let mut offsets = Runs::new(stbl, cc(b"ctts"))?;
    let mut keys = match stbl.find(cc(b"stss"))? {
        Some(table) if video => Some(table.rows(4)?.1),
        _ => None,
    };
    let mut key = 0;
    let mut groups = stbl.need(cc(b"stsc"))?.rows(12)?.1;
    let (width, table) = match stbl.find(cc(b"stco"))? {
        Some(table) => (4, table),
        None => (8, stbl.need(cc(b"co64"))?),
    };
    let mut chunks = table.rows(width)?.1;
    let mut group = || -> Result<(u32, u32), Fault> {
        let Ok(first) = groups.u32() else { return Ok((u32::MAX, 0)) };
        let per_chunk = groups.u32()?;
        if groups.u32()? == 1 { Ok((first, per_chunk)) } else { Err(Fault::Descriptions) }
    };
    let (mut chunk, mut per_chunk, mut next) = (0_u32, 0, group()?);
    let (mut left, mut at, mut dts) = (0, 0, 0_u64);
    for number in 1..=count as u32 {
        while left == 0 {
            at = chunks.number(width).map_err(|_| Fault::Tables)?;
            chunk += 1;
            if chunk == next.0 {
                per_chunk = next.1;
                next = group()?;
            }
            left = per_chunk;
        }
        left -= 1;
        let size = if fixed == 0 { sizes.u32()? } else { fixed };
        if at >= OFFSETS - u64::from(MAX_SAMPLE) {
            return Err(Fault::Outside);
        }
        let is_key = match &mut keys {
            None => true,
            Some(rows) => {
                while key < number {
                    key = rows.u32().unwrap_or(u32::MAX);
                }
                key == number
            }
        };
        let sample = Sample::new(at, size, dts, offsets.next()? as i32, is_key)?;
        samples.push(sample);
        at = sample.end();
        dts += u64::from(durations.next()?);
    }
    Ok((samples, dts))
}
