//! What the screen shows: plain data, drawn by the shell and compared in tests.

use crate::event::Panel;
use crate::manifest::{Caption, Episode, Money, Offer, Related};
use crate::shop::Shop;
use crate::surface::{Access, Reason};
use crate::time::{Instant, Seconds};

/// The whole screen.
#[derive(Clone, Debug, PartialEq)]
pub struct View<'a> {
    /// False until there is something to show; until then the page's own content stays.
    pub mounted: bool,
    /// The three slides, by slot. A slide without an index is out of the way.
    pub slides: [SlideView<'a>; 3],
    /// Index of the current slide, from zero.
    pub current: usize,
    /// Number of episodes in the feed.
    pub count: usize,
    /// Title of the series.
    pub series_title: &'a str,
    /// The current episode.
    pub episode: Option<&'a Episode>,
    /// Access to the current episode.
    pub access: Access,
    /// The current video moves.
    pub playing: bool,
    /// The viewer wants it to play (the pause icon is shown even while it buffers).
    pub wants_play: bool,
    /// The current video wants to play and has nothing to show; already delayed by 400 ms.
    pub buffering: bool,
    /// No sound comes out, by choice or by the browser's.
    pub muted: bool,
    /// The browser forced the mute, or the page asked for it and nobody has chosen yet: show "tap for sound".
    pub sound_prompt: bool,
    /// The browser refuses to start by itself, or nothing asked for a start: show a big play control.
    pub play_prompt: bool,
    /// The viewer paused: show a pause sign.
    pub paused_by_viewer: bool,
    /// Position, length and buffer of the current episode, when known.
    pub progress: Option<Progress>,
    /// The paywall sheet over the current slide.
    pub paywall: Option<PaywallView<'a>>,
    /// The error card over the current slide (or over the player, when nothing can go on).
    pub error: Option<ErrorView<'a>>,
    /// The series is over: show the end screen.
    pub ended: bool,
    /// A step back is possible.
    pub can_go_back: bool,
    /// A step forward is possible.
    pub can_go_forward: bool,
    /// Draw no controls: the host brings its own.
    pub no_ui: bool,
    /// The current episode was liked.
    pub liked: bool,
    /// Double taps so far: show a heart whenever it grows.
    pub hearts: u32,
    /// The video runs at double speed while a finger rests on it.
    pub fast: bool,
    /// What lies over the player.
    pub panel: Option<Panel>,
    /// Speed in percent, as chosen.
    pub speed: u32,
    /// The captions of the current episode; none of a locked one.
    pub captions: &'a [Caption],
    /// Which of them to show.
    pub captions_shown: Option<usize>,
    /// The end of an episode leads to the next one.
    pub advances: bool,
    /// Less is loaded ahead.
    pub saver: bool,
    /// What the series is about.
    pub synopsis: &'a str,
    /// What to watch next.
    pub related: &'a [Related],
}

/// One slide.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SlideView<'a> {
    /// Which episode of the feed, from zero; it stands at `index * 100 %`.
    pub index: Option<usize>,
    /// The episode.
    pub episode: Option<&'a Episode>,
    /// The poster's absolute URL.
    pub poster: Option<&'a str>,
    /// The poster covers the video: no frame has been painted yet.
    pub poster_shown: bool,
    /// The episode may not be played: its slide never shows a video.
    pub locked: bool,
}

/// Position of the current episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Position.
    pub time: Seconds,
    /// Length.
    pub duration: Seconds,
    /// End of the buffer around the position.
    pub buffered_to: Seconds,
}

/// The paywall sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct PaywallView<'a> {
    /// Index of the slide it lies over.
    pub slide: usize,
    /// When it was opened, or its offers last changed.
    pub since: Instant,
    /// The locked episode.
    pub episode: &'a Episode,
    /// Why it is locked.
    pub reason: Reason,
    /// The ways to go on, in order; empty means one plain "Unlock" control.
    pub offers: &'a [Offer],
    /// What the rest of the series costs.
    pub rest: Option<Rest>,
    /// The controls accept a tap (0.8 s after opening).
    pub armed: bool,
    /// An answer is awaited.
    pub busy: bool,
    /// Why the last attempt did not work, in the host's words; empty when nothing on the page answered.
    pub message: Option<&'a str>,
    /// The gate could not be asked: offer "try again" instead of offers.
    pub unreachable: bool,
    /// What the buyer meets, where the gate sells.
    pub shop: Option<&'a Shop>,
}

/// What unlocking everything that is still locked costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Number of episodes.
    pub episodes: u32,
    /// Coins, when offers are in coins.
    pub coins: Option<u64>,
    /// The same in money.
    pub money: Option<Money>,
}

/// The error card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorView<'a> {
    /// Stable code: the shell words it for the viewer.
    pub code: crate::fault::Code,
    /// The developer's message.
    pub message: &'a str,
    /// "Try again" makes sense.
    pub can_retry: bool,
    /// There is a next episode to go to.
    pub can_skip: bool,
}
