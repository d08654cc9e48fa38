//! A browser in virtual time: it obeys effects, plays make-believe videos, and checks the invariants at every step.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::expect_used, missing_docs, unreachable_pub)]

#[path = "../feeder/synthetic.rs"]
mod synthetic;

use cliffhanger_core::event::*;
use cliffhanger_core::*;

pub const BASE: &str = "https://a.example/s/main.json";

pub fn json(text: &str) -> Node {
    fn convert(value: &serde_json::Value) -> Node {
        match value {
            serde_json::Value::Null => Node::Null,
            serde_json::Value::Bool(b) => Node::Bool(*b),
            serde_json::Value::Number(n) => Node::Number(n.as_f64().unwrap()),
            serde_json::Value::String(s) => Node::Text(s.clone()),
            serde_json::Value::Array(items) => Node::List(items.iter().map(convert).collect()),
            serde_json::Value::Object(members) => Node::Map(members.iter().map(|(k, v)| (k.clone(), convert(v))).collect()),
        }
    }
    convert(&serde_json::from_str(text).unwrap())
}

/// A series of `count` episodes of ten seconds. In `gate` mode locked episodes have no renditions.
pub fn series(mode: &str, count: usize, free: usize) -> String {
    let episodes: Vec<String> = (1..=count)
        .map(|n| {
            let media = format!(r#","renditions":[{{"type":"mp4","url":"e{n}.mp4"}}]"#);
            let rest = match (mode, n <= free) {
                ("gate", false) => r#","access":{"state":"locked"}"#.to_owned(),
                ("gate", true) => format!(r#","access":{{"state":"free"}}{media}"#),
                _ => media,
            };
            format!(r#"{{"id":"e{n}","n":{n},"title":"Part {n}","durationMs":10000{rest}}}"#)
        })
        .collect();
    format!(
        r#"{{"cliffhanger":"1","series":{{"id":"s","title":"S","lang":"en"}},
        "access":{{"mode":"{mode}","freeEpisodes":{free},"gate":{{"base":"/"}},"offers":["one"]}},
        "offers":{{"one":{{"kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{{"amount":30,"currency":"EUR"}}}}}},
        "episodes":[{}]}}"#,
        episodes.join(",")
    )
}

/// A make-believe `<video>`.
#[derive(Clone, Debug, Default)]
pub struct Video {
    pub load: Option<LoadId>,
    pub url: String,
    pub playing: bool,
    pub muted: bool,
    pub through: bool,
    pub time: f64,
    pub buffered: f64,
}

/// How the server answers a range request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Server {
    /// With the range, in chunks.
    Ranges,
    /// With the whole file, whatever was asked for.
    Whole,
    /// With this status.
    Status(u16),
    /// With a web page.
    Page,
    /// With a part of the range; then the connection breaks.
    Breaks,
    /// Not at all: refused, or no CORS.
    Refuses,
    /// It takes the request and says nothing.
    Silent,
}

/// How the browser answers `play()`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Autoplay {
    Allowed,
    MutedOnly,
    Never,
}

/// A gate: the body of a question in, an answer out, or silence.
pub type Gate = Box<dyn FnMut(&Node) -> Option<Result<(u16, Node), FetchFailure>>>;

pub struct Browser {
    pub player: Player,
    pub now: u64,
    pub videos: [Video; 3],
    pub log: Vec<String>,
    pub autoplay: Autoplay,
    pub manifest: String,
    pub stored: Option<String>,
    pub gate: Gate,
    pub prevent: bool,
    pub hidden: bool,
    pub connected: bool,
    pub free: u32,
    pub mode: String,
    /// Episodes (by ordinal) the test itself has granted.
    pub granted: Vec<u32>,
    pub asks: Vec<AskId>,
    pub last_ask: Option<(AskId, Node)>,
    pub loads: Vec<String>,
    /// A slide is being uncovered, as far as the player has been told.
    pub peeked: bool,
    pub server: Server,
    /// Ranges that were asked for: episode, first byte, end.
    pub ranges: Vec<(u32, u64, u64)>,
    /// How many ranges were given up.
    pub cancelled: usize,
    file: Vec<u8>,
    inbox: std::collections::VecDeque<Event>,
}

impl Browser {
    pub fn new(mode: &str, count: usize, free: u32, config: Config) -> Self {
        let free_in_force = if mode == "gate" { free } else { config.free_episodes.unwrap_or(free) };
        let config = Config { src: Some("main.json".into()), ..config };
        Self {
            player: Player::new(config, Instant(0)),
            now: 0,
            videos: Default::default(),
            log: Vec::new(),
            autoplay: Autoplay::Allowed,
            manifest: series(mode, count, free as usize),
            stored: None,
            gate: Box::new(|_| Some(Ok((402, json(r#"{"code":"locked","reason":"beyond-free"}"#))))),
            prevent: false,
            hidden: false,
            connected: false,
            free: free_in_force,
            mode: mode.to_owned(),
            granted: Vec::new(),
            asks: Vec::new(),
            last_ask: None,
            loads: Vec::new(),
            peeked: false,
            server: Server::Ranges,
            ranges: Vec::new(),
            cancelled: 0,
            file: synthetic::file(&synthetic::Shape::of(300, 10)),
            inbox: Default::default(),
        }
    }

    /// Connected, manifest read, first episode ready to play through.
    pub fn started(mode: &str, count: usize, free: u32, config: Config) -> Self {
        let mut browser = Self::new(mode, count, free, config);
        browser.send(Event::Wall(WallMs(1_795_000_000_000)));
        browser.send(Event::Connected(true));
        browser.buffer_all();
        browser
    }

    pub fn send(&mut self, event: Event) {
        match &event {
            Event::Hidden(hidden) => self.hidden = *hidden,
            Event::Connected(connected) => self.connected = *connected,
            Event::Viewer(Action::Peeked(slide)) => self.peeked = slide.is_some(),
            _ => {}
        }
        self.inbox.push_back(event);
        while let Some(event) = self.inbox.pop_front() {
            let effects = self.player.handle(Instant(self.now), event);
            for effect in effects {
                self.perform(effect);
            }
            self.check();
        }
    }

    pub fn viewer(&mut self, action: Action) {
        self.send(Event::Viewer(action));
    }

    pub fn host(&mut self, request: Request) {
        self.send(Event::Call { call: None, request });
    }

    pub fn swipe(&mut self, by: i64) {
        let slide = usize::try_from(self.player.view().current as i64 + by).unwrap_or(0);
        self.viewer(Action::Scrolled { slide, settled: false });
        self.viewer(Action::Scrolled { slide, settled: true });
    }

    /// Advances the clock, waking the player whenever it asked to be.
    pub fn wait(&mut self, millis: u64) {
        let end = self.now + millis;
        let mut guard = 0;
        while let Some(at) = self.player.deadline().filter(|at| at.0 <= end) {
            assert!(at.0 >= self.now || guard < 100, "deadline {at:?} lies in the past at {}", self.now);
            guard += 1;
            assert!(guard < 10_000, "the deadline does not move on");
            self.now = self.now.max(at.0);
            self.send(Event::Timeout);
            if self.player.deadline().is_some_and(|again| again.0 <= self.now) {
                guard += 1;
                self.now += 1;
            }
        }
        self.now = end;
    }

    pub fn signal(&mut self, slot: u8, signal: Signal) {
        if let Some(load) = self.videos[slot as usize].load {
            self.send(Event::Media { slot: Slot(slot), load, signal });
        }
    }

    /// Everything that has a source arrives completely.
    pub fn buffer_all(&mut self) {
        for round in 0..3 {
            for slot in 0..3 {
                let video = &mut self.videos[slot as usize];
                if video.load.is_some() && !video.through {
                    video.through = true;
                    video.buffered = 10.0;
                    let time = Seconds::new(video.time);
                    self.signal(slot, Signal::Metadata { duration: Seconds::new(10.0), width: 720 });
                    self.signal(slot, Signal::FirstData);
                    self.signal(slot, Signal::Painted);
                    self.signal(slot, Signal::Progress { time, buffered_to: Seconds::new(10.0) });
                    self.signal(slot, Signal::CanPlayThrough);
                }
            }
            let _ = round;
        }
    }

    pub fn play_to(&mut self, time: f64) {
        let slot = self.player.current_slot().0;
        self.videos[slot as usize].time = time;
        let buffered_to = Seconds::new(self.videos[slot as usize].buffered);
        self.signal(slot, Signal::Progress { time: Seconds::new(time), buffered_to });
    }

    pub fn end(&mut self) {
        self.play_to(10.0);
        let slot = self.player.current_slot().0;
        self.videos[slot as usize].playing = false;
        self.signal(slot, Signal::Ended);
    }

    pub fn current(&self) -> usize {
        self.player.view().current + 1
    }

    fn video(&mut self, slot: Slot) -> &mut Video {
        &mut self.videos[slot.0 as usize]
    }

    fn perform(&mut self, effect: Effect) {
        self.note(&effect);
        match effect {
            Effect::FetchManifest { ask, .. } => {
                let body = match serde_json::from_str::<serde_json::Value>(&self.manifest) {
                    Ok(_) => Ok(json(&self.manifest)),
                    Err(e) => Err(FetchFailure::NotJson(e.to_string())),
                };
                if self.manifest != "never" {
                    self.inbox.push_back(Event::Manifest { ask, base: BASE.into(), body });
                }
            }
            Effect::Recall { .. } => self.inbox.push_back(Event::Recalled(self.stored.clone())),
            Effect::Remember { value, .. } => self.stored = Some(value),
            Effect::Adopt { slot, load } => {
                *self.video(slot) = Video { load: Some(load), url: "adopted".into(), playing: true, muted: true, ..Video::default() };
                self.inbox.push_back(Event::Media { slot, load, signal: Signal::Playing });
                self.inbox.push_back(Event::Media { slot, load, signal: Signal::VolumeChanged { volume: 1.0, muted: true } });
            }
            Effect::Load { slot, load, url, .. } => {
                self.check_load(slot, &url);
                self.loads.push(url.clone());
                *self.video(slot) = Video { load: Some(load), url, ..Video::default() };
            }
            Effect::Feed { slot, load } => {
                *self.video(slot) = Video { load: Some(load), url: "fed".into(), ..Video::default() };
                self.inbox.push_back(Event::Media { slot, load, signal: Signal::SourceOpen });
            }
            Effect::Append { slot, bytes } => self.append(slot, &bytes),
            Effect::CancelFetch { .. } => self.cancelled += 1,
            Effect::Fetch { fetch, url, from, until, .. } => self.fetch(fetch, &url, from, until),
            Effect::Unload { slot } => *self.video(slot) = Video::default(),
            Effect::Play { slot } => {
                let autoplay = self.autoplay;
                let video = self.video(slot);
                let load = video.load.expect("play() without a source");
                let allowed = autoplay == Autoplay::Allowed || autoplay == Autoplay::MutedOnly && video.muted;
                video.playing = allowed;
                let signal = if allowed { Signal::Playing } else { Signal::PlayRefused };
                self.inbox.push_back(Event::Media { slot, load, signal });
            }
            Effect::Pause { slot } => self.video(slot).playing = false,
            Effect::Seek { slot, to } => self.video(slot).time = to.get(),
            Effect::Mute { slot, muted } => self.video(slot).muted = muted,
            Effect::AskGate { ask, body, .. } => {
                self.asks.push(ask);
                if let Some(reply) = (self.gate)(&body) {
                    self.inbox.push_back(Event::Gate { ask, reply });
                }
            }
            Effect::RequestUnlock { ask, detail } => self.last_ask = Some((ask, detail)),
            Effect::Notify { cancelable: Some(notice), .. } => {
                self.inbox.push_back(Event::Dispatched { notice, prevented: self.prevent });
            }
            _ => {}
        }
    }

    /// Every episode is the same file.
    pub fn file_size(&self) -> u64 {
        self.file.len() as u64
    }

    fn append(&mut self, slot: Slot, bytes: &[u8]) {
        let video = self.video(slot);
        let load = video.load.expect("an append without a source");
        let fragments = bytes.windows(4).filter(|kind| kind == b"moof").count();
        video.buffered = (video.buffered + 0.25 * fragments as f64).min(10.0);
        let (time, buffered_to) = (Seconds::new(video.time), Seconds::new(video.buffered));
        let mut tell = |signal| self.inbox.push_back(Event::Media { slot, load, signal });
        if fragments == 0 {
            tell(Signal::Metadata { duration: Seconds::new(10.0), width: 720 });
        } else {
            tell(Signal::FirstData);
            tell(Signal::Painted);
            tell(Signal::Progress { time, buffered_to });
        }
        self.inbox.push_back(Event::Media { slot, load, signal: Signal::Appended });
    }

    /// Invariants 2 and 11: no byte of a locked episode, and none far from where the viewer is.
    fn fetch(&mut self, fetch: FetchId, url: &str, from: u64, until: Option<u64>) {
        let n: u32 = url.rsplit('/').next().and_then(|name| name.trim_start_matches('e').split(['.', '-']).next()?.parse().ok()).unwrap();
        assert!(n <= self.free || self.granted.contains(&n), "invariant 2: bytes of locked episode {n} were asked for");
        let current = self.player.view().current as u32 + 1;
        assert!((current..=current + 3).contains(&n), "bytes of episode {n} were asked for while {current} is current");
        let size = self.file.len() as u64;
        let until = until.unwrap_or(size).min(size);
        self.ranges.push((n, from, until));
        let mut tell = |part| self.inbox.push_back(Event::Fetched { fetch, part });
        let part = |from: u64, until: u64| Part::Bytes(self.file[from as usize..until as usize].to_vec());
        match self.server {
            Server::Ranges => {
                tell(Part::Head { status: 206, total: Some(size) });
                let middle = (from + until) / 2;
                tell(part(from, middle));
                tell(part(middle, until));
                tell(Part::End);
            }
            Server::Whole => {
                tell(Part::Head { status: 200, total: Some(size) });
                tell(part(0, size));
                tell(Part::End);
            }
            Server::Status(status) => tell(Part::Head { status, total: None }),
            Server::Page => {
                tell(Part::Head { status: 206, total: Some(20) });
                tell(Part::Bytes(b"<!doctype html><html".to_vec()));
                tell(Part::End);
            }
            Server::Breaks => {
                tell(Part::Head { status: 206, total: Some(size) });
                tell(part(from, (from + until) / 2));
                tell(Part::Failed);
            }
            Server::Refuses => tell(Part::Failed),
            Server::Silent => {}
        }
    }

    /// Invariants 2 and 4, judged by the test's own knowledge of what is open.
    fn check_load(&mut self, slot: Slot, url: &str) {
        let Some(n) = url.strip_prefix("https://a.example/s/e").and_then(|t| t.strip_suffix(".mp4")).and_then(|t| t.parse::<u32>().ok())
        else {
            let n = url.strip_prefix("https://g.example/granted/e").and_then(|t| t.split(['.', '-']).next()).and_then(|t| t.parse().ok());
            assert!(url.contains("/granted/"), "an unknown URL was loaded: {url}");
            if let Some(n) = n.filter(|_| !self.granted.is_empty()) {
                assert!(self.granted.contains(&n), "invariant 2: {url} was loaded");
            }
            return;
        };
        assert!(n <= self.free || self.granted.contains(&n), "invariant 2: locked episode {n} was loaded into {slot:?}");
        let current = self.player.view().current as u32 + 1;
        if n != current && self.player.access().is_open() && self.player.error() == Node::Null {
            let here = self.videos[self.player.current_slot().0 as usize].clone();
            let calm = here.through || here.buffered >= 9.7 || here.buffered - here.time >= 10.0;
            assert!(calm, "invariant 4: episode {n} was loaded before episode {current} could play through");
        }
        assert!(n.abs_diff(current) <= 1, "episode {n} was loaded while {current} is current");
    }

    fn check(&self) {
        let playing: Vec<usize> = (0..3).filter(|i| self.videos[*i].playing).collect();
        let here = self.player.current_slot().0 as usize;
        let rolling: Vec<usize> = playing.iter().copied().filter(|slot| *slot != here).collect();
        assert!(rolling.len() <= 1, "invariant 3: {playing:?} play at once");
        assert!(rolling.iter().all(|slot| self.videos[*slot].muted), "invariant 3: {rolling:?} sounds under the finger");
        assert!(rolling.is_empty() || self.peeked, "invariant 3: {rolling:?} plays, and nobody uncovers it");
        assert!(playing.is_empty() || !self.hidden, "invariant 3: {playing:?} plays while the page is hidden");
        assert!(playing.is_empty() || self.connected, "something plays outside the document");
        if !self.player.access().is_open() && self.player.is_ready() {
            let here = &self.videos[self.player.current_slot().0 as usize];
            assert!(here.load.is_none(), "a locked episode has a source: {}", here.url);
        }
        let view = self.player.view();
        if view.paywall.is_some() {
            assert!(!view.access.is_open(), "a paywall over an open episode");
        }
        for slide in view.slides {
            assert!(!slide.locked || slide.poster_shown, "a locked slide shows a video");
        }
    }

    fn note(&mut self, effect: &Effect) {
        let line = match effect {
            Effect::Load { slot, url, .. } => format!("load {} {}", slot.0, url.rsplit('/').next().unwrap()),
            Effect::Feed { slot, .. } => format!("feed {}", slot.0),
            Effect::Evict { slot, until } => format!("evict {} {}", slot.0, until.get()),
            Effect::EndOfStream { slot } => format!("end of stream {}", slot.0),
            Effect::Debug(text) => format!("debug: {text}"),
            Effect::Unload { slot } => format!("unload {}", slot.0),
            Effect::Play { slot } => format!("play {}", slot.0),
            Effect::Pause { slot } => format!("pause {}", slot.0),
            Effect::Mute { slot, muted } => format!("{} {}", if *muted { "mute" } else { "unmute" }, slot.0),
            Effect::Seek { slot, to } => format!("seek {} {}", slot.0, to.get()),
            Effect::Scroll { slide, smooth } => format!("scroll {}{}", slide + 1, if *smooth { " smooth" } else { "" }),
            Effect::Notify { name, detail, .. } => {
                let text = |key: &str| match detail.get(key) {
                    Some(Node::Text(text)) => format!(" {text}"),
                    Some(Node::Number(n)) => format!(" {n}"),
                    Some(map @ Node::Map(_)) => format!(" {}", map.get("id").and_then(Node::as_text).unwrap()),
                    _ => String::new(),
                };
                let keys = ["episode", "cause", "reason", "outcome", "access", "code", "quartile"];
                format!("{}!{}", name.name(), keys.map(text).concat())
            }
            Effect::RequestUnlock { .. } => "unlockrequest!".into(),
            Effect::AskGate { body, .. } => format!("ask gate {}", body.get("episode").and_then(Node::as_text).unwrap()),
            Effect::Adopt { slot, .. } => format!("adopt {}", slot.0),
            Effect::DropAdopted => "drop adopted".into(),
            Effect::Warn(text) => format!("warn: {text}"),
            Effect::Bless => "bless".into(),
            Effect::Probe { .. } => "probe".into(),
            Effect::Address { ordinal, seconds } => format!("address #e={ordinal}&t={seconds}"),
            Effect::Resolve { outcome, .. } => format!("resolve {outcome:?}"),
            Effect::Teardown => "teardown".into(),
            _ => return,
        };
        self.log.push(line);
    }

    /// What happened since the last call.
    pub fn story(&mut self) -> String {
        let lines = std::mem::take(&mut self.log);
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
