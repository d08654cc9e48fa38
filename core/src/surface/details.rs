//! What each event carries: for types and documentation only.

use super::EventName;

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type in TypeScript.
    pub ty: &'static str,
    /// May be missing.
    pub optional: bool,
    /// What it means; empty where the name says it.
    pub about: &'static str,
}

pub(super) const fn field(name: &'static str, ty: &'static str, about: &'static str) -> Field {
    Field { name, ty, optional: false, about }
}

pub(super) const fn optional(name: &'static str, ty: &'static str, about: &'static str) -> Field {
    Field { name, ty, optional: true, about }
}

/// What an event carries.
#[derive(Clone, Copy, Debug)]
pub enum Detail {
    /// A plain event with the name of one of `<video>`: the element's properties say the rest.
    Media,
    /// A `CustomEvent` whose detail has these members.
    Members(&'static [Field]),
}

const EPISODE: Field = field("episode", "Episode", "");
const SERIES: Field = field("series", "Series", "");
const REASON: Field = field("reason", "Reason", "why it is locked");
const OFFERS: Field = field("offers", "Offer[]", "the ways past the wall, in order");

impl EventName {
    /// What the event carries.
    #[must_use]
    pub const fn detail(self) -> Detail {
        Detail::Members(match self {
            Self::Ready => const { &[field("version", "string", "of the player")] },
            Self::EpisodeChange => const { &[EPISODE, field("previous", "Episode", "the one before"), field("cause", "Cause", "")] },
            Self::EpisodeProgress => const { &[EPISODE, field("quartile", "25 | 50 | 75 | 100", "percent watched")] },
            Self::FirstFrame => {
                const {
                    &[
                        EPISODE,
                        field("latencyMs", "number", "from the settling of the gesture"),
                        field("preloaded", "boolean", "it was there before the gesture"),
                    ]
                }
            }
            Self::SeriesEnd => const { &[SERIES] },
            Self::PaywallOpen => const { &[EPISODE, REASON, OFFERS] },
            Self::PaywallClose => const { &[EPISODE, field("outcome", "PaywallOutcome", "")] },
            Self::UnlockRequest => const { &[SERIES, EPISODE, field("offer", "Offer | null", "null where the series has none")] },
            Self::AccessChange => const { &[EPISODE, field("access", "Access", "")] },
            Self::Like => const { &[EPISODE, field("liked", "boolean", "false when taken back")] },
            Self::Share => const { &[SERIES, EPISODE] },
            Self::Cue => const { &[EPISODE, field("cue", "Cue", "as in the manifest or the grant")] },
            Self::Error => {
                const {
                    &[
                        field("type", "ErrorType", ""),
                        field("code", "ErrorCode", "has a heading in docs/errors.md"),
                        field("fatal", "boolean", "the series cannot go on; otherwise one episode or one detail is concerned"),
                        field("message", "string", "for developers, in English"),
                        field("episode", "string | null", "id of the episode concerned"),
                    ]
                }
            }
            Self::Play
            | Self::Pause
            | Self::Playing
            | Self::Waiting
            | Self::Seeking
            | Self::Seeked
            | Self::TimeUpdate
            | Self::Ended
            | Self::RateChange
            | Self::VolumeChange => return Detail::Media,
        })
    }

    /// What `preventDefault()` does; `None` where the event cannot be cancelled.
    #[must_use]
    pub const fn prevented(self) -> Option<&'static str> {
        match self {
            Self::SeriesEnd => Some("no end screen: show your own next step"),
            Self::PaywallOpen => Some("no sheet: draw your own"),
            Self::UnlockRequest => Some("you answer later, with `grant()`"),
            Self::Like => Some("the heart stays as it is"),
            Self::Cue => Some("you show it"),
            Self::Share => Some("you share; otherwise `navigator.share`, else the link is copied"),
            _ => None,
        }
    }
}
