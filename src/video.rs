//! The three pooled `<video>` elements, and the page's own one when it is adopted into a slot.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use cliffhanger_core::{Event, LoadId, Preload, Seconds, Signal, Slot};
use wasm_bindgen::prelude::*;
use web_sys::{EventTarget, HtmlVideoElement, MediaSource, MediaSourceReadyState, SourceBuffer, Url};

use crate::dom::{self, EventListener, on, settle};
use crate::feeder::Feed;
use crate::js::{FrameVideo, create_element, get};
use crate::shell::Shell;

/// `HTMLMediaElement.HAVE_METADATA` and so on.
const HAVE_METADATA: u16 = 1;
const HAVE_CURRENT_DATA: u16 = 2;
const HAVE_FUTURE_DATA: u16 = 3;
/// Playing this long without word of a painted frame means that the browser does not tell, in seconds.
const SURELY_PAINTED: f64 = 0.25;

const EVENTS: [&str; 15] = [
    "loadedmetadata",
    "durationchange",
    "loadeddata",
    "canplaythrough",
    "timeupdate",
    "progress",
    "playing",
    "pause",
    "waiting",
    "seeking",
    "seeked",
    "ended",
    "error",
    "ratechange",
    "volumechange",
];

/// The video of one slot, for life.
pub(crate) struct Video {
    slot: Slot,
    pooled: HtmlVideoElement,
    /// What was opened in it before there was a player, until it is given a source.
    early: RefCell<Option<Early>>,
    /// The page's own video, when this slot adopted it: then the pooled one stays unused.
    light: RefCell<Option<HtmlVideoElement>>,
    load: Cell<Option<LoadId>>,
    /// The last command was to play: a `pause` now is the browser's own.
    asked: Cell<bool>,
    painted: Cell<bool>,
    started_at: Cell<f64>,
    /// Where its media comes from, unless the browser fetches a plain `src` itself.
    feed: RefCell<Option<Rc<Feed>>>,
    /// Stops the script that plays HLS into it.
    hls: RefCell<Option<js_sys::Function>>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Video {
    /// A video without a source, or one in which a media source was `opened` while the wasm was on its way.
    pub(crate) fn new(slot: u8, opened: &JsValue) -> Self {
        let source = get(opened, "source");
        // Its class may be one that only iPhones have.
        let early = (!source.is_undefined()).then(|| Early {
            source: source.unchecked_into(),
            buffers: js_sys::Array::from(&get(opened, "buffers")).iter().map(JsCast::unchecked_into).collect(),
        });
        let pooled: HtmlVideoElement = match &early {
            Some(_) => get(opened, "video").unchecked_into(),
            None => create_element("video").unchecked_into(),
        };
        for (name, value) in [
            ("class", "pooled"),
            ("part", "video"),
            ("playsinline", ""),
            ("webkit-playsinline", ""),
            // WeChat's X5 engine takes other values for full screen.
            ("x5-video-player-type", "h5-page"),
            ("disableremoteplayback", ""),
            ("preload", "none"),
            ("tabindex", "-1"),
        ] {
            dom::put(&pooled, name, value);
        }
        Self {
            slot: Slot(slot),
            pooled,
            early: RefCell::new(early),
            light: RefCell::default(),
            load: Cell::new(None),
            asked: Cell::new(false),
            painted: Cell::new(false),
            started_at: Cell::new(f64::INFINITY),
            feed: RefCell::default(),
            hls: RefCell::default(),
            on_frame: RefCell::default(),
            listeners: RefCell::default(),
        }
    }

    /// Starts to listen.
    pub(crate) fn attach(&self, shell: &Weak<Shell>) {
        let me = Weak::clone(shell);
        let slot = self.slot;
        self.on_frame.replace(Some(Closure::new(move || {
            if let Some(shell) = me.upgrade() {
                painted(&shell, slot);
            }
        })));
        self.listen(shell, &self.pooled);
    }

    fn listen(&self, shell: &Weak<Shell>, element: &EventTarget) {
        let guards: Vec<_> = EVENTS.iter().map(|name| on(shell, element, name, self.slot.0, on_event)).collect();
        self.listeners.replace(guards);
    }

    /// The element that plays for this slot.
    pub(crate) fn element(&self) -> HtmlVideoElement {
        self.light.borrow().as_ref().unwrap_or(&self.pooled).clone()
    }

    /// The pooled element, for its slide.
    pub(crate) fn pooled(&self) -> &HtmlVideoElement {
        &self.pooled
    }

    /// 0, 1 or 2.
    pub(crate) fn number(&self) -> u8 {
        self.slot.0
    }

    /// Whether the page's own video plays for this slot.
    pub(crate) fn is_adopted(&self) -> bool {
        self.light.borrow().is_some()
    }

    /// Gives the video a source.
    pub(crate) fn load(&self, shell: &Shell, load: LoadId, url: &str, hls: bool, preload: Preload) {
        let element = self.element();
        self.strip(&element);
        match shell.host.get_attribute("crossorigin") {
            Some(mode) => dom::put(&element, "crossorigin", &mode),
            // The page's own video keeps what the page gave it.
            None if self.is_adopted() => {}
            None => {
                let _ = element.remove_attribute("crossorigin");
            }
        }
        element.set_preload(preload.name());
        let played = if hls { shell.ports.play_hls(&element, url).unwrap_or_default() } else { None };
        if played.is_none() {
            element.set_src(url);
        }
        self.hls.replace(played);
        self.load.set(Some(load));
        self.watch_frames();
    }

    /// Gives the video a `MediaSource`, to be filled by the core. One that has been filled already goes on when it is `opened` with the episode.
    pub(crate) fn feed_with(&self, shell: &Rc<Shell>, load: LoadId, opened: bool) {
        let element = self.element();
        let early = self.early.borrow_mut().take_if(|early| opened || early.buffers.is_empty()).filter(|_| !self.is_adopted());
        if early.is_none() {
            self.strip(&element);
        }
        element.set_preload(Preload::Auto.name());
        self.load.set(Some(load));
        let was_open = early.as_ref().is_some_and(|early| early.source.ready_state() == MediaSourceReadyState::Open);
        // What went wrong before anybody listened is not told again; and what is gone on with must be there.
        let was_refused = early.as_ref().map_or(opened, |_| element.error().is_some());
        match Feed::open(&shell.weak(), self.slot, &element, early) {
            Some(feed) if !was_refused => {
                self.feed.replace(Some(Rc::clone(&feed)));
                if was_open {
                    self.report(shell, Signal::SourceOpen);
                }
                if opened {
                    self.tell_all(shell);
                    feed.take_over(shell);
                } else {
                    self.watch_frames();
                }
            }
            _ => self.report(shell, Signal::FeedRefused),
        }
    }

    /// What fills it, when it is filled by the core.
    pub(crate) fn feed(&self) -> Option<Rc<Feed>> {
        self.feed.borrow().clone()
    }

    /// Takes the source away and frees what it held.
    pub(crate) fn unload(&self) {
        let element = self.element();
        self.strip(&element);
        element.load();
    }

    fn strip(&self, element: &HtmlVideoElement) {
        self.load.set(None);
        self.asked.set(false);
        self.painted.set(false);
        self.started_at.set(f64::INFINITY);
        self.let_go();
        if self.early.take().is_some() {
            let _ = Url::revoke_object_url(&element.src());
        }
        empty(element);
    }

    /// Ends whatever fetches for it.
    fn let_go(&self) {
        self.feed.take();
        if let Some(stop) = self.hls.take() {
            let _ = stop.call0(&JsValue::UNDEFINED);
        }
    }

    fn watch_frames(&self) {
        if let Some(callback) = self.on_frame.borrow().as_ref() {
            let element = self.element();
            // Missing in old browsers; then `timeupdate` has to do.
            let _ = element.unchecked_ref::<FrameVideo>().request_video_frame_callback(callback.as_ref());
        }
    }

    /// Calls `play()`.
    pub(crate) fn play(&self, shell: &Rc<Shell>) {
        self.asked.set(true);
        let load = self.load.get();
        let Ok(promise) = self.element().play() else { return };
        if promise.is_undefined() {
            return;
        }
        let me = Rc::downgrade(shell);
        let slot = self.slot;
        settle(
            &promise,
            Box::new(move |result| {
                let Some(shell) = me.upgrade() else { return };
                let Some(video) = shell.video(slot) else { return };
                if load != video.load.get() {
                    return;
                }
                match result {
                    Ok(_) if video.is_moving() => video.report(&shell, Signal::Playing),
                    // A later call may have been allowed by now.
                    Err(reason) if name_of(&reason) == "NotAllowedError" && video.element().paused() => {
                        video.asked.set(false);
                        video.report(&shell, Signal::PlayRefused);
                    }
                    // AbortError is normal on quick swipes; other faults come as an `error` event.
                    _ => {}
                }
            }),
        );
    }

    /// Calls `pause()`.
    pub(crate) fn pause(&self) {
        self.asked.set(false);
        let _ = self.element().pause();
    }

    /// How it stands, in the order in which a load would have told it.
    fn tell_all(&self, shell: &Rc<Shell>) {
        for name in ["loadedmetadata", "loadeddata", "canplaythrough"] {
            tell(shell, self, name);
        }
        if self.is_adopted() {
            tell(shell, self, "timeupdate");
        } else {
            // Where it is, the core may want otherwise.
            self.report_buffered(shell);
        }
        let element = self.element();
        if element.ready_state() >= HAVE_CURRENT_DATA && element.current_time() > 0.0 {
            painted(shell, self.slot);
        } else {
            self.watch_frames();
        }
        if self.is_moving() {
            tell(shell, self, "playing");
        }
    }

    fn is_moving(&self) -> bool {
        let element = self.element();
        !element.paused() && element.ready_state() >= HAVE_FUTURE_DATA
    }

    /// Tells the core how far its media has come.
    pub(crate) fn report_buffered(&self, shell: &Shell) {
        let element = self.element();
        if element.ready_state() >= HAVE_METADATA {
            self.report(shell, Signal::Buffered(buffered(&element, element.current_time())));
        }
    }

    /// Tells the core something about the present load.
    pub(crate) fn report(&self, shell: &Shell, signal: Signal) {
        if let Some(load) = self.load.get() {
            shell.send(Event::Media { slot: self.slot, load, signal });
        }
    }

    /// Stops and lets go of everything. An adopted video keeps its source: it is the page's.
    pub(crate) fn release(&self) {
        self.listeners.take();
        self.on_frame.take();
        self.let_go();
        self.load.set(None);
        match self.light.take() {
            Some(light) => {
                let _ = light.pause();
            }
            None => {
                if self.pooled.has_attribute("src") {
                    empty(&self.pooled);
                    self.pooled.load();
                }
            }
        }
    }
}

/// What was opened in a video before there was a player.
pub(crate) struct Early {
    pub(crate) source: MediaSource,
    /// None yet, unless something of an episode has been appended.
    pub(crate) buffers: Vec<SourceBuffer>,
}

/// Pauses and removes every source; the caller loads.
fn empty(element: &HtmlVideoElement) {
    let _ = element.pause();
    // The page's own video may start by itself or repeat: not with what the player gives it.
    let _ = element.remove_attribute("autoplay");
    let _ = element.remove_attribute("src");
    while let Ok(Some(source)) = element.query_selector("source") {
        source.remove();
    }
}

/// The `name` of an exception.
pub(crate) fn name_of(reason: &JsValue) -> String {
    js_sys::Reflect::get(reason, &JsValue::from_str("name")).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// The absolute URL a video plays or is about to play; empty when it has none.
pub(crate) fn source_of(element: &HtmlVideoElement) -> String {
    let chosen = element.current_src();
    if !chosen.is_empty() {
        return chosen;
    }
    let given = element.src();
    if !given.is_empty() {
        return given;
    }
    let source = element.query_selector("source").ok().flatten();
    source
        .and_then(|source| js_sys::Reflect::get(&source, &JsValue::from_str("src")).ok())
        .and_then(|src| src.as_string())
        .unwrap_or_default()
}

/// Makes the page's own video the video of a slot. It is not paused, loaded, moved or seeked.
pub(crate) fn adopt(shell: &Rc<Shell>, slot: Slot, load: LoadId) {
    let (Some(video), Some(light)) = (shell.video(slot), shell.light.take()) else { return };
    video.listen(&Rc::downgrade(shell), &light);
    light.set_loop(false);
    light.set_controls(false);
    video.asked.set(!light.paused());
    video.load.set(Some(load));
    video.light.replace(Some(light));
    shell.redraw();
    video.tell_all(shell);
    // The volume last of all: until then the core leaves the video alone.
    for name in ["ended", "error", "volumechange"] {
        tell(shell, video, name);
    }
}

/// The page's own video is not wanted: it stops, loses its sources and is hidden.
pub(crate) fn drop_light(shell: &Shell) {
    if let Some(light) = shell.light.take() {
        empty(&light);
        light.load();
        let _ = light.style().set_property_with_priority("display", "none", "important");
    }
}

/// Inside a gesture: lets every other pooled video be started, so that the browser allows it later.
pub(crate) fn bless(shell: &Shell) {
    let here = Slot::of(shell.core.borrow().view().current);
    for video in shell.videos.iter().filter(|video| video.slot != here) {
        let element = video.element();
        if video.load.get().is_none() {
            // Inside a gesture this alone lifts WebKit's restriction; without a source nothing is fetched.
            element.load();
            continue;
        }
        if video.asked.get() {
            continue;
        }
        element.set_muted(true);
        if let Ok(promise) = element.play()
            && !promise.is_undefined()
        {
            settle(&promise, Box::new(|_| {}));
        }
        let _ = element.pause();
    }
}

fn on_event(shell: &Rc<Shell>, event: &web_sys::Event, slot: u8) {
    if let Some(video) = shell.video(Slot(slot)) {
        tell(shell, video, &event.type_());
    }
}

fn painted(shell: &Rc<Shell>, slot: Slot) {
    let Some(video) = shell.video(slot) else { return };
    if video.load.get().is_none() || video.painted.get() {
        return;
    }
    // Chromium tells of the first frame while it still says HAVE_METADATA. With nothing at all, it was a frame of
    // the source before this one.
    if video.element().ready_state() < HAVE_METADATA {
        return video.watch_frames();
    }
    video.painted.set(true);
    video.report(shell, Signal::Painted);
}

/// Says what an event of this name means, if the video's state agrees.
fn tell(shell: &Rc<Shell>, video: &Video, name: &str) {
    let element = video.element();
    let ready = element.ready_state();
    let signal = match name {
        "loadedmetadata" | "durationchange" if ready >= HAVE_METADATA => Signal::Metadata { duration: Seconds::new(element.duration()) },
        "loadeddata" if ready >= HAVE_CURRENT_DATA => Signal::FirstData { width: element.video_width() },
        "canplaythrough" if ready > HAVE_FUTURE_DATA => Signal::CanPlayThrough,
        "playing" if !element.paused() => {
            video.started_at.set(element.current_time());
            Signal::Playing
        }
        "pause" if video.asked.get() && element.paused() && !element.ended() => {
            video.asked.set(false);
            Signal::Paused
        }
        "waiting" => Signal::Waiting,
        "seeking" => {
            video.started_at.set(f64::INFINITY);
            Signal::Seeking
        }
        "seeked" => {
            video.report(shell, progress(&element));
            Signal::Seeked
        }
        "ended" if element.ended() => Signal::Ended,
        "error" => match element.error() {
            Some(error) => Signal::Failed(error.code() as u8),
            None => return,
        },
        "ratechange" => Signal::RateChanged(element.playback_rate()),
        "volumechange" => Signal::VolumeChanged { volume: element.volume(), muted: element.muted() },
        "timeupdate" | "progress" if ready >= HAVE_METADATA => {
            let runs = !element.paused() && element.video_width() > 0;
            if runs && element.current_time() - video.started_at.get() > SURELY_PAINTED {
                painted(shell, video.slot);
            }
            progress(&element)
        }
        _ => return,
    };
    video.report(shell, signal);
}

fn progress(element: &HtmlVideoElement) -> Signal {
    let time = element.current_time();
    Signal::Progress { time: Seconds::new(time), buffered_to: buffered(element, time) }
}

/// The end of the buffered range that holds a position; the position itself when nothing does.
fn buffered(element: &HtmlVideoElement, time: f64) -> Seconds {
    let ranges = element.buffered();
    let mut to = time;
    for at in 0..ranges.length() {
        if let (Ok(start), Ok(end)) = (ranges.start(at), ranges.end(at))
            // Players round: a range may begin a hair after the position it holds.
            && start <= time + 0.1
            && time <= end
        {
            to = end;
        }
    }
    Seconds::new(to)
}
