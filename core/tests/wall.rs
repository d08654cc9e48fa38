//! The wall: where it stands, what opens it, and that nothing else does.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::cell::Cell;
use std::rc::Rc;

use cliffhanger_core::event::*;
use cliffhanger_core::surface::Access;
use cliffhanger_core::*;
use cliffhanger_sim::{BASE, Browser, json};
use expect_test::expect;

fn auto() -> Config {
    Config { autoplay: true, ..Config::default() }
}

#[test]
fn the_second_tap_of_a_double_tap_on_an_offer_does_not_pause() {
    let mut b = Browser::started("host", 3, 0, auto());
    b.host(Request::Grant { episode: "e1".into(), grant: Node::Bool(true), base: BASE.into() });
    b.viewer(Action::Tap);
    assert!(!b.player.paused());
    b.wait(700);
    b.viewer(Action::Tap);
    b.wait(300);
    assert!(b.player.paused());
}

#[test]
fn the_wall_stands_where_the_free_count_says() {
    for (free, wall) in [(0, Some(1)), (1, Some(2)), (5, Some(6)), (999, None)] {
        let config = Config { free_episodes: Some(free), ..auto() };
        let mut b = Browser::started("open", 12, 3, config);
        let mut met = None;
        for _ in 0..20 {
            if b.player.view().paywall.is_some() {
                met = Some(b.current());
                break;
            }
            b.swipe(1);
            b.buffer_all();
        }
        assert_eq!(met, wall, "free-episodes={free}");
    }
}

#[test]
fn the_wall_opens_its_sheet_and_lets_the_viewer_back() {
    let mut b = Browser::started("open", 5, 2, auto());
    b.swipe(1);
    b.buffer_all();
    b.story();
    b.swipe(1);
    expect![[r#"
        episodechange! e3 swipe
        paywallopen! e3 beyond-free
        pause 1
        unload 0
    "#]]
    .assert_eq(&lines_sorted(&b.story(), "unload"));
    assert_eq!(b.player.access(), Access::Locked);
    let view = b.player.view();
    let sheet = view.paywall.unwrap();
    assert_eq!((sheet.episode.n, sheet.rest.unwrap().episodes, sheet.rest.unwrap().coins), (3, 3, Some(90)));
    for _ in 0..20 {
        b.swipe(1);
    }
    assert_eq!(b.current(), 3, "the wall holds against swipes");
    b.story();
    b.swipe(-1);
    assert!(b.story().starts_with("paywallclose! e3 dismissed\nepisodechange! e2 swipe\n"));
    assert!(b.videos[1].playing);
}

fn lines_sorted(story: &str, last: &str) -> String {
    let (tail, head): (Vec<&str>, Vec<&str>) = story.lines().partition(|l| l.starts_with(last));
    [head, tail].concat().iter().map(|l| format!("{l}\n")).collect()
}

#[test]
fn an_unlock_takes_one_trusted_tap_after_the_sheet_has_settled() {
    let mut b = Browser::started("host", 3, 0, auto());
    let choose = |trusted| Action::Choose { offer: Some("one".into()), trusted };
    b.viewer(choose(true));
    assert!(b.last_ask.is_none(), "too early");
    b.wait(800);
    b.viewer(choose(false));
    b.viewer(Action::Choose { offer: None, trusted: true });
    b.viewer(Action::Choose { offer: Some("unknown".into()), trusted: true });
    assert!(b.last_ask.is_none(), "synthetic, or not an offer");
    b.viewer(choose(true));
    b.viewer(choose(true));
    assert_eq!(b.story().matches("unlockrequest!").count(), 1, "one tap asks once");
    assert!(b.player.view().paywall.unwrap().busy);
}

#[test]
fn an_answered_unlock_plays_in_place() {
    let mut b = Browser::started("host", 3, 0, auto());
    b.wait(800);
    b.viewer(Action::Choose { offer: Some("one".into()), trusted: true });
    b.story();
    let (ask, detail) = b.last_ask.take().unwrap();
    assert_eq!(detail.get("offer").unwrap().get("id"), Some(&Node::from("one")));
    b.send(Event::Unlock { ask, reply: UnlockReply::Grant { grant: Node::Bool(true), base: BASE.into() } });
    expect![[r#"
        accesschange! e1 granted
        paywallclose! e1 unlocked
        load 0 e1.mp4
        unmute 0
        play 0
    "#]]
    .assert_eq(&b.story());
}

#[test]
fn a_rejected_unlock_keeps_the_sheet_with_the_message() {
    let mut b = Browser::started("host", 3, 0, auto());
    b.wait(800);
    b.viewer(Action::Choose { offer: Some("one".into()), trusted: true });
    let (ask, _) = b.last_ask.take().unwrap();
    b.send(Event::Unlock { ask, reply: UnlockReply::Rejected("Card declined".into()) });
    let view = b.player.view();
    let sheet = view.paywall.unwrap();
    assert_eq!((sheet.message, sheet.busy), (Some("Card declined"), false));
    assert!(b.loads.is_empty());
}

#[test]
fn a_host_can_draw_its_own_sheet_and_grant_by_method() {
    let mut b = Browser::new("host", 3, 0, auto());
    b.prevent = true;
    b.send(Event::Wall(WallMs(1_795_000_000_000)));
    b.send(Event::Connected(true));
    assert!(b.player.view().paywall.is_none() && b.player.paywall() != Node::Null);
    let grant = json(r#"{"renditions":[{"type":"mp4","url":"https://b.example/granted/x.mp4"}],"expiresMs":1795000005000}"#);
    b.host(Request::Grant { episode: "e1".into(), grant, base: BASE.into() });
    assert_eq!(b.loads, ["https://b.example/granted/x.mp4"]);
    b.buffer_all();
    b.story();
    b.wait(5_000);
    expect![[r#"
        accesschange! e1 locked
        paywallopen! e1 expired
        unload 0
    "#]]
    .assert_eq(&b.story().replace("pause 0\n", ""));
}

#[test]
fn in_gate_mode_the_server_decides_and_a_denial_opens_the_sheet() {
    let mut b = Browser::started("gate", 4, 1, auto());
    assert_eq!(b.loads, ["https://a.example/s/e1.mp4"]);
    b.story();
    b.swipe(1);
    expect![[r#"
        episodechange! e2 swipe
        ask gate e2
        pause 0
        accesschange! e2 locked
        paywallopen! e2 beyond-free
    "#]]
    .assert_eq(&b.story());
    b.host(Request::Grant { episode: "e2".into(), grant: Node::Bool(true), base: BASE.into() });
    b.wait(1_000);
    assert_eq!(b.loads.len(), 1, "true grants nothing the gate does not grant");
}

#[test]
fn a_gate_grant_plays_and_is_refreshed_without_touching_the_video() {
    let mut b = Browser::new("gate", 3, 1, auto());
    let mut turn = 0;
    b.gate = Box::new(move |body| {
        turn += 1;
        let episode = body.get("episode").and_then(Node::as_text).unwrap();
        let url = format!("https://g.example/granted/{episode}-{turn}.mp4");
        let reply = format!(
            r#"{{"serverNowMs":1000,"grant":{{"renditions":[{{"type":"mp4","url":"{url}"}}],"expiresMs":61000,"refreshAfterMs":41000}}}}"#
        );
        Some(Ok((200, json(&reply))))
    });
    b.send(Event::Connected(true));
    b.buffer_all();
    b.swipe(1);
    b.buffer_all();
    assert_eq!(b.player.access(), Access::Granted);
    assert!(b.loads[1].ends_with("e2-1.mp4"), "{:?}", b.loads);
    assert!(b.loads[2].ends_with("e3-2.mp4"), "an entitled viewer's next episode is prepared: {:?}", b.loads);
    let loads = b.loads.len();
    for _ in 0..90 {
        b.wait(1_000);
        let time = b.videos[1].time + 0.05;
        b.play_to(time);
    }
    assert!(b.asks.len() >= 4, "refreshed before it ran out");
    assert_eq!(b.loads.len(), loads, "no source was swapped");
    assert!(b.videos[1].playing);
}

#[test]
fn a_silent_gate_leaves_the_episode_locked_and_can_be_asked_again() {
    let mut b = Browser::new("gate", 3, 1, auto());
    b.gate = Box::new(|_| None);
    b.send(Event::Connected(true));
    b.buffer_all();
    b.swipe(1);
    assert_eq!(b.player.access(), Access::Checking);
    b.wait(10_000);
    assert!(b.player.view().paywall.unwrap().unreachable);
    assert!(b.story().contains("error! e2 gate-unreachable"));
    b.viewer(Action::Retry);
    assert_eq!(b.asks.len(), 2);
    b.swipe(-1);
    assert!(b.videos[0].playing, "free episodes go on");
}

#[test]
fn an_answer_that_is_not_a_grant_grants_nothing() {
    for body in ["{}", r#"{"allowed":true}"#, r#"{"grant":true}"#, r#"{"grant":{"renditions":[]}}"#, "[]", "null"] {
        let mut b = Browser::new("gate", 3, 1, auto());
        b.gate = Box::new(move |_| Some(Ok((200, json(body)))));
        b.send(Event::Connected(true));
        b.buffer_all();
        b.swipe(1);
        assert_eq!((b.player.access(), b.loads.len()), (Access::Locked, 1), "{body}");
    }
}

#[test]
fn moving_the_wall_by_attribute_takes_effect_at_once() {
    let mut b = Browser::started("open", 5, 1, Config { src: Some("main.json".into()), ..auto() });
    b.swipe(1);
    assert_eq!(b.player.access(), Access::Locked);
    b.send(Event::Configured(Box::new(Config { src: Some("main.json".into()), free_episodes: Some(3), ..auto() })));
    assert_eq!(b.player.access(), Access::Free);
    assert!(b.videos[1].playing);
    b.send(Event::Configured(Box::new(Config { src: Some("main.json".into()), free_episodes: Some(1), ..auto() })));
    assert_eq!(b.player.access(), Access::Locked);
    assert!(b.videos[1].load.is_none());
}

#[test]
fn the_place_is_remembered_but_never_a_locked_one() {
    let mut b = Browser::started("open", 3, 1, auto());
    b.play_to(5.5);
    assert_eq!(b.stored.as_deref(), Some("e1 5"));
    b.swipe(1);
    b.send(Event::Hidden(true));
    assert_eq!(b.stored.as_deref(), Some("e1 5"), "the wall is no place to come back to");
}

#[test]
fn an_adopted_video_is_never_kept_behind_the_wall() {
    let mut b = Browser::new("open", 3, 0, auto());
    b.send(Event::AdoptionOffered { src: "https://a.example/s/e1.mp4".into() });
    b.send(Event::Connected(true));
    assert!(b.story().contains("drop adopted"));
    assert!(b.player.view().paywall.is_some());
}

#[test]
fn a_host_that_draws_its_own_sheet_hears_that_it_is_over_when_the_gate_is_asked_again() {
    let mut b = Browser::new("gate", 3, 0, auto());
    b.prevent = true;
    b.gate = Box::new(|_| None);
    b.send(Event::Connected(true));
    b.wait(10_000);
    let url = "https://g.example/granted/e1.mp4";
    b.gate = Box::new(move |_| {
        Some(Ok((200, json(&format!(r#"{{"serverNowMs":1,"grant":{{"renditions":[{{"type":"mp4","url":"{url}"}}]}}}}"#)))))
    });
    b.story();
    b.viewer(Action::Retry);
    assert!(b.story().contains("paywallclose! e1"));
    assert!(!b.player.paused());
}

#[test]
fn coming_back_to_the_page_asks_the_gate_about_the_wall_and_the_sheet_stays_unless_it_opens() {
    let mut b = Browser::new("gate", 3, 0, auto());
    b.gate = Box::new(|_| Some(Ok((402, Node::Null))));
    b.send(Event::Connected(true));
    let url = "https://g.example/granted/e1.mp4";
    let (asked, bought) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    let (count, open) = (Rc::clone(&asked), Rc::clone(&bought));
    b.gate = Box::new(move |_| {
        count.set(count.get() + 1);
        let body = format!(r#"{{"serverNowMs":1,"grant":{{"renditions":[{{"type":"mp4","url":"{url}"}}]}}}}"#);
        Some(Ok(if open.get() { (200, json(&body)) } else { (402, Node::Null) }))
    });
    let leave = |b: &mut Browser| {
        b.story();
        b.send(Event::Hidden(true));
        b.send(Event::Hidden(false));
        b.story()
    };
    let story = leave(&mut b);
    assert_eq!((asked.get(), b.player.access()), (1, Access::Locked));
    assert!(b.player.view().paywall.is_some() && !story.contains("paywall"), "{story}");
    bought.set(true);
    let story = leave(&mut b);
    assert!(asked.get() == 2 && story.contains("paywallclose! e1") && !b.player.paused(), "{story}");
}

#[test]
fn trying_again_asks_the_gate_and_loads_the_video_that_broke() {
    let mut b = Browser::new("gate", 3, 1, auto());
    let url = "https://g.example/granted/e2.mp4";
    let granted = format!(
        r#"{{"serverNowMs":1,"grant":{{"renditions":[{{"type":"mp4","url":"{url}"}}],"refreshAfterMs":2001,"expiresMs":900000}}}}"#
    );
    let mut asked = 0;
    b.gate = Box::new(move |_| {
        asked += 1;
        Some(Ok((200, json(if asked == 1 { &granted } else { "{}" }))))
    });
    b.send(Event::Connected(true));
    b.buffer_all();
    b.swipe(1);
    b.wait(60_000);
    assert!(b.player.view().error.is_some() && b.player.access() == Access::Granted);
    b.viewer(Action::Retry);
    b.buffer_all();
    assert!(b.player.view().error.is_none() && !b.player.paused());
}
