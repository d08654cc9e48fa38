//! What the player says to viewers. One table per language; English is the first.

use cliffhanger_core::fault::Code;
use cliffhanger_core::manifest::Scope;
use cliffhanger_core::surface::Reason;

/// Every sentence, in one language. `{n}` and the like are filled in by [`fill`].
pub(crate) struct Strings {
    pub(crate) feed: &'static str,
    pub(crate) episode: &'static str,
    pub(crate) position: &'static str,
    pub(crate) announce: &'static str,
    pub(crate) announce_locked: &'static str,
    pub(crate) play: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) mute: &'static str,
    pub(crate) unmute: &'static str,
    pub(crate) tap_for_sound: &'static str,
    pub(crate) seek: &'static str,
    pub(crate) time_of: &'static str,
    pub(crate) next: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) failed_series: &'static str,
    pub(crate) end: &'static str,
    pub(crate) replay: &'static str,
    pub(crate) close: &'static str,
    pub(crate) back_to_free: &'static str,
    pub(crate) unlock: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) unanswered: &'static str,
    pub(crate) coins: &'static str,
    pub(crate) coin: &'static str,
    pub(crate) free: &'static str,
    pub(crate) watch_ad: &'static str,
    pub(crate) ad_hours: &'static str,
    pub(crate) ad_hour: &'static str,
    pub(crate) subscribe: &'static str,
    pub(crate) renews: &'static str,
    pub(crate) manage: &'static str,
    pub(crate) pack: &'static str,
    pub(crate) rest: &'static str,
    pub(crate) rest_one: &'static str,
    pub(crate) unlock_episode: &'static str,
    pub(crate) unlock_rest: &'static str,
    pub(crate) unlock_series: &'static str,
    day: [&'static str; 2],
    week: [&'static str; 2],
    month: [&'static str; 2],
    year: [&'static str; 2],
}

/// English.
pub(crate) const EN: Strings = Strings {
    feed: "{title}, episodes",
    episode: "Episode {n}",
    position: "{n} / {count}",
    announce: "Episode {n} of {count}. {title}",
    announce_locked: "Episode {n} of {count} is locked. {title}",
    play: "Play",
    pause: "Pause",
    mute: "Mute",
    unmute: "Unmute",
    tap_for_sound: "Tap for sound",
    seek: "Position",
    time_of: "{time} of {length}",
    next: "Next episode",
    previous: "Previous episode",
    loading: "Loading",
    retry: "Try again",
    skip: "Next episode",
    failed: "This episode does not play",
    failed_series: "This series cannot be shown",
    end: "You have seen it all",
    replay: "Watch again",
    close: "Close",
    back_to_free: "Back to the free episodes",
    unlock: "Unlock",
    busy: "One moment…",
    unreachable: "We could not ask whether this episode is open to you. Check your connection.",
    unanswered: "Unlocking is not possible here yet. You have not been charged.",
    coins: "{n} coins",
    coin: "1 coin",
    free: "Free",
    watch_ad: "Watch an ad",
    ad_hours: "Opens this episode for {n} hours",
    ad_hour: "Opens this episode for 1 hour",
    subscribe: "Subscribe",
    renews: "All episodes. Renews until you cancel.",
    manage: "Manage or cancel",
    pack: "Buy {n} coins",
    rest: "All {n} remaining episodes: {price}",
    rest_one: "The one remaining episode: {price}",
    unlock_episode: "Unlock this episode",
    unlock_rest: "Unlock all remaining episodes",
    unlock_series: "Unlock the whole series",
    day: ["per day", "every {n} days"],
    week: ["per week", "every {n} weeks"],
    month: ["per month", "every {n} months"],
    year: ["per year", "every {n} years"],
};

impl Strings {
    /// Why an episode is locked.
    pub(crate) const fn reason(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::BeyondFree => "The free episodes end here. Choose how to go on.",
            Reason::Locked => "This episode is locked. Choose how to go on.",
            Reason::Expired => "Your access to this episode has run out.",
            Reason::Unreleased => "This episode is not out yet.",
        }
    }

    /// What an offer unlocks.
    pub(crate) const fn scope(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::Episode => self.unlock_episode,
            Scope::Rest => self.unlock_rest,
            Scope::Series => self.unlock_series,
        }
    }

    /// What went wrong, in plain words.
    pub(crate) const fn fault(&self, code: Code) -> &'static str {
        match code {
            Code::ManifestUnreachable | Code::MediaUnreachable | Code::GateUnreachable => {
                "There is no connection to the server. Check yours."
            }
            Code::MediaTimeout => "The video stopped arriving. The connection may be too slow.",
            Code::MediaNotFound => "The video is not there any more.",
            Code::MediaForbidden => "The server did not hand out the video.",
            Code::MediaServer | Code::ManifestStatus => "The server has a problem. It may help to try again later.",
            Code::MediaUnsupported | Code::MediaNoRendition => "Your browser cannot play this video.",
            Code::MediaDecode => "The video is damaged, or your browser cannot decode it.",
            _ => "Something is wrong with it on our side.",
        }
    }

    /// A subscription's period, such as `P1W`, in words; as it is when it is not a plain one.
    pub(crate) fn period(&self, period: &str) -> String {
        let number: String = period.chars().filter(char::is_ascii_digit).collect();
        let [one, many] = match period.chars().last() {
            Some('D') => self.day,
            Some('W') => self.week,
            Some('M') => self.month,
            Some('Y') => self.year,
            _ => return period.to_owned(),
        };
        if number == "1" { one.to_owned() } else { fill(many, &[("n", &number)]) }
    }
}

/// `text` with every `{name}` replaced by what `pairs` has for that name.
pub(crate) fn fill(text: &str, pairs: &[(&str, &str)]) -> String {
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
    use super::{EN, fill};

    #[test]
    fn placeholders_are_replaced_wherever_they_stand_and_values_are_left_alone() {
        assert_eq!(fill("{n} / {count}", &[("count", "12"), ("n", "3")]), "3 / 12");
        assert_eq!(fill("Episode {n}", &[("n", "{x}")]), "Episode {x}");
        assert_eq!(fill("No more", &[("n", "1")]), "No more");
    }

    #[test]
    fn periods_read_as_words() {
        assert_eq!(EN.period("P1W"), "per week");
        assert_eq!(EN.period("P3M"), "every 3 months");
        assert_eq!(EN.period("PT"), "PT");
    }
}
