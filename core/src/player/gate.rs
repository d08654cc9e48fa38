//! Asking the gate. No answer opens nothing: without a grant there is no source.

use super::Player;
use crate::access::Grant;
use crate::effect::Effect;
use crate::event::{AskId, FetchFailure};
use crate::fault::{Code, Fault};
use crate::manifest::{Mode, Offer, read_offers};
use crate::node::Node;
use crate::shop::ShopEffect;
use crate::surface::{Access, Reason};
use crate::time::{Instant, Millis, WallMs};

const GATE_TIMEOUT: Millis = Millis(10_000);

/// What the gate said about one episode.
#[derive(Clone, Debug)]
pub(super) struct GateMemory {
    pub index: usize,
    pub state: GateState,
}

#[derive(Clone, Debug)]
pub(super) enum GateState {
    Asking { ask: AskId, since: Instant },
    Denied(Denial),
    Unreachable,
}

/// A 402.
#[derive(Clone, Debug)]
pub(super) struct Denial {
    pub reason: Option<Reason>,
    pub offers: Option<Vec<Offer>>,
    /// All of it.
    pub body: Node,
}

impl GateMemory {
    pub(super) const fn is_asking(&self) -> bool {
        matches!(self.state, GateState::Asking { .. })
    }
}

impl Player {
    fn gate_state(&self, index: usize) -> Option<&GateState> {
        self.gate.iter().find(|m| m.index == index).map(|m| &m.state)
    }

    fn set_gate_state(&mut self, index: usize, state: Option<GateState>) {
        self.gate.retain(|m| m.index != index);
        if let Some(state) = state {
            self.gate.push(GateMemory { index, state });
        }
    }

    /// Access to an episode that the policy does not open and no grant covers.
    pub(super) fn gate_access(&self, index: usize, reason: Reason) -> (Access, Option<Reason>) {
        if self.manifest.access.mode != Mode::Gate {
            return (Access::Locked, Some(reason));
        }
        match self.gate_state(index) {
            Some(GateState::Denied(denial)) => (Access::Locked, Some(denial.reason.unwrap_or(reason))),
            Some(GateState::Unreachable) => (Access::Locked, Some(reason)),
            _ if index == self.current => (Access::Checking, None),
            _ => (Access::Locked, Some(reason)),
        }
    }

    pub(super) fn denial(&self, index: usize) -> Option<&Denial> {
        match self.gate_state(index) {
            Some(GateState::Denied(denial)) => Some(denial),
            _ => None,
        }
    }

    pub(super) fn gate_unreachable(&self, index: usize) -> bool {
        matches!(self.gate_state(index), Some(GateState::Unreachable))
    }

    /// Coming back to an episode asks again: it may have been bought elsewhere.
    pub(super) fn forget_denial(&mut self, index: usize) {
        if !matches!(self.gate_state(index), Some(GateState::Asking { .. })) {
            self.set_gate_state(index, None);
        }
    }

    pub(super) fn ask_gate_if_needed(&mut self) {
        if self.manifest.access.mode != Mode::Gate || !self.connected {
            return;
        }
        let here = self.current;
        if self.access_here() == Access::Checking && self.gate_state(here).is_none() {
            self.ask_gate(here, "play");
        }
        // Whoever was granted this episode probably is the next; anybody else is not asked about ahead of time.
        let next = here + 1;
        let entitled = self.access_here() == Access::Granted && self.at_ease(self.here());
        if entitled && next < self.manifest.episodes.len() && !self.open_at(next) && self.gate_state(next).is_none() {
            self.ask_gate(next, "preload");
        }
    }

    fn ask_gate(&mut self, index: usize, intent: &str) {
        let base = self.gate_base();
        let Some(episode) = self.manifest.episodes.get(index).filter(|_| !base.is_empty()) else { return };
        let body = Node::map([
            ("series", self.manifest.series.id.as_str().into()),
            ("episode", episode.id.as_str().into()),
            ("intent", intent.into()),
        ]);
        let ask = self.new_ask();
        self.set_gate_state(index, Some(GateState::Asking { ask, since: self.now }));
        self.push(Effect::AskGate { ask, base, body });
    }

    pub(super) fn gate_answered(&mut self, ask: AskId, reply: Result<(u16, Node), FetchFailure>) {
        let asked = |m: &GateMemory| matches!(m.state, GateState::Asking { ask: a, .. } if a == ask);
        let Some(index) = self.gate.iter().find(|m| asked(m)).map(|m| m.index) else { return };
        self.set_gate_state(index, None);
        match reply {
            Ok((200, body)) => self.gate_granted(index, &body),
            Ok((402 | 403 | 410, body)) => self.gate_denied(index, body),
            // The token is of no use: asked again without one, once.
            Ok((401, _)) if !core::mem::replace(&mut self.signed_out, true) => {
                let place = ["@", &self.gate_base()].concat();
                self.push(Effect::Shop(ShopEffect::Keep { place, value: String::new() }));
                if index != self.current || self.access_here() == Access::Granted {
                    self.ask_gate(index, "preload");
                }
            }
            Ok(_) | Err(_) => self.gate_failed(index),
        }
    }

    pub(super) fn gate_denied(&mut self, index: usize, body: Node) {
        let reason = body.get("reason").and_then(Node::as_text);
        let reason = Reason::ALL.iter().copied().find(|r| Some(r.name()) == reason);
        let offers = body.get("offers").map(|list| read_offers(list, &self.gate_base()));
        self.signed_out = false;
        self.grants.retain(|(i, _)| *i != index);
        self.set_gate_state(index, Some(GateState::Denied(Denial { reason, offers, body })));
    }

    pub(super) fn gate_granted(&mut self, index: usize, body: &Node) {
        let clock = body.get("serverNowMs").and_then(Node::as_whole).map(WallMs).or_else(|| self.wall_now());
        let grant = body.get("grant").ok_or_else(|| "grant: missing".to_owned());
        // Only an object will do: `true` would mean the manifest's own URLs, and there are none.
        let grant = grant.and_then(|g| match g {
            Node::Map(_) => Grant::read(g, &self.gate_base(), self.now, clock),
            _ => Err("grant: an object was expected".to_owned()),
        });
        match grant {
            Ok(grant) => self.give(index, grant),
            Err(wrong) => {
                let id = self.manifest.episodes.get(index).map_or("", |e| e.id.as_str());
                self.tell(&Fault::minor(Code::GrantInvalid, ["The gate's grant is not usable: ", &wrong].concat()).of(id));
                self.set_gate_state(index, Some(GateState::Unreachable));
            }
        }
    }

    fn gate_failed(&mut self, index: usize) {
        let held = self.grants.iter().any(|(i, g)| *i == index && g.holds(self.now));
        if held {
            // A refresh that failed: what is held still counts, and is asked about again a little later.
            if let Some((_, grant)) = self.grants.iter_mut().find(|(i, _)| *i == index) {
                grant.refresh_at = Some(self.now + Millis(5_000));
            }
            return;
        }
        self.set_gate_state(index, Some(GateState::Unreachable));
        if index == self.current {
            let id = self.manifest.episodes.get(index).map_or("", |e| e.id.as_str());
            self.tell(
                &Fault::minor(Code::GateUnreachable, "The gate did not answer. Free episodes go on; the episode stays locked.").of(id),
            );
        }
    }

    /// The gate's base URL, without a slash at its end.
    pub(super) fn gate_base(&self) -> String {
        let base = self.config.gate.as_ref().or(self.manifest.access.gate.as_ref());
        base.map_or("", |base| crate::text::without_slash(base)).to_owned()
    }

    /// Records leave to watch.
    pub(super) fn give(&mut self, index: usize, grant: Grant) {
        self.grants.retain(|(i, _)| *i != index);
        self.grants.push((index, grant));
        self.set_gate_state(index, None);
        self.signed_out = false;
        if self.unblock(index) {
            return;
        }
        let current = index == self.current;
        let here = self.here();
        let slot = self.slot_mut(here);
        if current && slot.index == Some(index) && slot.has_source() && slot.attempts > 0 && !slot.asked_play {
            // The old URL had stopped working: swap only on need.
            self.reload(here);
        } else if current && !slot.has_source() && self.started {
            self.want.play = true;
        }
    }

    /// Asks for a fresh grant because the URL in hand has stopped working.
    pub(super) fn renew_grant(&mut self) {
        let here = self.current;
        if !matches!(self.gate_state(here), Some(GateState::Asking { .. })) {
            self.ask_gate(here, "play");
        }
    }

    /// Refreshes the grants of the current episode and its neighbours early.
    pub(super) fn watch_grants(&mut self) {
        let due = self.refreshable().find(|(_, at)| self.now >= *at).map(|(index, _)| index);
        if let Some(index) = due {
            self.ask_gate(index, if index == self.current { "play" } else { "preload" });
        }
    }

    /// Grants near the viewer that can be refreshed, and when.
    fn refreshable(&self) -> impl Iterator<Item = (usize, Instant)> {
        let asks = self.manifest.access.mode == Mode::Gate && !self.hidden;
        let near = move |i: &usize| asks && i.abs_diff(self.current) <= 1 && self.gate_state(*i).is_none();
        self.grants.iter().filter(move |(i, _)| near(i)).filter_map(|(i, g)| Some((*i, g.refresh_at?)))
    }

    pub(super) fn grant_deadline(&self) -> Option<Instant> {
        let refresh = self.refreshable().map(|(_, at)| at).min();
        let near = self.grants.iter().filter(|(i, _)| i.abs_diff(self.current) <= 1);
        let expiry = near.filter_map(|(_, g)| g.expires).filter(|at| *at > self.now).min();
        let dates = self.wall_now().and_then(|wall| {
            let change = crate::access::next_change(self.manifest.episodes.get(self.current)?, wall)?;
            // Beyond a day a timer says nothing useful; the page will have been reloaded.
            let left = Millis(change.0 - wall.0);
            (left.0 <= 86_400_000).then(|| self.now + left)
        });
        [refresh, expiry, dates].into_iter().flatten().min()
    }

    pub(super) fn gate_deadline(&self) -> Option<Instant> {
        self.gate
            .iter()
            .filter_map(|m| match m.state {
                GateState::Asking { since, .. } => Some(since + GATE_TIMEOUT),
                _ => None,
            })
            .min()
    }

    pub(super) fn gate_tick(&mut self) {
        let late = |m: &GateMemory| matches!(m.state, GateState::Asking { since, .. } if self.now >= since + GATE_TIMEOUT);
        let indices: Vec<usize> = self.gate.iter().filter(|m| late(m)).map(|m| m.index).collect();
        for index in indices {
            self.set_gate_state(index, None);
            self.gate_failed(index);
        }
    }

    /// "Try again" where the gate could not be reached.
    pub(super) fn retry_gate(&mut self) {
        if self.gate_unreachable(self.current) {
            self.set_gate_state(self.current, None);
        }
    }

    /// `refreshAccess()`
    pub(super) fn refresh_access(&mut self) {
        self.gate.retain(|m| matches!(m.state, GateState::Asking { .. }));
        if self.manifest.access.mode == Mode::Gate && self.access_here() == Access::Granted {
            self.renew_grant();
        }
    }
}
