//! What the buyer does, and what time does.

use super::order;
use crate::manifest::{Offer, OfferKind, Scope, read_offers};
use crate::node::Node;
use crate::shop::{ALLOWED_EPISODES, Asked, Desk, Order, Out, Say, Shop, ShopAction, ShopEffect, Step, Wallet, What, Wish};
use crate::text::before;
use crate::text::whole;
use crate::time::Millis;

/// A question without an answer for this long is given up. The shell's own limit is shorter.
const PATIENCE: Millis = Millis(15_000);
/// Waits between attempts, in seconds; after the last the viewer is asked to try again.
const BACKOFF: [u32; 6] = [1, 2, 4, 8, 15, 30];
/// Attempts to begin a payment, which charges nothing by itself.
const BEGINNINGS: usize = 2;
/// How often a pending payment is asked about, in seconds; the last for as long as it takes.
const POLL: [u32; 12] = [2, 2, 2, 2, 2, 3, 3, 4, 5, 7, 10, 15];
/// Added to the time in which an unlock without a tap can be stopped: clocks differ, and the gate refuses what comes early.
const MARGIN: u64 = 250;
/// Episodes unlocked without a tap in a row while the viewer does nothing.
const UNATTENDED: u32 = 3;

/// The shop while it handles one input.
pub(super) struct Till<'a> {
    pub shop: &'a mut Shop,
    pub desk: &'a Desk<'a>,
    pub out: Vec<Out>,
}

impl Till<'_> {
    /// Where the order is kept.
    pub(super) fn place(&self) -> String {
        ["$", self.desk.base, " ", self.desk.series].concat()
    }

    pub(super) fn effect(&mut self, effect: ShopEffect) {
        self.out.push(Out::Do(effect));
    }

    pub(super) fn begin(&mut self) {
        // Questions keep their numbers: an answer to another series must not be taken for one to this.
        *self.shop = Shop { last_ask: self.shop.last_ask, ..Shop::default() };
        let place = self.place();
        self.effect(ShopEffect::Recall { place });
    }

    /// An order that was under way when the page went. A wallet page or another tab may have ended it: the key tells.
    pub(super) fn recalled(&mut self, text: Option<&str>) {
        if self.shop.order.is_none()
            && let Some(order) = text.and_then(order::read)
        {
            self.shop.order = Some(order);
            self.shop.step = Step::Checking;
            self.shop.tries = 0;
            self.send();
        }
    }

    /// The sheet stands: what the gate said beside its offers.
    pub(super) fn wall(&mut self, body: &Node) {
        let shop = &mut *self.shop;
        shop.wallet = body.get("wallet").and_then(read_wallet).or(shop.wallet);
        if let Some(packs) = body.get("packs") {
            shop.packs = read_offers(packs, self.desk.base);
        }
        if let Some(n) = self.desk.first {
            shop.say = Some(Say::First { n });
        }
        let offers = body.get("offers").map(|list| read_offers(list, self.desk.base)).unwrap_or_default();
        shop.price = offers.iter().find_map(|offer| match offer.kind {
            OfferKind::Coins { scope: Scope::Episode, coins, money } => Some((coins, money)),
            _ => None,
        });
        shop.allowed = body.get("autoUnlock").is_some();
        if let Some(auto) = body.get("autoUnlock") {
            self.begin_auto(auto, offers);
        }
    }

    /// Shows what will be charged without a tap, and waits.
    fn begin_auto(&mut self, auto: &Node, offers: Vec<Offer>) {
        let desk = self.desk;
        let idle = self.shop.order.is_none() && self.shop.wish.is_none() && self.shop.step == Step::Offers;
        let stopped = self.shop.stopped.as_deref() == Some(desk.episode) || desk.unattended >= UNATTENDED;
        let id = auto.get("offer").and_then(Node::as_text);
        let Some(offer) = offers.into_iter().find(|o| Some(o.id.as_str()) == id) else { return };
        let OfferKind::Coins { coins, money, .. } = offer.kind else { return };
        if !idle || stopped || !desk.open {
            return;
        }
        let undo = auto.get("undoMs").and_then(Node::as_whole).unwrap_or(0).clamp(3_000, 60_000);
        let until = desk.now + Millis(undo + MARGIN);
        self.shop.step = Step::Auto { until, coins, money };
        self.shop.wish = Some(Wish { offer, consent: None, auto: true });
        self.shop.wake = Some(until);
    }

    pub(super) fn choose(&mut self, offer: Offer) {
        if self.shop.asked.is_some() || self.shop.order.is_some() || self.shop.wish.is_some() {
            return;
        }
        self.shop.say = None;
        match &offer.kind {
            OfferKind::Coins { coins, .. } => {
                // Without a wallet the gate will tell.
                let missing = self.shop.wallet.map_or(0, |wallet| coins.saturating_sub(wallet.total()));
                if missing > 0 {
                    return self.show_packs(missing);
                }
            }
            OfferKind::Pack { .. } | OfferKind::Purchase { .. } => {}
            OfferKind::Ad { .. } | OfferKind::Subscription { .. } => {
                self.shop.say = Some(Say::NotHere);
                return;
            }
        }
        self.shop.wish = Some(Wish { offer, consent: None, auto: false });
        self.effect(ShopEffect::Ticket);
    }

    pub(super) fn show_packs(&mut self, missing: u64) {
        self.shop.step = Step::Packs { missing };
        let packs = self.shop.packs.clone();
        // Without packs the offers stay: there may be another way.
        self.out.push(Out::Show((!packs.is_empty()).then_some(packs)));
    }

    /// A key has come: now the wish is an order.
    pub(super) fn ticket(&mut self, key: String, page: &str) {
        let Some(wish) = self.shop.wish.take() else { return };
        let desk = self.desk;
        let what = match wish.offer.kind {
            OfferKind::Coins { coins, money, .. } => match wish.offer.raw.get("quote").and_then(Node::as_text) {
                Some(quote) => What::Unlock { quote: quote.to_owned(), coins, money, auto: wish.auto },
                None => {
                    let body = Node::map([
                        ("series", desk.series.into()),
                        ("episode", desk.episode.into()),
                        ("offer", wish.offer.id.as_str().into()),
                    ]);
                    self.shop.wish = Some(wish);
                    return self.call(Asked::Quote { key }, "POST", "/v1/quotes".to_owned(), None, body);
                }
            },
            _ => {
                // Back to this episode: by its address where the address follows the episode.
                let bare = before(page, b'#');
                let page = if desk.deep_link { [bare, "#e=", &whole(u64::from(desk.n))].concat() } else { page.to_owned() };
                What::Checkout { page, consent: wish.consent }
            }
        };
        self.shop.order = Some(Order { key, episode: desk.episode.to_owned(), offer: wish.offer.id.clone(), what });
        self.shop.chosen = Some(wish.offer);
        self.shop.tries = 0;
        self.send();
    }

    /// Asks for the order, again or for the first time. It is kept before it leaves.
    pub(super) fn send(&mut self) {
        let Some(order) = self.shop.order.clone() else { return };
        let body = order::body(&order, self.desk.series);
        let (place, value) = (self.place(), order::write(&order));
        self.effect(ShopEffect::Keep { place, value });
        let (method, path, key) = match order.what {
            What::Unlock { .. } => ("POST", "/v1/unlocks".to_owned(), Some(order.key)),
            What::Checkout { .. } => ("POST", "/v1/checkouts".to_owned(), Some(order.key)),
            What::Pay { id, .. } => ("GET", ["/v1/checkouts/", &id].concat(), None),
        };
        self.call(Asked::Order, method, path, key, body);
    }

    pub(super) fn call(&mut self, asked: Asked, method: &'static str, path: String, key: Option<String>, body: Node) {
        self.shop.last_ask = self.shop.last_ask.wrapping_add(1);
        let ask = self.shop.last_ask;
        self.shop.asked = Some((ask, asked));
        self.shop.wake = Some(self.desk.now + PATIENCE);
        self.effect(ShopEffect::Call { ask, method, base: self.desk.base.to_owned(), path, key, body });
    }

    /// The order is over, one way or the other.
    pub(super) fn drop_order(&mut self, say: Option<Say>) {
        let place = self.place();
        if matches!(self.shop.order.take().map(|o| o.what), Some(What::Pay { .. })) {
            self.effect(ShopEffect::Close);
        }
        self.effect(ShopEffect::Keep { place, value: String::new() });
        self.shop.asked = None;
        self.shop.wish = None;
        self.shop.wake = None;
        self.shop.tries = 0;
        self.shop.step = Step::Offers;
        self.shop.say = say;
    }

    /// No answer that settles anything: asked again after a while, with the same key.
    pub(super) fn again(&mut self, wait: Option<u32>) {
        let tries = self.shop.tries;
        self.shop.tries += 1;
        let least = wait.unwrap_or(0).min(60);
        let wait = match self.shop.order.as_ref().map(|order| &order.what) {
            None => return,
            Some(What::Checkout { .. }) if tries >= BEGINNINGS => {
                self.drop_order(Some(Say::NoShop));
                return self.out.push(Out::Show(None));
            }
            Some(What::Pay { .. }) => POLL.get(tries).or(POLL.last()).copied(),
            Some(What::Unlock { .. }) => {
                self.shop.step = Step::Checking;
                BACKOFF.get(tries).copied()
            }
            Some(What::Checkout { .. }) => BACKOFF.get(tries).copied(),
        };
        let Some(wait) = wait else {
            self.shop.step = Step::Stuck;
            self.shop.wake = None;
            return;
        };
        self.shop.wake = Some(self.desk.now + Millis(u64::from(wait.max(least)) * 1_000));
    }

    /// Asks whether the episode before which the viewer stands is open now.
    pub(super) fn fresh(&mut self) {
        self.out.push(Out::Stale);
        let desk = self.desk;
        if !desk.open {
            return;
        }
        let body = Node::map([("series", desk.series.into()), ("episode", desk.episode.into()), ("intent", "play".into())]);
        self.call(Asked::Fresh { episode: desk.episode.to_owned() }, "POST", "/v1/play".to_owned(), None, body);
    }

    pub(super) fn opened(&mut self, yes: bool) {
        if let Step::Paying { opened, .. } = &mut self.shop.step {
            *opened = yes;
        }
    }

    /// The sheet is gone. What was asked of the gate is not: it may have been charged.
    pub(super) fn closed(&mut self) {
        self.shop.say = None;
        if self.shop.order.is_some() {
            return;
        }
        self.shop.step = Step::Offers;
        self.shop.wish = None;
        self.shop.asked = None;
        self.shop.wake = None;
        self.shop.consenting = None;
    }

    /// The viewer is back, perhaps from paying.
    pub(super) fn look_now(&mut self) {
        if self.shop.order.is_some() && self.shop.asked.is_none() && self.shop.step != Step::Stuck {
            self.shop.tries = self.shop.tries.min(1);
            self.send();
        }
    }

    pub(super) fn act(&mut self, action: ShopAction) {
        match action {
            ShopAction::Stop => {
                if let Step::Auto { .. } = self.shop.step {
                    self.shop.stopped = Some(self.desk.episode.to_owned());
                    self.shop.wish = None;
                    self.shop.wake = None;
                    self.shop.step = Step::Offers;
                    self.out.push(Out::Show(None));
                }
            }
            ShopAction::Again => {
                if self.shop.step == Step::Stuck {
                    self.shop.step = Step::Checking;
                    self.shop.tries = 0;
                    self.send();
                }
            }
            ShopAction::Back => match self.shop.step {
                Step::Packs { .. } | Step::Consent { .. } => {
                    self.shop.step = Step::Offers;
                    self.shop.consenting = None;
                    self.out.push(Out::Show(None));
                }
                Step::Paying { .. } => {
                    self.drop_order(None);
                    self.fresh();
                }
                _ => {}
            },
            ShopAction::Agree => {
                if let Step::Consent { version, .. } = &self.shop.step
                    && let Some(offer) = self.shop.consenting.take()
                {
                    let consent = Some(version.clone().unwrap_or_default());
                    self.shop.step = Step::Offers;
                    self.shop.wish = Some(Wish { offer, consent, auto: false });
                    self.effect(ShopEffect::Ticket);
                }
            }
            ShopAction::Allow(on) => self.allow(on),
        }
    }

    /// Turns unlocking without a tap on or off.
    fn allow(&mut self, on: bool) {
        if self.shop.asked.is_some() || self.shop.order.is_some() {
            return;
        }
        let path = ["/v1/me/auto-unlock/", self.desk.series].concat();
        if !on {
            self.shop.wish = None;
            return self.call(Asked::Allow { on }, "DELETE", path, None, Node::Null);
        }
        // As many as the viewer was told: the sheet names both numbers.
        let Some((coins, _)) = self.shop.price.filter(|_| self.shop.wish.is_none()) else { return };
        let body = Node::map([("episodes", ALLOWED_EPISODES.into()), ("coins", coins.saturating_mul(ALLOWED_EPISODES).into())]);
        self.call(Asked::Allow { on }, "PUT", path, None, body);
    }

    pub(super) fn tick(&mut self) {
        if self.shop.wake.is_none_or(|at| self.desk.now < at) {
            return;
        }
        self.shop.wake = None;
        if let Some((ask, _)) = self.shop.asked {
            return self.answered(ask, Err(crate::event::FetchFailure::Unreachable), None);
        }
        if let Step::Auto { .. } = self.shop.step {
            if !self.desk.open {
                // Nobody sees what would be charged.
                self.shop.wish = None;
                self.shop.step = Step::Offers;
                return;
            }
            self.shop.step = Step::Offers;
            self.out.push(Out::Unattended);
            return self.effect(ShopEffect::Ticket);
        }
        self.send();
    }
}

pub(super) fn read_wallet(node: &Node) -> Option<Wallet> {
    let coins = |key: &str| node.get(key).and_then(Node::as_whole);
    Some(Wallet { paid: coins("paid")?, bonus: coins("bonus").unwrap_or(0) })
}
