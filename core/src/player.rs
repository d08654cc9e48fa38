//! The state machine. [`Player::handle`] takes one event, changes the state, and then brings what is loaded, what
//! plays and what is shown into line with it ([`Player::reconcile`]): every rule stands in one place, whatever led
//! to it.

mod calls;
mod describe;
mod feed;
#[cfg_attr(cliffhanger_unfed, path = "player/unfed.rs")]
mod feeding;
mod gate;
pub(crate) mod later;
mod loads;
mod media;
mod paywall;
mod playback;
mod reading;
mod screen;
mod slots;
mod start;
mod viewer;

use crate::access::Grant;
use crate::config::Config;
use crate::effect::{Effect, Effects};
use crate::event::{Action, AskId, CallId, Event, Key, LoadId, Request, Signal, Slot};
use crate::fault::Fault;
use crate::manifest::Manifest;
use crate::shop::{News, Shop};
use crate::surface::{Access, Cause, EventName, Reason};
use crate::time::{Instant, Seconds, WallMs};

use gate::GateMemory;
use paywall::Sheet;
use slots::SlotState;
use start::Stage;
use viewer::Viewer;

/// One player.
#[derive(Debug)]
pub struct Player {
    config: Config,
    now: Instant,
    /// The wall clock, and when it was told.
    wall: Option<(WallMs, Instant)>,
    stage: Stage,
    manifest: Manifest,
    reading: reading::Reading,
    /// Leave to watch, by index of the episode.
    grants: Vec<(usize, Grant)>,
    gate: Vec<GateMemory>,
    /// Index of the current episode.
    current: usize,
    /// The slide around which the others stand: the current one as soon as scrolling has come to rest there. While a
    /// fling is under way nothing appears beyond the slide it goes to, so that it cannot go further.
    anchor: usize,
    /// The slide that is being uncovered by a finger that may still go back.
    peeked: Option<usize>,
    /// When it became current.
    arrived: Instant,
    /// Its access as last told to the host.
    told_access: Access,
    slots: [SlotState; 3],
    feeding: feeding::Feeding,
    want: Want,
    /// The browser allows no sound until the viewer asks for it.
    forced_mute: bool,
    /// Viewer or host has said something about sound: then nobody needs to be told that there is none.
    sound_settled: bool,
    /// The browser does not let it start at all without a tap.
    play_prompt: bool,
    /// The page or the viewer has asked for playback once: later episodes start by themselves.
    started: bool,
    /// When an unmuted attempt was last made on a running video.
    unmuted_at: Option<Instant>,
    /// When the browser last paused by itself.
    paused_by_browser: Option<Instant>,
    sheet: Sheet,
    /// Taps on the video before this moment were meant for the sheet that has just gone.
    deaf_until: Instant,
    trouble: Option<Trouble>,
    /// The last episode has ended and its end screen is up.
    over: bool,
    visit: Visit,
    adoption: Option<String>,
    /// The viewer swiped on from the first episode before there was a player.
    passed: bool,
    waiting_play: Vec<CallId>,
    held: Vec<(Option<CallId>, Request)>,
    unlocks: Vec<(AskId, usize)>,
    /// [`later`] may be called.
    later: bool,
    /// Made when it is first needed.
    shop: Option<Box<Shop>>,
    /// When the shop is to be told, and whether it waits for an answer: as it last said.
    shop_wake: Option<Instant>,
    shop_busy: bool,
    /// Episodes unlocked without a tap since the viewer last did anything.
    unattended: u32,
    /// The gate has refused the viewer's token, and it was forgotten.
    signed_out: bool,
    first_frames: Vec<describe::FirstFrame>,
    warned_free_count: bool,
    connected: bool,
    disconnected_at: Option<Instant>,
    /// Out of the document for so long that the sources were let go.
    released: bool,
    hidden: bool,
    online: bool,
    frugal: bool,
    /// What the link says of itself; `frugal` is also true when the viewer asks for it.
    link_frugal: bool,
    /// Height of the player in device pixels; more than any video has while unknown.
    pixels: u32,
    viewer: Viewer,
    /// What can wait, once the shell has it.
    extras: Option<Box<later::extras::Extras>>,
    extra_deadline: Option<Instant>,
    /// Where the remembered episode went on, until that has been said.
    resumed: Option<Seconds>,
    /// The picture floats over other windows: a hidden page may play.
    floating: bool,
    last_load: u32,
    last_ask: u32,
    fx: Effects,
}

/// What the viewer wants, whatever the browser allows.
#[derive(Clone, Copy, Debug)]
struct Want {
    play: bool,
    muted: bool,
    volume: f64,
    rate: f64,
}

/// What keeps the current episode from playing.
#[derive(Clone, Debug)]
struct Trouble {
    fault: Fault,
    can_retry: bool,
}

/// What has been told of the current episode since the viewer came to it.
#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    /// Quartiles told, as a bit mask.
    quartiles: u8,
    first_frame: bool,
    preloaded: bool,
    /// Whole seconds last remembered.
    remembered: u64,
}

impl Player {
    /// A player that has done nothing yet: it starts with `Event::Connected(true)`.
    #[must_use]
    pub fn new(config: Config, now: Instant) -> Self {
        Self {
            want: Want { play: config.autoplay, muted: config.muted, volume: 1.0, rate: 1.0 },
            started: config.autoplay,
            config,
            now,
            wall: None,
            stage: Stage::Idle,
            manifest: Manifest::default(),
            reading: reading::Reading::default(),
            grants: Vec::new(),
            gate: Vec::new(),
            current: 0,
            anchor: 0,
            peeked: None,
            deaf_until: now,
            arrived: now,
            told_access: Access::Checking,
            slots: Default::default(),
            feeding: feeding::Feeding::default(),
            forced_mute: false,
            sound_settled: false,
            play_prompt: false,
            unmuted_at: None,
            paused_by_browser: None,
            sheet: Sheet::None,
            trouble: None,
            over: false,
            visit: Visit::default(),
            adoption: None,
            passed: false,
            waiting_play: Vec::new(),
            held: Vec::new(),
            unlocks: Vec::new(),
            later: false,
            shop: None,
            shop_wake: None,
            shop_busy: false,
            unattended: 0,
            signed_out: false,
            first_frames: Vec::new(),
            warned_free_count: false,
            connected: false,
            disconnected_at: None,
            released: false,
            hidden: false,
            online: true,
            frugal: false,
            link_frugal: false,
            pixels: u32::MAX,
            viewer: Viewer::default(),
            extras: None,
            extra_deadline: None,
            resumed: None,
            floating: false,
            last_load: 0,
            last_ask: 0,
            fx: Vec::new(),
        }
    }

    /// Total: never fails, never panics. One event in, the ordered effects out.
    ///
    /// `now` never runs backwards: an earlier instant counts as the latest one seen.
    #[must_use]
    pub fn handle(&mut self, now: Instant, event: Event) -> Effects {
        self.now = self.now.max(now);
        if matches!(self.stage, Stage::Destroyed) {
            if let Event::Call { call, .. } = event {
                self.reject(call, "InvalidStateError", "this player has been destroyed");
            }
            return core::mem::take(&mut self.fx);
        }
        let quiet = matches!(
            event,
            Event::Fetched { .. } | Event::Media { signal: Signal::SourceOpen | Signal::Appended | Signal::Buffered(_), .. }
        );
        self.take(event);
        if !matches!(self.stage, Stage::Destroyed) {
            self.reconcile(quiet);
        }
        core::mem::take(&mut self.fx)
    }

    /// Takes back the list that [`Player::handle`] gave, so that most events allocate nothing.
    pub fn recycle(&mut self, mut effects: Effects) {
        if self.fx.capacity() == 0 {
            effects.clear();
            self.fx = effects;
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Configured(config) => self.configure(*config),
            Event::Wall(wall) => self.wall = Some((wall, self.now)),
            Event::AdoptionOffered { src } => self.adoption = Some(src),
            Event::Manifest { ask, base, body, more } => self.manifest_answered(ask, base, body, more),
            Event::Recalled(value) => self.recalled(value.as_deref()),
            Event::Call { call, request } => self.call(call, request),
            Event::Viewer(action) => self.act(action),
            Event::Media { slot, load, signal } => {
                // The one place where stale signals are dropped.
                if self.slot(slot).load == Some(load) {
                    self.signal(slot, signal);
                }
            }
            Event::CanFeed(able) => self.feeding.able = able,
            Event::Opened { url, opening, passed } => {
                self.passed = passed;
                self.opened(url, *opening);
            }
            Event::Fetched { fetch, part } => self.fetched(fetch, part),
            Event::Probed { load, status } => self.probed(load, status),
            Event::Gate { ask, reply } => self.gate_answered(ask, reply),
            Event::Unlock { ask, reply } => self.tell_later(News::Unlock(ask, reply)),
            Event::Later => {
                if !core::mem::replace(&mut self.later, true) {
                    self.rearm_sheet();
                    self.tell_later(News::Came);
                }
            }
            Event::Shop(told) => self.tell_later(News::Told(told)),
            Event::Dispatched { notice, prevented } => self.dispatched(notice, prevented),
            Event::Hidden(hidden) => self.set_hidden(hidden),
            Event::Connected(connected) => self.set_connected(connected),
            Event::Online(online) => self.set_online(online),
            Event::Frugal(frugal) => {
                self.link_frugal = frugal;
                self.frugal = frugal || self.viewer.prefs.saver;
            }
            Event::Pixels(pixels) => self.pixels = pixels,
            Event::Preferred(text) => self.preferred(&text),
            Event::Fragment(fragment) => self.follow_link(&fragment),
            Event::OtherPlayerStarted => self.want.play = false,
            Event::News(news) => crate::later::take(self, news),
            Event::Timeout => self.tick(),
        }
    }

    fn act(&mut self, action: Action) {
        if let Action::Retry = action {
            return self.retry();
        }
        if !self.is_ready() {
            return;
        }
        self.unattended = 0;
        match action {
            Action::Scrolled { slide, settled } => self.scrolled(slide, settled),
            Action::Step { step, cause } => {
                self.step(step, cause);
            }
            Action::Peeked(slide) => self.peeked = slide,
            Action::Tap => self.tap(),
            Action::Key(Key::PlayPause) | Action::TogglePlay => self.toggle_play(),
            Action::Key(Key::Mute) | Action::ToggleSound => self.toggle_sound(),
            Action::Key(Key::SeekForward) => self.seek_by(5.0),
            Action::Key(Key::SeekBack) => self.seek_by(-5.0),
            Action::Key(Key::Escape) | Action::Dismiss => self.dismiss_top(),
            Action::Scrub(to) => self.seek(to),
            Action::Shop(action, true) => self.tell_later(News::Tapped(action)),
            Action::Choose { offer, trusted: true } => self.tell_later(News::Picked(offer)),
            // Synthetic clicks do nothing.
            Action::Shop(_, false) | Action::Choose { .. } => {}
            Action::Replay => self.replay(),
            Action::Hold(on) => self.hold(on),
            Action::Arrived | Action::Retry => {}
            later => crate::later::act(self, later),
        }
    }

    /// Brings loads, playback, paywall and screen into line with the state.
    fn reconcile(&mut self, quiet: bool) {
        if self.is_ready() {
            self.watch_grants();
            self.ask_gate_if_needed();
            self.tell_access();
            self.reconcile_sheet();
            self.reconcile_loads();
            self.reconcile_feeding();
            self.reconcile_playback();
        }
        if !quiet && self.extras.is_some() {
            crate::later::reconcile(self);
        }
        // Bytes come many times a second, and most of them change nothing on the screen.
        let bytes_only = |effect: &Effect| {
            matches!(
                effect,
                Effect::Fetch { .. }
                    | Effect::CancelFetch { .. }
                    | Effect::Append { .. }
                    | Effect::Describe { .. }
                    | Effect::EndOfStream { .. }
            )
        };
        if !quiet || !self.fx.iter().all(bytes_only) {
            self.push(Effect::Redraw);
        }
        // A slide can be scrolled to only after it has been drawn in its place; of several, only the last matters.
        let mut last = None;
        self.fx.retain(|effect| match effect {
            Effect::Scroll { slide, smooth } => {
                last = Some((*slide, *smooth && last.is_none()));
                false
            }
            _ => true,
        });
        if let Some((slide, smooth)) = last {
            self.push(Effect::Scroll { slide, smooth });
        }
    }

    /// When the shell should next send `Event::Timeout`; `None` when nothing is awaited.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if matches!(self.stage, Stage::Destroyed) {
            return None;
        }
        [
            self.stage_deadline(),
            self.reading_deadline(),
            self.posters_deadline(),
            self.media_deadline(),
            self.sheet_deadline(),
            self.grant_deadline(),
            self.gate_deadline(),
            self.feeding_deadline(),
            self.viewer_deadline(),
            self.shop_wake,
            self.extra_deadline,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn tick(&mut self) {
        self.stage_tick();
        self.media_tick();
        self.feeding_tick();
        self.gate_tick();
        self.viewer_tick();
        if self.shop_wake.is_some_and(|at| self.now >= at) {
            self.tell_later(News::Tick);
        }
    }

    // --- small things everybody uses ---

    fn push(&mut self, effect: Effect) {
        self.fx.push(effect);
    }

    fn notify(&mut self, name: EventName, detail: crate::Node) {
        self.push(Effect::Notify { name, detail, cancelable: None });
    }

    fn tell(&mut self, fault: &Fault) {
        self.notify(EventName::Error, fault.detail());
    }

    fn new_load(&mut self) -> LoadId {
        self.last_load = self.last_load.wrapping_add(1);
        LoadId(self.last_load)
    }

    fn new_ask(&mut self) -> AskId {
        self.last_ask = self.last_ask.wrapping_add(1);
        AskId(self.last_ask)
    }

    // Small, and called everywhere: every copy would be paid for in the wasm.
    #[inline(never)]
    fn slot(&self, slot: Slot) -> &SlotState {
        let [a, b, c] = &self.slots;
        match slot.0 {
            0 => a,
            1 => b,
            _ => c,
        }
    }

    #[inline(never)]
    fn slot_mut(&mut self, slot: Slot) -> &mut SlotState {
        let [a, b, c] = &mut self.slots;
        match slot.0 {
            0 => a,
            1 => b,
            _ => c,
        }
    }

    fn here(&self) -> Slot {
        Slot::of(self.current)
    }

    fn wall_now(&self) -> Option<WallMs> {
        self.wall.map(|(wall, at)| WallMs(wall.0.saturating_add(self.now.since(at).0)))
    }

    fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
        if hidden {
            // Some systems pause the video just before they hide the page: that was not the viewer.
            if self.paused_by_browser.take().is_some_and(|at| self.now.since(at).0 < 500) {
                self.want.play = true;
            }
            self.remember();
        } else {
            self.tell_later(News::Back);
            // It may have been bought in another tab.
            self.forget_denial(self.current);
        }
    }

    fn set_connected(&mut self, connected: bool) {
        self.connected = connected;
        self.disconnected_at = (!connected).then_some(self.now);
        if connected {
            self.released = false;
        }
        if connected && matches!(self.stage, Stage::Idle) {
            self.fetch_manifest();
        }
        if !connected {
            self.remember();
        }
    }

    fn set_online(&mut self, online: bool) {
        let back = online && !self.online;
        self.online = online;
        if back {
            self.tell_later(News::Back);
        }
        if back && (self.trouble.as_ref().is_some_and(|t| t.can_retry) || self.stage_can_retry()) {
            self.retry();
        }
    }

    /// Access to the episode at `index`, and why it is locked.
    fn access_at(&self, index: usize) -> (Access, Option<Reason>) {
        let Some(episode) = self.manifest.episodes.get(index) else { return (Access::Locked, Some(Reason::Locked)) };
        let grant = self.grants.iter().find(|(i, _)| *i == index).map(|(_, grant)| grant);
        if grant.is_some_and(|g| g.holds(self.now)) {
            return (Access::Granted, None);
        }
        match crate::access::judge(&self.manifest.access, self.free_count(), episode, self.wall_now()) {
            crate::access::Verdict::Free => (Access::Free, None),
            crate::access::Verdict::Locked(reason) => {
                let reason = if grant.is_some() { Reason::Expired } else { reason };
                self.gate_access(index, reason)
            }
        }
    }

    fn access_here(&self) -> Access {
        self.access_at(self.current).0
    }

    fn open_at(&self, index: usize) -> bool {
        index < self.manifest.episodes.len() && self.access_at(index).0.is_open()
    }

    /// The free count in force.
    fn free_count(&self) -> u32 {
        match (self.manifest.access.mode, self.config.free_episodes) {
            (crate::manifest::Mode::Gate, _) | (_, None) => self.manifest.access.free_episodes,
            (_, Some(count)) => count,
        }
    }

    fn tell_access(&mut self) {
        let access = self.access_here();
        if access != self.told_access {
            self.told_access = access;
            let detail = crate::Node::map([("episode", self.describe_episode(self.current)), ("access", access.name().into())]);
            self.notify(EventName::AccessChange, detail);
        }
    }

    fn came_from_viewer(cause: Cause) -> bool {
        matches!(cause, Cause::Swipe | Cause::Key | Cause::Wheel | Cause::Button)
    }
}
