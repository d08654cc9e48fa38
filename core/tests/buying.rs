//! Buying: what one tap leads to, whatever the network and the gate make of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "buying/counter.rs"]
mod counter;

use cliffhanger_core::event::*;
use cliffhanger_core::shop::{Say, ShopAction, Step};
use cliffhanger_core::*;
use counter::{Counter, Fate};
use proptest::prelude::*;

#[test]
fn the_wall_makes_no_viewer_and_asks_nothing_more_before_a_tap() {
    let c = Counter::at_wall(0);
    assert_eq!(c.offers(), ["one", "all", "ad"]);
    assert_eq!(c.shop().wallet.unwrap().total(), 0);
    assert!(c.calls.is_empty() && c.gate.viewers == 0, "{:?}", c.calls);
}

#[test]
fn enough_coins_unlock_with_one_tap_and_one_round_trip() {
    let mut c = Counter::at_wall(100);
    c.tap("one");
    assert!(c.granted() && c.loads.last().unwrap().ends_with("granted/e2.mp4"), "{:?}", c.loads);
    assert_eq!(c.calls.len(), 1);
    let confirm = c.calls[0].body.get("confirm").unwrap();
    assert_eq!(confirm.get("shownCoins").and_then(Node::as_whole), Some(30));
    assert_eq!((c.gate.charges.len(), c.gate.coins["viewer1"]), (1, 70));
    assert!(c.player.view().paywall.is_none() && c.told.ends_with(&["accesschange".into(), "paywallclose".into()]), "{:?}", c.told);
    assert!(c.storage.values().all(|kept| !kept.contains("key-of")), "the order is over: {:?}", c.storage);
}

#[test]
fn two_taps_are_one_purchase() {
    let mut c = Counter::at_wall(100);
    c.fates.push_back(Fate::Held);
    c.tap("one");
    c.tap("one");
    c.tap("all");
    assert!(c.player.view().paywall.unwrap().busy);
    c.release();
    assert_eq!((c.calls.len(), c.gate.charges.len()), (1, 1));
}

#[test]
fn too_few_coins_lead_to_the_packs_and_back() {
    let mut c = Counter::at_wall(10);
    c.tap("one");
    assert_eq!(c.shop().step, Step::Packs { missing: 20 });
    assert_eq!(c.offers(), ["pack-30", "pack-300"]);
    assert!(c.calls.is_empty(), "nothing was asked for");
    c.tap("pack-30");
    assert!(c.calls.is_empty(), "the second tap of a double tap buys no pack");
    c.act(ShopAction::Back);
    assert_eq!(c.offers(), ["one", "all", "ad"]);
}

#[test]
fn a_new_viewer_buys_a_pack_pays_elsewhere_and_unlocks_with_one_more_tap() {
    let mut c = Counter::at_wall(0);
    c.tap("one");
    c.wait(800);
    c.tap("pack-30");
    let paths: Vec<&str> = c.calls.iter().map(|call| call.path.as_str()).collect();
    assert_eq!(paths, ["/v1/checkouts", "/v1/viewers", "/v1/checkouts"]);
    assert_eq!(c.calls[0].key, c.calls[2].key);
    assert_eq!(c.opened, ["https://a.example/pay/c0"]);
    assert_eq!(c.shop().step, Step::Paying { url: "https://a.example/pay/c0".into(), opened: true });
    c.wait(30_000);
    let polls = c.calls_to("/v1/checkouts/c0").len();
    assert!((6..=15).contains(&polls), "{polls} questions in 30 s");
    c.pay();
    c.wait(15_000);
    assert_eq!((&c.shop().step, c.shop().say, c.shop().wallet.unwrap().total()), (&Step::Offers, Some(Say::Paid), 30));
    assert_eq!((c.closed, c.gate.charges.len(), c.granted()), (1, 0, false), "paid, and nothing is unlocked by itself");
    c.wait(800);
    c.tap("one");
    assert!(c.granted());
    assert_eq!((c.gate.charges.len(), c.gate.viewers), (1, 1));
}

#[test]
fn where_no_window_opens_the_sheet_leads_to_the_payment() {
    let mut c = Counter::at_wall(10);
    c.popups = false;
    c.tap("all");
    assert_eq!(c.shop().step, Step::Paying { url: "https://a.example/pay/c0".into(), opened: false });
    assert_eq!(c.calls[0].body.get("returnUrl").and_then(Node::as_text), Some("https://a.example/watch#x"));
    assert_eq!(c.storage["s"], "e2 0", "the way back leads to the episode");
}

#[test]
fn a_page_that_comes_back_from_paying_checks_and_goes_on() {
    let mut c = Counter::at_wall(10);
    c.tap("all");
    c.pay();
    let mut c = c.reload();
    assert_eq!(c.player.view().current, 1, "at the episode it was for");
    c.wait(1_000);
    assert_eq!((c.shop().say, c.shop().wallet.unwrap().total()), (Some(Say::Paid), 40));
    c.tap("one");
    assert!(c.granted());
}

#[test]
fn a_payment_that_is_not_made_yet_is_waited_for_after_a_reload_and_can_be_left() {
    let mut c = Counter::at_wall(10);
    c.tap("all");
    let mut c = c.reload();
    assert!(matches!(c.shop().step, Step::Paying { opened: true, .. }));
    c.tap("one");
    assert!(c.gate.charges.is_empty(), "nothing else is bought meanwhile");
    c.act(ShopAction::Back);
    assert_eq!((&c.shop().step, c.shop().order.is_none()), (&Step::Offers, true));
    assert!(matches!(c.reload().player.view().paywall.unwrap().shop.unwrap().step, Step::Offers));
}

#[test]
fn a_lost_reply_charges_once_and_finds_the_receipt() {
    let mut c = Counter::at_wall(100);
    c.fates.push_back(Fate::Unheard);
    c.tap("one");
    assert_eq!(c.shop().step, Step::Checking);
    c.tap("one");
    c.wait(1_000);
    assert!(c.granted());
    assert_eq!((c.gate.charges.len(), c.gate.coins["viewer1"]), (1, 70));
    let keys: Vec<_> = c.calls.iter().map(|call| (&call.key, &call.body)).collect();
    assert_eq!(keys[0], keys[1], "the same key and body");
}

#[test]
fn a_reload_after_a_lost_reply_checks_the_purchase_and_finds_the_receipt() {
    let mut c = Counter::at_wall(100);
    c.fates.push_back(Fate::Unheard);
    c.tap("one");
    let mut c = c.reload();
    c.go_to(2);
    assert!(c.granted());
    assert_eq!((c.gate.charges.len(), c.gate.coins["viewer1"]), (1, 70));
}

#[test]
fn a_silent_gate_is_asked_less_and_less_and_then_by_the_viewer() {
    let mut c = Counter::at_wall(100);
    c.weather = Fate::Lost;
    c.tap("one");
    c.wait(120_000);
    assert_eq!((&c.shop().step, c.calls.len()), (&Step::Stuck, 7));
    assert!(c.storage.values().any(|kept| kept.contains("key-of")), "the order is kept");
    c.weather = Fate::Arrives;
    c.wait(120_000);
    assert_eq!(c.calls.len(), 7);
    c.act(ShopAction::Again);
    assert!(c.granted());
    assert_eq!(c.gate.charges.len(), 1);
}

#[test]
fn a_request_that_nobody_answers_is_given_up_and_sent_again() {
    let mut c = Counter::at_wall(100);
    c.fates.push_back(Fate::Silence);
    c.tap("one");
    c.wait(14_000);
    assert!(c.player.view().paywall.unwrap().busy && !c.granted());
    c.wait(3_000);
    assert!(c.granted());
}

#[test]
fn an_answer_that_comes_after_it_was_given_up_changes_nothing() {
    let mut c = Counter::at_wall(100);
    c.fates.extend([Fate::Held, Fate::Answer(500, "{}")]);
    c.tap("one");
    c.wait(16_500);
    assert_eq!(c.calls.len(), 2);
    c.release();
    assert_eq!(c.shop().step, Step::Checking, "it answers an older question");
    c.wait(2_000);
    assert!(c.granted());
    assert_eq!(c.gate.charges.len(), 1);
}

#[test]
fn every_refusal_has_its_words_and_charges_nothing() {
    let cases: [(Fate, Option<Say>); 8] = [
        (Fate::Answer(403, r#"{"code":"limit-reached","coinsPerDay":20}"#), Some(Say::Limit { coins: 20 })),
        (Fate::Answer(409, r#"{"code":"quote-expired"}"#), Some(Say::PriceChanged)),
        (Fate::Answer(422, r#"{"code":"price-mismatch"}"#), Some(Say::PriceChanged)),
        (Fate::Answer(422, r#"{"code":"idempotency-conflict"}"#), Some(Say::NotCharged)),
        (Fate::Answer(400, r#"{"code":"quote-invalid"}"#), Some(Say::NotCharged)),
        (Fate::Answer(401, r#"{"code":"token-invalid"}"#), Some(Say::NotCharged)),
        (Fate::Answer(404, r#"{"code":"not-found"}"#), Some(Say::NotCharged)),
        (Fate::Answer(413, r#"{"code":"too-large"}"#), Some(Say::NotCharged)),
    ];
    for (fate, say) in cases {
        let mut c = Counter::at_wall(100);
        c.fates.push_back(fate.clone());
        c.tap("one");
        assert_eq!((c.shop().say, &c.shop().step), (say, &Step::Offers), "{fate:?}");
        assert!(!c.player.view().paywall.unwrap().busy, "{fate:?}");
        assert!(c.gate.charges.is_empty() && c.shop().order.is_none(), "{fate:?}");
        c.wait(60_000);
        assert_eq!(c.calls_to("/v1/unlocks").len(), 1, "{fate:?}: nothing is sent by itself");
    }
}

#[test]
fn a_gate_that_is_busy_says_when_to_come_again() {
    let mut c = Counter::at_wall(100);
    c.fates.push_back(Fate::Answer(429, r#"{"code":"rate-limited"}"#));
    c.tap("one");
    c.wait(6_900);
    assert_eq!(c.calls.len(), 1);
    c.wait(200);
    assert!(c.granted());
}

#[test]
fn a_price_that_has_run_out_is_renewed_for_the_same_tap_only_when_it_is_the_same() {
    let mut c = Counter::at_wall(100);
    c.gate.quotes_good_from = 1;
    c.tap("one");
    assert!(c.granted(), "the same price");
    assert_eq!(c.calls.len(), 2);

    let mut c = Counter::at_wall(100);
    c.gate.price = 40;
    c.tap("one");
    assert_eq!((c.shop().say, c.gate.charges.len()), (Some(Say::PriceChanged), 0));
    assert_eq!(c.shop().price.unwrap().0, 40, "the new price is shown");
    c.tap("one");
    assert!(c.gate.charges.is_empty(), "no tap counts that was meant for the old price");
    c.wait(800);
    c.tap("one");
    assert!(c.granted());
    assert_eq!(c.gate.coins["viewer1"], 60);
}

#[test]
fn the_gate_may_know_better_how_many_coins_there_are() {
    let mut c = Counter::at_wall(100);
    c.gate.coins.insert("viewer1".into(), 5);
    c.tap("one");
    assert_eq!((&c.shop().step, c.shop().wallet.unwrap().total()), (&Step::Packs { missing: 25 }, 5));
}

#[test]
fn what_is_owned_already_opens_without_a_word() {
    let mut c = Counter::at_wall(100);
    c.gate.owned.entry("viewer1".into()).or_default().insert("e2".into());
    c.fates.push_back(Fate::Answer(409, r#"{"code":"already-owned"}"#));
    c.tap("all");
    assert!(c.granted());
}

#[test]
fn terms_are_read_before_a_payment_begins() {
    let mut c = Counter::at_wall(10);
    c.gate.consent = Some("2026-06");
    c.tap("all");
    assert_eq!(c.shop().step, Step::Consent { text: "You agree.".into(), version: Some("2026-06".into()) });
    assert!(c.gate.checkouts.is_empty());
    c.act(ShopAction::Agree);
    assert!(c.gate.checkouts.is_empty(), "too early to have been read");
    c.wait(800);
    c.act(ShopAction::Agree);
    assert_eq!((c.gate.checkouts.len(), c.opened.len()), (1, 1));
}

#[test]
fn a_page_that_cannot_be_returned_to_pays_all_the_same() {
    let mut c = Counter::at_wall(10);
    c.gate.returns = false;
    c.tap("all");
    assert_eq!((c.calls.len(), c.opened.len()), (2, 1));
}

#[test]
fn a_payment_that_fails_is_told_and_one_that_cannot_begin_too() {
    let mut c = Counter::at_wall(10);
    c.tap("all");
    c.gate.checkouts[0].1 = "failed";
    c.wait(3_000);
    assert_eq!((&c.shop().step, c.shop().say), (&Step::Offers, Some(Say::PayFailed)));

    let mut c = Counter::at_wall(10);
    c.fates.push_back(Fate::Answer(422, r#"{"code":"payment-unavailable"}"#));
    c.tap("all");
    assert_eq!(c.shop().say, Some(Say::NotHere));

    let mut c = Counter::at_wall(10);
    c.weather = Fate::Lost;
    c.tap("all");
    c.wait(10_000);
    assert_eq!((c.shop().say, c.calls.len(), c.shop().order.is_none()), (Some(Say::NoShop), 3, true));
    c.tap("ad");
    assert_eq!(c.shop().say, Some(Say::NotHere));
}

#[test]
fn coming_back_to_the_page_asks_at_once() {
    let mut c = Counter::at_wall(10);
    c.tap("all");
    c.send(Event::Hidden(true));
    c.wait(60_000);
    let asked = c.calls.len();
    c.pay();
    c.send(Event::Hidden(false));
    assert!(c.calls.len() > asked);
    assert_eq!(c.shop().say, Some(Say::Paid));
}

#[test]
fn an_unlock_that_is_answered_after_the_viewer_has_gone_back_is_kept() {
    let mut c = Counter::at_wall(100);
    c.fates.push_back(Fate::Held);
    c.tap("one");
    c.go_to(1);
    c.release();
    assert!(c.player.view().paywall.is_none() && c.player.view().current == 0, "nobody is carried away");
    c.go_to(2);
    assert!(c.granted());
    assert_eq!(c.gate.charges.len(), 1);
}

#[test]
fn a_token_the_gate_does_not_know_is_forgotten_once() {
    let mut c = Counter::new();
    c.storage.insert(format!("@{}", counter::GATE), "stale".into());
    c.go_to(2);
    assert_eq!(c.storage[&format!("@{}", counter::GATE)], "");
    assert_eq!(c.player.access(), cliffhanger_core::surface::Access::Locked);
    assert!(!c.player.view().paywall.unwrap().unreachable);
}

#[test]
fn without_the_gate_the_free_episodes_go_on_and_the_sheet_can_try_again() {
    let mut c = Counter::new();
    c.weather = Fate::Lost;
    c.go_to(2);
    assert!(c.player.view().paywall.unwrap().unreachable);
    c.go_to(1);
    assert!(c.player.access().is_open());
    c.go_to(2);
    c.weather = Fate::Arrives;
    c.send(Event::Viewer(Action::Retry));
    assert_eq!(c.offers(), ["one", "all", "ad"]);
}

#[test]
fn unlocking_without_a_tap_is_allowed_by_one_shown_first_and_can_be_stopped() {
    let mut c = Counter::at_wall(200);
    c.act(ShopAction::Allow(true));
    assert_eq!(c.gate.auto, Some((10, 300)));
    assert!(matches!(c.shop().step, Step::Auto { coins: 30, .. }));
    assert!(c.gate.charges.is_empty());
    c.wait(3_900);
    assert!(c.gate.charges.is_empty(), "it can be stopped for four seconds");
    c.act(ShopAction::Stop);
    c.wait(10_000);
    assert!(c.gate.charges.is_empty() && c.shop().step == Step::Offers);
    c.go_to(3);
    c.wait(5_000);
    assert!(c.granted());
    assert_eq!(c.gate.charges.len(), 1);
}

#[test]
fn leaving_hiding_or_doing_nothing_for_three_episodes_ends_unlocking_without_a_tap() {
    let mut c = Counter::at_wall(200);
    c.act(ShopAction::Allow(true));
    c.go_to(1);
    c.wait(10_000);
    assert!(c.gate.charges.is_empty(), "the viewer went back");
    c.go_to(2);
    c.send(Event::Hidden(true));
    c.wait(10_000);
    assert!(c.gate.charges.is_empty(), "nobody can see it");
    c.send(Event::Hidden(false));
    for n in 3..=6 {
        c.go_to(n);
        c.wait(6_000);
    }
    assert_eq!(c.gate.charges.len(), 3, "the viewer may be asleep");
    c.send(Event::Viewer(Action::Tap));
}

/// What may happen at the counter.
#[derive(Clone, Debug)]
enum Op {
    Tap(u8),
    Untrusted(u8),
    Act(u8),
    Go(u8),
    Swipe(bool),
    VideoTap,
    End,
    Hidden(bool),
    Online(bool),
    Weather(u8),
    Fate(u8),
    Release,
    Pay,
    Price(bool),
    Expire,
    Wait(u16),
    Reload,
    Retry,
    Dismiss,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0_u8..6).prop_map(Op::Tap),
        2 => (0_u8..6).prop_map(Op::Untrusted),
        3 => (0_u8..5).prop_map(Op::Act),
        3 => (1_u8..7).prop_map(Op::Go),
        2 => any::<bool>().prop_map(Op::Swipe),
        1 => Just(Op::VideoTap),
        1 => Just(Op::End),
        1 => any::<bool>().prop_map(Op::Hidden),
        1 => any::<bool>().prop_map(Op::Online),
        1 => (0_u8..6).prop_map(Op::Weather),
        3 => (0_u8..6).prop_map(Op::Fate),
        3 => Just(Op::Release),
        2 => Just(Op::Pay),
        1 => any::<bool>().prop_map(Op::Price),
        1 => Just(Op::Expire),
        8 => (0_u16..20_000).prop_map(Op::Wait),
        1 => Just(Op::Reload),
        1 => Just(Op::Retry),
        1 => Just(Op::Dismiss),
    ]
}

const OFFERS: [&str; 6] = ["one", "all", "ad", "pack-30", "pack-300", "nothing"];
const ACTIONS: [ShopAction; 5] = [ShopAction::Back, ShopAction::Again, ShopAction::Agree, ShopAction::Stop, ShopAction::Allow(false)];

fn fate(kind: u8) -> Fate {
    match kind {
        0 => Fate::Lost,
        1 => Fate::Unheard,
        2 => Fate::Silence,
        3 => Fate::Held,
        4 => Fate::Answer(503, "{}"),
        _ => Fate::Arrives,
    }
}

fn apply(mut c: Counter, op: &Op) -> Counter {
    match op {
        Op::Tap(at) => c.tap(OFFERS[usize::from(*at)]),
        Op::Untrusted(at) => {
            c.send(Event::Viewer(Action::Choose { offer: Some(OFFERS[usize::from(*at)].into()), trusted: false }));
            c.send(Event::Viewer(Action::Shop(ShopAction::Agree, false)));
            c.send(Event::Viewer(Action::Shop(ShopAction::Allow(true), false)));
        }
        Op::Act(at) => c.act(ACTIONS[usize::from(*at)]),
        Op::Go(n) => c.go_to(u32::from(*n)),
        Op::Swipe(on) => {
            let slide = c.player.view().current;
            let slide = if *on { slide + 1 } else { slide.saturating_sub(1) };
            c.send(Event::Viewer(Action::Scrolled { slide, settled: true }));
        }
        Op::VideoTap => {
            c.send(Event::Viewer(Action::Tap));
            c.send(Event::Viewer(Action::Tap));
        }
        Op::End => c.send(Event::Media { slot: c.player.current_slot(), load: LoadId(1), signal: Signal::Ended }),
        Op::Hidden(hidden) => c.send(Event::Hidden(*hidden)),
        Op::Online(online) => c.send(Event::Online(*online)),
        Op::Weather(kind) => c.weather = fate(*kind),
        Op::Fate(kind) => c.fates.push_back(fate(*kind)),
        Op::Release => c.release(),
        Op::Pay => c.pay(),
        Op::Price(more) => c.gate.price = if *more { 40 } else { 30 },
        Op::Expire => c.gate.quotes_good_from += 5,
        Op::Wait(millis) => c.wait(u64::from(*millis)),
        Op::Reload => {
            let (calls, taps) = (core::mem::take(&mut c.calls), c.taps);
            c = c.reload();
            c.calls.splice(0..0, calls);
            c.taps += taps;
        }
        Op::Retry => c.send(Event::Viewer(Action::Retry)),
        Op::Dismiss => c.send(Event::Viewer(Action::Dismiss)),
    }
    c
}

/// No effect that spends without a trusted tap: there are never more keys than taps, and one key never charges twice.
fn check_spending(c: &Counter) {
    let mut keys: Vec<&String> = c.calls.iter().filter_map(|call| call.key.as_ref()).collect();
    keys.sort();
    keys.dedup();
    assert!(keys.len() <= c.taps, "{} keys for {} taps", keys.len(), c.taps);
    let mut charged: Vec<&String> = c.gate.charges.iter().map(|(key, _)| key).collect();
    charged.sort();
    let before = charged.len();
    charged.dedup();
    assert_eq!(before, charged.len(), "one tap was charged twice");
    assert!(c.calls.iter().all(|call| call.path != "/v1/unlocks" || call.key.is_some()), "an unlock without a key");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_spent_without_a_trusted_tap_and_nothing_twice(coins in 0_u64..120, ops in prop::collection::vec(op(), 0..80)) {
        let mut c = Counter::at_wall(coins);
        for op in &ops {
            c = apply(c, op);
            check_spending(&c);
        }
        // Once the network is well and the viewer waits, every purchase is settled or waits for the viewer.
        c.weather = Fate::Arrives;
        c.fates.clear();
        c.send(Event::Hidden(false));
        c.send(Event::Online(true));
        for _ in 0..2 {
            c.wait(60_000);
            c.pay();
        }
        c.wait(60_000);
        let shop = c.player.view().paywall.and_then(|paywall| paywall.shop);
        prop_assert!(shop.is_none_or(|shop| shop.order.is_none() || shop.step == Step::Stuck), "{shop:?}");
        check_spending(&c);
    }
}
