//! One track: what its header says, its samples, and the clock they share.
//!
//! Edit lists (ISO/IEC 14496-12, 8.6.6). Empty edits delay the track: the delay is added to decode times. The media time of the one edit
//! that follows is taken off the composition offsets of video (signed, `trun` version 1), so that no edit list is needed there. For audio it
//! stays an edit list of the init segment, because samples before it (priming: AAC 1,024 or more, Opus 312) must be decoded but not heard,
//! and every engine knows that form; negative decode times do not exist.

use core::ops::Range;

use super::bytes::{Reader, Writer, cc};
use super::codec::{self, Codec};
use super::fault::Fault;
use super::held::Place;
use super::tables::{self, Sample};
use super::time::{Micros, micros};

/// A frame is shown at most so many frames after later ones: H.264 keeps at most 16 (ITU-T H.264, A.3.1).
const REORDERED: usize = 16;

/// Defaults of the samples of fragments: the `trex` box.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    pub(super) duration: u32,
    pub(super) size: u32,
    pub(super) flags: u32,
}

/// A track that is fed.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    pub(super) id: u32,
    pub(super) video: bool,
    /// Ticks a second.
    timescale: u32,
    /// Ticks added to decode times on the way out.
    delay: i64,
    /// Ticks of media before the presentation starts.
    skip: i64,
    pub(super) samples: Vec<Sample>,
    /// Decode time at which the last sample ends.
    pub(super) end: u64,
    /// The next sample to be output.
    pub(super) next: usize,
    pub(super) defaults: Defaults,
    /// The finished `trak` box of the init segment.
    pub(super) header: Vec<u8>,
    pub(super) codec: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The type of media of a track: `vide`, `soun` or another.
pub(super) fn handler(trak: Reader<'_>) -> Result<u32, Fault> {
    let mut hdlr = trak.need(cc(b"mdia"))?.need(cc(b"hdlr"))?;
    hdlr.take(8)?;
    hdlr.u32()
}

impl Track {
    /// Reads a `trak`. `movie_scale` is that of the `mvhd`, in ticks a second.
    pub(super) fn read(trak: Reader<'_>, video: bool, movie_scale: u32) -> Result<Self, Fault> {
        let mdia = trak.need(cc(b"mdia"))?;
        let minf = mdia.need(cc(b"minf"))?;
        let stbl = minf.need(cc(b"stbl"))?;
        let Codec { name: codec, width, height } = codec::describe(stbl.need(cc(b"stsd"))?, video)?;
        let (samples, end) = tables::samples(stbl, video)?;
        let mut mdhd = mdia.need(cc(b"mdhd"))?;
        let wide = mdhd.u8()? == 1;
        mdhd.take(if wide { 19 } else { 11 })?;
        let timescale = mdhd.u32()?;
        let mut tkhd = trak.need(cc(b"tkhd"))?;
        let wide = tkhd.u8()? == 1;
        tkhd.take(if wide { 19 } else { 11 })?;
        let id = tkhd.u32()?;
        if timescale == 0 || movie_scale == 0 {
            return Err(Fault::Tables);
        }
        let mut track = Self { id, video, timescale, samples, end, codec, width, height, ..Self::default() };
        if let Some(edts) = trak.find(cc(b"edts"))? {
            track.edit(edts.need(cc(b"elst"))?, movie_scale)?;
        }
        if video {
            track.start_on_a_key_frame()?;
        }
        track.header = track.write_header(trak)?;
        Ok(track)
    }

    fn edit(&mut self, mut elst: Reader<'_>, movie_scale: u32) -> Result<(), Fault> {
        let wide = elst.u8()? == 1;
        let width = if wide { 8 } else { 4 };
        elst.take(3)?;
        let mut seen = false;
        for _ in 0..elst.u32()? {
            let duration = elst.number(width)?;
            let start = elst.number(width)?;
            let start = if wide { start as i64 } else { i64::from(start as u32 as i32) };
            let rate = elst.u32()?;
            if seen || rate != 0x1_0000 || duration >= 1 << 40 || !(-1..1 << 31).contains(&start) {
                return Err(Fault::Edit);
            }
            let length = micros(duration as i64, movie_scale);
            if start < 0 {
                self.delay = self.delay.saturating_add(self.ticks(length));
                continue;
            }
            seen = true;
            self.skip = start;
            if duration != 0 {
                // Samples that are not shown to the end of the list; one that is half shown stays.
                let last = self.ticks(length).saturating_add(start);
                while self.samples.last().is_some_and(|sample| sample.dts as i64 + i64::from(sample.cts) >= last) {
                    self.end = self.samples.pop().map_or(0, |sample| sample.dts);
                }
            }
        }
        if self.delay >= 1 << 31 {
            return Err(Fault::Edit);
        }
        Ok(())
    }

    /// MediaSource drops what is shown before 0, and with a key frame all that hangs on it: an edit into a group of pictures cannot be
    /// expressed. Rounding to less than a frame is put right; frames before the first key frame are left out.
    pub(super) fn start_on_a_key_frame(&mut self) -> Result<(), Fault> {
        let Some(first) = self.samples.iter().position(|sample| sample.key()) else {
            return if self.samples.is_empty() { Ok(()) } else { Err(Fault::NoKeyFrame) };
        };
        self.samples.drain(..first);
        let Some(sample) = self.samples.first() else { return Ok(()) };
        if first > 0 && self.time(sample.dts) > 1_000_000 {
            return Err(Fault::NoKeyFrame);
        }
        let late = self.skip - self.delay - sample.dts as i64 - i64::from(sample.cts);
        let frame = self.samples.get(1).map_or(self.end, |second| second.dts) - sample.dts;
        if late > 0 {
            if late > frame as i64 {
                return Err(Fault::Edit);
            }
            self.skip -= late;
        }
        Ok(())
    }

    /// The `trak` box without samples. Everything but the tables is the source's own, so that a rotation or a colour stays.
    fn write_header(&self, trak: Reader<'_>) -> Result<Vec<u8>, Fault> {
        let mut out = Writer::default();
        let start = out.begin(cc(b"trak"));
        out.boxed(cc(b"tkhd"), trak.need(cc(b"tkhd"))?.0);
        if !self.video && self.skip != 0 {
            let edts = out.begin(cc(b"edts"));
            // One edit without an end, as fragments have it.
            out.box_of(cc(b"elst"), &[0, 1, 0, self.skip as u32, 0x1_0000]);
            out.end(edts);
        }
        let mdia = out.begin(cc(b"mdia"));
        let mut boxes = trak.need(cc(b"mdia"))?;
        while let Some((kind, body)) = boxes.next_box()? {
            if kind != cc(b"minf") {
                out.boxed(kind, body);
                continue;
            }
            let minf = out.begin(kind);
            let mut boxes = Reader(body);
            while let Some((kind, body)) = boxes.next_box()? {
                if kind != cc(b"stbl") {
                    out.boxed(kind, body);
                    continue;
                }
                let stbl = out.begin(kind);
                out.boxed(cc(b"stsd"), Reader(body).need(cc(b"stsd"))?.0);
                out.box_of(cc(b"stts"), &[0, 0]);
                out.box_of(cc(b"stsc"), &[0, 0]);
                out.box_of(cc(b"stsz"), &[0, 0, 0]);
                out.box_of(cc(b"stco"), &[0, 0]);
                out.end(stbl);
            }
            out.end(minf);
        }
        out.end(mdia);
        out.end(start);
        Ok(out.0)
    }

    /// Microseconds in ticks, rounded down.
    fn ticks(&self, time: i64) -> i64 {
        let scale = i64::from(self.timescale);
        time.div_euclid(1_000_000).saturating_mul(scale).saturating_add(time.rem_euclid(1_000_000) * scale / 1_000_000)
    }

    /// Moves the track so that `origin`, in microseconds, becomes 0.
    pub(super) fn move_to_zero(&mut self, origin: i64) {
        self.delay -= self.ticks(origin);
    }

    /// When what is decoded at `dts` is due at the earliest, in microseconds of the presentation.
    pub(super) fn time(&self, dts: u64) -> i64 {
        micros(dts as i64 + self.delay - self.skip, self.timescale)
    }

    /// When a sample is shown.
    pub(super) fn shown(&self, sample: &Sample) -> i64 {
        self.time((sample.dts as i64 + i64::from(sample.cts)).max(0) as u64)
    }

    /// The decode time of a sample, or of the end of the track.
    pub(super) fn dts(&self, index: usize) -> u64 {
        self.samples.get(index).map_or(self.end, |sample| sample.dts)
    }

    /// What goes into a `tfdt`.
    pub(super) fn base(&self, dts: u64) -> u64 {
        (dts as i64 + self.delay).max(0) as u64
    }

    /// What goes into a `trun` as composition offset.
    pub(super) fn offset(&self, sample: &Sample) -> i32 {
        if self.video { sample.cts.wrapping_sub(self.skip as i32) } else { sample.cts }
    }

    /// The first sample that is due at `time` or later.
    pub(super) fn index(&self, time: i64) -> usize {
        self.samples.partition_point(|sample| self.time(sample.dts) < time)
    }

    /// The last key frame shown at or before `time`, else the first one. For audio the sample that sounds then.
    pub(super) fn start(&self, time: i64) -> usize {
        let upper = self.index(time.saturating_add(1));
        let before = self.samples.get(..upper).unwrap_or_default();
        before.iter().rposition(|sample| sample.key() && self.shown(sample) <= time).unwrap_or(0)
    }

    /// Samples that are due in `from..until`.
    pub(super) fn between(&self, from: usize, until: i64) -> &[Sample] {
        let to = self.index(until).max(from);
        self.samples.get(from..to).unwrap_or_default()
    }

    /// Where to end a fragment that was to end before sample `to`: a little earlier, or later where it must be, so that all
    /// of it is shown before anything that follows. Firefox stretches frames over the holes that frames of the next fragment
    /// are to fill, and then drops those, up to the next key frame.
    pub(super) fn close(&self, to: usize) -> usize {
        let part = |range: Range<usize>| self.samples.get(range).unwrap_or_default().iter().map(|sample| self.shown(sample));
        let end = self.samples.len();
        let closed = |at: &usize| part(self.next..*at).max() < part(*at..end.min(at + REORDERED)).min();
        if !self.video || to <= self.next || to >= end {
            return to;
        }
        let earlier = (self.next + 1).max(to.saturating_sub(REORDERED))..to + 1;
        earlier.rev().find(closed).or_else(|| (to + 1..end.min(to + REORDERED)).find(closed)).unwrap_or(to)
    }

    /// Where the track ends in the presentation.
    pub(super) fn length(&self) -> Micros {
        Micros(self.time(self.end).max(0) as u64)
    }

    /// Where the bytes from sample `index` on lie. Samples lie in order in all but odd files, where this is everything.
    pub(super) fn extent(&self, index: usize) -> Range<Place> {
        let rest = self.samples.get(index..).unwrap_or_default();
        let start = rest.iter().map(|sample| sample.at).min().unwrap_or(u64::MAX);
        start..rest.iter().map(|sample| sample.end()).max().unwrap_or(u64::MAX)
    }
}
