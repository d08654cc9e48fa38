//! The browser: a clock, three videos, and an inbox between them and the core.

use std::collections::{BinaryHeap, VecDeque};

use cliffhanger_core::event::*;
use cliffhanger_core::feeder::Opening;
use cliffhanger_core::*;

use crate::check::Watch;
use crate::document::Document;
use crate::fetch::Flight;
use crate::fragments;
use crate::host::Host;
use crate::rng::Rng;
use crate::series::series;
use crate::synthetic::Shape;
use crate::truth::Truth;
use crate::video::{Feed, Video};
use crate::weather::{Film, Weather};

/// How the server answers a range request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// With a part of the range, as if that were all.
    Short,
    /// With other bytes than were asked for.
    Wrong,
    /// With a range that begins earlier than was asked for, as servers do that send whole blocks.
    Early,
    /// With a range that begins later.
    Late,
    /// Not at all: refused, or no CORS.
    Refuses,
    /// It takes the request and says nothing.
    Silent,
}

/// How the browser answers `play()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Autoplay {
    /// It plays.
    Allowed,
    /// It plays what is muted.
    MutedOnly,
    /// It waits for a gesture.
    Never,
}

/// A gate: the body of a question in, an answer out, or silence.
pub type Gate = Box<dyn FnMut(&Node) -> Option<Result<(u16, Node), FetchFailure>>>;

/// What happens at a moment to come.
#[derive(Debug)]
pub(crate) enum Job {
    Event(Event),
    Tick(Slot, LoadId),
    Appended(Slot, LoadId),
}

struct Later {
    at: u64,
    number: u64,
    job: Job,
}

impl PartialEq for Later {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Later {}

impl PartialOrd for Later {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Later {
    /// The earliest is the greatest: what a heap gives first.
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

/// A browser with a player in it.
pub struct Browser {
    /// The player.
    pub player: Player,
    /// Milliseconds since the start.
    pub now: u64,
    /// The pool.
    pub videos: [Video; 3],
    /// What was appended before there was a player, until the first slot is given something.
    pub(crate) early: Option<Feed>,
    /// How `play()` is answered.
    pub autoplay: Autoplay,
    /// The document of scenario tests; `never` for one that does not come.
    pub manifest: String,
    /// What was remembered for the series.
    pub stored: Option<String>,
    /// How far episodes were seen, as it was remembered.
    pub marks: Option<String>,
    /// The browser refuses full screen and picture in picture.
    pub refuses: bool,
    /// The picture floats: then a hidden page may play.
    pub(crate) floating: bool,
    /// Answers questions to the gate in scenario tests.
    pub gate: Gate,
    /// Every cancelable event is taken over by the host.
    pub prevent: bool,
    /// Questions the gate was asked.
    pub asks: Vec<AskId>,
    /// The unlock request that was not answered yet.
    pub last_ask: Option<(AskId, Node)>,
    /// URLs that were given to videos.
    pub loads: Vec<String>,
    /// How ranges are answered in scenario tests.
    pub server: Server,
    /// Ranges that were asked for: episode, first byte, end.
    pub ranges: Vec<(u32, u64, u64)>,
    /// Which of them were urgent.
    pub urgent: Vec<bool>,
    /// The addresses they were asked of.
    pub asked: Vec<String>,
    /// Bytes a second in scenario tests; none: everything is there at once.
    pub link: Option<u64>,
    /// How many ranges were given up.
    pub cancelled: usize,
    /// Events the core was given.
    pub events: u64,
    /// What is open, by the simulation's own books.
    pub truth: Truth,
    /// What may go wrong.
    pub weather: Weather,
    pub(crate) hidden: bool,
    pub(crate) connected: bool,
    /// The address of the page's own video.
    pub(crate) offered: String,
    pub(crate) speed: f64,
    pub(crate) config: Config,
    pub(crate) documents: Vec<Document>,
    pub(crate) host: Host,
    /// How far apart the episodes are that the page names.
    pub(crate) stride: u64,
    /// The episodes of the document that was read last.
    pub(crate) list: Vec<Node>,
    pub(crate) flights: Vec<Flight>,
    pub(crate) watch: Watch,
    pub(crate) log: crate::story::Log,
    pub(crate) inbox: VecDeque<Event>,
    later: BinaryHeap<Later>,
    numbered: u64,
    /// The deadline that was last seen, and when the timer for it rings.
    timer: Option<(Instant, u64)>,
    /// Deadlines in a row that did not move on.
    stuck: u32,
}

impl Browser {
    /// A series of `count` episodes, of which `free` are free, in a browser in which nothing has happened yet.
    #[must_use]
    pub fn new(mode: &str, count: usize, free: u32, config: Config) -> Self {
        let config = Config { src: Some("main.json".into()), ..config };
        let mut browser = Self::with(config, Weather::still(), vec![Document::plain(mode, count, free)]);
        browser.manifest = series(mode, count, free as usize);
        browser.send(Event::Later);
        browser
    }

    /// Every episode is a file of this shape.
    #[must_use]
    pub fn with_file(mut self, shape: &Shape) -> Self {
        self.weather.film = Film::of(shape);
        self
    }

    /// Before there was a player the first `bytes` of the file at `url` came, and what could be made of them was appended.
    /// If the viewer `passed`, they have swiped on since.
    pub fn open_early(&mut self, url: &str, bytes: usize, passed: bool) {
        let film = self.weather.film.clone();
        let mut opening = Opening::default();
        let part = film.bytes.get(..bytes).unwrap_or(&film.bytes);
        opening.answered(Instant(0), Instant(0));
        if !opening.push(Instant(0), part, Some(film.bytes.len() as u64)) {
            return;
        }
        let mut feed = Feed { open: true, described: opening.describe().is_some(), ..Feed::default() };
        while let Some([video, _]) = opening.take() {
            feed.take(&fragments::spans(&video, film.fps), false);
        }
        self.early = Some(feed);
        self.send(Event::Opened { url: url.into(), opening: Box::new(opening), passed });
    }

    pub(crate) fn with(config: Config, weather: Weather, documents: Vec<Document>) -> Self {
        Self {
            player: Player::new(config.clone(), Instant(0)),
            now: 0,
            videos: Default::default(),
            early: None,
            autoplay: Autoplay::Allowed,
            manifest: String::new(),
            stored: None,
            marks: None,
            refuses: false,
            floating: false,
            gate: Box::new(|_| Some(Ok((402, crate::json(r#"{"code":"locked","reason":"beyond-free"}"#))))),
            prevent: false,
            asks: Vec::new(),
            last_ask: None,
            loads: Vec::new(),
            server: Server::Ranges,
            ranges: Vec::new(),
            urgent: Vec::new(),
            asked: Vec::new(),
            link: None,
            cancelled: 0,
            events: 0,
            truth: Truth::new(&config),
            weather,
            hidden: false,
            connected: false,
            offered: String::new(),
            speed: 1.0,
            config,
            documents,
            host: Host::default(),
            stride: 1,
            list: Vec::new(),
            flights: Vec::new(),
            watch: Watch::default(),
            log: crate::story::Log::default(),
            inbox: VecDeque::new(),
            later: BinaryHeap::new(),
            numbered: 0,
            timer: None,
            stuck: 0,
        }
    }

    /// Connected, manifest read, first episode ready to play through.
    #[must_use]
    pub fn started(mode: &str, count: usize, free: u32, config: Config) -> Self {
        let mut browser = Self::new(mode, count, free, config);
        browser.send(Event::Wall(WallMs(1_795_000_000_000)));
        browser.send(Event::Connected(true));
        browser.buffer_all();
        browser.send(Event::News(News::Ready { full: true, float: true }));
        browser
    }

    pub(crate) fn rng(&mut self) -> &mut Rng {
        &mut self.weather.rng
    }

    /// Hands an event to the core, does what it asks for, and goes on with what comes of that.
    pub fn send(&mut self, event: Event) {
        self.inbox.push_back(event);
        self.settle();
    }

    pub(crate) fn settle(&mut self) {
        while let Some(event) = self.inbox.pop_front() {
            self.deliver(event);
        }
    }

    fn deliver(&mut self, mut event: Event) {
        self.events += 1;
        self.shorten(&mut event);
        self.note_event(&event);
        self.hear(&event);
        self.catch_up(&event);
        let mut effects = self.player.handle(Instant(self.now), event);
        if self.player.is_ready() {
            self.truth.ready(self.now);
        }
        for effect in effects.drain(..) {
            self.perform(effect);
        }
        self.player.recycle(effects);
        self.check();
    }

    /// What the model itself learns from an event.
    fn hear(&mut self, event: &Event) {
        self.watch.before(event);
        match event {
            Event::Hidden(hidden) => self.hidden = *hidden,
            Event::News(News::Screen(Screen::Float, on)) => self.floating = *on,
            Event::AdoptionOffered { src } => self.offered.clone_from(src),
            Event::Connected(connected) => self.connected = *connected,
            Event::Configured(config) => {
                self.truth.configured(&self.config, config);
                self.config = (**config).clone();
            }
            Event::Media { slot, load, signal } => {
                let video = &mut self.videos[slot.0 as usize];
                if video.load == Some(*load) {
                    video.told.hear(signal);
                    video.adopting &= !matches!(signal, Signal::VolumeChanged { .. });
                }
            }
            Event::Fetched { fetch, part } => self.flew(*fetch, part),
            _ => {}
        }
        self.truth.hear(self.now, event, self.player.is_ready());
    }

    /// Something the viewer does.
    pub fn viewer(&mut self, action: Action) {
        self.send(Event::Viewer(action));
    }

    /// Something the host asks, without waiting for the answer.
    pub fn host(&mut self, request: Request) {
        self.send(Event::Call { call: None, request });
    }

    /// A swipe that comes to rest at once.
    pub fn swipe(&mut self, by: i64) {
        let slide = usize::try_from(self.player.view().current as i64 + by).unwrap_or(0);
        self.viewer(Action::Scrolled { slide, settled: false });
        self.viewer(Action::Scrolled { slide, settled: true });
    }

    /// Answers of a server that had a fault when it was asked do not come any more.
    pub(crate) fn forget_refusals(&mut self) {
        let refusal = |job: &Job| match job {
            Job::Event(Event::Fetched { part: Part::Head { status, .. }, .. }) => *status >= 400,
            Job::Event(Event::Probed { status, .. }) => !matches!(status, Some(200 | 206)),
            _ => false,
        };
        self.later.retain(|later| !refusal(&later.job));
    }

    pub(crate) fn later(&mut self, at: u64, job: Job) {
        self.numbered += 1;
        self.later.push(Later { at, number: self.numbered, job });
    }

    /// An event that comes after so many milliseconds.
    pub(crate) fn post(&mut self, after: u64, event: Event) {
        if after == 0 { self.inbox.push_back(event) } else { self.later(self.now + after, Job::Event(event)) }
    }

    /// Advances the clock; everything that falls due happens, and the player is woken whenever it asked to be.
    pub fn wait(&mut self, millis: u64) {
        let end = self.now + millis;
        loop {
            let job = self.later.peek().map(|later| later.at);
            let timer = self.timer();
            let Some(at) = job.into_iter().chain(timer).min().filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            if job == Some(at) {
                let due = self.later.pop().expect("it was seen");
                self.run(due.job);
            } else {
                self.timer = None;
                self.send(Event::Timeout);
                let behind = self.player.deadline().is_some_and(|deadline| deadline.0 <= self.now);
                self.stuck = if behind { self.stuck + 1 } else { 0 };
                assert!(self.stuck < 8, "the deadline does not move on from {:?}", self.player.deadline());
            }
        }
        self.now = end;
    }

    /// When the player's timer rings: timers are a little late, and those of hidden pages more so.
    fn timer(&mut self) -> Option<u64> {
        let deadline = self.player.deadline()?;
        if let Some((seen, rings)) = self.timer
            && seen == deadline
        {
            return Some(rings);
        }
        let late = match (self.weather.alive, self.hidden) {
            (false, _) => 0,
            (true, false) => self.weather.rng.below(8),
            (true, true) => self.weather.rng.below(1_000),
        };
        let rings = deadline.0.max(self.now) + late;
        self.timer = Some((deadline, rings));
        Some(rings)
    }

    fn run(&mut self, job: Job) {
        match job {
            Job::Event(event) => {
                if let Event::Media { slot, load, .. } = &event {
                    let video = &mut self.videos[slot.0 as usize];
                    if video.load == Some(*load) {
                        video.queued = video.queued.saturating_sub(1);
                    }
                }
                if self.is_true_still(&event) {
                    self.inbox.push_back(event);
                }
            }
            Job::Tick(slot, load) => self.tick(slot, load),
            Job::Appended(slot, load) => self.append_done(slot, load),
        }
        self.settle();
    }

    /// The shell tells what is so when an event comes, however late that is.
    fn is_true_still(&self, event: &Event) -> bool {
        let Event::Media { slot, load, signal } = event else { return true };
        let video = &self.videos[slot.0 as usize];
        video.load != Some(*load)
            || match signal {
                Signal::Playing => video.playing,
                Signal::Paused | Signal::Ended | Signal::PlayRefused => !video.playing,
                _ => true,
            }
    }

    /// A video reports something.
    pub fn signal(&mut self, slot: u8, signal: Signal) {
        if let Some(load) = self.videos[slot as usize].load {
            self.send(Event::Media { slot: Slot(slot), load, signal });
        }
    }

    /// Everything that has a source arrives completely, also what gets one because of that.
    pub fn buffer_all(&mut self) {
        for _ in 0..3 {
            for slot in 0..3 {
                let Some(load) = self.videos[slot as usize].load.filter(|_| !self.videos[slot as usize].through) else { continue };
                let video = &mut self.videos[slot as usize];
                video.through = true;
                video.buffered = 10.0;
                let time = Seconds::new(video.time);
                let all = [
                    Signal::Metadata { duration: Seconds::new(10.0) },
                    Signal::FirstData { width: 720 },
                    Signal::Painted,
                    Signal::Progress { time, buffered_to: Seconds::new(10.0) },
                    Signal::CanPlayThrough,
                ];
                for signal in all {
                    // The source may be another one by now.
                    self.send(Event::Media { slot: Slot(slot), load, signal });
                }
            }
        }
    }

    /// The current episode has come so far.
    pub fn play_to(&mut self, time: f64) {
        let slot = self.player.current_slot().0;
        self.videos[slot as usize].time = time;
        let buffered_to = Seconds::new(self.videos[slot as usize].buffered);
        self.signal(slot, Signal::Progress { time: Seconds::new(time), buffered_to });
    }

    /// The current episode ends.
    pub fn end(&mut self) {
        self.play_to(10.0);
        let slot = self.player.current_slot().0;
        self.videos[slot as usize].playing = false;
        self.signal(slot, Signal::Ended);
    }

    /// Which episode is current, from 1.
    #[must_use]
    pub fn current(&self) -> usize {
        self.player.view().current + 1
    }

    /// Every episode is the same file of so many bytes.
    #[must_use]
    pub fn file_size(&self) -> u64 {
        self.weather.film.bytes.len() as u64
    }
}
