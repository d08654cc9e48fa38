//! The `moov` box (ISO/IEC 14496-12, 8.2): which tracks are fed, and the init segment made from it.

use super::bytes::{Reader, Writer, cc};
use super::fault::Fault;
use super::time::{Micros, micros};
use super::track::{self, Defaults, Track};

/// Most tracks looked at. A file with more is not made for a player.
const MAX_TRACKS: u32 = 64;

/// What a `moov` says.
#[derive(Clone, Debug, Default)]
pub(super) struct Movie {
    /// The first video track, then the first audio track if there is one.
    pub(super) tracks: Vec<Track>,
    /// True when samples come in `moof` boxes.
    pub(super) fragmented: bool,
    /// The length it claims; zero when unknown.
    pub(super) duration: Micros,
    /// The body of the `mvhd`, and its ticks a second.
    header: Vec<u8>,
    scale: u32,
}

impl Movie {
    pub(super) fn read(moov: Reader<'_>) -> Result<Self, Fault> {
        let header = moov.need(cc(b"mvhd"))?;
        let mut mvhd = header;
        let wide = mvhd.u8()? == 1;
        mvhd.take(if wide { 19 } else { 11 })?;
        let scale = mvhd.u32()?;
        let mvex = moov.find(cc(b"mvex"))?;
        let mut ticks = if mvex.is_some() { 0 } else { mvhd.number(if wide { 8 } else { 4 })? };
        if let Some(mut mehd) = mvex.unwrap_or_default().find(cc(b"mehd"))? {
            let width = if mehd.number(4)? >> 24 == 1 { 8 } else { 4 };
            ticks = mehd.number(width)?;
        }
        let ticks = if ticks < 1 << 40 { ticks as i64 } else { 0 };
        let duration = Micros(micros(ticks, scale) as u64);
        let (mut video, mut audio, mut count) = (None, None, 0);
        let mut boxes = moov;
        while let Some((kind, body)) = boxes.next_box()? {
            if kind != cc(b"trak") {
                continue;
            }
            count += 1;
            if count > MAX_TRACKS {
                return Err(Fault::TooMany);
            }
            let trak = Reader(body);
            let kind = track::handler(trak)?;
            let is_video = kind == cc(b"vide");
            let place = if is_video { &mut video } else { &mut audio };
            if place.is_none() && (is_video || kind == cc(b"soun")) {
                *place = Some(Track::read(trak, is_video, scale)?);
            }
        }
        let mut movie = Self { fragmented: mvex.is_some(), duration, header: header.0.to_vec(), scale, ..Self::default() };
        movie.tracks.extend(video);
        if movie.tracks.is_empty() {
            return Err(Fault::NoVideo);
        }
        movie.tracks.extend(audio.filter(|track| movie.fragmented || !track.samples.is_empty()));
        let mut rest = mvex.unwrap_or_default();
        while let Some((kind, body)) = rest.next_box()? {
            let mut trex = Reader(body);
            if kind == cc(b"trex") && trex.0.len() >= 24 {
                trex.take(4)?;
                let id = trex.u32()?;
                trex.take(4)?;
                let defaults = Defaults { duration: trex.u32()?, size: trex.u32()?, flags: trex.u32()? };
                for track in movie.tracks.iter_mut().filter(|track| track.id == id) {
                    track.defaults = defaults;
                }
            }
        }
        Ok(movie)
    }

    /// The init segment of one track. Its `mehd` makes the duration of the MediaSource right.
    pub(super) fn init(&self, track: &Track) -> Vec<u8> {
        let mut out = Writer::default();
        out.box_of(cc(b"ftyp"), &[cc(b"iso6"), 0, cc(b"iso6"), cc(b"mp41")]);
        let moov = out.begin(cc(b"moov"));
        out.boxed(cc(b"mvhd"), &self.header);
        out.0.extend_from_slice(&track.header);
        let mvex = out.begin(cc(b"mvex"));
        if self.duration.0 > 0 {
            let mehd = out.begin(cc(b"mehd"));
            out.u32(1 << 24);
            out.u64(self.duration.0 / 1_000_000 * u64::from(self.scale) + self.duration.0 % 1_000_000 * u64::from(self.scale) / 1_000_000);
            out.end(mehd);
        }
        out.box_of(cc(b"trex"), &[0, track.id, 1, 0, 0, 0]);
        out.end(mvex);
        out.end(moov);
        out.0
    }
}
