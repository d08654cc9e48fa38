//! Who may watch what: the policy for `open` and `host` series, and grants for every mode.
//!
//! In `gate` mode the server decides; what stands here only says which episodes need no asking.

use crate::manifest::{Caption, Episode, Mode, Policy, Rendition, State, read_captions, read_renditions};
use crate::node::Node;
use crate::surface::Reason;
use crate::time::{Instant, Millis, WallMs};

/// Whether an episode is open by the policy alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Anybody may watch it.
    Free,
    /// A grant is needed.
    Locked(Reason),
}

/// Judges an episode without looking at grants.
///
/// `free_count` is the count in force (attribute or manifest). `wall` is `None` while the wall clock is unknown:
/// then no date opens anything.
#[must_use]
pub fn judge(policy: &Policy, free_count: u32, episode: &Episode, wall: Option<WallMs>) -> Verdict {
    let reached = |date: WallMs| wall.is_some_and(|now| now >= date);
    if episode.from.is_some_and(|from| !reached(from)) || episode.until.is_some_and(reached) {
        return Verdict::Locked(Reason::Unreleased);
    }
    let free = match episode.state {
        Some(State::Free) => true,
        Some(State::Locked) => false,
        None => episode.n <= free_count,
    };
    let by_date = policy.mode != Mode::Gate && episode.free_after.is_some_and(reached);
    if policy.mode == Mode::Gate && episode.renditions.is_empty() {
        // The public manifest has nothing to play: only the gate can say more.
        return Verdict::Locked(if episode.state.is_none() && !free { Reason::BeyondFree } else { Reason::Locked });
    }
    if free || by_date {
        Verdict::Free
    } else if episode.state == Some(State::Locked) {
        Verdict::Locked(Reason::Locked)
    } else {
        Verdict::Locked(Reason::BeyondFree)
    }
}

/// The moment at which the policy's verdict on this episode may next change.
#[must_use]
pub fn next_change(episode: &Episode, wall: WallMs) -> Option<WallMs> {
    [episode.from, episode.until, episode.free_after].into_iter().flatten().filter(|date| *date > wall).min()
}

/// Leave to watch one episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// What to play; `None` means the manifest's renditions.
    pub renditions: Option<Vec<Rendition>>,
    /// Captions; empty means the manifest's.
    pub captions: Vec<Caption>,
    /// What its cues' URLs resolve against, and the cues as they came; not a list means the manifest's.
    pub cues: (String, Node),
    /// When it runs out.
    pub expires: Option<Instant>,
    /// When to ask for a fresh one.
    pub refresh_at: Option<Instant>,
}

impl Grant {
    /// Whether it still holds.
    #[must_use]
    pub fn holds(&self, now: Instant) -> bool {
        self.expires.is_none_or(|end| now < end)
    }

    /// Reads `true` or a grant object. `clock` is the giver's wall clock now; `base` resolves relative URLs.
    ///
    /// # Errors
    /// What is wrong and what would be right.
    pub fn read(node: &Node, base: &str, now: Instant, clock: Option<WallMs>) -> Result<Self, String> {
        match node {
            Node::Bool(true) => {
                return Ok(Self { renditions: None, captions: Vec::new(), cues: Default::default(), expires: None, refresh_at: None });
            }
            Node::Map(_) => {}
            _ => return Err("a grant is true, or an object with renditions".to_owned()),
        }
        let moment = |key: &str| -> Result<Option<Instant>, String> {
            let Some(value) = node.get(key).filter(|v| !matches!(v, Node::Null)) else { return Ok(None) };
            let at = value.as_whole().ok_or_else(|| [key, " must be milliseconds since 1970"].concat())?;
            let clock = clock.ok_or("the clock is not known yet")?;
            Ok(Some(now + Millis(at.saturating_sub(clock.0))))
        };
        let renditions = node.get("renditions").ok_or("renditions: at least one {type, url} is needed")?;
        Ok(Self {
            renditions: Some(read_renditions(renditions, base)?),
            captions: read_captions(node.get("captions"), base),
            cues: (base.to_owned(), node.get("cues").cloned().unwrap_or_default()),
            expires: moment("expiresMs")?,
            refresh_at: moment("refreshAfterMs")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::from_json;

    fn policy(mode: Mode) -> Policy {
        Policy { mode, free_episodes: 2, gate: None }
    }

    fn episode(n: u32, mode: Mode) -> Episode {
        let renditions = match mode {
            Mode::Gate => Vec::new(),
            _ => read_renditions(&from_json(r#"[{"type":"mp4","url":"x.mp4"}]"#), "https://a.example/").unwrap(),
        };
        Episode { id: "e".into(), n, renditions, ..Episode::default() }
    }

    #[test]
    fn the_free_count_decides_unless_the_episode_has_its_own_rule() {
        let p = policy(Mode::Open);
        let wall = Some(WallMs(1_000));
        assert_eq!(judge(&p, 2, &episode(2, Mode::Open), wall), Verdict::Free);
        assert_eq!(judge(&p, 2, &episode(3, Mode::Open), wall), Verdict::Locked(Reason::BeyondFree));
        assert_eq!(judge(&p, 0, &episode(1, Mode::Open), wall), Verdict::Locked(Reason::BeyondFree));
        let own = |state| Episode { state: Some(state), ..episode(9, Mode::Open) };
        assert_eq!(judge(&p, 2, &own(State::Free), wall), Verdict::Free);
        assert_eq!(judge(&p, 99, &own(State::Locked), wall), Verdict::Locked(Reason::Locked));
    }

    #[test]
    fn dates_open_and_close_only_when_the_clock_is_known() {
        let p = policy(Mode::Host);
        let later = Episode { free_after: Some(WallMs(500)), ..episode(9, Mode::Host) };
        assert_eq!(judge(&p, 2, &later, Some(WallMs(499))), Verdict::Locked(Reason::BeyondFree));
        assert_eq!(judge(&p, 2, &later, Some(WallMs(500))), Verdict::Free);
        assert_eq!(judge(&p, 2, &later, None), Verdict::Locked(Reason::BeyondFree));
        let window = Episode { from: Some(WallMs(100)), until: Some(WallMs(200)), ..episode(1, Mode::Host) };
        for (at, open) in [(99, false), (100, true), (199, true), (200, false)] {
            assert_eq!(judge(&p, 2, &window, Some(WallMs(at))) == Verdict::Free, open, "{at}");
        }
    }

    #[test]
    fn in_gate_mode_an_episode_without_media_is_never_free() {
        let p = policy(Mode::Gate);
        let claims_free = Episode { state: Some(State::Free), ..episode(1, Mode::Gate) };
        assert_eq!(judge(&p, 99, &claims_free, Some(WallMs(0))), Verdict::Locked(Reason::Locked));
        let dated = Episode { free_after: Some(WallMs(0)), ..episode(9, Mode::Open) };
        assert_eq!(judge(&p, 2, &dated, Some(WallMs(5))), Verdict::Locked(Reason::BeyondFree));
    }

    #[test]
    fn grants_are_read_and_run_out() {
        let clock = Some(WallMs(1_000_000));
        let read = |text: &str| Grant::read(&from_json(text), "https://g.example/", Instant(50), clock);
        assert_eq!(read("true").unwrap().renditions, None);
        let grant = read(r#"{"renditions":[{"type":"mp4","url":"/p/t/e.mp4"}],"expiresMs":1003000,"refreshAfterMs":1001000}"#).unwrap();
        assert!(grant.holds(Instant(3_049)) && !grant.holds(Instant(3_050)));
        assert_eq!(grant.refresh_at, Some(Instant(1_050)));
        for bad in [
            "false",
            "1",
            "{}",
            r#"{"renditions":[]}"#,
            r#"{"renditions":[{"type":"mp4","url":"javascript:x"}]}"#,
            r#"{"renditions":[{"type":"mp4","url":"a"}],"expiresMs":"soon"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
