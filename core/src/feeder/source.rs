//! One media resource being read: bytes in, segments out.

use core::ops::Range;

use super::bytes::{Reader, Writer, cc};
use super::fault::Fault;
use super::fragment;
use super::held::{Held, OFFSETS, Place};
use super::index;
use super::movie::Movie;
use super::playlist::{MAX_PLAYLIST, Playlist};
use super::tables::Sample;
use super::time::Micros;
use super::track::Track;
use super::walk::{Piece, Walk};

/// Fragments of the first second after a start or a seek, and later ones, in microseconds.
const SHORT: i64 = 250_000;
const LONG: i64 = 500_000;
const SHORT_UNTIL: i64 = 1_000_000;
/// Most samples and bytes of one track in one fragment.
const FRAGMENT_SAMPLES: usize = 1024;
const FRAGMENT_BYTES: u64 = 8 << 20;
/// Bytes between two wanted ranges that are fetched rather than asked around.
const GAP: u64 = 8 << 10;
/// A presentation that starts later than this, in microseconds, is part of a longer recording and is moved to 0.
const LATE: i64 = 500_000;
/// A track that ended this much before the others, in microseconds, is not waited for.
const LAG: i64 = 2_000_000;

/// A range of bytes to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// 0 is the resource itself; others are those of a playlist.
    pub resource: u32,
    /// Offsets in bytes, the end excluded. It may lie beyond the end of a resource whose size is not known yet.
    pub range: Range<u64>,
}

impl Want {
    fn of(place: &Range<Place>) -> Self {
        let base = place.start / OFFSETS * OFFSETS;
        Self { resource: (base / OFFSETS) as u32, range: place.start - base..place.end - base }
    }

    fn place(&self) -> Range<Place> {
        let base = u64::from(self.resource) * OFFSETS;
        base + self.range.start..base + self.range.end
    }

    /// Number of bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }
}

/// What the header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// For `addSourceBuffer`, one for each track: `video/mp4; codecs="avc1.64001f"`, and `audio/mp4; codecs="mp4a.40.2"` when there is
    /// sound.
    pub mimes: Vec<String>,
    /// Length of the presentation; zero when nothing says it.
    pub duration: Micros,
    /// Average of all that is known of the media, in bits a second.
    pub bitrate: u64,
}

/// Something to append, in the order of [`Source::take`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// An init segment, or `moof` and `mdat` pairs: of the picture, and of the sound. Each track has a buffer of its own, as in all
    /// players of separate tracks: what Firefox is given of both together it drops up to the next key frame. Empty: nothing of it.
    pub bytes: [Vec<u8>; 2],
    /// True for the init segment.
    pub init: bool,
    /// What is covered: a segment can be shown from here...
    pub start: Micros,
    /// ...up to here, as soon as it is appended.
    pub end: Micros,
}

/// One media resource. It needs no `<video>`: a head can be fetched before there is one.
#[derive(Clone, Debug)]
pub struct Source {
    held: Held,
    walk: Walk,
    movie: Option<Movie>,
    info: Option<Info>,
    playlist: Option<Playlist>,
    /// First piece of the run of samples that is indexed.
    run: usize,
    /// True when the place in the presentation is settled.
    anchored: bool,
    /// Where output starts as soon as its samples are known.
    target: Option<i64>,
    init_due: bool,
    /// Where output began and where it is.
    began: i64,
    edge: i64,
    number: u32,
    /// The bytes that the next fragment was found to lack: until they have come, nothing is to be looked at. Asked at every turn, so it must cost
    /// nothing.
    lacks: Range<Place>,
    fault: Option<Fault>,
}

impl Source {
    /// An MP4 file, progressive or fragmented: its bytes say which.
    #[must_use]
    pub fn mp4() -> Self {
        Self::of(vec![Piece { bytes: 0..OFFSETS - 1, time: 0 }])
    }

    /// An HLS playlist, of variants or of segments. Of variants the best is taken that needs at most `limit` bits a second, else the
    /// least. Its resources have numbers: see [`Source::uri`].
    #[must_use]
    pub fn hls(limit: u64) -> Self {
        Self { playlist: Some(Playlist::new(limit)), ..Self::of(Vec::new()) }
    }

    /// The URI of a resource of a playlist, as written there, and the resource it is relative to. Resource 0 is the source's own URL.
    #[must_use]
    pub fn uri(&self, resource: u32) -> Option<(&str, u32)> {
        let (uri, base) = self.playlist.as_ref()?.uris.get(resource as usize).filter(|_| resource > 0)?;
        Some((uri, *base))
    }

    fn of(pieces: Vec<Piece>) -> Self {
        Self {
            playlist: None,
            held: Held::default(),
            walk: Walk::new(pieces),
            movie: None,
            info: None,
            run: 0,
            anchored: false,
            target: Some(0),
            init_due: true,
            began: 0,
            edge: 0,
            number: 0,
            lacks: 0..0,
            fault: None,
        }
    }

    fn tracks(&self) -> &[Track] {
        self.movie.as_ref().map_or(&[], |movie| &movie.tracks)
    }

    /// What the header says, once it is in.
    #[must_use]
    pub fn info(&self) -> Option<&Info> {
        self.info.as_ref()
    }

    /// Coded width and height of the picture, in pixels.
    #[must_use]
    pub fn picture(&self) -> Option<(u32, u32)> {
        self.tracks().first().map(|video| (video.width, video.height))
    }

    /// Where the bytes of the first key frame lie.
    #[must_use]
    pub fn key_frame(&self) -> Option<Want> {
        self.tracks().first()?.samples.first().map(|key| Want::of(&(key.at..key.end())))
    }

    /// True when all headers have been read: bytes that come no longer change what is wanted beside them.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        self.walk.done && self.info.is_some()
    }

    /// Bytes in memory.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.size()
    }

    /// Takes bytes of `resource` at `offset`, in any pieces and order, also more than was asked for. `total` is the size of the resource
    /// as soon as a response tells it (`Content-Range`, `Content-Length` of a 200, or the end of a body).
    ///
    /// # Errors
    /// The [`Fault`] of the resource: it stays faulty.
    pub fn push(&mut self, resource: u32, offset: u64, bytes: &[u8], total: Option<u64>) -> Result<(), Fault> {
        self.push_media(resource, offset, bytes, total)?;
        let result = self.read_list(resource, total);
        self.fault = result.err();
        result
    }

    /// The same for what is no playlist. What shows the first episode before the player is there calls this, so that the reader of playlists is not part of it.
    pub(super) fn push_media(&mut self, resource: u32, offset: u64, bytes: &[u8], total: Option<u64>) -> Result<(), Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let result = self.pushed(resource, offset, bytes, total);
        self.fault = result.err();
        result
    }

    fn pushed(&mut self, resource: u32, offset: u64, bytes: &[u8], total: Option<u64>) -> Result<(), Fault> {
        if offset.saturating_add(bytes.len() as u64) >= OFFSETS || resource >= 1 << 24 {
            return Err(Fault::TooBig);
        }
        let base = u64::from(resource) * OFFSETS;
        if let Some(total) = total
            && self.walk.bound(base, total)
        {
            self.check_bounds(base, base.saturating_add(total))?;
        }
        self.held.push(base + offset, bytes)?;
        if self.playlist.as_ref().is_some_and(|list| list.waiting == Some(resource)) { Ok(()) } else { self.read_headers() }
    }

    /// Reads the playlist that is waited for, once all of it is there.
    fn read_list(&mut self, resource: u32, total: Option<u64>) -> Result<(), Fault> {
        let list = self.playlist.as_mut().filter(|list| list.waiting == Some(resource));
        let (Some(list), Some(total)) = (list, total) else { return Ok(()) };
        if total > MAX_PLAYLIST {
            return Err(Fault::TooBig);
        }
        let (base, mut text) = (u64::from(resource) * OFFSETS, Vec::new());
        if !self.held.copy(base..base + total, &mut text) {
            return Ok(());
        }
        self.held.keep(&[]);
        self.walk = Walk::new(list.read(core::str::from_utf8(&text).map_err(|_| Fault::Playlist)?)?);
        self.read_headers()
    }

    /// A resource must hold every sample that its headers name.
    fn check_bounds(&self, base: Place, end: Place) -> Result<(), Fault> {
        let outside = |sample: &Sample| sample.at / OFFSETS == base / OFFSETS && sample.end() > end;
        if self.tracks().iter().any(|track| track.samples.iter().any(outside)) { Err(Fault::Outside) } else { Ok(()) }
    }

    fn read_headers(&mut self) -> Result<(), Fault> {
        if self.walk.done {
            return Ok(());
        }
        while let Some(found) = self.walk.next(&self.held, self.movie.is_some())? {
            let body = Reader(&found.body);
            let end = self.walk.pieces.get(self.walk.piece).map_or(0, |piece| piece.bytes.end);
            match &mut self.movie {
                _ if found.kind == cc(b"sidx") => index::read(body, self.walk.cursor, &mut self.walk.pieces)?,
                None => {
                    let movie = Movie::read(body)?;
                    if self.playlist.is_some() && !movie.fragmented {
                        return Err(Fault::NoMovie);
                    }
                    self.walk.done = !movie.fragmented;
                    self.movie = Some(movie);
                    self.check_bounds(0, end)?;
                    if self.walk.pieces.len() > 1 {
                        self.reach(self.target.unwrap_or(0));
                    }
                }
                Some(movie) => {
                    fragment::read(body, found.place, end, &mut movie.tracks)?;
                    self.anchor()?;
                }
            }
            self.describe();
            self.settle();
        }
        if self.movie.is_none() && self.walk.done {
            return Err(Fault::NoMovie);
        }
        self.describe();
        self.settle();
        Ok(())
    }

    /// Moves a recording that does not start at 0 to where its index, or 0, says.
    fn anchor(&mut self) -> Result<(), Fault> {
        let time = self.walk.pieces.get(self.run).map_or(0, |piece| piece.time);
        let Some(movie) = self.movie.as_mut().filter(|_| !self.anchored) else { return Ok(()) };
        let Some(video) = movie.tracks.first_mut() else { return Ok(()) };
        if time == 0 {
            video.start_on_a_key_frame()?;
        }
        let Some(first) = video.samples.first() else { return Ok(()) };
        let late = video.shown(first) - time;
        if late.abs() > LATE {
            for track in &mut movie.tracks {
                track.move_to_zero(late);
            }
        }
        self.anchored = true;
        Ok(())
    }

    fn describe(&mut self) {
        let Some(movie) = self.movie.as_mut().filter(|_| self.info.is_none()) else { return };
        if movie.tracks.first().is_none_or(|video| video.samples.is_empty()) {
            return;
        }
        let mime = |track: &Track| [if track.video { "video" } else { "audio" }, "/mp4; codecs=\"", &track.codec, "\""].concat();
        let length = movie.tracks.iter().map(Track::length).max().unwrap_or_default();
        if !movie.fragmented {
            movie.duration = length;
        } else if let (Micros(0), Some(last)) = (movie.duration, self.walk.pieces.last()) {
            movie.duration = Micros(last.time.max(0) as u64);
        }
        let bytes: u64 = movie.tracks.iter().flat_map(|track| &track.samples).map(|sample| u64::from(sample.size())).sum();
        self.info = Some(Info {
            mimes: movie.tracks.iter().map(mime).collect(),
            duration: movie.duration,
            bitrate: bytes.saturating_mul(8_000) / (length.0 / 1000).max(1),
        });
    }

    /// Puts output to `target` when the samples there are known.
    fn settle(&mut self) {
        let (Some(target), Some(movie)) = (self.target, &mut self.movie) else { return };
        let Some((video, others)) = movie.tracks.split_first_mut() else { return };
        if video.samples.is_empty() || !self.walk.done && video.length().signed() <= target {
            return;
        }
        video.next = video.start(target);
        let time = video.samples.get(video.next).map_or(0, |sample| video.shown(sample));
        for track in others {
            // One sample more: a decoder needs it to sound right. At the start this is the priming.
            track.next = if video.next == 0 { 0 } else { track.start(time).saturating_sub(1) };
        }
        self.target = None;
        (self.began, self.edge, self.lacks) = (time, time, 0..0);
    }

    /// Restarts output at the last key frame at or before `to`; the answer is its time. Where the index does not reach that far yet the
    /// answer is the best known, and the start of the next [`Segment`] is exact.
    pub fn seek(&mut self, to: Micros) -> Micros {
        let length = self.movie.as_ref().map_or(0, |movie| movie.duration.signed());
        let target = if length > 0 { to.signed().min(length - 1) } else { to.signed() };
        self.target = Some(target);
        self.reach(target);
        self.settle();
        Micros(if self.target.is_some() { target } else { self.edge }.max(0) as u64)
    }

    /// Starts a new run of samples when `time` is not in this one and the index knows where it is.
    fn reach(&mut self, time: i64) {
        let Some(movie) = self.movie.as_mut().filter(|movie| movie.fragmented && self.walk.pieces.len() > 1) else { return };
        let piece = self.walk.piece_at(time);
        if piece < self.run.max(1) || piece > self.walk.piece {
            for track in &mut movie.tracks {
                track.samples.clear();
                track.next = 0;
                track.end = 0;
            }
            self.run = piece;
            self.walk.go(piece);
        }
    }

    /// Output for a new SourceBuffer: the init segment again, then from the key frame at or before `at`. Bytes that are still held are
    /// not wanted again.
    pub fn restart(&mut self, at: Micros) -> Micros {
        self.init_due = true;
        self.seek(at)
    }

    /// True when everything has been taken.
    #[must_use]
    pub fn ended(&self) -> bool {
        let over = |track: &Track| track.next >= track.samples.len();
        self.movie.is_some() && self.walk.done && !self.init_due && self.target.is_none() && self.tracks().iter().all(over)
    }

    /// The next range needed so that all up to `until` can be taken, at most `at_most` bytes of it. Starts at what [`Source::take`] gives
    /// next: to play from elsewhere, [`Source::seek`] first. Ranges that are `flying` count as held. Nothing: all is held or under way,
    /// or what comes next is known only when a header that is under way has come.
    #[must_use]
    pub fn want(&self, until: Micros, at_most: u64, flying: &[Option<&Want>]) -> Option<Want> {
        if self.fault.is_some() {
            return None;
        }
        if let Some(playlist) = self.playlist.as_ref().and_then(|list| list.waiting) {
            let base = u64::from(playlist) * OFFSETS;
            return self.missing(base..base + MAX_PLAYLIST, u64::MAX, flying);
        }
        let until = until.signed();
        let placed = self.target.is_none();
        let due = |track: &'_ Track| track.next..track.next + track.between(track.next, until).len();
        let mut next = [0..0, 0..0];
        for (next, track) in next.iter_mut().zip(if placed { self.tracks() } else { &[] }) {
            *next = due(track);
        }
        let mut merged: Option<Range<Place>> = None;
        // The samples of both tracks in the order of the file: each track's are in order in all but odd files, where ranges are smaller.
        while let Some((range, next)) = next
            .iter_mut()
            .zip(self.tracks())
            .filter_map(|(next, track)| track.samples.get(next.clone())?.first().map(|sample| (sample.at..sample.end(), next)))
            .min_by_key(|(range, _)| range.start)
        {
            next.start += 1;
            match &mut merged {
                Some(last) if range.start <= last.end + GAP => last.end = last.end.max(range.end),
                _ => {
                    if let Some(want) = merged.replace(range).and_then(|range| self.missing(range, at_most, flying)) {
                        return Some(want);
                    }
                }
            }
        }
        if let Some(want) = merged.and_then(|range| self.missing(range, at_most, flying)) {
            return Some(want);
        }
        if self.walk.done || placed && self.tracks().iter().all(|track| track.length().signed() >= until) {
            return None;
        }
        let next = self.walk.pieces.get(self.walk.piece + 1).filter(|_| self.movie.is_none());
        let next = next.map_or(0..0, |piece| piece.bytes.start..piece.bytes.end.min(piece.bytes.start + super::walk::HEAD));
        self.missing(self.walk.need.clone(), at_most, flying).or_else(|| self.missing(next, at_most, flying))
    }

    /// The first part of `range` that is neither held nor under way.
    fn missing(&self, range: Range<Place>, at_most: u64, flying: &[Option<&Want>]) -> Option<Want> {
        let flying = || flying.iter().flatten().map(|want| want.place());
        let (mut at, mut end) = (range.start, range.end);
        loop {
            let over = flying().find(|range| range.contains(&at)).map_or(at, |range| range.end);
            let next = self.held.until(over);
            if next >= end {
                return None;
            }
            if next == at {
                break;
            }
            at = next;
        }
        end = end.min(self.held.after(at)).min(at.saturating_add(at_most));
        for range in flying().filter(|range| range.start > at) {
            end = end.min(range.start);
        }
        Some(Want::of(&(at..end)))
    }

    /// The next thing to append: the init segment, then fragments in order, joined until there are `min_bytes` or nothing more is whole.
    pub fn take(&mut self, min_bytes: usize) -> Option<Segment> {
        self.info.as_ref()?;
        if self.init_due {
            self.init_due = false;
            let (movie, mut bytes) = (self.movie.as_ref()?, [Vec::new(), Vec::new()]);
            for (track, bytes) in movie.tracks.iter().zip(&mut bytes) {
                *bytes = movie.init(track);
            }
            return Some(Segment { bytes, init: true, start: Micros(0), end: Micros(0) });
        }
        if self.target.is_some() {
            return None;
        }
        let start = self.edge;
        let mut out = [Writer::default(), Writer::default()];
        while out.iter().map(|out| out.0.len()).sum::<usize>() < min_bytes.max(1) {
            if self.held.until(self.lacks.start) < self.lacks.end {
                break;
            }
            let Some((edge, to)) = self.cut() else { break };
            let movie = self.movie.as_mut()?;
            if let Some(lacks) = movie.tracks.iter().zip(to).find_map(|(track, to)| fragment::lacking(track, to, &self.held)) {
                self.lacks = lacks;
                break;
            }
            self.number += 1;
            self.edge = edge;
            for ((track, to), out) in movie.tracks.iter_mut().zip(to).zip(&mut out) {
                fragment::write(track, to, self.number, &self.held, out);
                track.next = to;
            }
        }
        let micros = |time: i64| Micros(time.max(0) as u64);
        let bytes = out.map(|out| out.0);
        bytes.iter().any(|bytes| !bytes.is_empty()).then_some(Segment { bytes, init: false, start: micros(start), end: micros(self.edge) })
    }

    /// Where the next fragment ends: its time, and the index of the sample behind it in each track.
    fn cut(&self) -> Option<(i64, [usize; 2])> {
        let tracks = self.tracks();
        let step = if self.edge - self.began < SHORT_UNTIL { SHORT } else { LONG };
        let first = tracks.iter().filter_map(|track| track.samples.get(track.next).map(|sample| track.time(sample.dts))).min()?;
        // A gap in the media is stepped over.
        let edge = if first > self.edge + step { first } else { self.edge } + step;
        let newest = tracks.iter().map(|track| track.length().signed()).max()?;
        let mut to = [0; 2];
        for (track, to) in tracks.iter().zip(&mut to) {
            let mut bytes = 0;
            let in_time = |sample: &&Sample| track.time(sample.dts) < edge;
            let fits = |sample: &&Sample| {
                bytes += u64::from(sample.size());
                bytes <= FRAGMENT_BYTES
            };
            let rest = track.samples.get(track.next..).unwrap_or_default();
            *to = track.next + rest.iter().take(FRAGMENT_SAMPLES).take_while(in_time).take_while(fits).count();
            *to = track.close(*to);
            if !self.walk.done && *to == track.samples.len() && newest - track.length().signed() < LAG {
                return None;
            }
        }
        Some((edge, to))
    }

    /// Frees what was taken and ends before the key frame at or before `time`. What is yet to be taken is kept.
    pub fn forget_before(&mut self, time: Micros) {
        let Some(movie) = self.movie.as_ref().filter(|_| self.target.is_none()) else { return };
        let mut keep = [0..0, 0..0, 0..0];
        let [header, tracks @ ..] = &mut keep;
        if !self.walk.done {
            *header = self.walk.cursor..Place::MAX;
        }
        for (keep, track) in tracks.iter_mut().zip(&movie.tracks) {
            *keep = track.extent(track.start(time.signed()).min(track.next));
        }
        self.held.keep(&keep);
    }

    /// Bytes of media in a stretch of time, of what is indexed.
    #[must_use]
    pub fn bytes_for(&self, from: Micros, until: Micros) -> u64 {
        let part =
            |track: &Track| track.between(track.index(from.signed()), until.signed()).iter().map(|s| u64::from(s.size())).sum::<u64>();
        self.tracks().iter().map(part).sum()
    }
}
