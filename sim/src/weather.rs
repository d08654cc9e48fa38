//! What may go wrong in a session, and how often.

use std::sync::{Arc, OnceLock};

use crate::rng::Rng;
use crate::synthetic::{Shape, file};

/// What all episodes of a session are.
#[derive(Clone, Debug)]
pub(crate) struct Film {
    pub(crate) bytes: Arc<[u8]>,
    /// Pictures a second.
    pub(crate) fps: u32,
    /// Seconds.
    pub(crate) length: f64,
}

impl Film {
    pub(crate) fn of(shape: &Shape) -> Self {
        Self { bytes: file(shape).into(), fps: shape.fps, length: f64::from(shape.frames) / f64::from(shape.fps) }
    }

    /// Ten seconds of 300 kbit/s.
    pub(crate) fn plain() -> Self {
        static FILM: OnceLock<Film> = OnceLock::new();
        FILM.get_or_init(|| Self::of(&Shape::of(300, 10))).clone()
    }

    /// Six seconds: one range, a header at the end, many ranges, no sound.
    fn random(rng: &mut Rng) -> Self {
        static FILMS: OnceLock<[Film; 4]> = OnceLock::new();
        let films = FILMS.get_or_init(|| {
            let small = Shape { frames: 60, fps: 10, gop: 20, key: 900, other: 90, audio: 20, last: false, wide: false };
            [
                Self::of(&small),
                Self::of(&Shape { last: true, key: 9_000, other: 900, ..small }),
                Self::of(&Shape { key: 40_000, other: 4_000, gop: 10, ..small }),
                Self::of(&Shape { key: 20_000, other: 3_000, audio: 0, ..small }),
            ]
        });
        rng.pick(films)
    }
}

/// The state of everything around the player.
#[derive(Clone, Debug)]
pub struct Weather {
    pub(crate) rng: Rng,
    /// Videos live by themselves, and answers take their time. Otherwise a test does it all.
    pub(crate) alive: bool,
    /// How often something goes wrong, in percent of the worst; 0 is fair weather.
    pub(crate) mess: u64,
    pub(crate) film: Film,
    /// The browser drops fragments that begin without a key frame, as Firefox does where sound and picture share a buffer.
    pub(crate) drops: bool,
    /// Whether anything comes through.
    pub(crate) online: bool,
    /// How much faster the link is than the media.
    pub(crate) link: f64,
    /// Round trip in milliseconds.
    pub(crate) rtt: u64,
}

impl Weather {
    /// Nothing happens unless a test says so.
    #[must_use]
    pub fn still() -> Self {
        Self { rng: Rng::new(0), alive: false, mess: 0, film: Film::plain(), drops: false, online: true, link: 1.0, rtt: 0 }
    }

    /// Some weather.
    #[must_use]
    pub fn random(rng: &mut Rng) -> Self {
        let mut weather = Self { rng: Rng::new(rng.number()), alive: true, film: Film::random(rng), ..Self::still() };
        weather.drops = rng.clone().percent(15);
        weather.mess = rng.pick(&[0, 20, 50, 100, 100]);
        weather.change();
        weather
    }

    /// Another link.
    pub(crate) fn change(&mut self) {
        self.link = self.rng.pick(&[0.3, 1.1, 3.0, 10.0, 50.0]);
        self.rtt = self.rng.pick(&[1, 20, 80, 300, 1_500]);
    }

    /// The faults are over.
    pub(crate) fn clear(&mut self) {
        self.mess = 0;
        self.online = true;
        self.link = 10.0;
        self.rtt = 40;
    }

    /// Whether a trouble strikes that in the worst weather comes in `percent` of a hundred cases.
    pub(crate) fn trouble(&mut self, percent: u64) -> bool {
        self.mess > 0 && self.rng.below(10_000) < percent * self.mess
    }

    /// How long an answer takes, in milliseconds.
    pub(crate) fn answer(&mut self) -> u64 {
        if !self.alive {
            return 0;
        }
        if self.trouble(10) { self.rng.between(1_000, 25_000) } else { self.rng.below(self.rtt + 1) }
    }

    /// How late a video's events are.
    pub(crate) fn lag(&mut self) -> u64 {
        if self.trouble(4) { self.rng.below(3_000) } else { 0 }
    }
}
