//! Who may watch what. Every decision about access is taken here, by the server's clock, from the server's own policy.

use std::collections::HashMap;

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

/// Why an episode may be watched. Of two reasons the later one here counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// It is free for everyone.
    Free,
    /// Unlocked with coins.
    Coins,
    /// Bought with money.
    Purchase,
}

impl Source {
    /// The name in a grant.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Coins => "coins",
            Self::Purchase => "purchase",
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

/// A right to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// Where it comes from.
    pub source: Source,
    /// When it ends; `None` for never.
    pub ends_ms: Option<u64>,
}

/// What a viewer owns of one series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owned {
    series: Vec<Right>,
    episodes: HashMap<String, Right>,
}

impl Owned {
    /// A right to the whole series, with what is still to come.
    pub fn add_series(&mut self, right: Right) {
        self.series.push(right);
    }

    /// A right to one episode.
    pub fn add_episode(&mut self, id: String, right: Right) {
        self.episodes.insert(id, right);
    }

    fn right(&self, episode: &str, now_ms: u64) -> Option<Right> {
        let all = self.series.iter().chain(self.episodes.get(episode));
        all.filter(|r| r.ends_ms.is_none_or(|end| now_ms < end)).max_by_key(|r| r.source).copied()
    }
}

/// Decides about `episode` for a viewer who owns nothing, at `now_ms`.
pub fn decide(series: &Series, episode: &Episode, now_ms: u64) -> Decision {
    decide_for(series, episode, None, now_ms)
}

/// Decides about `episode` for a viewer, at `now_ms`.
///
/// The order of the questions is part of the contract: publication, then freedom, then what the viewer owns, else locked.
pub fn decide_for(series: &Series, episode: &Episode, owned: Option<&Owned>, now_ms: u64) -> Decision {
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
    if let Some(right) = owned.and_then(|o| o.right(&episode.id, now_ms)) {
        let until_ms = [rule.until_ms, right.ends_ms].into_iter().flatten().min();
        return Decision::Allowed { source: right.source, until_ms };
    }
    Decision::Locked(match rule.state {
        Some(_) => Reason::Locked,
        None => Reason::BeyondFree,
    })
}

/// The episodes that are locked for this viewer, in order.
pub fn locked<'a>(series: &'a Series, owned: Option<&'a Owned>, now_ms: u64) -> impl Iterator<Item = &'a Episode> {
    series.episodes.iter().filter(move |e| matches!(decide_for(series, e, owned, now_ms), Decision::Locked(_)))
}

/// The next time after `now_ms` at which a decision about this series may change by the clock alone.
pub fn next_change(series: &Series, now_ms: u64) -> Option<u64> {
    series.episodes.iter().flat_map(|e| [e.rule.from_ms, e.rule.until_ms, e.rule.free_after_ms]).flatten().filter(|t| *t > now_ms).min()
}
