//! What happens to a player in a random session: viewers, hosts and browsers who do anything.

use cliffhanger_core::event::*;
use cliffhanger_core::surface::Cause;
use cliffhanger_core::*;

use crate::browser::{Autoplay, Browser, Server};
use crate::document::MORNING;
use crate::rng::Rng;
use crate::series::BASE;

impl Browser {
    /// One thing that happens.
    pub(crate) fn anything(&mut self) {
        match self.rng().below(100) {
            0..40 => self.move_about(),
            40..65 => self.touch(),
            65..80 => self.ask(),
            80..92 => self.surroundings(),
            _ => self.odd_signal(),
        }
    }

    /// A swipe, as a finger makes it, or a step.
    fn move_about(&mut self) {
        let view = self.player.view();
        let (current, count) = (view.current, view.count);
        let wall = !view.can_go_forward;
        let rng = self.rng();
        let near = if rng.percent(70) && !wall { current + 1 } else { current.saturating_sub(1) };
        match rng.below(12) {
            0..6 => {
                let back = rng.percent(15);
                let pause = rng.below(400);
                self.viewer(Action::Peeked(Some(near)));
                self.wait(pause);
                if back {
                    return self.viewer(Action::Peeked(None));
                }
                self.viewer(Action::Scrolled { slide: near, settled: false });
                if self.rng().percent(80) {
                    let pause = self.rng().below(600);
                    self.wait(pause);
                    self.viewer(Action::Scrolled { slide: near, settled: true });
                }
            }
            6 => {
                let (slide, settled) = (rng.below(count as u64 + 2) as usize, rng.coin());
                self.viewer(Action::Scrolled { slide, settled });
            }
            7 => {
                let slide = rng.coin().then(|| rng.below(count as u64 + 2) as usize);
                self.viewer(Action::Peeked(slide));
            }
            8 => self.viewer(Action::Arrived),
            9 => {
                let index = rng.below(count as u64 + 1) as usize;
                self.viewer(Action::Open(Panel::Episodes));
                self.viewer(Action::Pick(index));
            }
            _ => {
                let step = rng.pick(&[Step::Forward, Step::Forward, Step::Back, Step::First, Step::Last]);
                let cause = rng.pick(&[Cause::Key, Cause::Wheel, Cause::Button]);
                self.viewer(Action::Step { step, cause });
            }
        }
    }

    /// A tap, a key, a control.
    fn touch(&mut self) {
        let offer = self.player.view().paywall.and_then(|sheet| sheet.offers.first().map(|offer| offer.id.clone()));
        let rng = self.rng();
        let action = match rng.below(28) {
            24 => Action::Show(rng.pick(&[Screen::Full, Screen::Float])),
            25 => Action::Scrubbing(rng.coin()),
            26 => Action::ToggleCaptions,
            27 => rng.pick(&[Action::Stir, Action::StartOver, Action::HideCue]),
            0..4 => Action::Tap,
            4..8 => Action::Choose { offer: if rng.percent(90) { offer } else { Some("no such".into()) }, trusted: rng.percent(80) },
            8 => Action::ToggleSound,
            9 => Action::TogglePlay,
            10 => Action::Dismiss,
            11 => Action::Retry,
            12 => Action::Replay,
            13 => Action::Scrub(Seconds::new(rng.below(80) as f64 / 10.0)),
            14 => Action::Hold(rng.coin()),
            15 => Action::Like,
            16 => Action::Share,
            17 => Action::Open(rng.pick(&[Panel::Episodes, Panel::Menu, Panel::Keys])),
            18 | 19 => Action::Prefer(preference(rng)),
            20 => {
                let gap = rng.below(400);
                self.viewer(Action::Tap);
                self.wait(gap);
                Action::Tap
            }
            _ => Action::Key(rng.pick(&[Key::PlayPause, Key::Mute, Key::SeekForward, Key::SeekBack, Key::Escape])),
        };
        self.viewer(action);
    }

    /// What the page asks by methods and attributes.
    fn ask(&mut self) {
        let clock = MORNING + self.now;
        let n = self.rng().between(1, 12) as u32;
        let request = match self.rng().below(24) {
            0..3 => Request::Play,
            3 => Request::Pause,
            4 => Request::Next,
            5 => Request::Previous,
            6 => Request::GoTo(Target::Ordinal(n * self.stride as u32)),
            7 => Request::GoTo(Target::Id(format!("e{}", u64::from(n) * self.stride))),
            8 => Request::Seek(Seconds::new(f64::from(n))),
            9 => Request::SetMuted(self.rng().coin()),
            10 => Request::SetVolume(f64::from(n) / 6.0 - 0.5),
            11 => Request::SetRate(f64::from(n) / 3.0),
            12 => Request::RefreshAccess,
            13 => Request::DismissPaywall,
            14 => {
                // One more, one that is there already, and one that is none.
                let more = self.player.view().count + 1;
                Request::Append(crate::json(&format!(
                    r#"[{{"id":"e{more}","n":{more},"renditions":[{{"type":"mp4","url":"e{more}.mp4"}}]}},{{"id":"e1","n":1}},{{"n":0}}]"#
                )))
            }
            15 => Request::Append(Node::Null),
            16 if self.rng().percent(20) => Request::Destroy,
            16..19 => {
                let grant = match self.rng().below(4) {
                    0 => Node::Bool(false),
                    1 => Node::Bool(true),
                    _ => self.granted("https://h.example/granted", n, clock),
                };
                Request::Grant { episode: format!("e{n}"), grant, base: BASE.into() }
            }
            19 => {
                self.host.owned.push(n);
                Request::RefreshAccess
            }
            _ => return self.set_attributes(n),
        };
        if self.rng().coin() { self.call(request) } else { self.host(request) }
    }

    fn set_attributes(&mut self, n: u32) {
        let names: Vec<&str> = self.documents.iter().map(|document| document.name).collect();
        let mut config = self.config.clone();
        let rng = self.rng();
        match rng.below(7) {
            0..3 => config.src = Some(format!("{}.json", rng.pick(&names))),
            3 => config.free_episodes = rng.coin().then_some(n),
            4 => config.episode = Some(Target::Ordinal(n)),
            5 => (config.autoplay, config.repeat, config.no_auto_advance) = (rng.coin(), rng.percent(20), rng.coin()),
            _ => (config.preload, config.deep_link) = (rng.pick(&[Preload::Auto, Preload::Metadata, Preload::None]), rng.coin()),
        }
        self.send(Event::Configured(Box::new(config)));
    }

    /// The browser, the system, the network.
    fn surroundings(&mut self) {
        let wall = MORNING + self.now;
        let n = self.rng().between(1, 12);
        match self.rng().below(14) {
            0..3 => {
                let hidden = !self.hidden;
                self.send(Event::Hidden(hidden));
            }
            3 | 4 => {
                let connected = !self.connected;
                self.send(Event::Connected(connected));
            }
            5 | 6 => {
                let online = !self.weather.online;
                self.weather.online = online;
                // Browsers do not always know.
                if self.rng().percent(80) {
                    self.send(Event::Online(online));
                }
            }
            7 => self.weather.change(),
            8 => {
                let frugal = self.rng().coin();
                self.send(Event::Frugal(frugal));
            }
            9 => self.send(Event::OtherPlayerStarted),
            10 => self.autoplay = self.rng().pick(&[Autoplay::Allowed, Autoplay::MutedOnly, Autoplay::Never]),
            11 => self.server = self.rng().pick(&[Server::Ranges, Server::Ranges, Server::Whole, Server::Refuses]),
            12 => {
                let skew = self.rng().pick(&[0, 0, 5_000]);
                self.send(Event::Wall(WallMs(wall + skew)));
            }
            _ => {
                let event = match self.rng().below(4) {
                    0 => Event::Fragment(format!("e={n}&t=2")),
                    1 => Event::Later,
                    2 => Event::Preferred("m=1;s=1;r=150;a=0".into()),
                    _ => Event::CanFeed(self.weather.rng.percent(80)),
                };
                self.send(event);
            }
        }
    }

    /// Events that a browser sends of its own accord, late, or about a source that is gone.
    fn odd_signal(&mut self) {
        let i = self.rng().below(3) as usize;
        let slot = Slot(i as u8);
        let stale = LoadId(self.rng().below(9) as u32);
        let Some(load) = self.videos[i].load else { return };
        match self.rng().below(10) {
            0..3 if stale != load => {
                let signal = self.rng().pick(&[Signal::Ended, Signal::Failed(4), Signal::PlayRefused, Signal::Appended, Signal::Playing]);
                self.send(Event::Media { slot, load: stale, signal });
            }
            // The system pauses: a call, headphones, a lack of power.
            3 | 4 if self.videos[i].playing => {
                (self.videos[i].playing, self.videos[i].moving) = (false, false);
                self.tell(slot, Signal::Paused);
            }
            // A media key starts it.
            5 if self.videos[i].queued == 0 && !self.hidden && self.connected && i == self.player.current_slot().0 as usize => {
                (self.videos[i].playing, self.videos[i].moving) = (true, true);
                self.send(Event::Media { slot, load, signal: Signal::Playing });
                self.arm(slot);
            }
            // It breaks.
            6 if !self.videos[i].dead => {
                (self.videos[i].dead, self.videos[i].playing, self.videos[i].moving) = (true, false, false);
                let code = self.rng().below(5) as u8;
                self.tell(slot, Signal::Failed(code));
            }
            // It runs dry for a moment.
            7 if self.videos[i].moving => {
                (self.videos[i].moving, self.videos[i].through) = (false, false);
                self.tell(slot, Signal::Waiting);
            }
            8 => {
                let status = self.rng().pick(&[None, Some(200), Some(206), Some(403), Some(404), Some(500)]);
                self.send(Event::Probed { load, status });
            }
            _ => {
                let muted = self.videos[i].muted;
                let signal = self.rng().pick(&[Signal::RateChanged(1.5), Signal::VolumeChanged { volume: 0.5, muted }]);
                self.tell(slot, signal);
            }
        }
        self.settle();
    }
}

fn preference(rng: &mut Rng) -> Preference {
    match rng.below(5) {
        4 => Preference::Quality(rng.pick(&[0, 480, 720])),
        0 => Preference::Speed(rng.pick(&[75, 100, 150, 200])),
        1 => Preference::Captions(rng.coin().then(|| "en".to_owned())),
        2 => Preference::Advance(rng.percent(70)),
        _ => Preference::Saver(rng.coin()),
    }
}
