//! What the player says to viewers. English is built in.

use std::cell::Cell;

use cliffhanger_core::fault::Code;
use cliffhanger_core::manifest::Scope;
use cliffhanger_core::surface::Reason;

macro_rules! words {
    ($($(#[$doc:meta])* $word:ident = $text:literal,)*) => {
        /// Every sentence, by what it is for. `{n}` and the like are filled in by [`Words::fill`].
        #[derive(Clone, Copy)]
        #[cfg_attr(test, derive(Debug))]
        #[repr(u8)]
        pub(crate) enum Word { $($(#[$doc])* $word,)* None }

        /// The same in English, a line each.
        const EN: &str = concat!($($text, "\n",)*);
    };
}

words! {
    Feed = "{title}, episodes",
    Episode = "Episode {n}",
    Position = "{n} / {count}",
    Announce = "Episode {n} of {count}. {title}",
    AnnounceLocked = "Episode {n} of {count} is locked. {title}",
    Play = "Play",
    Pause = "Pause",
    Mute = "Mute",
    Unmute = "Unmute",
    TapForSound = "Tap for sound",
    Seek = "Position",
    TimeOf = "{time} of {length}",
    Next = "Next episode",
    Previous = "Previous episode",
    Loading = "Loading",
    Retry = "Try again",
    Like = "Like",
    Episodes = "Episodes",
    Share = "Share",
    More = "More",
    Speed = "Speed",
    Captions = "Captions",
    Off = "Off",
    Playback = "Playback",
    Advance = "Next episode by itself",
    Saver = "Use less data",
    Keys = "Keys",
    KeyList = "↑ ↓  one episode back or on|Home, End  first and last episode|Space, K  play and pause|M  sound|← →  5 seconds back or on|Escape  close|?  these keys",
    EpisodeLocked = "Episode {n}, locked",
    EpisodeSeen = "Episode {n}, watched",
    NotLoaded = "This could not be loaded. Check your connection.",
    Copied = "Link copied",
    NotCopied = "The link could not be copied",
    Failed = "This episode does not play",
    FailedSeries = "This series cannot be shown",
    End = "You have seen it all",
    Replay = "Watch again",
    Close = "Close",
    BackToFree = "Back to the free episodes",
    Unlock = "Unlock",
    Busy = "One moment…",
    Unreachable = "We could not ask whether this episode is open to you. Check your connection.",
    Unanswered = "Unlocking is not possible here yet. You have not been charged.",
    Coins = "{n} coins",
    Coin = "1 coin",
    Free = "Free",
    WatchAd = "Watch an ad",
    AdHours = "Opens this episode for {n} hours",
    AdHour = "Opens this episode for 1 hour",
    Subscribe = "Subscribe",
    Renews = "All episodes. Renews until you cancel.",
    Manage = "Manage or cancel",
    Pack = "Buy {n} coins",
    Rest = "All {n} remaining episodes: {price}",
    RestOne = "The one remaining episode: {price}",
    UnlockEpisode = "Unlock this episode",
    UnlockRest = "Unlock all remaining episodes",
    UnlockSeries = "Unlock the whole series",
    Day = "per day",
    Days = "every {n} days",
    Week = "per week",
    Weeks = "every {n} weeks",
    Month = "per month",
    Months = "every {n} months",
    Year = "per year",
    Years = "every {n} years",
    BeyondFree = "The free episodes end here. Choose how to go on.",
    Locked = "This episode is locked. Choose how to go on.",
    Expired = "Your access to this episode has run out.",
    Unreleased = "This episode is not out yet.",
    NoConnection = "There is no connection to the server. Check yours.",
    TooSlow = "The video stopped arriving. The connection may be too slow.",
    NotFound = "The video is not there any more.",
    Forbidden = "The server did not hand out the video.",
    ServerTrouble = "The server has a problem. It may help to try again later.",
    Unsupported = "Your browser cannot play this video.",
    Damaged = "The video is damaged, or your browser cannot decode it.",
    Fault = "Something is wrong with it on our side.",
    Wallet = "You have {coins}",
    NeedCoins = "You need {coins} more.",
    Paying = "Waiting for your payment.",
    PayHere = "Your payment page is ready.",
    OpenPayment = "Open the payment page",
    Checking = "Checking your purchase…",
    Stuck = "The shop does not answer. You are never charged twice.",
    NoShop = "We cannot reach the shop. You have not been charged.",
    NotCharged = "That did not work. You have not been charged.",
    PriceChanged = "The price has changed.",
    Limit = "You have reached your own limit of {coins} a day.",
    Paid = "Your payment has arrived.",
    PayFailed = "The payment did not go through. You have not been charged.",
    Refunded = "The payment was paid back.",
    First = "Unlock episode {n} first.",
    Agree = "Agree and go on",
    Return = "Other ways to go on",
    AutoOn = "Unlock the next {n} without asking, for {price} at most",
    AutoOff = "Ask me before every unlock",
    Undo = "Unlocking for {price}",
    Stop = "Stop",
}

/// What is said, in one language.
pub(crate) struct Words(Cell<&'static str>);

impl Default for Words {
    fn default() -> Self {
        Self(Cell::new(EN))
    }
}

impl Words {
    /// One sentence.
    #[inline(never)]
    pub(crate) fn get(&self, word: Word) -> &'static str {
        self.0.get().split('\n').nth(word as usize).unwrap_or_default()
    }

    /// A sentence with every `{name}` replaced by what `pairs` has for that name.
    #[inline(never)]
    pub(crate) fn fill(&self, word: Word, pairs: &[(&str, &str)]) -> String {
        fill(self.get(word), pairs)
    }

    /// A subscription's period, such as `P1W`, in words; as it is when it is not a plain one.
    pub(crate) fn period(&self, period: &str) -> String {
        let number: String = period.chars().filter(char::is_ascii_digit).collect();
        let (one, many) = match period.as_bytes().last() {
            Some(b'D') => (Word::Day, Word::Days),
            Some(b'W') => (Word::Week, Word::Weeks),
            Some(b'M') => (Word::Month, Word::Months),
            Some(b'Y') => (Word::Year, Word::Years),
            _ => return period.to_owned(),
        };
        self.fill(if number == "1" { one } else { many }, &[("n", &number)])
    }
}

/// Why an episode is locked.
pub(crate) const fn reason(reason: Reason) -> Word {
    match reason {
        Reason::BeyondFree => Word::BeyondFree,
        Reason::Locked => Word::Locked,
        Reason::Expired => Word::Expired,
        Reason::Unreleased => Word::Unreleased,
    }
}

/// What an offer unlocks.
pub(crate) const fn scope(scope: Scope) -> Word {
    match scope {
        Scope::Episode => Word::UnlockEpisode,
        Scope::Rest => Word::UnlockRest,
        Scope::Series => Word::UnlockSeries,
    }
}

/// What went wrong, in plain words.
pub(crate) const fn fault(code: Code) -> Word {
    match code {
        Code::ManifestUnreachable | Code::MediaUnreachable | Code::GateUnreachable => Word::NoConnection,
        Code::MediaTimeout => Word::TooSlow,
        Code::MediaNotFound => Word::NotFound,
        Code::MediaForbidden => Word::Forbidden,
        Code::MediaServer | Code::ManifestStatus => Word::ServerTrouble,
        Code::MediaUnsupported | Code::MediaNoRendition => Word::Unsupported,
        Code::MediaDecode => Word::Damaged,
        _ => Word::Fault,
    }
}

fn fill(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    // Split at single characters: searching for text would bring in its own search machinery.
    for (at, part) in text.split('{').enumerate() {
        match part.split_once('}') {
            Some((name, rest)) if at > 0 => {
                let value = pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
                filled.push_str(value);
                filled.push_str(rest);
            }
            _ => filled.push_str(part),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{EN, Word, Words, fill};

    #[test]
    fn placeholders_are_replaced_wherever_they_stand_and_values_are_left_alone() {
        assert_eq!(fill("{n} / {count}", &[("count", "12"), ("n", "3")]), "3 / 12");
        assert_eq!(fill("Episode {n}", &[("n", "{x}")]), "Episode {x}");
        assert_eq!(fill("No more", &[("n", "1")]), "No more");
    }

    #[test]
    fn periods_read_as_words() {
        let words = Words::default();
        assert_eq!(words.period("P1W"), "per week");
        assert_eq!(words.period("P3M"), "every 3 months");
        assert_eq!(words.period("PT"), "PT");
    }

    #[test]
    fn every_word_is_one_line() {
        assert_eq!(EN.lines().count(), Word::None as usize);
        assert!(EN.lines().all(|line| !line.is_empty()));
        assert_eq!(Words::default().get(Word::Stop), "Stop");
    }
}
