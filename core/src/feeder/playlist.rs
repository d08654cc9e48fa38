//! HLS playlists (RFC 8216): from text to pieces. Only what can be fed is read - a finished list of fragmented MP4 in the clear with one
//! init section and no separate audio; everything else is a [`Fault`], and the shell leaves it to a player of HLS.

use super::fault::Fault;
use super::held::{OFFSETS, Place};
use super::walk::Piece;
use crate::text::{cut, first_of};

/// Most bytes of a playlist, and most segments.
pub(super) const MAX_PLAYLIST: u64 = 256 << 10;
const MAX_SEGMENTS: usize = 10_000;

/// The resources of a playlist, and which of them is to be read next.
#[derive(Clone, Debug)]
pub(super) struct Playlist {
    /// URI as written, and the playlist that wrote it. The first is the one the source was made for.
    pub(super) uris: Vec<(String, u32)>,
    /// The playlist that is to be read; none when the segments are known.
    pub(super) waiting: Option<u32>,
    /// Bits a second that the chosen variant should not exceed.
    limit: u64,
}

/// The leading digits of a text as a number of units of which there are `10^decimals` in one.
fn number(text: &str, decimals: u32) -> u64 {
    let (mut value, mut places) = (0_u64, None);
    for byte in text.bytes() {
        match (byte, places) {
            (b'.', None) => places = Some(0),
            (b'0'..=b'9', _) if places.is_none_or(|places| places < decimals) => {
                value = value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                places = places.map(|places| places + 1);
            }
            (b'0'..=b'9', _) => {}
            _ => break,
        }
    }
    (places.unwrap_or(0)..decimals).fold(value, |value, _| value.saturating_mul(10))
}

/// The value of an attribute (4.2), without quotes.
fn attribute<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = list;
    while let Some((found, value)) = cut(rest, b'=') {
        let (value, after) = match value.strip_prefix("\"") {
            Some(quoted) => cut(quoted, b'"')?,
            None => value.split_at(first_of(value, ",")),
        };
        if found.strip_prefix(",").unwrap_or(found).trim_ascii() == name {
            return Some(value);
        }
        rest = after;
    }
    None
}

impl Playlist {
    pub(super) fn new(limit: u64) -> Self {
        Self { uris: vec![(String::new(), 0)], waiting: Some(0), limit }
    }

    /// The number of a resource: segments in one file follow each other.
    fn resource(&mut self, uri: &str, playlist: u32) -> Place {
        let last = self.uris.len().saturating_sub(1);
        if self.uris.get(last).is_none_or(|(known, _)| known != uri) {
            self.uris.push((uri.into(), playlist));
        }
        (self.uris.len() as u64 - 1) * OFFSETS
    }

    /// Reads the playlist that was waited for. No pieces: it was a list of variants, and the chosen one is waited for.
    pub(super) fn read(&mut self, text: &str) -> Result<Vec<Piece>, Fault> {
        let this = self.waiting.take().unwrap_or(0);
        if !text.starts_with("#EXTM3U") {
            return Err(Fault::Playlist);
        }
        let (mut pieces, mut best): (Vec<Piece>, Option<(u64, &str)>) = (Vec::new(), None);
        // What the lines so far say of the next URI.
        let (mut bandwidth, mut duration, mut bytes) = (None, None, None);
        let (mut time, mut end, mut live) = (0, 0, true);
        for line in crate::text::pieces(text, b'\n') {
            let line = line.trim_ascii();
            let (tag, value) = cut(line, b':').unwrap_or((line, ""));
            match tag {
                "#EXT-X-STREAM-INF" => bandwidth = Some(number(attribute(value, "BANDWIDTH").unwrap_or_default(), 0)),
                "#EXTINF" => duration = Some(number(value, 6).min(1 << 40) as i64),
                "#EXT-X-BYTERANGE" => bytes = Some(value),
                "#EXT-X-ENDLIST" => live = false,
                "#EXT-X-KEY" if attribute(value, "METHOD") != Some("NONE") => return Err(Fault::Encrypted),
                "#EXT-X-MEDIA" if attribute(value, "TYPE") == Some("AUDIO") && attribute(value, "URI").is_some() => {
                    return Err(Fault::Playlist);
                }
                "#EXT-X-DISCONTINUITY" => return Err(Fault::Descriptions),
                "#EXT-X-MAP" => {
                    if !pieces.is_empty() {
                        return Err(Fault::Descriptions);
                    }
                    let base = self.resource(attribute(value, "URI").unwrap_or_default(), this);
                    pieces.push(Piece { bytes: stretch(base, attribute(value, "BYTERANGE"), 0), time: 0 });
                }
                _ if line.is_empty() || line.starts_with("#") => {}
                _ => {
                    if let Some(bits) = bandwidth.take() {
                        // The best that fits, else the least.
                        let better = |old: u64| if bits <= self.limit { old > self.limit || bits > old } else { bits < old };
                        if best.is_none_or(|(old, _)| better(old)) {
                            best = Some((bits, line));
                        }
                        continue;
                    }
                    // Segments without an init section are not MP4.
                    let (Some(lasts), false) = (duration.take(), pieces.is_empty()) else { return Err(Fault::Playlist) };
                    if pieces.len() > MAX_SEGMENTS {
                        return Err(Fault::TooMany);
                    }
                    let base = self.resource(line, this);
                    let range = stretch(base, bytes.take(), end);
                    end = range.end;
                    pieces.push(Piece { bytes: range, time });
                    time += lasts;
                }
            }
        }
        if let Some((_, uri)) = best {
            if this != 0 {
                return Err(Fault::Playlist);
            }
            self.uris.push((uri.into(), this));
            self.waiting = Some(1);
            return Ok(Vec::new());
        }
        if pieces.len() < 2 {
            return Err(Fault::Playlist);
        }
        if live {
            return Err(Fault::Live);
        }
        // An empty piece says how long it all is.
        pieces.push(Piece { bytes: end..end, time });
        Ok(pieces)
    }
}

/// A byte range `length[@offset]` of a resource; without an offset it follows `end`. Nothing: the whole resource.
fn stretch(base: Place, range: Option<&str>, end: Place) -> core::ops::Range<Place> {
    let Some(range) = range else { return base..base + OFFSETS - 1 };
    let (length, offset) = cut(range, b'@').unwrap_or((range, ""));
    let follows = if end > base && end < base + OFFSETS { end } else { base };
    let start = if offset.is_empty() { follows } else { base + number(offset, 0).min(OFFSETS - 1) };
    start..start.saturating_add(number(length, 0)).min(base + OFFSETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_attributes_are_read() {
        assert_eq!((number("5.005,", 6), number("4", 6), number("0.0000019", 6), number("12@3", 0)), (5_005_000, 4_000_000, 1, 12));
        let list = "BANDWIDTH=800000,CODECS=\"avc1.64001f,mp4a.40.2\", AUDIO=\"a\"";
        assert_eq!((attribute(list, "CODECS"), attribute(list, "AUDIO")), (Some("avc1.64001f,mp4a.40.2"), Some("a")));
        assert_eq!(attribute(list, "mp4a.40.2\""), None);
    }

    #[test]
    fn the_best_variant_that_fits_is_chosen() {
        let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=500000\nlow\n#EXT-X-STREAM-INF:BANDWIDTH=2000000\nhigh\n#EXT-X-STREAM-INF:BANDWIDTH=900000\nmid\n";
        for (limit, chosen) in [(1_000_000, "mid"), (9_000_000, "high"), (100_000, "low")] {
            let mut list = Playlist::new(limit);
            assert!(list.read(master).unwrap().is_empty());
            assert_eq!((list.uris[1].0.as_str(), list.waiting), (chosen, Some(1)));
        }
    }

    #[test]
    fn byte_ranges_follow_each_other() {
        let mut list = Playlist::new(0);
        let text = "#EXTM3U\n#EXT-X-MAP:URI=\"a\",BYTERANGE=\"100@0\"\n#EXTINF:1,\n#EXT-X-BYTERANGE:50@100\na\n#EXTINF:1.5,\n#EXT-X-BYTERANGE:60\na\n#EXTINF:1,\nb\n#EXT-X-ENDLIST\n";
        let pieces = list.read(text).unwrap();
        let base = OFFSETS;
        let expected = [(base..base + 100, 0), (base + 100..base + 150, 0), (base + 150..base + 210, 1_000_000)];
        for (piece, (bytes, time)) in pieces.iter().zip(expected) {
            assert_eq!((piece.bytes.clone(), piece.time), (bytes, time));
        }
        assert_eq!((pieces[3].bytes.start, pieces[4].time), (2 * base, 3_500_000));
    }

    #[test]
    fn what_cannot_be_fed_is_refused() {
        let media = |lines: &str| ["#EXTM3U\n#EXT-X-MAP:URI=\"i\"\n", lines, "#EXTINF:1,\na\n#EXT-X-ENDLIST\n"].concat();
        for (text, fault) in [
            ("<html>".into(), Fault::Playlist),
            ("#EXTM3U\n".into(), Fault::Playlist),
            ("#EXTM3U\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n".into(), Fault::Playlist),
            ("#EXTM3U\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:1,\na\n".into(), Fault::Live),
            (media("#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n"), Fault::Encrypted),
            (media("#EXT-X-DISCONTINUITY\n"), Fault::Descriptions),
            (media("#EXT-X-MAP:URI=\"j\"\n"), Fault::Descriptions),
            (media("#EXT-X-MEDIA:TYPE=AUDIO,URI=\"k\"\n"), Fault::Playlist),
            (media(&"#EXTINF:1,\na\n".repeat(10_001)), Fault::TooMany),
        ] {
            assert_eq!(Playlist::new(0).read(&text).err(), Some(fault), "{}", text.get(..80).unwrap_or(&text));
        }
    }
}
