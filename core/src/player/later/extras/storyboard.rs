//! Storyboards: a WebVTT file whose cues name pictures, often a part of one (`sheet.jpg#xywh=160,0,90,160`).

use crate::player::Player;
use crate::text::{cut, number, pieces};

/// Most pictures of one storyboard.
const MOST: usize = 2_000;

/// A picture, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thumb<'a> {
    /// Absolute, checked.
    pub url: &'a str,
    /// Left, top, width and height in pixels; `None` for all of it.
    pub part: Option<[u32; 4]>,
}

/// The storyboard of one episode.
#[derive(Debug, Default)]
pub(super) struct Board {
    url: String,
    /// From when on, in seconds, and what.
    frames: Vec<(f64, String, Option<[u32; 4]>)>,
}

impl Board {
    /// True when this one is to be fetched.
    pub(super) fn ask(&mut self, url: &str) -> bool {
        let other = self.url != url;
        if other {
            self.url = url.to_owned();
            self.frames.clear();
        }
        other
    }

    /// The file has come; an empty text when it has not.
    pub(super) fn read(&mut self, url: &str, text: &str) {
        if url != self.url {
            return;
        }
        let mut from = None;
        for line in pieces(text, b'\n').map(str::trim_ascii) {
            if let Some(begin) = cut(line, b'>').and_then(|(begin, _)| begin.strip_suffix("--")) {
                from = moment(begin.trim_ascii());
            } else if line.is_empty() {
                from = None;
            } else if let Some(from) = from.take() {
                let (file, part) = cut(line, b'#').unwrap_or((line, ""));
                let part = part.strip_prefix("xywh=").unwrap_or_default();
                let sides: Vec<u32> = pieces(part.strip_prefix("pixel:").unwrap_or(part), b',').filter_map(number).collect();
                let part = <[u32; 4]>::try_from(sides).ok().filter(|[_, _, width, height]| *width > 0 && *height > 0);
                if let Ok(file) = crate::url::resolve(url, file)
                    && self.frames.len() < MOST
                {
                    self.frames.push((from, file, part));
                }
            }
        }
    }
}

/// `01:02.500` or `1:01:02.500`, in seconds.
fn moment(text: &str) -> Option<f64> {
    let (clock, millis) = cut(text, b'.')?;
    let whole = pieces(clock, b':').try_fold(0_u32, |sum, part| sum.checked_mul(60)?.checked_add(number(part)?))?;
    Some(f64::from(whole) + f64::from(number::<u16>(millis.get(..3)?)?) / 1000.0)
}

impl Player {
    /// The storyboard of the current episode, never of a locked one.
    pub(super) fn storyboard_here(&self) -> Option<String> {
        let open = self.open_at(self.current);
        self.manifest.episodes.get(self.current).filter(|_| open && !self.frugal)?.storyboard.clone()
    }

    pub(crate) fn thumb(&self, time: f64) -> Option<Thumb<'_>> {
        let board = &self.extras.as_ref()?.board;
        let here = self.manifest.episodes.get(self.current)?.storyboard.as_ref();
        if here != Some(&board.url) || !self.open_at(self.current) {
            return None;
        }
        let (_, url, part) = board.frames.iter().rev().find(|(from, ..)| *from <= time)?;
        Some(Thumb { url, part: *part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storyboard_names_parts_of_pictures_and_leaves_out_what_is_no_picture() {
        let mut board = Board::default();
        assert!(board.ask("https://a.example/s/board.vtt") && !board.ask("https://a.example/s/board.vtt"));
        board.read(
            "https://a.example/s/board.vtt",
            "WEBVTT\n\n00:00.000 --> 00:02.000\nsheet.jpg#xywh=0,0,90,160\n\n00:02.000 --> 00:04.000\njavascript:alert(1)\n\n\
             01:00:04.500 --> 01:00:06.000\nlast.jpg\n",
        );
        assert_eq!(
            board.frames,
            [
                (0.0, "https://a.example/s/sheet.jpg".to_owned(), Some([0, 0, 90, 160])),
                (3604.5, "https://a.example/s/last.jpg".to_owned(), None)
            ]
        );
        board.read("https://a.example/other.vtt", "00:00.000 --> 00:02.000\nother.jpg");
        assert_eq!(board.frames.len(), 2, "an answer to an older question");
    }
}
