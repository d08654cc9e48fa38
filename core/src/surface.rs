//! Every public name, in one place. Types, `custom-elements.json` and the API pages follow this list.

macro_rules! names {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum { $($(#[$vdoc])* $variant,)* }

        impl $enum {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The public name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

/// The element.
pub const TAG: &str = "cliffhanger-player";

/// Attributes the element observes.
pub const ATTRIBUTES: &[&str] = &[
    "src",
    "free-episodes",
    "gate",
    "episode",
    "autoplay",
    "muted",
    "loop",
    "crossorigin",
    "preload",
    "deep-link",
    "no-auto-advance",
    "no-resume",
    "no-keyboard",
    "no-ui",
    "wasm-url",
];

/// Custom states, as in `:state(playing)`.
pub const STATES: &[&str] = &["playing", "buffering", "locked", "muted", "ready"];

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
