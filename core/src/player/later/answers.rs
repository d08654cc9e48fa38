//! What the gate answers. Every code that a buyer can meet ends in a state of the sheet; docs/gate.md lists them.

use super::order;
use super::till::{Till, read_wallet};
use crate::event::FetchFailure;
use crate::manifest::{Money, OfferKind, read_money, read_offers};
use crate::node::Node;
use crate::shop::{Asked, Out, Say, ShopEffect, Step, What};
use crate::time::Millis;

type Reply = Result<(u16, Node), FetchFailure>;

/// Statuses that say nothing of the order: it is asked for again.
const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

fn code(body: &Node) -> &str {
    body.get("code").and_then(Node::as_text).unwrap_or_default()
}

impl Till<'_> {
    /// Takes an answer. One to an older question is dropped.
    pub(super) fn answered(&mut self, ask: u32, reply: Reply, wait: Option<u32>) {
        let Some((_, asked)) = self.shop.asked.take_if(|(awaited, _)| *awaited == ask) else { return };
        self.shop.wake = None;
        let (status, body) = match reply {
            Ok((status, _)) | Err(FetchFailure::Status(status)) if is_passing(status) => return self.silent(asked, wait),
            Ok(answer) => answer,
            Err(FetchFailure::Status(status)) => (status, Node::Null),
            Err(_) => return self.silent(asked, wait),
        };
        match asked {
            Asked::Order => self.order_answered(status, &body),
            Asked::Viewer => match body.get("viewerToken").and_then(Node::as_text) {
                Some(token) if status < 300 => {
                    let place = ["@", self.desk.base].concat();
                    self.effect(ShopEffect::Keep { place, value: token.to_owned() });
                    self.send();
                }
                _ => self.refused(Say::NotCharged),
            },
            Asked::Quote { key } => self.priced(key, status, &body),
            Asked::Fresh { episode } => match status {
                200 => self.out.push(Out::Granted { episode, body }),
                401 if self.shop.tries == 0 => {
                    self.shop.tries += 1;
                    self.forget_viewer();
                    self.fresh();
                }
                402 | 403 | 404 | 410 => {
                    self.shop.tries = 0;
                    self.out.push(Out::Denied { episode, body });
                }
                _ => self.no_shop(),
            },
            Asked::Allow { on } => {
                if status < 300 {
                    self.shop.allowed = on;
                    self.shop.stopped = None;
                    self.shop.step = Step::Offers;
                    self.fresh();
                } else {
                    self.shop.say = Some(Say::NotCharged);
                }
            }
        }
    }

    /// No answer.
    fn silent(&mut self, asked: Asked, wait: Option<u32>) {
        match asked {
            Asked::Order | Asked::Viewer => self.again(wait),
            Asked::Quote { .. } | Asked::Fresh { .. } | Asked::Allow { .. } => self.no_shop(),
        }
    }

    fn no_shop(&mut self) {
        self.shop.wish = None;
        self.shop.step = Step::Offers;
        self.shop.say = Some(Say::NoShop);
        self.out.push(Out::Show(None));
    }

    /// The order is over without a charge; what the wall costs now is asked anew.
    fn refused(&mut self, say: Say) {
        self.drop_order(Some(say));
        self.fresh();
    }

    fn forget_viewer(&mut self) {
        let place = ["@", self.desk.base].concat();
        self.shop.wallet = None;
        self.effect(ShopEffect::Keep { place, value: String::new() });
    }

    fn order_answered(&mut self, status: u16, body: &Node) {
        let Some(order) = self.shop.order.clone() else { return };
        match (&order.what, status) {
            (What::Unlock { .. }, 200..=299) => self.bought(order.episode, body),
            (What::Checkout { .. }, 200..=299) => self.begun(body),
            (What::Pay { .. }, 200..=299) => self.looked(body),
            (What::Checkout { .. }, 401) if self.shop.tries <= 1 => {
                self.shop.tries += 1;
                // Nobody met this viewer before: only now there is a reason to make one.
                if code(body) != "viewer-required" {
                    self.forget_viewer();
                }
                self.call(Asked::Viewer, "POST", "/v1/viewers".to_owned(), None, Node::map([]));
            }
            (_, 401) => {
                self.forget_viewer();
                self.refused(Say::NotCharged);
            }
            (_, 402) => {
                self.shop.wallet = body.get("wallet").and_then(read_wallet).or(self.shop.wallet);
                if let Some(packs) = body.get("packs") {
                    self.shop.packs = read_offers(packs, self.desk.base);
                }
                let number = |key: &str| body.get(key).and_then(Node::as_whole).unwrap_or(0);
                let missing = number("needed").saturating_sub(number("have"));
                self.drop_order(None);
                self.show_packs(missing);
            }
            (_, 403) if code(body) == "limit-reached" => {
                let coins = body.get("coinsPerDay").and_then(Node::as_whole).unwrap_or(0);
                self.refused(Say::Limit { coins });
            }
            (_, 409) if code(body) == "in-flight" => self.again(None),
            (What::Unlock { .. }, 409) if code(body) == "quote-expired" => self.requoted(body),
            (_, 409) => self.owned(),
            (What::Checkout { page, .. }, 422) if code(body) == "return-url-not-allowed" && !page.is_empty() => {
                // The payment page cannot lead back; it is opened beside this page all the same.
                if let Some(What::Checkout { page, .. }) = self.shop.order.as_mut().map(|order| &mut order.what) {
                    page.clear();
                }
                self.send();
            }
            (What::Checkout { .. }, 422) if code(body) == "consent-required" => self.ask_consent(&order.offer, body),
            (_, 422) if code(body) == "price-mismatch" => self.refused(Say::PriceChanged),
            (_, 422) if code(body) == "payment-unavailable" => self.refused(Say::NotHere),
            (_, 403) if code(body) == "auto-unlock-off" => {
                self.drop_order(None);
                self.fresh();
            }
            _ => self.refused(Say::NotCharged),
        }
    }

    /// Nothing is left to pay for.
    fn owned(&mut self) {
        self.drop_order(None);
        self.fresh();
    }

    /// 201 for an unlock: the receipt, and the way to the film.
    fn bought(&mut self, episode: String, body: &Node) {
        self.drop_order(None);
        self.shop.wallet = body.get("wallet").and_then(read_wallet).or(self.shop.wallet);
        self.out.push(Out::Stale);
        match body.get("grant") {
            Some(Node::Map(_)) => self.out.push(Out::Granted { episode, body: body.clone() }),
            _ => self.fresh(),
        }
    }

    /// The price has run out; a fresh one is good for the same tap only when it is the same.
    fn requoted(&mut self, body: &Node) {
        let quote = body.get("quote").and_then(Node::as_text).map(str::to_owned);
        let price = (body.get("coins").and_then(Node::as_whole), body.get("moneyEquivalent").and_then(read_money));
        let order = self.shop.order.as_mut().map(|order| &mut order.what);
        if let (Some(quote), Some(What::Unlock { quote: old, coins, money, .. })) = (quote, order)
            && price == (Some(*coins), Some(*money))
            && self.shop.tries < 2
        {
            *old = quote;
            self.shop.tries += 1;
            return self.send();
        }
        self.refused(Say::PriceChanged);
    }

    /// `POST /v1/quotes`, for a tap on an offer that came without.
    fn priced(&mut self, key: String, status: u16, body: &Node) {
        let Some(wish) = self.shop.wish.take() else { return };
        let total = body.get("total");
        let coins = total.and_then(|t| t.get("coins")).and_then(Node::as_whole);
        let money: Option<Money> = total.and_then(|t| t.get("moneyEquivalent")).and_then(read_money);
        let OfferKind::Coins { coins: shown, money: shown_money, .. } = wish.offer.kind else { return };
        match (status, body.get("quote").and_then(Node::as_text)) {
            (200, Some(quote)) if (coins, money) == (Some(shown), Some(shown_money)) => {
                let what = What::Unlock { quote: quote.to_owned(), coins: shown, money: shown_money, auto: wish.auto };
                let episode = self.desk.episode.to_owned();
                self.shop.order = Some(crate::shop::Order { key, episode, offer: wish.offer.id, what });
                self.shop.tries = 0;
                self.send();
            }
            (200, Some(_)) => self.refused(Say::PriceChanged),
            (401, _) if code(body) == "viewer-required" => self.show_packs(shown),
            (401, _) => {
                self.forget_viewer();
                self.refused(Say::NotCharged);
            }
            (409, _) => self.owned(),
            _ => self.refused(Say::NotCharged),
        }
    }

    fn ask_consent(&mut self, offer: &str, body: &Node) {
        let text = body.get("text").and_then(Node::as_text).unwrap_or_default().to_owned();
        let version = body.get("version").and_then(Node::as_text).map(str::to_owned);
        let offer = self.shop.chosen.take().filter(|chosen| chosen.id == offer);
        self.drop_order(None);
        let Some(offer) = offer else { return self.refused(Say::NotCharged) };
        self.shop.consenting = Some(offer);
        self.shop.step = Step::Consent { text, version };
        self.out.push(Out::Show(None));
    }

    /// 201 for a checkout: the viewer pays on the provider's page.
    fn begun(&mut self, body: &Node) {
        let text = |key: &str| body.get(key).and_then(Node::as_text);
        let base = [self.desk.base, "/"].concat();
        let url = text("url").and_then(|url| crate::url::resolve(&base, url).ok());
        let (Some(id), Some(url), Some(order)) = (text("id"), url, self.shop.order.as_mut()) else {
            return self.refused(Say::NotCharged);
        };
        order.what = What::Pay { id: id.to_owned(), url: url.clone() };
        let (value, episode) = (order::write(order), order.episode.clone());
        let place = self.place();
        self.effect(ShopEffect::Keep { place, value });
        self.out.push(Out::Return { episode });
        self.shop.tries = 0;
        self.shop.step = Step::Paying { url: url.clone(), opened: false };
        if text("state") != Some("pending") {
            return self.looked(body);
        }
        self.shop.wake = Some(self.desk.now + Millis(2_000));
        if self.desk.open {
            self.effect(ShopEffect::Open { url });
        }
    }

    /// What became of a payment.
    fn looked(&mut self, body: &Node) {
        self.shop.wallet = body.get("wallet").and_then(read_wallet).or(self.shop.wallet);
        match body.get("state").and_then(Node::as_text) {
            Some("paid") => {
                self.drop_order(Some(Say::Paid));
                self.fresh();
            }
            Some("refunded") => self.refused(Say::Refunded),
            Some("failed" | "expired") => self.refused(Say::PayFailed),
            _ => {
                if let Some(What::Pay { url, .. }) = self.shop.order.as_ref().map(|order| &order.what)
                    && !matches!(self.shop.step, Step::Paying { .. })
                {
                    // Back after a reload, and not paid yet.
                    self.shop.step = Step::Paying { url: url.clone(), opened: true };
                }
                self.again(None);
            }
        }
    }
}
