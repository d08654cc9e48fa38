//! One random session, made from its seed alone.

use cliffhanger_core::event::*;
use cliffhanger_core::*;

use crate::browser::{Autoplay, Browser, Server};
use crate::document::{Document, MORNING};
use crate::rng::Rng;
use crate::story::Style;
use crate::video::Fate;
use crate::weather::Weather;

/// Media that fails is told or has recovered within so many milliseconds after the last fault.
const PATIENCE: u64 = 45_000;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Playing,
    /// It does not play, and the screen says why.
    Told(&'static str),
    /// An error card with "try again".
    Retry,
    Neither,
}

/// A browser before the session of this seed.
#[must_use]
pub fn prepare(seed: u64) -> Browser {
    let mut rng = Rng::new(seed);
    let weather = Weather::random(&mut rng);
    let length = (weather.film.length * 1000.0) as u64;
    // One in so many has series that are not read at once.
    let stride = if seed % 25 == 24 { 30 } else { 1 };
    let documents: Vec<Document> = ["one", "two", "three"].map(|name| Document::random(&mut rng, name, length, stride)).into();
    let config = Config {
        src: Some("one.json".into()),
        autoplay: rng.percent(85),
        muted: rng.percent(30),
        repeat: rng.percent(5),
        no_auto_advance: rng.percent(10),
        free_episodes: rng.percent(15).then(|| rng.below(8) as u32),
        episode: rng.percent(10).then(|| Target::Ordinal((rng.between(1, 12) * stride) as u32)),
        preload: rng.pick(&[Preload::Auto, Preload::Auto, Preload::Auto, Preload::Metadata, Preload::None]),
        deep_link: rng.percent(20),
        fragment: rng.percent(20).then(|| format!("e={}&t=3", rng.between(1, 12) * stride)),
        ..Config::default()
    };
    let mut browser = Browser::with(config, weather, documents);
    browser.log.style = Style::Quiet;
    browser.stride = stride;
    browser.autoplay = rng.pick(&[Autoplay::Allowed, Autoplay::MutedOnly, Autoplay::MutedOnly, Autoplay::Never]);
    browser.stored = rng.percent(20).then(|| format!("e{} 2", rng.between(1, 12) * stride));
    browser.host.owned = (1..12).filter(|n| n % 3 == 0 && rng.coin()).collect();
    browser
}

/// Runs the session to its end.
///
/// # Panics
/// When an invariant does not hold, or the session ends up neither playing nor saying why not.
pub fn play(browser: &mut Browser) {
    let rng = browser.rng();
    let (feeds, clock, offered, early) = (rng.percent(60), rng.percent(90), rng.percent(15), rng.percent(60));
    let steps = rng.pick(&[5, 20, 50, 100]);
    browser.send(Event::CanFeed(feeds));
    // The second wasm comes early, late, or only when the faults have stopped.
    if early {
        browser.send(Event::Later);
    }
    if clock {
        browser.send(Event::Wall(WallMs(MORNING)));
    }
    if offered {
        let src = browser.rng().pick(&["https://a.example/one/e1.mp4", "https://a.example/one/e2.mp4", "", "https://x.example/y.mp4"]);
        browser.send(Event::AdoptionOffered { src: src.into() });
    }
    if feeds && browser.rng().percent(30) {
        let bytes = browser.rng().pick(&[0, 900, 20_000, 70_000, 262_144]);
        let n = browser.rng().pick(&[1, 1, 1, 2]);
        let passed = browser.rng().percent(30);
        browser.open_early(&format!("https://a.example/one/e{n}.mp4"), bytes, passed);
    }
    browser.send(Event::Connected(true));
    if browser.rng().percent(80) {
        browser.send(Event::News(cliffhanger_core::event::News::Ready { full: true, float: true }));
    }
    for _ in 0..steps {
        browser.anything();
        if browser.watch.over {
            browser.wait(5_000);
            return;
        }
        let pause = match browser.rng().below(10) {
            0..4 => 0,
            4..8 => browser.rng().below(800),
            8 => browser.rng().below(4_000),
            _ => browser.rng().below(15_000),
        };
        browser.wait(pause);
    }
    end(browser);
}

/// The faults stop. Then it plays or says why not, by itself; does what the viewer asks; and lets go of everything.
fn end(browser: &mut Browser) {
    browser.weather.clear();
    browser.forget_refusals();
    browser.autoplay = Autoplay::Allowed;
    browser.server = Server::Ranges;
    for video in &mut browser.videos {
        video.fate = Fate::Fine;
    }
    for event in [Event::Later, Event::Hidden(false), Event::Connected(true), Event::Online(true)] {
        browser.send(event);
    }
    // What videos had to say before that is still on its way.
    browser.wait(6_000);
    let mut state = browser.come_to_rest();
    assert!(state != State::Neither, "the faults have stopped, and it neither plays nor says why: {}", browser.brief());
    for _ in 0..4 {
        let action = match state {
            State::Retry => Action::Retry,
            State::Told("ended") => Action::Replay,
            State::Told("paused" | "prompt") => Action::TogglePlay,
            _ => break,
        };
        browser.viewer(action);
        let before = core::mem::replace(&mut state, browser.come_to_rest());
        let helped = state != State::Neither && (state != before || state == State::Told("ended"));
        assert!(helped, "what the viewer asks for does not happen: {before:?}, then {state:?}, {}", browser.brief());
    }
    let view = browser.player.view();
    let (before, ahead, back) = (view.current, view.can_go_forward, view.can_go_back);
    if browser.player.is_ready() && (ahead || back) {
        let step = if ahead { Step::Forward } else { Step::Back };
        browser.viewer(Action::Step { step, cause: surface::Cause::Key });
        let view = browser.player.view();
        // A grant may have run out since it was drawn.
        let offered = if ahead { view.can_go_forward } else { view.can_go_back };
        assert!(view.current != before || !offered, "a step that was offered is refused");
        let state = browser.come_to_rest();
        let goes_on = !matches!(state, State::Neither | State::Retry | State::Told("error"));
        assert!(goes_on, "after a swipe it does not go on: {state:?}, {}", browser.brief());
    }
    browser.call(Request::Destroy);
    assert!(browser.watch.over, "a player that cannot be destroyed");
    browser.wait(3_000);
}

impl Browser {
    /// Logs every event and effect from now on.
    pub fn log_everything(&mut self) {
        self.log.style = Style::All;
    }

    fn state(&self) -> State {
        let view = self.player.view();
        if let Some(card) = view.error {
            return if card.can_retry { State::Retry } else { State::Told("error") };
        }
        let here = &self.videos[self.player.current_slot().0 as usize];
        match view.access {
            _ if !self.player.is_ready() => State::Neither,
            surface::Access::Checking => State::Neither,
            surface::Access::Locked => State::Told("locked"),
            _ if view.ended || self.player.ended() => State::Told("ended"),
            _ if view.play_prompt => State::Told("prompt"),
            _ if view.paused_by_viewer => State::Told("paused"),
            _ if here.playing && here.moving && here.queued == 0 => State::Playing,
            _ => State::Neither,
        }
    }

    /// The screen and the current video, in a line.
    fn brief(&self) -> String {
        let view = self.player.view();
        let here = &self.videos[self.player.current_slot().0 as usize];
        format!(
            "ready {}, episode {} of {}, access {:?}, wants_play {}, playing {}, buffering {}, error {:?}; {:?}, playing {}, moving {}, {:.2} of {:.2} s, {:?}",
            self.player.is_ready(),
            view.current + 1,
            view.count,
            view.access,
            view.wants_play,
            view.playing,
            view.buffering,
            view.error,
            here.load,
            here.playing,
            here.moving,
            here.time,
            here.reach(),
            here.fate
        )
    }

    /// Waits until it plays steadily or says why not; what it came to.
    fn come_to_rest(&mut self) -> State {
        let end = self.now + PATIENCE;
        while self.now < end && self.state() == State::Neither {
            self.wait(500);
        }
        let state = self.state();
        if state == State::Playing {
            let (n, time) = (self.current(), self.videos[self.player.current_slot().0 as usize].time);
            self.wait(2_000);
            let here = &self.videos[self.player.current_slot().0 as usize];
            let view = self.player.view();
            if self.state() == State::Playing && self.current() == n && here.time > time + 1.0 {
                assert!(view.playing && !view.buffering, "it plays, and the screen says otherwise: {}", self.brief());
            }
        }
        state
    }
}
