//! What is done in the sheet: choosing, what the host answers, and what the rest of the series costs. Only [`Player::choose`] asks
//! for an unlock, and only for a trusted tap.

use crate::effect::Effect;
use crate::event::{AskId, UnlockReply};
use crate::fault::{Code, Fault};
use crate::manifest::{Money, Offer, OfferKind, Scope, read_money};
use crate::node::Node;
use crate::player::Player;
use crate::player::paywall::ARM_AFTER;
use crate::shop::{Input, ShopAction};
use crate::surface::Reason;
use crate::view::Rest;

impl Player {
    /// What the rest of the series costs by the offers at hand.
    pub(super) fn rest(&self, offers: &[Offer]) -> Option<Rest> {
        if let Some(rest) = self.denial(self.current).and_then(|denial| read_rest(denial.body.get("rest")?)) {
            return Some(rest);
        }
        if !self.is_read() {
            return None;
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

    /// The viewer taps an offer, or the plain "Unlock".
    pub(super) fn choose(&mut self, offer: Option<&str>) {
        let now = self.now;
        let Some(sheet) = self.open_sheet() else { return };
        if sheet.taken || sheet.busy.is_some() || now < sheet.since + ARM_AFTER || sheet.reason == Reason::Unreleased {
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
        if self.shop.as_ref().is_some_and(|shop| shop.order.is_some() || shop.is_busy()) {
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
        let sheet = self.open_sheet().filter(|sheet| sheet.busy == Some(ask) && self.shop.is_some());
        let chosen = sheet.and_then(|sheet| sheet.offers.iter().find(|offer| Some(&offer.id) == sheet.chosen.as_ref())).cloned();
        let message = match (reply, chosen) {
            (UnlockReply::Grant { grant, base }, _) => self.accept(index, &grant, &base).err(),
            (UnlockReply::Rejected(message), _) => Some(message),
            (UnlockReply::Taken, _) => None,
            // Nobody on the page sells: the gate does.
            (UnlockReply::Unanswered, Some(offer)) => {
                self.serve(Input::Choose(offer));
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

    /// A trusted tap on something in the sheet that is no offer.
    pub(super) fn tapped(&mut self, action: ShopAction) {
        // What stops or leads back works at once.
        let harmless = matches!(action, ShopAction::Back | ShopAction::Stop | ShopAction::Allow(false));
        if self.open_sheet().is_some_and(|sheet| !sheet.taken && (harmless || self.sheet_armed(sheet))) {
            self.serve(Input::Act(action));
        }
    }
}

/// `rest` of the gate's answer.
fn read_rest(rest: &Node) -> Option<Rest> {
    let episodes = u32::try_from(rest.get("episodes")?.as_whole()?).ok()?;
    Some(Rest { episodes, coins: rest.get("coins").and_then(Node::as_whole), money: rest.get("moneyEquivalent").and_then(read_money) })
}
