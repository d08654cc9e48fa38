//! Buying: what the sheet shows beside its offers, and what the core asks for on the way.

use std::rc::Rc;

use cliffhanger_core::shop::{ALLOWED_EPISODES, Say, Shop, ShopAction, ShopEffect, ShopEvent, Step};
use cliffhanger_core::text::whole;
use cliffhanger_core::view::PaywallView;
use cliffhanger_core::{Action, Event, Node};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;

use super::sheet::{coin_text, price};
use crate::js::{call, get, global, option, put};
use crate::money::Numbers;
use crate::net;
use crate::shell::Shell;
use crate::stage::{self, Stage};
use crate::storage;
use crate::strings::{Word, Words};
use crate::tree::{Tree, rows};

/// The payment page stays this long after it has said that it is paid, in milliseconds.
const FAREWELL: u32 = 1_000;

rows! {
    /// The coins at hand, above the offers.
    PURSE_ROWS
    PURSE "0p .purse",
}

rows! {
    /// What lies below the offers.
    ROWS
    SHOP "0div .shop",
    TERMS "1p .terms",
    LINK "1a .optional" OpenPayment,
    AGREE "1button .main .optional >q [data-at=g" Agree,
    AGAIN "1button .main .optional >q [data-at=a" Retry,
    STOP "1button .main .optional >q [data-at=s" Stop,
    AUTO "1button .plain .optional >q",
    RETURN "1button .plain .optional >q [data-at=b" Return,
}

/// What the sheet of one player shows of it.
pub(super) struct Drawn {
    purse: Tree,
    rest: Tree,
}

impl Drawn {
    /// Writes the words anew.
    pub(super) fn say(&self, words: &Words) {
        self.rest.say(words);
    }
}

/// What a control asks for.
pub(super) fn chosen(at: &str, trusted: bool) -> Option<Action> {
    let action = match at {
        "g" => ShopAction::Agree,
        "a" => ShopAction::Again,
        "s" => ShopAction::Stop,
        "b" => ShopAction::Back,
        "1" => ShopAction::Allow(true),
        "0" => ShopAction::Allow(false),
        _ => return None,
    };
    Some(Action::Shop(action, trusted))
}

/// Draws what has changed. The answer is what is to be said.
pub(super) fn draw(shell: &Shell, stage: &Stage, paywall: &PaywallView<'_>, numbers: &Numbers) -> Option<String> {
    let shop = paywall.shop.filter(|_| !paywall.unreachable);
    let known = shell.later.shop.borrow().is_some();
    if !known && shop.is_none() {
        return None;
    }
    if !known {
        shell.later.shop.replace(Some(build(shell, stage)));
    }
    let drawn = shell.later.shop.borrow();
    let Drawn { purse, rest } = drawn.as_ref()?;
    let words = &shell.words;
    let none = Shop::default();
    let shop = shop.unwrap_or(&none);
    let coins = |coins| coin_text(words, numbers, coins);

    let sells = shop.price.is_some() || !shop.packs.is_empty();
    let wallet = shop.wallet.filter(|_| sells).map(|wallet| words.fill(Word::Wallet, &[("coins", &coins(wallet.total()))]));
    purse.text(PURSE, &wallet.unwrap_or_default());
    let offers = matches!(shop.step, Step::Offers);
    stage.tree.flag(stage::SHEET, ".step", !offers);
    stage.tree.flag(stage::SHEET, ".held", !matches!(shop.step, Step::Offers | Step::Packs { .. }));
    rest.text(TERMS, if let Step::Consent { text, .. } = &shop.step { text } else { "" });
    for (key, on) in [
        (LINK, matches!(shop.step, Step::Paying { .. })),
        (AGREE, matches!(shop.step, Step::Consent { .. })),
        (AGAIN, shop.step == Step::Stuck),
        (STOP, matches!(shop.step, Step::Auto { .. })),
        (RETURN, matches!(shop.step, Step::Packs { .. } | Step::Consent { .. } | Step::Paying { .. })),
    ] {
        rest.flag(key, ".shown", on);
    }
    if let Step::Paying { url, opened } = &shop.step {
        rest.flag(LINK, ".main", !opened);
        rest.flag(LINK, ".plain", *opened);
        rest.set(LINK, "href", Some(url));
        // Where a window cannot be opened, the way leads through this page and back. A frame must not take its page away.
        let window: &JsValue = shell.window.as_ref();
        let framed = get(window, "top") != *window;
        rest.set(LINK, "target", Some(if *opened || framed { "_blank" } else { "_top" }));
    }
    draw_auto(shell, rest, shop, offers, numbers);
    let word = match (&shop.step, shop.say) {
        (_, Some(Say::Limit { coins: most })) => return Some(words.fill(Word::Limit, &[("coins", &coins(most))])),
        (_, Some(Say::First { n })) => return Some(words.fill(Word::First, &[("n", &whole(u64::from(n)))])),
        (Step::Packs { missing }, None) => return Some(words.fill(Word::NeedCoins, &[("coins", &coins(*missing))])),
        (Step::Auto { coins, money, .. }, _) => {
            return Some(words.fill(Word::Undo, &[("price", &price(words, numbers, Some(*coins), Some(*money)))]));
        }
        (Step::Paying { opened: true, .. }, _) => Word::Paying,
        (Step::Paying { .. }, _) => Word::PayHere,
        (Step::Checking, _) => Word::Checking,
        (Step::Stuck, _) => Word::Stuck,
        (_, Some(_)) if paywall.busy => return None,
        (_, Some(Say::Paid)) => Word::Paid,
        (_, Some(Say::PriceChanged)) => Word::PriceChanged,
        (_, Some(Say::NotCharged)) => Word::NotCharged,
        (_, Some(Say::NoShop)) => Word::NoShop,
        (_, Some(Say::PayFailed)) => Word::PayFailed,
        (_, Some(Say::Refunded)) => Word::Refunded,
        (_, Some(Say::NotHere)) => Word::Unanswered,
        (_, None) => return None,
    };
    Some(words.get(word).to_owned())
}

/// The switch for unlocking without a tap: only for those who have coins for it.
fn draw_auto(shell: &Shell, rest: &Tree, shop: &Shop, offers: bool, numbers: &Numbers) {
    let words = &shell.words;
    let able = shop.price.filter(|(coins, _)| shop.wallet.is_some_and(|wallet| wallet.total() >= *coins));
    let (on, text) = match able {
        Some((coins, money)) if offers && !shop.allowed => {
            let money = cliffhanger_core::manifest::Money { amount: money.amount.saturating_mul(ALLOWED_EPISODES), ..money };
            let most = price(words, numbers, Some(coins.saturating_mul(ALLOWED_EPISODES)), Some(money));
            (true, words.fill(Word::AutoOn, &[("n", &numbers.whole(ALLOWED_EPISODES)), ("price", &most)]))
        }
        _ => (false, words.get(Word::AutoOff).to_owned()),
    };
    rest.set(AUTO, "data-at", Some(if on { "1" } else { "0" }));
    rest.text(AUTO, &text);
    rest.flag(AUTO, ".shown", on || shop.allowed && matches!(shop.step, Step::Offers | Step::Auto { .. }));
}

fn build(shell: &Shell, stage: &Stage) -> Drawn {
    let offers = stage.tree.node(stage::OFFERS);
    let purse = Tree::grow(&offers, PURSE_ROWS, &shell.words);
    let rest = Tree::grow(&offers, ROWS, &shell.words);
    call(&offers, "before", &purse.node(PURSE));
    call(&offers, "after", &rest.node(SHOP));
    rest.set(LINK, "rel", Some("noopener"));
    Drawn { purse, rest }
}

/// Does what the core asks for.
pub(super) fn perform(shell: &Rc<Shell>, effect: ShopEffect) {
    let told = match effect {
        ShopEffect::Recall { place } => ShopEvent::Recalled(storage::recall(&shell.window, &place)),
        ShopEffect::Ticket => ShopEvent::Ticket { key: key(), page: shell.window.location().href().unwrap_or_default() },
        ShopEffect::Call { ask, method, base, path, key, body } => {
            return ask_gate(shell, ask, method, &base, &path, key.as_deref(), &body);
        }
        ShopEffect::Open { url } => {
            let opened = call(&shell.window, "open", &JsValue::from_str(&url));
            let there = get(&opened, "closed").as_bool() == Some(false);
            if there {
                // The provider's page has no business with this one.
                put(&opened, "opener", &JsValue::NULL);
                shell.later.payment.replace(Some(opened));
            }
            ShopEvent::Opened(there)
        }
        ShopEffect::Close => {
            if let Some(page) = shell.later.payment.take() {
                Timeout::new(FAREWELL, move || {
                    call(&page, "close", &JsValue::UNDEFINED);
                })
                .forget();
            }
            return;
        }
        ShopEffect::Keep { .. } => return,
    };
    shell.send(Event::Shop(told));
}

/// One key for one tap. It must be new, not secret: it counts only beside the viewer's token.
fn key() -> String {
    let global = global();
    let number = |object: &str, method: &str, factor: f64| {
        let number = call(&get(&global, object), method, &JsValue::UNDEFINED).as_f64().unwrap_or(0.0);
        whole((number * factor) as u64)
    };
    let random = || number("Math", "random", 9e15);
    ["k", &number("Date", "now", 1.0), "-", &random(), "-", &random()].concat()
}

fn ask_gate(shell: &Rc<Shell>, ask: u32, method: &str, base: &str, path: &str, key: Option<&str>, body: &Node) {
    let init: web_sys::RequestInit = option("method", method);
    let headers: JsValue = option("accept", "application/json");
    if !matches!(body, Node::Null) {
        put(&headers, "content-type", &JsValue::from_str("application/json"));
        put(&init, "body", &net::json(body));
    }
    if let Some(key) = key {
        put(&headers, "idempotency-key", &JsValue::from_str(key));
    }
    put(&init, "headers", &headers);
    let me = Rc::downgrade(shell);
    net::call_gate(
        shell,
        base,
        path,
        init,
        Box::new(move |reply, headers| {
            let Some(shell) = me.upgrade() else { return };
            let wait = if headers.is_object() { call(&headers, "get", &JsValue::from_str("retry-after")).as_string() } else { None };
            let wait = wait.and_then(|seconds| cliffhanger_core::text::number(&seconds));
            shell.send(Event::Shop(ShopEvent::Answered { ask, reply, wait }));
        }),
    );
}
