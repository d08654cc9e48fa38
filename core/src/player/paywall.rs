//! The wall's sheet: opening, choosing, answering, closing. Nothing here is bought by a swipe, a double tap, autoplay
//! or the end of an episode: only [`Player::choose`] asks for an unlock, and only for a trusted tap.

use super::{Player, later};
use crate::access::Grant;
use crate::effect::Effect;
use crate::event::{AskId, Cancelable, UnlockReply};
use crate::fault::{Code, Fault};
use crate::manifest::{Mode, Money, Offer, OfferKind, Scope};
use crate::node::Node;
use crate::shop::{Input, Shop, ShopAction};
use crate::surface::{Access, EventName, PaywallOutcome, Reason};
use crate::time::{Instant, Millis};
use crate::view::Rest;

/// Taps sooner after opening do nothing: they were meant for what lay there before.
const ARM_AFTER: Millis = Millis(800);

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

    fn open_sheet_mut(&mut self) -> Option<&mut OpenSheet> {
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
        let rest = self.rest(&offers);
        let unreachable = self.gate_unreachable(index);
        let list = Node::List(offers.iter().map(|o| o.raw.clone()).collect());
        let detail = Node::map([("episode", self.describe_episode(index)), ("reason", reason.name().into()), ("offers", list)]);
        self.sheet = Sheet::Open(OpenSheet {
            index,
            since: self.now,
            reason,
            offers,
            rest,
            taken: false,
            busy: None,
            chosen: None,
            message: None,
            unreachable,
        });
        self.push(Effect::Notify { name: EventName::PaywallOpen, detail, cancelable: Some(Cancelable::PaywallOpen) });
        self.tell_shop(Input::Sheet);
    }

    /// The ways to go on: the gate's, or those of the manifest.
    pub(super) fn offers_at(&self, index: usize) -> Vec<Offer> {
        if let Some(offers) = self.denial(index).and_then(|denial| denial.offers.clone()) {
            return offers;
        }
        self.manifest.episodes.get(index).map(|episode| self.manifest.offers_for(episode)).unwrap_or_default()
    }

    /// What the rest of the series costs by the offers at hand.
    pub(super) fn rest(&self, offers: &[Offer]) -> Option<Rest> {
        if let Some((episodes, coins, money)) = self.denial(self.current).and_then(|d| d.rest) {
            return Some(Rest { episodes, coins, money });
        }
        let free = self.free_count();
        let wall = self.wall_now();
        let locked = |(i, episode): &(usize, &crate::manifest::Episode)| {
            let judged = crate::access::judge(&self.manifest.access, free, episode, wall);
            matches!(judged, crate::access::Verdict::Locked(r) if r != Reason::Unreleased)
                && !self.grants.iter().any(|(g, grant)| g == i && grant.holds(self.now))
        };
        let episodes = u32::try_from(self.manifest.episodes.iter().enumerate().filter(locked).count()).ok().filter(|n| *n > 0)?;
        let single = offers.iter().find_map(|o| match o.kind {
            OfferKind::Coins { scope: Scope::Episode, coins, money } => Some((Some(coins), money)),
            OfferKind::Purchase { scope: Scope::Episode, price } => Some((None, price)),
            _ => None,
        });
        let (coins, money) = single?;
        let times = u64::from(episodes);
        let total = Money { amount: money.amount.checked_mul(times)?, ..money };
        Some(Rest { episodes, coins: coins.and_then(|c| c.checked_mul(times)), money: Some(total) })
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
        self.tell_shop(Input::Closed);
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

    /// The viewer taps an offer, or the plain "Unlock".
    pub(super) fn choose(&mut self, offer: Option<&str>, trusted: bool) {
        let now = self.now;
        let Some(sheet) = self.open_sheet() else { return };
        if !trusted || sheet.taken || sheet.busy.is_some() || now < sheet.since + ARM_AFTER || sheet.reason == Reason::Unreleased {
            return;
        }
        let chosen = match offer {
            None if sheet.offers.is_empty() => None,
            Some(id) => match sheet.offers.iter().find(|o| o.id == id) {
                Some(offer) => Some(offer),
                None => return,
            },
            None => return,
        };
        if self.shop_here().is_some_and(|shop| shop.order.is_some() || shop.is_busy()) {
            return;
        }
        let index = sheet.index;
        let raw = chosen.map_or(Node::Null, |offer| offer.raw.clone());
        let chosen = chosen.map(|offer| offer.id.clone());
        let ask = self.new_ask();
        if let Some(sheet) = self.open_sheet_mut() {
            sheet.busy = Some(ask);
            sheet.message = None;
            sheet.chosen = chosen;
        }
        self.unlocks.push((ask, index));
        let detail = Node::map([("series", self.series()), ("episode", self.describe_episode(index)), ("offer", raw)]);
        self.push(Effect::RequestUnlock { ask, detail });
    }

    pub(super) fn unlock_answered(&mut self, ask: AskId, reply: UnlockReply) {
        let Some(index) = self.unlocks.iter().find(|(a, _)| *a == ask).map(|(_, index)| *index) else { return };
        self.unlocks.retain(|(a, _)| *a != ask);
        let sheet = self.open_sheet().filter(|sheet| sheet.busy == Some(ask) && self.shop_here().is_some());
        let chosen = sheet.and_then(|sheet| sheet.offers.iter().find(|offer| Some(&offer.id) == sheet.chosen.as_ref())).cloned();
        let message = match (reply, chosen) {
            (UnlockReply::Grant { grant, base }, _) => self.accept(index, &grant, &base).err(),
            (UnlockReply::Rejected(message), _) => Some(message),
            (UnlockReply::Taken, _) => None,
            // Nobody on the page sells: the gate does.
            (UnlockReply::Unanswered, Some(offer)) => {
                self.tell_shop(Input::Choose(offer));
                None
            }
            (UnlockReply::Unanswered, None) => {
                let id = self.manifest.episodes.get(index).map_or("", |e| e.id.as_str());
                let text = "Nothing on this page answers unlock requests: listen to \"unlockrequest\" and call event.respondWith().";
                self.tell(&Fault::minor(Code::UnlockUnanswered, text).of(id));
                Some(String::new())
            }
        };
        if let Some(sheet) = self.open_sheet_mut().filter(|s| s.busy == Some(ask)) {
            sheet.busy = None;
            sheet.message = message;
        }
    }

    /// Takes a grant from the host; the text says what is wrong with it.
    pub(super) fn accept(&mut self, index: usize, grant: &Node, base: &str) -> Result<(), String> {
        let id = self.manifest.episodes.get(index).map(|e| e.id.clone()).unwrap_or_default();
        let own_media = self.manifest.episodes.get(index).is_some_and(|e| !e.renditions.is_empty());
        if *grant == Node::Bool(true) && self.manifest.access.mode == Mode::Gate {
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

    /// What the buyer meets, where the gate sells.
    pub(super) fn shop_here(&self) -> Option<&Shop> {
        (self.later && self.manifest.access.mode == Mode::Gate && self.is_ready()).then_some(&self.shop)
    }

    /// Tells the shop something, if it can be called.
    #[inline(never)]
    pub(super) fn tell_shop(&mut self, input: Input) {
        if self.shop_here().is_some() {
            later::handle(self, input);
        }
    }

    /// A trusted tap on something in the sheet that is no offer.
    pub(super) fn shop_tapped(&mut self, action: ShopAction) {
        // What stops or leads back works at once.
        let harmless = matches!(action, ShopAction::Back | ShopAction::Stop | ShopAction::Allow(false));
        if self.open_sheet().is_some_and(|sheet| !sheet.taken && (harmless || self.sheet_armed(sheet))) {
            self.tell_shop(Input::Act(action));
        }
    }

    pub(super) fn sheet_deadline(&self) -> Option<Instant> {
        self.open_sheet().map(|s| s.since + ARM_AFTER).filter(|at| *at > self.now)
    }

    pub(super) fn sheet_armed(&self, sheet: &OpenSheet) -> bool {
        self.now >= sheet.since + ARM_AFTER
    }
}
