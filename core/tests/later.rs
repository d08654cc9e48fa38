//! What can wait until the first swipe is possible, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::{News, Panel, Preference, Screen};
use cliffhanger_core::later::{Disclosure, Mark};
use cliffhanger_core::*;
use cliffhanger_sim::{Browser, series};

fn auto() -> Config {
    Config { autoplay: true, ..Config::default() }
}

/// A series of three whose episodes also have `more`, of which `free` are free.
fn with(more: &str, free: u32, config: Config) -> Browser {
    let mut b = Browser::new("open", 3, free, config);
    b.manifest = b.manifest.replace(r#""durationMs""#, &format!("{more},\"durationMs\""));
    begin(&mut b);
    b
}

fn begin(b: &mut Browser) {
    b.send(Event::Wall(WallMs(1_795_000_000_000)));
    b.send(Event::Connected(true));
    b.buffer_all();
    b.send(Event::News(News::Ready { full: true, float: true }));
    b.story();
}

const CUES: &str = r#""cues":[
    {"id":"one","kind":"chapter","atMs":0,"label":"The door"},
    {"id":"coat","kind":"product","atMs":2000,"untilMs":5000,"label":"Wool coat","href":"https://shop.example/coat",
     "price":{"amount":12900,"currency":"EUR"},"disclosure":"affiliate","box":[0.1,0.5,0.3,0.2]},
    {"id":"secret","kind":"product","atMs":2000,"label":"Says not what it is"},
    {"id":"low","kind":"cta","atMs":6000,"untilMs":7000,"label":"Follow us","href":"javascript:alert(1)","box":[0,0.6,1,0.15]}]"#;

#[test]
fn a_product_is_told_and_shown_at_its_time_in_its_box_with_what_it_is() {
    let mut b = with(CUES, 3, auto());
    b.play_to(1.0);
    assert_eq!(later::view(&b.player).cue, None);
    b.story();
    b.play_to(2.5);
    assert_eq!(b.story().matches("cue! e1").count(), 1);
    let extra = later::view(&b.player);
    let (cue, frame) = extra.cue.unwrap();
    assert_eq!((cue.label.as_str(), cue.disclosure, frame), ("Wool coat", Some(Disclosure::Affiliate), [0.1, 0.5, 0.3, 0.2]));
    assert_eq!(extra.chapters, [(Seconds::ZERO, "The door")]);
    b.play_to(3.0);
    assert!(!b.story().contains("cue!"), "told once");
    b.viewer(Action::HideCue);
    b.play_to(3.5);
    assert_eq!(later::view(&b.player).cue, None, "closed is closed");
    b.play_to(6.5);
    let extra = later::view(&b.player);
    assert_eq!(extra.cue.unwrap().0.href, None, "no address that is none");
}

#[test]
fn a_host_that_prevents_a_cue_shows_it_itself() {
    let mut b = with(CUES, 3, auto());
    b.prevent = true;
    b.play_to(2.5);
    assert_eq!(later::view(&b.player).cue, None);
}

#[test]
fn a_cue_gives_way_to_captions_and_a_locked_episode_has_none() {
    let captions = r#""captions":[{"lang":"en","url":"en.vtt"}]"#;
    let mut b = with(&format!("{CUES},{captions}"), 1, auto());
    b.viewer(Action::Prefer(Preference::Captions(Some("en".into()))));
    b.play_to(2.5);
    let top_and_height = |b: &Browser| {
        later::view(&b.player).cue.map(|(_, [_, top, _, height])| ((top * 100.0) as u32, ((top + height) * 100.0).round() as u32))
    };
    assert_eq!(top_and_height(&b), Some((50, 62)), "it ends where captions begin");
    b.play_to(6.5);
    assert_eq!(top_and_height(&b), None, "there is no room left");
    b.viewer(Action::ToggleCaptions);
    assert_eq!(top_and_height(&b), Some((60, 75)));
    b.swipe(1);
    b.wait(5_000);
    let extra = later::view(&b.player);
    assert!(extra.cue.is_none() && extra.chapters.is_empty());
    assert!(!b.story().contains("cue! e2"));
}

#[test]
fn captions_switched_off_and_on_again_are_those_of_before() {
    let mut b = with(r#""captions":[{"lang":"en","url":"en.vtt"},{"lang":"es","url":"es.vtt"}]"#, 3, auto());
    b.viewer(Action::ToggleCaptions);
    assert_eq!(b.player.view().captions_shown, Some(0));
    b.viewer(Action::Prefer(Preference::Captions(Some("es".into()))));
    b.viewer(Action::ToggleCaptions);
    assert_eq!(b.player.view().captions_shown, None);
    b.viewer(Action::ToggleCaptions);
    assert_eq!(b.player.view().captions_shown, Some(1));
}

#[test]
fn a_storyboard_is_fetched_once_when_a_finger_asks_for_it_and_never_for_a_locked_episode() {
    let mut b = with(r#""storyboard":"board.vtt""#, 1, auto());
    assert!(!b.story().contains("storyboard"));
    b.viewer(Action::Scrubbing(true));
    b.viewer(Action::Scrubbing(false));
    b.viewer(Action::Scrubbing(true));
    assert_eq!(b.story().matches("storyboard board.vtt").count(), 1);
    let text = "WEBVTT\n\n00:00.000 --> 00:05.000\na.jpg\n\n00:05.000 --> 00:10.000\nb.jpg#xywh=0,0,90,160\n";
    b.send(Event::News(News::Storyboard { url: "https://a.example/s/board.vtt".into(), text: Some(text.into()) }));
    assert_eq!(later::thumb(&b.player, 4.9).unwrap().url, "https://a.example/s/a.jpg");
    assert_eq!(later::thumb(&b.player, 5.0).unwrap().part, Some([0, 0, 90, 160]));
    b.swipe(1);
    b.viewer(Action::Scrubbing(true));
    assert!(!b.story().contains("storyboard") && later::thumb(&b.player, 1.0).is_none());
    let mut b = with(r#""storyboard":"board.vtt""#, 3, auto());
    b.send(Event::Frugal(true));
    b.viewer(Action::Scrubbing(true));
    assert!(!b.story().contains("storyboard"), "pictures of pictures are not worth the data");
}

#[test]
fn controls_fade_when_nobody_stirs_and_come_back() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.play_to(1.0);
    b.wait(3_000);
    assert!(!later::view(&b.player).calm);
    b.play_to(4.0);
    b.wait(1_500);
    assert!(later::view(&b.player).calm);
    b.viewer(Action::Stir);
    assert!(!later::view(&b.player).calm);
    b.play_to(8.0);
    b.wait(4_500);
    assert!(later::view(&b.player).calm);
    b.viewer(Action::Open(Panel::Menu));
    assert!(!later::view(&b.player).calm);
    b.viewer(Action::Dismiss);
    b.viewer(Action::TogglePlay);
    assert!(!later::view(&b.player).calm, "what stands still keeps its controls");
}

#[test]
fn whoever_comes_back_is_told_where_it_goes_on_and_may_start_over() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.stored = Some("e2 6".into());
    begin(&mut b);
    assert_eq!(later::view(&b.player).resumed, Some(Seconds::new(6.0)));
    b.viewer(Action::StartOver);
    assert!(b.story().contains("seek 1 0"));
    assert_eq!(later::view(&b.player).resumed, None);

    let mut b = Browser::new("open", 3, 3, auto());
    b.stored = Some("e2 6".into());
    begin(&mut b);
    b.play_to(7.0);
    b.wait(8_100);
    assert_eq!(later::view(&b.player).resumed, None, "it is said for a while");

    let mut b = Browser::new("open", 3, 3, Config { deep_link: true, fragment: Some("e=2&t=6".into()), ..auto() });
    begin(&mut b);
    assert_eq!(later::view(&b.player).resumed, None, "a link says itself where it goes");
}

#[test]
fn how_far_each_episode_was_seen_is_remembered_for_the_drawer() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.play_to(5.0);
    assert_eq!(later::mark(&b.player, 0), Some(Mark { n: 1, locked: false, seen: 50 }));
    b.end();
    b.buffer_all();
    b.play_to(3.0);
    assert_eq!(b.marks.as_deref(), Some("1:100 2:30"));
    let mut again = Browser::new("open", 3, 3, auto());
    again.marks = b.marks.clone();
    begin(&mut again);
    assert_eq!([0, 1, 2].map(|index| later::mark(&again.player, index).unwrap().seen), [100, 30, 0]);
}

#[test]
fn another_quality_is_loaded_at_once_where_the_episode_was_and_kept() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.manifest = series("open", 3, 3);
    for n in 1..=3 {
        let high = format!(r#"{{"type":"mp4","url":"e{n}.mp4""#);
        let low = format!(r#"{{"type":"mp4","url":"e{n}-low.mp4","height":360}}"#);
        b.manifest = b.manifest.replace(&high, &format!(r#"{low},{high},"height":720"#));
    }
    begin(&mut b);
    let extra = later::view(&b.player);
    assert_eq!((extra.qualities.as_slice(), extra.quality), (&[720, 360][..], 0));
    b.play_to(4.0);
    b.loads.clear();
    b.viewer(Action::Prefer(Preference::Quality(720)));
    assert_eq!(b.loads.first().map(String::as_str), Some("https://a.example/s/e1.mp4"));
    b.buffer_all();
    assert!(b.story().contains("seek 0 4"));
    assert!(!b.player.paused());
}

#[test]
fn full_screen_and_the_floating_picture_begin_end_and_are_refused_aloud() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.viewer(Action::Show(Screen::Full));
    assert_eq!(later::view(&b.player).full, Some(true));
    b.viewer(Action::Show(Screen::Full));
    assert_eq!(later::view(&b.player).full, Some(false));
    b.story();
    b.refuses = true;
    b.viewer(Action::Show(Screen::Full));
    assert!(b.story().contains("refused Full"));
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.send(Event::News(News::Ready { full: false, float: false }));
    assert_eq!(later::view(&b.player).floating, None);
    b.story();
    b.viewer(Action::Show(Screen::Float));
    assert!(b.story().contains("refused Float"), "a browser without it is not asked");
}

#[test]
fn a_floating_picture_plays_on_when_the_page_is_hidden_and_follows_the_episode() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.viewer(Action::Show(Screen::Float));
    b.send(Event::Hidden(true));
    assert!(!b.player.paused());
    b.send(Event::Hidden(false));
    b.story();
    b.swipe(1);
    assert!(b.story().contains("show Float 1 true"));
    b.send(Event::News(News::Screen(Screen::Float, false)));
    b.send(Event::Hidden(true));
    assert!(b.player.paused());
}

#[test]
fn the_screen_stays_on_while_something_plays_and_no_longer() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.play_to(1.0);
    assert!(later::view(&b.player).awake);
    b.viewer(Action::TogglePlay);
    assert!(!later::view(&b.player).awake);
}

#[test]
fn before_the_rest_has_come_two_taps_are_one() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.buffer_all();
    b.story();
    b.viewer(Action::Tap);
    b.viewer(Action::Tap);
    assert!(!b.story().contains("like!") && b.player.view().hearts == 0);
}
