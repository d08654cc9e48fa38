//! Everything a player can ask of its shell, in the order it is to be done.

use crate::event::{AskId, CallId, Cancelable, FetchId, LoadId, Screen, Slot};
use crate::node::Node;
use crate::shop::ShopEffect;
use crate::surface::EventName;
use crate::time::Seconds;

/// The effects of one event, in order.
pub type Effects = Vec<Effect>;

/// How far a `<video>` may load ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preload {
    /// Nothing.
    None,
    /// Enough for the first frame.
    Metadata,
    /// As the browser sees fit.
    #[default]
    Auto,
}

impl Preload {
    /// The value of the `preload` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Metadata => "metadata",
            Self::Auto => "auto",
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Fetch the manifest; answer with `Event::Manifest`.
    FetchManifest {
        /// To be given back.
        ask: AskId,
        /// As in the `src` attribute: relative to the document. `None`: the page's own
        /// `<script type="application/json">` child.
        url: Option<String>,
    },
    /// Read what was remembered for this series; answer with `Event::Recalled`.
    Recall {
        /// Series id.
        series: String,
    },
    /// Remember this for the series, if storage works.
    Remember {
        /// Series id; empty for what the viewer prefers everywhere, which comes back as `Event::Preferred`.
        series: String,
        /// What `Event::Recalled` is to bring back.
        value: String,
    },
    /// Make the page's own `<video>` the video of this slot, without touching its playback, and report its present
    /// state as signals: `Playing` when it is not paused, what is loaded, and `VolumeChanged` last of all (until
    /// then the core leaves the video alone).
    Adopt {
        /// Its slot from now on.
        slot: Slot,
        /// The id its signals carry.
        load: LoadId,
    },
    /// The page's own `<video>` is not wanted: pause it, take its source away and hide it.
    DropAdopted,
    /// Give the slot's video this source.
    Load {
        /// The slot.
        slot: Slot,
        /// The id its signals carry from now on.
        load: LoadId,
        /// Absolute URL, checked.
        url: String,
        /// It is an HLS playlist: where the browser does not play those itself, a script that does has to.
        hls: bool,
        /// How far it may load ahead.
        preload: Preload,
    },
    /// Give the slot's video a `MediaSource` of its own; answer with `Signal::SourceOpen`.
    Feed {
        /// The slot.
        slot: Slot,
        /// The id its signals carry from now on.
        load: LoadId,
        /// It is the one that has been filled already, with the beginning of this episode ([`crate::Event::Opened`]): answer besides with what a load
        /// would have told by now, and with `Signal::Appended` when nothing is being appended any more.
        opened: bool,
    },
    /// Make the `SourceBuffer`s of the slot, one for each type, and set the length.
    Describe {
        /// The slot.
        slot: Slot,
        /// With codecs: of the picture, and of the sound if there is any.
        mimes: Vec<String>,
        /// Length of the media.
        duration: Seconds,
    },
    /// Append a segment; answer with `Signal::Appended`.
    Append {
        /// The slot.
        slot: Slot,
        /// An init segment, or whole fragments, for each of the slot's `SourceBuffer`s; empty: nothing.
        bytes: [Vec<u8>; 2],
    },
    /// Everything has been appended.
    EndOfStream {
        /// The slot.
        slot: Slot,
    },
    /// Remove what lies before this position from the slot's buffer.
    Evict {
        /// The slot.
        slot: Slot,
        /// Up to here.
        until: Seconds,
    },
    /// Fetch a range of bytes; answer with `Event::Fetched` as they come.
    Fetch {
        /// To be given back.
        fetch: FetchId,
        /// Absolute URL, checked.
        url: String,
        /// First byte.
        from: u64,
        /// The byte after the last one; `None` means to the end.
        until: Option<u64>,
        /// The current episode soon has nothing more to show. What is not urgent may come in larger pieces, later.
        urgent: bool,
    },
    /// Stop a fetch: nothing more of it is wanted.
    CancelFetch {
        /// Which one.
        fetch: FetchId,
    },
    /// Say it in the console for developers, once.
    Debug(&'static str),
    /// Take the slot's source away: pause, remove `src` and `<source>`, `load()`.
    Unload {
        /// The slot.
        slot: Slot,
    },
    /// Call `play()`; answer with `Signal::Playing` or `Signal::PlayRefused`.
    Play {
        /// The slot.
        slot: Slot,
    },
    /// Call `pause()`.
    Pause {
        /// The slot.
        slot: Slot,
    },
    /// Set `currentTime`.
    Seek {
        /// The slot.
        slot: Slot,
        /// New position.
        to: Seconds,
    },
    /// Set `muted`.
    Mute {
        /// The slot.
        slot: Slot,
        /// New value.
        muted: bool,
    },
    /// Set `volume` (0 to 1) on all slots.
    Volume(f64),
    /// Set `playbackRate` and `defaultPlaybackRate` on all slots.
    Rate(f64),
    /// Inside a gesture: let every pooled video play and pause once, so that the browser allows it later.
    Bless,
    /// Ask with a small request which status this URL has; answer with `Event::Probed`.
    Probe {
        /// To be given back.
        load: LoadId,
        /// Absolute URL.
        url: String,
    },
    /// `POST {base}/v1/play`; answer with `Event::Gate`.
    AskGate {
        /// To be given back.
        ask: AskId,
        /// Absolute URL of the gate, without a slash at its end.
        base: String,
        /// Body.
        body: Node,
    },
    /// What buying takes.
    Shop(ShopEffect),
    /// Scroll so that this slide fills the player, once the view has been drawn (`Redraw` comes first). The browser
    /// moves, never a script.
    Scroll {
        /// Index of the slide.
        slide: usize,
        /// Let the browser animate (unless the viewer wants reduced motion).
        smooth: bool,
    },
    /// Dispatch an event on the element. With `cancelable`, answer with `Event::Dispatched`.
    Notify {
        /// Its type.
        name: EventName,
        /// `detail`.
        detail: Node,
        /// Whether the default action can be prevented.
        cancelable: Option<Cancelable>,
    },
    /// Dispatch `unlockrequest`; answer with `Event::Unlock`.
    RequestUnlock {
        /// To be given back.
        ask: AskId,
        /// `detail`.
        detail: Node,
    },
    /// Dispatch a media event of the current episode again, on the element, without detail.
    Relay(EventName),
    /// `console.warn`.
    Warn(String),
    /// Settle the promise of a method call.
    Resolve {
        /// Which call.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
    /// Tell the other players on the page that this one started to play.
    TakeStage,
    /// Keep `#e=<ordinal>&t=<seconds>` in the address, without a history entry.
    Address {
        /// Ordinal of the current episode.
        ordinal: u32,
        /// Whole seconds.
        seconds: u32,
    },
    /// Share a link to this episode of this page, or copy it.
    Share {
        /// Title of the series.
        title: String,
        /// Ordinal of the episode.
        ordinal: u32,
    },
    /// Something that the second wasm does.
    Errand(Errand),
    /// The view has changed.
    Redraw,
    /// Let go of everything: the player is over.
    Teardown,
}

/// What [`crate::later`] asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Read how far the episodes of this series were seen; answer with `News::Marks`. It was remembered under the series' id and `#seen`.
    RecallMarks {
        /// Series id.
        series: String,
    },
    /// Fetch a storyboard; answer with `News::Storyboard`.
    Storyboard {
        /// Absolute URL, checked.
        url: String,
    },
    /// Begin or end full screen or picture in picture; answer with `News::Screen` or `News::Refused`.
    Show {
        /// Which.
        screen: Screen,
        /// Whose video.
        slot: Slot,
        /// Begin.
        on: bool,
    },
    /// Say that it is not possible here.
    Refused(Screen),
}

/// How a method call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The promise resolves with `undefined`.
    Done,
    /// The promise resolves with a boolean.
    Moved(bool),
    /// The promise is rejected with a `DOMException` of this name.
    Rejected {
        /// Such as `NotAllowedError`.
        name: &'static str,
        /// What is wrong.
        message: String,
    },
}
