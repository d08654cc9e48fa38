//! Who may watch what. Every decision about access is taken here, by the server's clock, from the server's own policy.

use crate::authoring::State;
use crate::catalog::{Episode, Series};

/// The answer to "may this be watched now?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Not published. To the outside this is the same as an episode that does not exist.
    Unavailable,
    /// Yes.
    Allowed {
        /// Why.
        source: Source,
        /// Until when, milliseconds since the epoch; `None` for no end in sight.
        until_ms: Option<u64>,
    },
    /// Not without unlocking it.
    Locked(Reason),
}

/// Why an episode may be watched. Entitlements (coins, purchase, subscription, ad) will be further variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is free for everyone.
    Free,
}

impl Source {
    /// The name in a grant.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
        }
    }
}

/// Why an episode is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its ordinal lies beyond the free count.
    BeyondFree,
    /// Its author locked it by name.
    Locked,
}

impl Reason {
    /// The name in a 402 answer.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeyondFree => "beyond-free",
            Self::Locked => "locked",
        }
    }
}

/// Decides about `episode` for a viewer who owns nothing, at `now_ms`.
///
/// The order of the questions is part of the contract: publication, then freedom, then (later) entitlement, else locked.
pub fn decide(series: &Series, episode: &Episode, now_ms: u64) -> Decision {
    let rule = &episode.rule;
    let published = rule.from_ms.is_none_or(|from| from <= now_ms) && rule.until_ms.is_none_or(|until| now_ms < until);
    if !published {
        return Decision::Unavailable;
    }
    let free = match rule.state {
        Some(State::Free) => true,
        Some(State::Locked) => false,
        None => episode.n <= series.free_episodes,
    } || rule.free_after_ms.is_some_and(|after| after <= now_ms);
    if free {
        return Decision::Allowed { source: Source::Free, until_ms: rule.until_ms };
    }
    // An entitlement of the viewer is looked up here: subscription, purchase, coins, code, grant, ad, in this order.
    Decision::Locked(match rule.state {
        Some(_) => Reason::Locked,
        None => Reason::BeyondFree,
    })
}

/// The next time after `now_ms` at which a decision about this series may change by the clock alone.
pub fn next_change(series: &Series, now_ms: u64) -> Option<u64> {
    series.episodes.iter().flat_map(|e| [e.rule.from_ms, e.rule.until_ms, e.rule.free_after_ms]).flatten().filter(|t| *t > now_ms).min()
}
