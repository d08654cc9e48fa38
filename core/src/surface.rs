//! Every public name, in one place. Types, `custom-elements.json` and the pages of `docs/` are generated from it:
//! `cargo xtask generate`. What is only for reading is never linked into the wasm.

mod details;
mod objects;

pub use details::{Detail, Field};
pub use objects::{OBJECTS, Object, Shape};

macro_rules! names {
    ($(#[doc = $doc:literal])* $enum:ident { $($(#[doc = $vdoc:literal])* $variant:ident = $text:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum { $($(#[doc = $vdoc])* $variant,)* }

        impl $enum {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The public name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What it means, for people.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($vdoc, "\n",)*),)* }
            }
        }
    };
}

/// The element.
pub const TAG: &str = "cliffhanger-player";

/// What an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Text or nothing: the property is null without the attribute.
    Nullable,
    /// A whole number from 0 on.
    Count,
    /// Its presence.
    Flag,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// An attribute that the element observes, and the property that reflects it.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// The property in camelCase.
    pub property: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What counts without it, in words; empty where that is clear.
    pub default: &'static str,
    /// What it means.
    pub about: &'static str,
}

const fn attribute(name: &'static str, property: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Attribute {
    Attribute { name, property, kind, default, about }
}

/// Attributes the element observes, in the order of the documentation.
pub const ATTRIBUTES: &[Attribute] = &[
    attribute(
        "src",
        "src",
        Kind::Text,
        "",
        "the series manifest's URL; a child `<script type=\"application/json\">` may hold the manifest instead",
    ),
    attribute(
        "free-episodes",
        "freeEpisodes",
        Kind::Count,
        "the manifest's",
        "number of free episodes in `open` and `host` access; with a gate the server decides, and this warns",
    ),
    attribute("gate", "gate", Kind::Text, "the manifest's", "base URL of the gate"),
    attribute("episode", "episode", Kind::Text, "where the viewer stopped, else 1", "id or ordinal of the episode to start with"),
    attribute("autoplay", "autoplay", Kind::Flag, "", "starts by itself, without sound where the browser wants that"),
    attribute("muted", "defaultMuted", Kind::Flag, "", "starts without sound; the property `muted` is the sound now"),
    attribute("loop", "loop", Kind::Flag, "", "repeats the episode instead of going on to the next"),
    attribute("crossorigin", "crossOrigin", Kind::Nullable, "", "as on `<video>`"),
    attribute("preload", "preload", Kind::Choice(&["auto", "metadata", "none"]), "auto", "how far the next episode is prepared"),
    attribute("deep-link", "deepLink", Kind::Flag, "", "keeps `#e=<ordinal>&t=<seconds>` in the address, and starts there"),
    attribute("no-auto-advance", "noAutoAdvance", Kind::Flag, "", "stays at the end of an episode"),
    attribute("no-resume", "noResume", Kind::Flag, "", "forgets where the viewer stopped"),
    attribute("no-keyboard", "noKeyboard", Kind::Flag, "", "leaves every key to the page"),
    attribute("no-ui", "noUi", Kind::Flag, "", "draws no controls: the page brings its own"),
    attribute("wasm-url", "wasmUrl", Kind::Text, "beside the script", "where the wasm is, when a bundler has not copied it"),
    attribute(
        "hls-url",
        "hlsUrl",
        Kind::Text,
        "",
        "where hls.js is, as a module: loaded only for HLS that neither the player nor the browser plays",
    ),
];

/// A property that no attribute reflects. It speaks of the current episode where that makes sense.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// Its type in TypeScript.
    pub ty: &'static str,
    /// Whether it can be set.
    pub settable: bool,
    /// What it means.
    pub about: &'static str,
}

const fn read(name: &'static str, ty: &'static str, about: &'static str) -> Property {
    Property { name, ty, settable: false, about }
}

const fn set(name: &'static str, about: &'static str, ty: &'static str) -> Property {
    Property { name, ty, settable: true, about }
}

/// Properties, in the order of the documentation.
pub const PROPERTIES: &[Property] = &[
    read("paused", "boolean", "nothing plays and nothing was asked to"),
    read("ended", "boolean", "the episode is at its end"),
    read("duration", "number", "seconds; NaN while unknown"),
    read("error", "PlayerError | null", "what stops the episode or the series"),
    set("currentTime", "position in seconds", "number"),
    set("muted", "no sound comes out", "boolean"),
    set("volume", "0 to 1", "number"),
    set("playbackRate", "1 is the usual speed; 0.25 to 4", "number"),
    read("series", "Series | null", "the series; null before `ready`"),
    read("episodes", "Episode[]", "the episodes, in feed order"),
    read("currentEpisode", "Episode | null", "the episode on the screen; null before `ready`"),
    read("access", "Access", "access to the current episode"),
    read("paywall", "Paywall | null", "the wall before the viewer, if it stands there"),
    read("isReady", "boolean", "the series is there; calls are answered directly"),
    read("stats", "Stats | null", "what was fetched and how it started; null before the player has arrived"),
];

/// A method.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Its parameters in TypeScript.
    pub parameters: &'static str,
    /// What it returns in TypeScript.
    pub returns: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Parameters of the method that every element has by this name, where there is one: it still does what it always did.
    pub inherited: Option<&'static str>,
}

const fn method(name: &'static str, parameters: &'static str, returns: &'static str, about: &'static str) -> Method {
    Method { name, parameters, returns, about, inherited: None }
}

/// Methods, in the order of the documentation. Calls made before the wasm has arrived are queued and replayed in order.
pub const METHODS: &[Method] = &[
    method("play", "", "Promise<void>", "plays; rejected as that of a `<video>` is"),
    method("pause", "", "void", "pauses"),
    method("next", "", "Promise<boolean>", "one episode on; false when there is none"),
    method("previous", "", "Promise<boolean>", "one episode back; false when there is none"),
    method(
        "goTo",
        "episode: string | number",
        "Promise<boolean>",
        "to an id or an ordinal; a locked one opens the wall, an unknown one gives false",
    ),
    Method {
        inherited: Some("...nodes: (Node | string)[]"),
        ..method(
            "append",
            "episodes: ManifestEpisode[]",
            "void",
            "more episodes at the end, as in the manifest; nodes become children as ever",
        )
    },
    method("grant", "id: string, grant: Grant | true", "void", "opens an episode; `true` means with the renditions the manifest has"),
    method("refreshAccess", "", "void", "asks again what is locked"),
    method("dismissPaywall", "", "void", "closes the sheet on its slide"),
    method("destroy", "", "void", "ends the player for good and lets go of all it holds"),
];

/// Custom states, as in `:state(playing)`.
pub const STATES: &[&str] = &["playing", "buffering", "locked", "muted", "ready"];

/// What each of [`STATES`] means, in the same order.
pub const STATES_ABOUT: &[&str] = &[
    "the current video moves",
    "it wants to play and has nothing to show",
    "the wall stands before the viewer",
    "no sound comes out",
    "the series is there",
];

/// Slots, and what they are for.
pub const SLOTS: &[(&str, &str)] = &[
    ("", "what plays and links without JavaScript: a `<video>` of the first episode is taken over as it is"),
    ("paywall", "instead of the sheet's own content"),
    ("overlay", "above the video, below sheets"),
    ("end", "instead of the screen after the last episode"),
    ("error", "instead of the error card's own content"),
];

/// Parts, for `::part()`.
pub const PARTS: &[(&str, &str)] = &[
    ("viewport", "the scroll container"),
    ("slide", "one episode"),
    ("video", "a pooled `<video>`"),
    ("poster", "the picture before the first frame"),
    ("controls", "everything over the video"),
    ("progress", "the scrub bar"),
    ("time", "position and length"),
    ("button", "a button"),
    ("menu", "the settings"),
    ("drawer", "the list of episodes"),
    ("paywall", "the sheet at the wall"),
    ("offer", "a way past the wall"),
    ("price", "what an offer costs"),
    ("end", "the screen after the last episode"),
    ("error", "the error card"),
];

/// CSS custom properties and their defaults.
pub const CUSTOM_PROPERTIES: &[(&str, &str, &str)] = &[
    ("--cliffhanger-accent-color", "#e11d48", "buttons that go on, progress"),
    ("--cliffhanger-text-color", "#fff", "text and icons"),
    ("--cliffhanger-background", "#0b0b0f", "behind the video"),
    ("--cliffhanger-radius", "16px", "corners of sheets and cards"),
    ("--cliffhanger-font-family", "system-ui, sans-serif", "all text"),
    ("--cliffhanger-paywall-background", "#17171d", "the sheet at the wall"),
    ("--cliffhanger-safe-area-top", "env(safe-area-inset-top, 0px)", "kept free at the top"),
    ("--cliffhanger-safe-area-bottom", "env(safe-area-inset-bottom, 0px)", "kept free at the bottom"),
];

names! {
    /// Types of the events the element dispatches.
    EventName {
        /// The series is there; calls are answered directly from now on.
        Ready = "ready",
        /// Another episode is current.
        EpisodeChange = "episodechange",
        /// A quarter of an episode has been watched.
        EpisodeProgress = "episodeprogress",
        /// The first frame of an episode moves.
        FirstFrame = "firstframe",
        /// The last episode has ended.
        SeriesEnd = "seriesend",
        /// The wall stands before the viewer.
        PaywallOpen = "paywallopen",
        /// The wall is gone, or the viewer turned away.
        PaywallClose = "paywallclose",
        /// The viewer chose an offer.
        UnlockRequest = "unlockrequest",
        /// Access to an episode changed.
        AccessChange = "accesschange",
        /// The viewer likes an episode, or no longer.
        Like = "like",
        /// The viewer wants to share an episode.
        Share = "share",
        /// Something happens at this time of the episode.
        Cue = "cue",
        /// Something went wrong.
        Error = "error",
        /// Media event, dispatched again.
        Play = "play",
        /// Media event, dispatched again.
        Pause = "pause",
        /// Media event, dispatched again.
        Playing = "playing",
        /// Media event, dispatched again.
        Waiting = "waiting",
        /// Media event, dispatched again.
        Seeking = "seeking",
        /// Media event, dispatched again.
        Seeked = "seeked",
        /// Media event, dispatched again.
        TimeUpdate = "timeupdate",
        /// Media event, dispatched again.
        Ended = "ended",
        /// Media event, dispatched again.
        RateChange = "ratechange",
        /// Media event, dispatched again.
        VolumeChange = "volumechange",
    }
}

names! {
    /// What moved the feed.
    Cause {
        /// A finger, or a scroll bar.
        Swipe = "swipe",
        /// The keyboard.
        Key = "key",
        /// Mouse wheel or trackpad.
        Wheel = "wheel",
        /// An on-screen button.
        Button = "button",
        /// The end of the episode before.
        AutoAdvance = "autoadvance",
        /// The host page.
        Api = "api",
        /// The address.
        DeepLink = "deeplink",
    }
}

names! {
    /// Access to an episode.
    Access {
        /// Inside the free count, or free by its own rule.
        Free = "free",
        /// Unlocked for this viewer.
        Granted = "granted",
        /// Being asked; nothing loads.
        Checking = "checking",
        /// Behind the wall; nothing loads.
        Locked = "locked",
    }
}

impl Access {
    /// Whether media of the episode may be requested.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Free | Self::Granted)
    }
}

names! {
    /// Why an episode is locked.
    Reason {
        /// Its ordinal is beyond the free count.
        BeyondFree = "beyond-free",
        /// The manifest or the server locks it by itself.
        Locked = "locked",
        /// A grant has run out.
        Expired = "expired",
        /// Outside its availability window.
        Unreleased = "unreleased",
    }
}

names! {
    /// How the paywall was left.
    PaywallOutcome {
        /// The episode plays.
        Unlocked = "unlocked",
        /// The viewer turned away.
        Dismissed = "dismissed",
    }
}
