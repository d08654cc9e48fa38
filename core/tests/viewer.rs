//! What a viewer does beside watching and paying, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::{Panel, Preference};
use cliffhanger_core::later::Mark;
use cliffhanger_core::*;
use cliffhanger_sim::Browser;

fn auto() -> Config {
    Config { autoplay: true, ..Config::default() }
}

#[test]
fn two_taps_are_a_like_and_nothing_pauses() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.story();
    b.viewer(Action::Tap);
    b.wait(150);
    b.viewer(Action::Tap);
    b.wait(1_000);
    let story = b.story();
    assert!(story.contains("like! ") && !story.contains("pause"), "{story}");
    assert!(b.player.view().liked && b.player.view().hearts == 1 && !b.player.paused());
    b.viewer(Action::Tap);
    b.wait(100);
    b.viewer(Action::Tap);
    assert!(b.player.view().liked && b.player.view().hearts == 2, "a second double tap takes nothing back");
    b.viewer(Action::Like);
    assert!(!b.player.view().liked);
}

#[test]
fn a_host_that_prevents_the_like_keeps_the_heart_as_it_is() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.prevent = true;
    b.viewer(Action::Like);
    assert!(!b.player.view().liked);
}

#[test]
fn a_double_tap_at_the_wall_buys_nothing_and_likes_nothing() {
    let mut b = Browser::started("open", 3, 1, auto());
    b.swipe(1);
    b.wait(2_000);
    b.story();
    b.viewer(Action::Tap);
    b.viewer(Action::Tap);
    let story = b.story();
    assert!(!story.contains("like!") && !story.contains("unlock"), "{story}");
}

#[test]
fn a_resting_finger_doubles_the_speed_and_a_swipe_ends_that() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.viewer(Action::Prefer(Preference::Speed(125)));
    b.viewer(Action::Hold(true));
    assert!(b.player.view().fast && b.player.view().speed == 125);
    b.swipe(1);
    assert!(!b.player.view().fast);
    b.viewer(Action::Tap);
    b.wait(400);
    b.viewer(Action::Hold(true));
    assert!(!b.player.view().fast, "what stands still cannot be hurried");
}

#[test]
fn what_lies_on_top_closes_first() {
    let mut b = Browser::started("open", 3, 1, auto());
    b.swipe(1);
    b.viewer(Action::Open(Panel::Episodes));
    assert!(b.player.view().paywall.is_some() && b.player.view().panel == Some(Panel::Episodes));
    b.viewer(Action::Key(Key::Escape));
    assert!(b.player.view().paywall.is_some() && b.player.view().panel.is_none());
    b.viewer(Action::Dismiss);
    assert!(b.player.view().paywall.is_none());
}

#[test]
fn the_drawer_goes_to_an_episode_and_closes_and_a_locked_one_opens_the_wall() {
    let mut b = Browser::started("open", 9, 4, auto());
    b.viewer(Action::Open(Panel::Episodes));
    b.viewer(Action::Pick(2));
    assert_eq!((b.current(), b.player.view().panel), (3, None));
    assert_eq!(later::mark(&b.player, 3), Some(Mark { n: 4, locked: false, seen: 0 }));
    assert_eq!(later::mark(&b.player, 4), Some(Mark { n: 5, locked: true, seen: 0 }));
    b.viewer(Action::Pick(6));
    assert!(b.player.view().paywall.is_some());
    b.viewer(Action::Pick(99));
    assert_eq!(b.current(), 7);
}

#[test]
fn what_the_viewer_prefers_is_remembered_and_comes_back() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.story();
    b.viewer(Action::Prefer(Preference::Advance(false)));
    b.viewer(Action::Prefer(Preference::Captions(Some("es".into()))));
    b.viewer(Action::Prefer(Preference::Saver(true)));
    b.viewer(Action::Prefer(Preference::Speed(150)));
    b.end();
    assert_eq!(b.current(), 1, "the viewer wants to stay");
    let mut player = Player::new(auto(), Instant(0));
    let effects = player.handle(Instant(1), Event::Preferred("m=1;s=1;r=150;c=es;a=0;nonsense;r=9999999999".into()));
    assert!(!effects.contains(&Effect::Rate(99_999.0)));
    assert!(player.muted() && !player.view().advances && player.view().saver);
}
