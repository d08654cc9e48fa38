//! Everything that can happen to a player. A closed list: what is not here cannot change the state.

use crate::config::Config;
use crate::feeder::Opening;
use crate::node::Node;
use crate::shop::{ShopAction, ShopEvent};
use crate::surface::Cause;
use crate::time::{Seconds, WallMs};

/// A pooled `<video>`: 0, 1 or 2. Episode `i` of the feed always lives in slot `i mod 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub u8);

impl Slot {
    /// The three slots.
    pub const ALL: [Slot; 3] = [Slot(0), Slot(1), Slot(2)];

    /// The slot in which the feed's episode `index` (from zero) lives.
    #[must_use]
    pub const fn of(index: usize) -> Self {
        Self((index % 3) as u8)
    }
}

/// One source given to one slot. A signal that carries an older id is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadId(pub u32);

/// A question the shell was asked to carry (to the gate, to the host page, to a media server).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskId(pub u32);

/// A range of media that is being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FetchId(pub u32);

/// A method call that waits for its promise; the shell chooses the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// An episode as a host names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// By its ordinal `n`.
    Ordinal(u32),
    /// By its id.
    Id(String),
}

impl Target {
    /// Reads an attribute or fragment value: all digits is an ordinal, anything else an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        match crate::text::number(text) {
            Some(n) => Some(Self::Ordinal(n)),
            None if text.is_empty() => None,
            None => Some(Self::Id(text.to_owned())),
        }
    }
}

/// One event.
#[derive(Clone, Debug)]
pub enum Event {
    /// The attributes, at the start and after each change.
    Configured(Box<Config>),
    /// The wall clock at the moment of this event.
    Wall(WallMs),
    /// The page holds a light-DOM `<video>` to adopt; `src` is its absolute URL (empty when it has none).
    AdoptionOffered {
        /// Absolute URL of its source.
        src: String,
    },
    /// The answer to [`crate::Effect::FetchManifest`], or a manifest the page holds itself.
    Manifest {
        /// The question it answers.
        ask: AskId,
        /// The absolute URL it came from: relative URLs resolve against it.
        base: String,
        /// The document, or why there is none.
        body: Result<Node, FetchFailure>,
        /// How many episodes it has beyond those in `body`: see [`crate::Player::read_on`].
        more: usize,
    },
    /// The answer to [`crate::Effect::Recall`]: what was remembered for the series, if storage works.
    Recalled(Option<String>),
    /// A method of the element was called, or a property set.
    Call {
        /// Answered by [`crate::Effect::Resolve`]; `None` when nobody waits.
        call: Option<CallId>,
        /// What is asked.
        request: Request,
    },
    /// The viewer did something.
    Viewer(Action),
    /// A `<video>` reported something.
    Media {
        /// Which video.
        slot: Slot,
        /// The load it speaks of.
        load: LoadId,
        /// What it reports.
        signal: Signal,
    },
    /// The browser has `MediaSource` or `ManagedMediaSource`: media may be fetched by ranges and appended.
    CanFeed(bool),
    /// Before there was a player, the beginning of a file was read and appended in slot 0.
    Opened {
        /// Its address, absolute.
        url: String,
        /// How far that has come.
        opening: Box<Opening>,
        /// The viewer has swiped on to the episode after it.
        passed: bool,
    },
    /// News of an [`crate::Effect::Fetch`].
    Fetched {
        /// Which one.
        fetch: FetchId,
        /// What has come.
        part: Part,
    },
    /// The answer to [`crate::Effect::Probe`].
    Probed {
        /// The load that failed.
        load: LoadId,
        /// The HTTP status of a small request for the same URL; `None` when there was no answer.
        status: Option<u16>,
    },
    /// The answer to [`crate::Effect::AskGate`].
    Gate {
        /// The question it answers.
        ask: AskId,
        /// The status and body, or why there is none.
        reply: Result<(u16, Node), FetchFailure>,
    },
    /// The host's answer to an `unlockrequest`.
    Unlock {
        /// The question it answers.
        ask: AskId,
        /// The answer.
        reply: UnlockReply,
    },
    /// The second wasm is there: the player may use what lies in it.
    Later,
    /// News for the shop.
    Shop(ShopEvent),
    /// A cancelable event has been dispatched; `prevented` tells whether the host took it over.
    Dispatched {
        /// Which one: from [`crate::Effect::Notify`].
        notice: Cancelable,
        /// Whether `preventDefault()` was called.
        prevented: bool,
    },
    /// The page was hidden or shown.
    Hidden(bool),
    /// The element was taken out of, or put into, a document.
    Connected(bool),
    /// The browser went online or offline.
    Online(bool),
    /// The viewer asked for less data (Save-Data), or the link is known to be slow.
    Frugal(bool),
    /// The player is so many device pixels high.
    Pixels(u32),
    /// The address's fragment changed, without `#`: a link to another episode was followed.
    Fragment(String),
    /// What [`crate::Effect::Remember`] with an empty series once kept: what the viewer prefers everywhere.
    Preferred(String),
    /// News of what can wait; see [`crate::later`].
    News(News),
    /// Another player on the page started to play.
    OtherPlayerStarted,
    /// The moment named by `Player::deadline` has come.
    Timeout,
}

/// A piece of the answer to a range request.
#[derive(Clone, Debug)]
pub enum Part {
    /// The status line and headers.
    Head {
        /// 206 when the server took the range; 200 when it sends everything from the start.
        status: u16,
        /// Length of the whole file, when the server tells.
        total: Option<u64>,
        /// The first byte of what comes, when the server tells: it may send another range than was asked for (RFC 9110, 15.3.7).
        from: Option<u64>,
    },
    /// The next bytes.
    Bytes(Vec<u8>),
    /// It is complete.
    End,
    /// It broke off, or there never was an answer.
    Failed,
}

/// What a host asks by method or property.
#[derive(Clone, Debug)]
pub enum Request {
    /// `play()`
    Play,
    /// `pause()`
    Pause,
    /// `next()`
    Next,
    /// `previous()`
    Previous,
    /// `goTo()`
    GoTo(Target),
    /// `currentTime = x`
    Seek(Seconds),
    /// `muted = x`
    SetMuted(bool),
    /// `volume = x`, 0 to 1
    SetVolume(f64),
    /// `playbackRate = x`, 0.25 to 4
    SetRate(f64),
    /// `append(episodes)`: a list of episode objects as in the manifest
    Append(Node),
    /// `grant(id, grant)`: a grant object, or `true`; its relative URLs resolve against `base`
    Grant {
        /// Episode id.
        episode: String,
        /// The grant.
        grant: Node,
        /// The document's base URL.
        base: String,
    },
    /// `refreshAccess()`
    RefreshAccess,
    /// `dismissPaywall()`
    DismissPaywall,
    /// `destroy()`
    Destroy,
}

/// What a viewer does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Scrolling by hand has brought this slide to the front. `settled` when scrolling has come to rest.
    Scrolled {
        /// Index of the slide, from zero.
        slide: usize,
        /// Whether scrolling is over.
        settled: bool,
    },
    /// The finger (or the fling after it) has uncovered more than a tenth of this slide; `None` when the current one
    /// fills the player again.
    Peeked(Option<usize>),
    /// A scroll that [`crate::Effect::Scroll`] asked for has come to rest.
    Arrived,
    /// One step by key, wheel or button.
    Step {
        /// Where to.
        step: Step,
        /// By what.
        cause: Cause,
    },
    /// A tap or click on the video.
    Tap,
    /// Keys that are not steps.
    Key(Key),
    /// The "tap for sound" or mute control.
    ToggleSound,
    /// The play/pause control.
    TogglePlay,
    /// The scrub bar was moved to this position.
    Scrub(Seconds),
    /// "Try again" on the error card or in the sheet.
    Retry,
    /// The control of an offer; `None` is the plain "Unlock" of a series without offers.
    Choose {
        /// The offer's id.
        offer: Option<String>,
        /// `Event.isTrusted`: synthetic clicks buy nothing.
        trusted: bool,
    },
    /// Something else in the sheet, and `Event.isTrusted`.
    Shop(ShopAction, bool),
    /// Closes the top-most sheet.
    Dismiss,
    /// "Watch again" on the end screen.
    Replay,
    /// A finger has come to rest on the video (true), or has left it.
    Hold(bool),
    /// The heart: likes the current episode, or takes it back.
    Like,
    /// Share the current episode.
    Share,
    /// Opens a panel, or closes it when it is open.
    Open(Panel),
    /// The episode at this index was chosen in the drawer.
    Pick(usize),
    /// Something was chosen in the menu.
    Prefer(Preference),
    /// Captions on or off.
    ToggleCaptions,
    /// Full screen or picture in picture, on or off.
    Show(Screen),
    /// "Start over", after the episode went on where it was left.
    StartOver,
    /// Closes the cue that is shown.
    HideCue,
    /// A touch, a key or a move of the pointer: the controls come back.
    Stir,
    /// A finger is on the position bar (true), or has left it.
    Scrubbing(bool),
}

/// Ways to show the player other than in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The player fills the screen.
    Full,
    /// The video floats over other windows.
    Float,
}

/// What the shell tells once the second wasm is there.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// It is there; and what the browser can do here.
    Ready {
        /// Full screen.
        full: bool,
        /// Picture in picture.
        float: bool,
    },
    /// The answer to [`crate::effect::Errand::RecallMarks`].
    Marks(Option<String>),
    /// The answer to [`crate::effect::Errand::Storyboard`].
    Storyboard {
        /// Which one.
        url: String,
        /// The file, or nothing.
        text: Option<String>,
    },
    /// Full screen or picture in picture has begun or ended.
    Screen(Screen, bool),
    /// The browser refused it.
    Refused(Screen),
}

/// What may lie over the player, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// All episodes.
    Episodes,
    /// Speed, captions and the like.
    Menu,
    /// What the keys do.
    Keys,
}

/// A choice that is remembered, whatever the series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Speed in percent.
    Speed(u32),
    /// Language of the captions; `None` for no captions.
    Captions(Option<String>),
    /// Whether the end of an episode leads to the next one.
    Advance(bool),
    /// Load less ahead.
    Saver(bool),
    /// Height of the picture in pixels; 0 when the player is to decide.
    Quality(u32),
}

/// A step through the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One episode on.
    Forward,
    /// One episode back.
    Back,
    /// The first episode.
    First,
    /// The last episode that can be shown.
    Last,
}

/// A key that does not step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Space or `k`: play and pause.
    PlayPause,
    /// `m`: sound.
    Mute,
    /// Right arrow: 5 seconds on.
    SeekForward,
    /// Left arrow: 5 seconds back.
    SeekBack,
    /// Escape: closes the top sheet.
    Escape,
}

/// What a `<video>` reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// `loadedmetadata`, `durationchange`.
    Metadata {
        /// Length of the media.
        duration: Seconds,
    },
    /// The `MediaSource` can be filled.
    SourceOpen,
    /// An append is done.
    Appended,
    /// The `SourceBuffer` is full; what was to be appended waits in the shell until something is evicted.
    BufferFull,
    /// The browser refused the `MediaSource`, its type or its data.
    FeedRefused,
    /// `loadeddata`: the first frame is decoded.
    FirstData {
        /// Zero when there is no picture: the codec is not supported, and only the sound plays. Before this moment nothing can be said:
        /// WebKitGTK may tell of the sound first.
        width: u32,
    },
    /// A frame has really been painted.
    Painted,
    /// `canplaythrough`.
    CanPlayThrough,
    /// Position and buffer: on `timeupdate`, `progress` and `seeked`.
    Progress {
        /// `currentTime`.
        time: Seconds,
        /// End of the buffered range that holds `currentTime`.
        buffered_to: Seconds,
    },
    /// End of the buffered range that holds the position, after an append. The screen waits for the `progress` that follows.
    Buffered(Seconds),
    /// The promise of `play()` was kept, or `playing`.
    Playing,
    /// `pause`, not asked for by us as far as the shell knows.
    Paused,
    /// The promise of `play()` was broken by policy (`NotAllowedError`).
    PlayRefused,
    /// `waiting`: it has run dry.
    Waiting,
    /// `seeking`.
    Seeking,
    /// `seeked`.
    Seeked,
    /// `ended`.
    Ended,
    /// `error`, with `MediaError.code` (1 to 4; 0 when unknown).
    Failed(u8),
    /// `ratechange`.
    RateChanged(f64),
    /// `volumechange`: the element's own volume and mute.
    VolumeChanged {
        /// `volume`, 0 to 1.
        volume: f64,
        /// `muted`.
        muted: bool,
    },
}

/// Why a fetch brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchFailure {
    /// No answer: offline, refused, blocked by CORS or CSP.
    Unreachable,
    /// An answer with an error status.
    Status(u16),
    /// An answer that is not JSON; the text says where.
    NotJson(String),
    /// Nested deeper than [`crate::node::MAX_DEPTH`].
    TooDeep,
    /// A list with more items than any document may have.
    TooLarge,
}

/// What became of an `unlockrequest`.
#[derive(Clone, Debug)]
pub enum UnlockReply {
    /// `respondWith(grant)`: a grant object or `true`; relative URLs resolve against `base`.
    Grant {
        /// The grant.
        grant: Node,
        /// The document's base URL.
        base: String,
    },
    /// The promise was rejected; the text is shown in the sheet.
    Rejected(String),
    /// The host called `preventDefault()` and will call `grant()` itself.
    Taken,
    /// Nobody listened.
    Unanswered,
}

/// Cancelable notices whose default action waits for the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelable {
    /// `paywallopen`: prevented means the host draws its own sheet.
    PaywallOpen,
    /// `seriesend`: prevented means the host shows its own next step.
    SeriesEnd,
    /// `like`: prevented means the heart stays as it is.
    Like,
    /// `share`: prevented means the host shares.
    Share,
    /// `cue`: prevented means the host shows it.
    Cue,
}
