//! The inbox and the loop that empties it.
//!
//! No Rust borrow that could be in the way is live while JavaScript runs: an event that arrives while
//! another is handled is queued and handled after it; a property read borrows the core for an instant.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use cliffhanger_core::{CallId, Config, Event, Instant, Node, Outcome, Player, Request};
use gloo::timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement, HtmlVideoElement, Performance, Window, console};

use crate::convert::to_node;
use crate::dom::{EventListener, settle};
use crate::feeder::{self, Fetches};
use crate::js::{Ports, get};
use crate::later::{self, Later};
use crate::lazy::{self, Lazy};
use crate::opener::Opener;
use crate::scroll::Scroll;
use crate::stage::Stage;
use crate::strings::{Word, Words};
use crate::video::Video;
use crate::wheel::Wheel;
use crate::{env, keys, net, render, stage, video, wheel};
use cliffhanger_core::text::without_slash;

/// How long a short message stays, in milliseconds.
const TOAST_TIME: u32 = 2_500;

thread_local! {
    /// The players of the page.
    static PLAYERS: RefCell<Vec<Weak<Shell>>> = const { RefCell::new(Vec::new()) };
}

/// One player's shell.
pub(crate) struct Shell {
    me: Weak<Shell>,
    pub(crate) host: HtmlElement,
    pub(crate) window: Window,
    /// Asked at every event.
    pub(crate) clock: Performance,
    pub(crate) document: Document,
    pub(crate) ports: Ports,
    /// Mutably borrowed only while it handles an event, which runs no JavaScript.
    pub(crate) core: RefCell<Player>,
    pub(crate) videos: [Video; 3],
    /// The page's own `<video>`, until the core has decided about it.
    pub(crate) light: RefCell<Option<HtmlVideoElement>>,
    pub(crate) stage: RefCell<Option<Rc<Stage>>>,
    pub(crate) scroll: Scroll,
    pub(crate) wheel: Wheel,
    pub(crate) fetches: Fetches,
    /// The viewer last used a key or a click rather than a swipe.
    pub(crate) by_hand: Cell<bool>,
    pub(crate) words: Words,
    pub(crate) later: Later,
    pub(crate) lazy: Lazy,
    /// The next change of the address is the player's own.
    pub(crate) own_address: Cell<bool>,
    /// The episodes of a long manifest, which the core reads bit by bit.
    pub(crate) list: RefCell<js_sys::Array>,
    inbox: RefCell<Vec<Event>>,
    pumping: Cell<bool>,
    stale: Cell<bool>,
    over: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    armed: Cell<Option<Instant>>,
    calls: RefCell<Vec<(CallId, Function, Function)>>,
    last_call: Cell<u32>,
    warned: RefCell<Vec<String>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl core::fmt::Debug for Shell {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Shell")
    }
}

impl Shell {
    /// A shell that listens, and has told the core about everything but that it is connected.
    pub(crate) fn new(host: HtmlElement, ports: Ports, opener: Option<Opener>) -> Option<Rc<Self>> {
        let document = host.owner_document()?;
        let window = document.default_view()?;
        let clock = window.performance()?;
        let light = host.query_selector(":scope > video").ok().flatten().map(JsCast::unchecked_into::<HtmlVideoElement>);
        // What the element opened is for the first episode, and an early one is always in the first slot.
        let opened = get(&ports, "opened");
        let videos = [Video::new(0, &opened), Video::new(1, &JsValue::NULL), Video::new(2, &JsValue::NULL)];
        let shell = Rc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            host,
            window,
            clock,
            document,
            ports,
            core: RefCell::new(Player::new(Config::default(), Instant(0))),
            videos,
            light: RefCell::new(light),
            stage: RefCell::default(),
            scroll: Scroll::default(),
            wheel: Wheel::default(),
            fetches: Fetches::default(),
            by_hand: Cell::new(false),
            words: Words::default(),
            later: Later::default(),
            lazy: Lazy::default(),
            own_address: Cell::new(false),
            list: RefCell::default(),
            inbox: RefCell::default(),
            pumping: Cell::new(false),
            stale: Cell::new(false),
            over: Cell::new(false),
            timer: RefCell::default(),
            armed: Cell::new(None),
            calls: RefCell::default(),
            last_call: Cell::new(0),
            warned: RefCell::default(),
            listeners: RefCell::default(),
        });
        let player = Player::new(shell.read_config(), env::now(&shell));
        shell.core.replace(player);
        env::attach(&shell);
        for video in &shell.videos {
            video.attach(&shell.me);
        }
        keys::attach(&shell);
        wheel::attach(&shell);
        speak(&shell);
        shell.queue(Event::CanFeed(feeder::can_feed()));
        if let Some(opened) = opener.and_then(|opener| opener.hand_over(get(&opened, "passed").is_truthy())) {
            // The next episodes are asked for in this very turn.
            stage::measure(&shell, shell.host.client_height());
            shell.queue(opened);
        }
        if let Some(light) = shell.light.borrow().as_ref() {
            shell.queue(Event::AdoptionOffered { src: video::source_of(light) });
        }
        PLAYERS.with_borrow_mut(|players| {
            players.retain(|player| player.strong_count() > 0);
            players.push(Weak::clone(&shell.me));
        });
        Some(shell)
    }

    /// Queues an event without handling it yet.
    pub(crate) fn queue(&self, event: Event) {
        self.inbox.borrow_mut().push(event);
    }

    /// Queues an event and, unless one is being handled already, handles all there are.
    pub(crate) fn send(&self, event: Event) {
        self.queue(event);
        self.pump();
    }

    /// For closures: nothing that a browser holds keeps the shell alive.
    pub(crate) fn weak(&self) -> Weak<Shell> {
        Weak::clone(&self.me)
    }

    /// Whether the focus is inside the element.
    pub(crate) fn has_focus(&self) -> bool {
        self.host.matches(":focus-within").unwrap_or(false)
    }

    /// Whether an event is being handled.
    pub(crate) fn is_pumping(&self) -> bool {
        self.pumping.get()
    }

    /// Handles what is in the inbox, unless that is being done already.
    pub(crate) fn pump(&self) {
        if self.over.get() || self.pumping.replace(true) {
            return;
        }
        let Some(me) = self.me.upgrade() else { return };
        loop {
            while let Some(event) = self.take() {
                let now = env::now(self);
                self.catch_up(now, Some(&event));
                let mut effects = self.core.borrow_mut().handle(now, event);
                for effect in effects.drain(..) {
                    crate::effects::perform(&me, effect);
                }
                self.core.borrow_mut().recycle(effects);
            }
            if self.over.get() {
                break;
            }
            if self.stale.replace(false) {
                render::draw(&me);
            }
            self.scroll.follow(self);
            // Drawing moves focus, and that may have queued something.
            if self.inbox.borrow().is_empty() && !self.stale.get() {
                break;
            }
        }
        self.rearm();
        self.pumping.set(false);
    }

    /// Gives the core those of the manifest's episodes that it has to know before it handles `event`, or all of them.
    pub(crate) fn catch_up(&self, now: Instant, event: Option<&Event>) {
        loop {
            let places = self.core.borrow().lacking(now, event);
            if places.is_empty() {
                return;
            }
            let list = self.list.borrow().clone();
            // What cannot be read is null: the core says where that is.
            let part: Vec<Node> = places.map(|at| to_node(&list.get(at as u32)).unwrap_or_default()).collect();
            // While the player draws, a handler of the page may ask for the episodes: it gets those that were read.
            let Ok(mut core) = self.core.try_borrow_mut() else { return };
            core.read_on(now, &part);
            if core.unread().is_empty() {
                self.list.take();
            }
        }
    }

    /// The oldest event. A function of its own, so that the borrow ends here.
    fn take(&self) -> Option<Event> {
        let mut inbox = self.inbox.borrow_mut();
        // Rarely more than a few: a ring buffer would only add to the wasm.
        (!inbox.is_empty()).then(|| inbox.remove(0))
    }

    /// The screen is to be drawn once the inbox is empty.
    pub(crate) fn redraw(&self) {
        self.stale.set(true);
    }

    /// Sets the timer for the moment the core waits for.
    fn rearm(&self) {
        let deadline = if self.over.get() { None } else { self.core.borrow().deadline() };
        // A timer that is early asks again when it has come: with every byte the core waits a little longer.
        if self.armed.get().is_some_and(|armed| deadline.is_none_or(|at| armed <= at)) {
            return;
        }
        self.armed.set(deadline);
        let timer = deadline.map(|at| {
            let wait = at.since(env::now(self)).0.min(3_600_000) as u32;
            let me = Weak::clone(&self.me);
            Timeout::new(wait, move || {
                let Some(shell) = me.upgrade() else { return };
                shell.armed.set(None);
                let deadline = shell.core.borrow().deadline();
                if deadline.is_some_and(|at| at <= env::now(&shell)) {
                    shell.send(Event::Timeout);
                } else {
                    shell.rearm();
                }
            })
        });
        self.timer.replace(timer);
    }

    /// Reads the attributes again.
    pub(crate) fn configure(&self) {
        let config = self.read_config();
        self.send(Event::Configured(Box::new(config)));
    }

    fn read_config(&self) -> Config {
        let (mut config, warnings) = Config::read(&|name| self.host.get_attribute(name));
        config.gate = config.gate.and_then(|gate| net::resolve(self, &gate)).map(|gate| without_slash(&gate).to_owned());
        if config.deep_link {
            config.fragment = Some(env::fragment(self));
        }
        for warning in warnings {
            if !self.warned.borrow().contains(&warning) {
                warn(&warning);
                self.warned.borrow_mut().push(warning);
            }
        }
        config
    }

    /// The document's base URL.
    pub(crate) fn base(&self) -> String {
        self.document.base_uri().ok().flatten().unwrap_or_default()
    }

    /// Sends a request whose answer a promise waits for.
    pub(crate) fn ask(&self, request: Request) -> JsValue {
        let call = CallId(self.last_call.get().wrapping_add(1));
        self.last_call.set(call.0);
        let promise = js_sys::Promise::new(&mut |kept, broken| self.calls.borrow_mut().push((call, kept, broken)));
        if self.over.get() {
            self.resolve(call, &Outcome::Rejected { name: "InvalidStateError", message: "this player has been destroyed".into() });
        }
        self.send(Event::Call { call: Some(call), request });
        promise.into()
    }

    /// Settles the promise of a call.
    pub(crate) fn resolve(&self, call: CallId, outcome: &Outcome) {
        let Some(at) = self.calls.borrow().iter().position(|(id, ..)| *id == call) else { return };
        let (_, kept, broken) = self.calls.borrow_mut().swap_remove(at);
        let _ = match outcome {
            Outcome::Done => kept.call0(&JsValue::UNDEFINED),
            Outcome::Moved(moved) => kept.call1(&JsValue::UNDEFINED, &JsValue::from_bool(*moved)),
            Outcome::Rejected { name, message } => {
                let reason = web_sys::DomException::new_with_message_and_name(message, name);
                broken.call1(&JsValue::UNDEFINED, &reason.map_or(JsValue::UNDEFINED, JsValue::from))
            }
        };
    }

    /// Says something for a moment.
    pub(crate) fn toast(&self, word: Word) {
        let Some(stage) = self.stage() else { return };
        stage.tree.text(stage::TOAST, self.words.get(word));
        stage.tree.flag(stage::TOAST, ".shown", true);
        let me = self.weak();
        stage.toast.replace(Some(Timeout::new(TOAST_TIME, move || {
            if let Some(stage) = me.upgrade().and_then(|shell| shell.stage()) {
                stage.tree.flag(stage::TOAST, ".shown", false);
            }
        })));
    }

    /// Keeps listeners until the end.
    pub(crate) fn keep(&self, guards: Vec<EventListener>) {
        self.listeners.borrow_mut().extend(guards);
    }

    /// The video of a slot.
    pub(crate) fn video(&self, slot: cliffhanger_core::Slot) -> Option<&Video> {
        self.videos.get(usize::from(slot.0))
    }

    /// What is on the screen, once there is something.
    pub(crate) fn stage(&self) -> Option<Rc<Stage>> {
        self.stage.borrow().clone()
    }

    /// Tells the other players of the page that this one started to play.
    pub(crate) fn take_stage(&self) {
        let others: Vec<_> = PLAYERS.with_borrow(|players| players.iter().filter_map(Weak::upgrade).collect());
        for other in others.iter().filter(|other| !core::ptr::eq(other.as_ref(), self)) {
            other.send(Event::OtherPlayerStarted);
        }
    }

    /// Lets go of everything. Nothing is handled any more.
    pub(crate) fn teardown(&self) {
        if self.over.replace(true) {
            return;
        }
        self.inbox.borrow_mut().clear();
        self.timer.replace(None);
        self.scroll.stop();
        self.fetches.stop();
        let guards = self.listeners.take();
        drop(guards);
        for video in &self.videos {
            video.release();
        }
        if let Some(stage) = self.stage.take() {
            stage::clear(&stage.shadow);
        }
        self.light.replace(None);
        PLAYERS.with_borrow_mut(|players| players.retain(|player| !core::ptr::eq(player.as_ptr(), self)));
        for name in cliffhanger_core::surface::STATES {
            let _ = self.ports.set_state(name, false);
        }
        let left: Vec<CallId> = self.calls.borrow().iter().map(|(id, ..)| *id).collect();
        for call in left {
            self.resolve(call, &Outcome::Rejected { name: "AbortError", message: "the player was destroyed".into() });
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.teardown();
    }
}

/// Speaks the page's language as soon as its words have come.
fn speak(shell: &Rc<Shell>) {
    let me = Rc::downgrade(shell);
    settle(
        &get(&shell.ports, "words"),
        Box::new(move |words| {
            let (Some(shell), Some(text)) = (me.upgrade(), words.ok().and_then(|words| words.as_string())) else { return };
            if !shell.words.speak(text) {
                return;
            }
            if let Some(stage) = shell.stage() {
                stage.tree.say(&shell.words);
                stage.offers.take();
            }
            if lazy::ready() {
                later::spoken(&shell);
            }
            shell.redraw();
            shell.pump();
        }),
    );
}

/// `console.warn`, with the name of the product in front.
pub(crate) fn warn(message: &str) {
    console::warn_1(&JsValue::from_str(&["cliffhanger: ", message].concat()));
}
