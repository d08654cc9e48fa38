//! Movie fragments (ISO/IEC 14496-12, 8.8): reading those of a file into samples, writing ours.

use core::ops::Range;

use super::bytes::{Reader, Writer, cc};
use super::fault::Fault;
use super::held::{Held, OFFSETS, Place};
use super::tables::{MAX_SAMPLE, MAX_SAMPLES, Sample};
use super::track::Track;

/// Sample flags (8.8.3.1): needs no other sample; needs one and is not a key frame.
const KEY: u32 = 0x0200_0000;
const OTHER: u32 = 0x0101_0000;
const NOT_KEY: u64 = 0x0001_0000;

/// Appends the samples of a `moof` at `place` to their tracks. They must lie before `end`.
pub(super) fn read(moof: Reader<'_>, place: Place, end: Place, tracks: &mut [Track]) -> Result<(), Fault> {
    let mut boxes = moof;
    let mut at = place;
    while let Some((kind, body)) = boxes.next_box()? {
        if kind == cc(b"traf") {
            at = read_track(Reader(body), place..end, at, tracks)?;
        }
    }
    Ok(())
}

/// Reads a `traf` whose data follow `at`; the answer is where they end.
fn read_track(traf: Reader<'_>, Range { start: moof, end }: Range<Place>, mut at: Place, tracks: &mut [Track]) -> Result<Place, Fault> {
    let resource = moof & !(OFFSETS - 1);
    let mut tfhd = traf.need(cc(b"tfhd"))?;
    let flags = tfhd.u32()?;
    let id = tfhd.u32()?;
    let Some(track) = tracks.iter_mut().find(|track| track.id == id) else { return Ok(at) };
    if flags & 1 != 0 {
        at = resource + tfhd.number(8)? % OFFSETS;
    } else if flags & 0x02_0000 != 0 {
        at = moof;
    }
    let base = at;
    if flags & 2 != 0 && tfhd.u32()? != 1 {
        return Err(Fault::Descriptions);
    }
    let mut field = |bit: u32, default: u32| if flags & bit != 0 { tfhd.u32() } else { Ok(default) };
    let duration = u64::from(field(8, track.defaults.duration)?);
    let size = u64::from(field(16, track.defaults.size)?);
    let default_flags = u64::from(field(32, track.defaults.flags)?);
    let mut dts = track.end;
    if let Some(mut tfdt) = traf.find(cc(b"tfdt"))? {
        let width = if tfdt.number(4)? >> 24 == 1 { 8 } else { 4 };
        dts = tfdt.number(width)?;
    }
    if dts >= 1 << 60 || track.samples.last().is_some_and(|last| last.dts > dts) {
        return Err(Fault::Tables);
    }
    let mut boxes = traf;
    while let Some((kind, body)) = boxes.next_box()? {
        if kind != cc(b"trun") {
            continue;
        }
        let mut trun = Reader(body);
        let flags = trun.u32()?;
        let count = trun.u32()? as usize;
        if count > MAX_SAMPLES - track.samples.len().min(MAX_SAMPLES) {
            return Err(Fault::TooMany);
        }
        if flags & 1 != 0 {
            at = base.wrapping_add_signed(i64::from(trun.u32()? as i32));
        }
        let mut first_flags = if flags & 4 != 0 { Some(trun.number(4)?) } else { None };
        for _ in 0..count {
            let mut field = |bit: u32, default: u64| if flags & bit != 0 { trun.number(4) } else { Ok(default) };
            let lasts = field(0x100, duration)?;
            let size = field(0x200, size)? as u32;
            let flags = field(0x400, default_flags)?;
            let flags = first_flags.take().unwrap_or(flags);
            let cts = field(0x800, 0)? as i32;
            if at.wrapping_sub(resource) >= OFFSETS - u64::from(MAX_SAMPLE) {
                return Err(Fault::Outside);
            }
            let sample = Sample::new(at, size, dts, cts, !track.video || flags & NOT_KEY == 0)?;
            if sample.end() > end {
                return Err(Fault::Outside);
            }
            track.samples.push(sample);
            at = sample.end();
            dts += lasts;
        }
    }
    track.end = dts;
    Ok(at)
}

/// The first of the samples of `track` from `track.next` to `to` that is not there as a whole.
pub(super) fn lacking(track: &Track, to: usize, held: &Held) -> Option<Range<Place>> {
    let lacks = |sample: &&Sample| held.until(sample.at) < sample.end();
    track.samples.get(track.next..to).unwrap_or_default().iter().find(lacks).map(|sample| sample.at..sample.end())
}

/// Writes one `moof` and its `mdat`: the samples of `track` from `track.next` to `to`, which are all there. Nothing when there are none.
pub(super) fn write(track: &Track, to: usize, number: u32, held: &Held, out: &mut Writer) {
    let samples = track.samples.get(track.next..to).unwrap_or_default();
    let Some(first) = samples.first() else { return };
    out.0.reserve(samples.iter().map(|sample| sample.size() as usize + 16).sum::<usize>() + 128);
    let start = out.0.len();
    let moof = out.begin(cc(b"moof"));
    out.box_of(cc(b"mfhd"), &[0, number]);
    let traf = out.begin(cc(b"traf"));
    // Data offsets count from the moof; what does not vary is a default.
    out.box_of(cc(b"tfhd"), &[0x02_0020, track.id, if track.video { OTHER } else { KEY }]);
    let tfdt = out.begin(cc(b"tfdt"));
    out.u32(1 << 24);
    out.u64(track.base(first.dts));
    out.end(tfdt);
    let trun = out.begin(cc(b"trun"));
    out.words(&[if track.video { 0x0100_0f01 } else { 0x0100_0301 }, samples.len() as u32]);
    let place = out.0.len();
    out.u32(0);
    for (index, sample) in (track.next..).zip(samples) {
        out.u32(track.dts(index + 1).saturating_sub(sample.dts) as u32);
        out.u32(sample.size());
        if track.video {
            out.u32(if sample.key() { KEY } else { OTHER });
            out.u32(track.offset(sample) as u32);
        }
    }
    out.end(trun);
    out.end(traf);
    out.end(moof);
    let mdat = out.begin(cc(b"mdat"));
    out.patch(place, (out.0.len() - start) as u32);
    for sample in samples {
        held.copy(sample.at..sample.end(), &mut out.0);
    }
    out.end(mdat);
}
