//! The wall's sheet: opening and closing. What is done in it is in [`super::later`]. Nothing is bought by a swipe, a double tap, autoplay
//! or the end of an episode.

use super::{Player, later};
use crate::access::Grant;
use crate::effect::Effect;
use crate::event::{AskId, Cancelable};
use crate::fault::{Code, Fault};
use crate::manifest::{Mode, Offer};
use crate::node::Node;
use crate::shop::News;
use crate::surface::{Access, EventName, PaywallOutcome, Reason};
use crate::time::{Instant, Millis};
use crate::view::Rest;

/// Taps sooner after opening do nothing: they were meant for what lay there before.
pub(super) const ARM_AFTER: Millis = Millis(800);

/// The second tap of a double tap on an offer falls on the video.
const DEAF_AFTER: Millis = Millis(600);

/// The sheet over the current slide.
#[derive(Clone, Debug)]
pub(super) enum Sheet {
    None,
    Open(OpenSheet),
    /// Closed by hand; it stays closed until the viewer taps or leaves the slide.
    Dismissed {
        index: usize,
    },
}

#[derive(Clone, Debug)]
pub(super) struct OpenSheet {
    pub index: usize,
    pub since: Instant,
    pub reason: Reason,
    pub offers: Vec<Offer>,
    pub rest: Option<Rest>,
    /// The host draws its own.
    pub taken: bool,
    pub busy: Option<AskId>,
    /// The offer that was chosen last.
    pub chosen: Option<String>,
    pub message: Option<String>,
    pub unreachable: bool,
}

impl Player {
    pub(super) fn open_sheet(&self) -> Option<&OpenSheet> {
        match &self.sheet {
            Sheet::Open(sheet) => Some(sheet),
            _ => None,
        }
    }

    pub(super) fn open_sheet_mut(&mut self) -> Option<&mut OpenSheet> {
        match &mut self.sheet {
            Sheet::Open(sheet) => Some(sheet),
            _ => None,
        }
    }

    /// Opens the sheet when the wall stands before the viewer, closes it when it does not.
    pub(super) fn reconcile_sheet(&mut self) {
        let (access, reason) = self.access_at(self.current);
        match access {
            Access::Free | Access::Granted => {
                self.close_sheet(PaywallOutcome::Unlocked);
                self.sheet = Sheet::None;
            }
            Access::Checking => {
                if self.open_sheet().is_some_and(|s| s.unreachable) {
                    // "Try again" was tapped: the question is out once more. A host that draws its own sheet is told.
                    self.close_sheet(PaywallOutcome::Dismissed);
                }
            }
            Access::Locked => {
                let closed_here = matches!(self.sheet, Sheet::Dismissed { index } if index == self.current);
                if self.open_sheet().is_none() && !closed_here {
                    self.show_sheet(reason.unwrap_or(Reason::Locked));
                }
            }
        }
    }

    fn show_sheet(&mut self, reason: Reason) {
        let index = self.current;
        let mut offers = self.offers_at(index);
        if reason == Reason::Unreleased {
            // What is not out yet cannot be bought.
            offers.clear();
        }
        let unreachable = self.gate_unreachable(index);
        let list = Node::List(offers.iter().map(|o| o.raw.clone()).collect());
        let detail = Node::map([("episode", self.describe_episode(index)), ("reason", reason.name().into()), ("offers", list)]);
        self.sheet = Sheet::Open(OpenSheet {
            index,
            since: self.now,
            reason,
            offers,
            rest: None,
            taken: false,
            busy: None,
            chosen: None,
            message: None,
            unreachable,
        });
        self.push(Effect::Notify { name: EventName::PaywallOpen, detail, cancelable: Some(Cancelable::PaywallOpen) });
        self.tell_later(News::Sheet);
        self.read_soon();
    }

    /// The ways to go on: the gate's, or those of the manifest.
    pub(super) fn offers_at(&self, index: usize) -> Vec<Offer> {
        if let Some(offers) = self.denial(index).and_then(|denial| denial.offers.clone()) {
            return offers;
        }
        self.manifest.episodes.get(index).map(|episode| self.manifest.offers_for(episode)).unwrap_or_default()
    }

    pub(super) fn sheet_announced(&mut self, prevented: bool) {
        if let Some(sheet) = self.open_sheet_mut() {
            sheet.taken = prevented;
        }
    }

    /// Closes the sheet if it is open, and says so.
    pub(super) fn close_sheet(&mut self, outcome: PaywallOutcome) {
        let Sheet::Open(sheet) = core::mem::replace(&mut self.sheet, Sheet::None) else { return };
        let detail = Node::map([("episode", self.describe_episode(sheet.index)), ("outcome", outcome.name().into())]);
        self.notify(EventName::PaywallClose, detail);
        self.tell_later(News::Closed);
        if outcome == PaywallOutcome::Unlocked {
            self.deaf_until = self.now + DEAF_AFTER;
        }
    }

    /// Escape, the close control, `dismissPaywall()`.
    pub(super) fn dismiss(&mut self) {
        if let Some(index) = self.open_sheet().map(|s| s.index) {
            self.close_sheet(PaywallOutcome::Dismissed);
            self.sheet = Sheet::Dismissed { index };
        }
    }

    /// A tap on a locked slide whose sheet was closed.
    pub(super) fn reopen_sheet(&mut self) {
        if matches!(self.sheet, Sheet::Dismissed { .. }) {
            self.sheet = Sheet::None;
            self.forget_denial(self.current);
        }
    }

    /// Takes a grant from the host; the text says what is wrong with it.
    pub(super) fn accept(&mut self, index: usize, grant: &Node, base: &str) -> Result<(), String> {
        let id = self.manifest.episodes.get(index).map(|e| e.id.clone()).unwrap_or_default();
        let own_media = self.manifest.episodes.get(index).is_some_and(|e| !e.renditions.is_empty());
        if matches!(grant, Node::Bool(true)) && self.manifest.access.mode == Mode::Gate {
            // The page says it is paid for. The gate decides: ask it again.
            self.set_denied_to_unknown(index);
            return Ok(());
        }
        let grant = Grant::read(grant, base, self.now, self.wall_now()).and_then(|grant| {
            if grant.renditions.is_none() && !own_media {
                return Err("true means the manifest's renditions, and the episode has none; give {renditions: [...]}".to_owned());
            }
            Ok(grant)
        });
        match grant {
            Ok(grant) => {
                self.started = true;
                self.give(index, grant);
                Ok(())
            }
            Err(wrong) => {
                let message = ["The grant is not usable: ", &wrong].concat();
                self.tell(&Fault::minor(Code::GrantInvalid, message.clone()).of(&id));
                Err(message)
            }
        }
    }

    fn set_denied_to_unknown(&mut self, index: usize) {
        self.forget_denial(index);
        if index == self.current {
            self.sheet = match core::mem::replace(&mut self.sheet, Sheet::None) {
                Sheet::Open(sheet) => Sheet::Open(OpenSheet { unreachable: false, ..sheet }),
                other => other,
            };
        }
    }

    /// What lies under a finger now is not what lay there before: taps count only after a while.
    pub(super) fn rearm_sheet(&mut self) {
        let now = self.now;
        if let Some(sheet) = self.open_sheet_mut() {
            sheet.since = now;
        }
    }

    /// Tells the second wasm something, if it is there.
    #[inline(never)]
    pub(super) fn tell_later(&mut self, news: News) {
        if self.later && self.is_ready() {
            later::handle(self, news);
        }
    }

    pub(super) fn sheet_deadline(&self) -> Option<Instant> {
        self.open_sheet().map(|s| s.since + ARM_AFTER).filter(|at| *at > self.now)
    }

    pub(super) fn sheet_armed(&self, sheet: &OpenSheet) -> bool {
        self.now >= sheet.since + ARM_AFTER
    }
}
