//! What the paywall sheet offers, and what it says about buying.

use cliffhanger_core::manifest::{Money, Offer, OfferKind};
use cliffhanger_core::surface::Reason;
use cliffhanger_core::text::whole;
use cliffhanger_core::view::PaywallView;
use web_sys::HtmlElement;

use super::shop;
use crate::dom::{element, focus, put};
use crate::money::Numbers;
use crate::shell::Shell;
use crate::stage::{self, Stage, clear};
use crate::strings::{self, Word, Words};
use crate::tree::{Tree, rows};

rows! {
    /// One offer: a card with one button.
    ROWS
    CARD "0div .offer *offer",
    BUTTON "1button >$",
    WORDS "2span .words",
    LABEL "3span .label",
    NOTE "3span .note",
    PRICES "2span .price *price",
    PRICE "3span",
    BESIDE "3span .note",
}

pub(super) fn draw(shell: &Shell, stage: &Stage, paywall: &PaywallView<'_>) {
    let (tree, words) = (&stage.tree, &shell.words);
    let sheet = tree.node(stage::SHEET);
    let focused = || sheet.matches(":focus-within").unwrap_or(false);
    let had_focus = focused();
    let numbers = Numbers::of(&shell.host);
    let said = shop::draw(shell, stage, paywall, &numbers);
    let message = match paywall.message {
        _ if said.is_some() => said.unwrap_or_default(),
        _ if paywall.busy => words.get(Word::Busy).to_owned(),
        // The core knows that nobody answered, not how to say it.
        Some("") => words.get(Word::Unanswered).to_owned(),
        message => message.unwrap_or_default().to_owned(),
    };
    tree.text(stage::MESSAGE, &message);
    tree.flag(stage::SHEET, ".busy", paywall.busy);
    tree.set(stage::SHEET, "aria-busy", paywall.busy.then_some("true"));
    let rest = paywall.rest.filter(|_| !paywall.unreachable).map(|rest| {
        let price = price(words, &numbers, rest.coins, rest.money);
        let word = if rest.episodes == 1 { Word::RestOne } else { Word::Rest };
        words.fill(word, &[("n", &numbers.whole(u64::from(rest.episodes))), ("price", &price)])
    });
    tree.text(stage::REST, &rest.unwrap_or_default());
    draw_offers(shell, stage, paywall, &numbers);
    if had_focus && !focused() {
        // What had it is gone.
        focus(&sheet);
    }
}

/// Coins with their price in money: `30 coins (€0.30)`.
pub(super) fn price(words: &Words, numbers: &Numbers, coins: Option<u64>, money: Option<Money>) -> String {
    let coins = coins.map(|coins| coin_text(words, numbers, coins));
    let money = money.map(|money| numbers.money(money));
    match (coins, money) {
        (Some(coins), Some(money)) => [&coins, " (", &money, ")"].concat(),
        (coins, money) => coins.or(money).unwrap_or_default(),
    }
}

fn draw_offers(shell: &Shell, stage: &Stage, paywall: &PaywallView<'_>, numbers: &Numbers) {
    // What is not out yet cannot be unlocked.
    let none = paywall.unreachable || paywall.reason == Reason::Unreleased;
    let drawn = Some((paywall.since, none));
    if stage.offers.replace(drawn) == drawn {
        return;
    }
    let list = stage.tree.node(stage::OFFERS);
    clear(&list);
    if none {
        return;
    }
    for (at, offer) in paywall.offers.iter().enumerate() {
        draw_offer(&list, at, &shell.words, Some(offer), numbers);
    }
    if paywall.offers.is_empty() {
        draw_offer(&list, 0, &shell.words, None, numbers);
    }
}

pub(super) fn coin_text(words: &Words, numbers: &Numbers, coins: u64) -> String {
    if coins == 1 { words.get(Word::Coin).to_owned() } else { words.fill(Word::Coins, &[("n", &numbers.whole(coins))]) }
}

/// One offer, and for a subscription the way out beside it; without an offer one plain "Unlock".
fn draw_offer(list: &HtmlElement, at: usize, words: &Words, offer: Option<&Offer>, numbers: &Numbers) {
    let tree = Tree::grow(list, ROWS, words);
    let say = |word: Word| words.get(word).to_owned();
    let number = |word, number| words.fill(word, &[("n", &numbers.whole(number))]);
    let none = String::new;
    let (label, note, price, beside) = match offer.map(|offer| &offer.kind) {
        None => (say(Word::Unlock), none(), none(), none()),
        Some(OfferKind::Coins { scope, coins, money }) => {
            (say(strings::scope(*scope)), none(), coin_text(words, numbers, *coins), numbers.money(*money))
        }
        Some(OfferKind::Ad { hours }) => {
            let note = match hours {
                None => none(),
                Some(1) => say(Word::AdHour),
                Some(hours) => number(Word::AdHours, u64::from(*hours)),
            };
            (say(Word::WatchAd), note, say(Word::Free), none())
        }
        Some(OfferKind::Purchase { scope, price }) => (say(strings::scope(*scope)), none(), numbers.money(*price), none()),
        Some(OfferKind::Subscription { price, period, manage_url }) => {
            let link = element("a", "manage");
            for (name, value) in [("href", manage_url.as_str()), ("target", "_blank"), ("rel", "noopener noreferrer")] {
                put(&link, name, value);
            }
            link.set_text_content(Some(words.get(Word::Manage)));
            let _ = tree.node(CARD).append_child(&link);
            (say(Word::Subscribe), say(Word::Renews), numbers.money(*price), words.period(period))
        }
        Some(OfferKind::Pack { coins, price }) => (number(Word::Pack, *coins), none(), numbers.money(*price), none()),
    };
    let label = offer.and_then(|offer| offer.label.clone()).unwrap_or(label);
    tree.set(BUTTON, "data-at", Some(&whole(at as u64)));
    tree.text(LABEL, &label);
    for (key, text) in [(NOTE, note), (BESIDE, beside), (PRICE, price)] {
        if !text.is_empty() {
            tree.text(key, &text);
        } else if key == PRICE {
            tree.node(PRICES).remove();
        } else {
            tree.node(key).remove();
        }
    }
}
