//! The paywall sheet. It lies in the locked slide: a swipe that begins on it scrolls the feed, and swiping
//! back carries it away.

use std::cell::RefCell;
use std::rc::Rc;

use cliffhanger_core::manifest::{Offer, OfferKind};
use cliffhanger_core::surface::{Cause, Reason};
use cliffhanger_core::text::whole;
use cliffhanger_core::view::PaywallView;
use cliffhanger_core::{Action, Event, Step};
use gloo::events::EventListener;
use web_sys::{FocusOptions, HtmlElement};

use crate::dom::{Attr, Flag, Text, button, child, icon_button, on, put, text_button};
use crate::money::Numbers;
use crate::shell::Shell;
use crate::stage::clear;
use crate::strings::{EN, fill};

const CLOSE: &str = "m18.3 7.1-1.4-1.4-4.9 4.9-4.9-4.9-1.4 1.4 4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z";

const DISMISS: u8 = 0;
const BACK: u8 = 1;
const RETRY: u8 = 2;

/// The sheet.
pub(crate) struct Sheet {
    pub(crate) sheet: HtmlElement,
    shown: Flag,
    busy: Flag,
    aria_busy: Attr,
    title: Text,
    reason: Text,
    offers: HtmlElement,
    rest: Text,
    message: Text,
    back: Flag,
    retry: Flag,
    /// What the offers were last drawn from; `None` when they have to be drawn.
    drawn: RefCell<Option<(Vec<Offer>, bool)>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Sheet {
    /// A sheet that is not shown.
    pub(crate) fn build(shell: &Rc<Shell>, root: &HtmlElement) -> Self {
        let sheet = child(root, "section", "sheet", "paywall");
        for (name, value) in [("role", "dialog"), ("aria-labelledby", "paywall"), ("tabindex", "-1")] {
            put(&sheet, name, value);
        }
        let body = child(&sheet, "div", "scrolls", "");
        let slot = child(&body, "slot", "", "");
        put(&slot, "name", "paywall");
        let title = child(&slot, "h2", "", "");
        put(&title, "id", "paywall");
        let reason = child(&slot, "p", "", "");
        let message = child(&slot, "p", "message", "");
        put(&message, "role", "alert");
        let offers = child(&slot, "div", "offers", "");
        let rest = child(&slot, "p", "rest", "");
        let retry = text_button(&slot, "main optional", EN.retry);
        let back = text_button(&slot, "plain optional", EN.back_to_free);
        let close = icon_button(&sheet, "close", EN.close, CLOSE);
        let me = Rc::downgrade(shell);
        shell.keep(vec![
            on(&me, &close, "click", DISMISS, on_button),
            on(&me, &back, "click", BACK, on_button),
            on(&me, &retry, "click", RETRY, on_button),
        ]);
        Self {
            shown: Flag::new(&sheet, "shown"),
            busy: Flag::new(&sheet, "busy"),
            aria_busy: Attr::new(&sheet, "aria-busy"),
            title: Text::new(&title),
            reason: Text::new(&reason),
            offers,
            rest: Text::new(&rest),
            message: Text::new(&message),
            back: Flag::new(&back, "shown"),
            retry: Flag::new(&retry, "shown"),
            drawn: RefCell::default(),
            listeners: RefCell::default(),
            sheet,
        }
    }

    /// Draws what has changed; true when the sheet has just opened or closed.
    pub(crate) fn draw(&self, shell: &Rc<Shell>, paywall: Option<&PaywallView<'_>>, can_go_back: bool) -> bool {
        if let Some(paywall) = paywall {
            let numbers = Numbers::of(&shell.host);
            self.title.set(&fill(EN.episode, &[("n", &whole(u64::from(paywall.episode.n)))]));
            self.reason.set(if paywall.unreachable { EN.unreachable } else { EN.reason(paywall.reason) });
            let message = match paywall.message {
                _ if paywall.busy => EN.busy,
                // The core knows that nobody answered, not how to say it.
                Some("") => EN.unanswered,
                message => message.unwrap_or_default(),
            };
            self.message.set(message);
            self.busy.set(paywall.busy);
            self.aria_busy.set(paywall.busy.then_some("true"));
            self.retry.set(paywall.unreachable);
            self.back.set(can_go_back);
            let rest = paywall.rest.filter(|_| !paywall.unreachable).map(|rest| {
                let coins = rest.coins.map(|coins| coin_text(&numbers, coins));
                let money = rest.money.map(|money| numbers.money(money));
                let price = match (coins, money) {
                    (Some(coins), Some(money)) => [&coins, " (", &money, ")"].concat(),
                    (coins, money) => coins.or(money).unwrap_or_default(),
                };
                let text = if rest.episodes == 1 { EN.rest_one } else { EN.rest };
                fill(text, &[("n", &numbers.whole(u64::from(rest.episodes))), ("price", &price)])
            });
            self.rest.set(&rest.unwrap_or_default());
            self.draw_offers(shell, paywall, &numbers);
        }
        self.shown.set(paywall.is_some())
    }

    fn draw_offers(&self, shell: &Rc<Shell>, paywall: &PaywallView<'_>, numbers: &Numbers) {
        // What is not out yet cannot be unlocked.
        let none = paywall.unreachable || paywall.reason == Reason::Unreleased;
        if self.drawn.borrow().as_ref().is_some_and(|(offers, was)| offers == paywall.offers && *was == none) {
            return;
        }
        self.drawn.replace(Some((paywall.offers.to_vec(), none)));
        clear(&self.offers);
        let mut guards = Vec::new();
        if !none {
            let plain = paywall.offers.is_empty().then_some(0);
            for at in plain.into_iter().chain(0..paywall.offers.len().min(255)) {
                let button = match paywall.offers.get(at) {
                    Some(offer) => draw_offer(&self.offers, offer, numbers),
                    None => draw_card(&self.offers, EN.unlock, "", "", ""),
                };
                guards.push(on(&Rc::downgrade(shell), &button, "click", at as u8, on_offer));
            }
        }
        self.listeners.replace(guards);
    }

    /// Moves the focus into the sheet.
    pub(crate) fn focus(&self) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = self.sheet.focus_with_options(&options);
    }
}

fn coin_text(numbers: &Numbers, coins: u64) -> String {
    if coins == 1 { EN.coin.to_owned() } else { fill(EN.coins, &[("n", &numbers.whole(coins))]) }
}

/// One offer: a card with one button, and for a subscription the way out beside it.
fn draw_offer(parent: &HtmlElement, offer: &Offer, numbers: &Numbers) -> HtmlElement {
    let label = |own: &str| offer.label.clone().unwrap_or_else(|| own.to_owned());
    match &offer.kind {
        OfferKind::Coins { scope, coins, money } => {
            draw_card(parent, &label(EN.scope(*scope)), "", &coin_text(numbers, *coins), &numbers.money(*money))
        }
        OfferKind::Ad { hours } => {
            let note = match hours {
                None => String::new(),
                Some(1) => EN.ad_hour.to_owned(),
                Some(hours) => fill(EN.ad_hours, &[("n", &numbers.whole(u64::from(*hours)))]),
            };
            draw_card(parent, &label(EN.watch_ad), &note, EN.free, "")
        }
        OfferKind::Purchase { scope, price } => draw_card(parent, &label(EN.scope(*scope)), "", &numbers.money(*price), ""),
        OfferKind::Subscription { price, period, manage_url } => {
            let button = draw_card(parent, &label(EN.subscribe), EN.renews, &numbers.money(*price), &EN.period(period));
            let Some(card) = button.parent_element() else { return button };
            let link = child(&card, "a", "manage", "");
            for (name, value) in [("href", manage_url.as_str()), ("target", "_blank"), ("rel", "noopener noreferrer")] {
                put(&link, name, value);
            }
            link.set_text_content(Some(EN.manage));
            button
        }
        OfferKind::Pack { coins, price } => {
            draw_card(parent, &label(&fill(EN.pack, &[("n", &numbers.whole(*coins))])), "", &numbers.money(*price), "")
        }
    }
}

fn draw_card(parent: &HtmlElement, label: &str, note: &str, price: &str, beside: &str) -> HtmlElement {
    let card = child(parent, "div", "offer", "offer");
    let button = button(&card, "");
    let words = child(&button, "span", "words", "");
    child(&words, "span", "label", "").set_text_content(Some(label));
    if !note.is_empty() {
        child(&words, "span", "note", "").set_text_content(Some(note));
    }
    if !price.is_empty() {
        let prices = child(&button, "span", "price", "price");
        child(&prices, "span", "", "").set_text_content(Some(price));
        if !beside.is_empty() {
            child(&prices, "span", "note", "").set_text_content(Some(beside));
        }
    }
    button
}

fn on_offer(shell: &Rc<Shell>, event: &web_sys::Event, at: u8) {
    let Some(stage) = shell.stage() else { return };
    let drawn = stage.sheet.drawn.borrow().as_ref().map(|(offers, _)| offers.get(usize::from(at)).map(|offer| offer.id.clone()));
    if let Some(offer) = drawn {
        shell.send(Event::Viewer(Action::Choose { offer, trusted: event.is_trusted() }));
    }
}

fn on_button(shell: &Rc<Shell>, _: &web_sys::Event, button: u8) {
    shell.by_hand.set(true);
    shell.send(Event::Viewer(match button {
        DISMISS => Action::Dismiss,
        BACK => Action::Step { step: Step::Back, cause: Cause::Button },
        _ => Action::Retry,
    }));
}
