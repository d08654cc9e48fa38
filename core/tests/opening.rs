//! What the page asks for before the wasm is there is what the core would ask for: the same examples bind both.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::Target;
use cliffhanger_core::*;
use cliffhanger_sim::synthetic::{self, Shape};
use cliffhanger_sim::{Browser, json};

/// The first range that the core asks for, when it starts with this manifest.
fn first_range(example: &serde_json::Value) -> Option<(String, u64, Option<u64>)> {
    let free_episodes = example["freeEpisodes"].as_u64().map(|count| count as u32);
    let mut player = Player::new(Config { autoplay: true, free_episodes, ..Config::default() }, Instant(0));
    let mut inbox = vec![Event::Connected(true), Event::Wall(WallMs(1_795_000_000_000)), Event::CanFeed(true)];
    let mut first = None;
    while let Some(event) = inbox.pop() {
        for effect in player.handle(Instant(0), event) {
            match effect {
                Effect::FetchManifest { ask, .. } => {
                    let (base, body) = (example["base"].as_str().unwrap().to_owned(), Ok(json(&example["manifest"].to_string())));
                    inbox.push(Event::Manifest { ask, base, body, more: 0 });
                }
                Effect::Recall { .. } => inbox.push(Event::Recalled(None)),
                Effect::Fetch { url, from, until, .. } => {
                    first.get_or_insert((url, from, until));
                }
                _ => {}
            }
        }
    }
    first
}

#[test]
fn what_the_page_asks_for_early_is_what_the_core_asks_for_first() {
    let examples: Vec<serde_json::Value> = serde_json::from_str(include_str!("../../tests/opening.json")).unwrap();
    assert!(examples.len() > 10);
    let asked = format!("bytes=0-{}", feeder::plan::FIRST - 1);
    assert!(include_str!("../../pkg/src/element.js").contains(&asked), "the page asks for another range than {asked}");
    let most = manifest::MAX_EPISODES;
    let refused = format!("episodes.length <= {}_{:03} ", most / 1000, most % 1000);
    assert!(include_str!("../../pkg/src/opening.js").contains(&refused), "the page begins with series of another length than {most}");
    for example in &examples {
        if let Some(url) = example["url"].as_str() {
            assert_eq!(first_range(example), Some((url.to_owned(), 0, Some(feeder::plan::FIRST))), "{}", example["what"]);
        }
    }
    // And where the page asks for nothing although something plays, that is caution, not a rule of its own.
    let cautious = examples.iter().filter(|example| example["url"].is_null() && first_range(example).is_some()).count();
    assert!(cautious < examples.len() / 3, "the page is too timid: {cautious}");
}

/// A series of six episodes, of which `free` are free, and of whose first one the first `bytes` were read before there was a player.
fn begun(free: u32, url: &str, bytes: usize, shape: &Shape, passed: bool) -> Browser {
    let config = Config { autoplay: true, muted: true, ..Config::default() };
    let mut b = Browser::new("open", 6, free, config).with_file(shape);
    b.send(Event::CanFeed(true));
    b.open_early(url, bytes, passed);
    b.send(Event::Wall(WallMs(1_795_000_000_000)));
    b.send(Event::Connected(true));
    b
}

fn opened(url: &str, bytes: usize, shape: &Shape) -> Browser {
    begun(6, url, bytes, shape, false)
}

/// The viewer has swiped on from the first episode.
fn passed(free: u32) -> Browser {
    begun(free, FIRST_EPISODE, 100_000, &Shape::of(900, 20), true)
}

const FIRST_EPISODE: &str = "https://a.example/s/e1.mp4";

/// Bytes of the first episode that the player asked for itself.
fn asked(b: &Browser) -> Vec<(u64, u64)> {
    b.ranges.iter().filter(|(n, ..)| *n == 1).map(|(_, from, until)| (*from, *until)).collect()
}

#[test]
fn what_was_opened_before_there_was_a_player_goes_on_without_a_seam() {
    let mut b = opened(FIRST_EPISODE, 100_000, &Shape::of(900, 20));
    let story = b.story();
    assert!(story.contains("go on 0\n") && !story.contains("feed 0\n") && !story.contains("seek 0"), "{story}");
    assert!(asked(&b).iter().all(|(from, _)| *from >= 100_000), "what has come is not asked for again: {:?}", asked(&b));
    // That no fragment is missing or given twice, the browser checks at every append.
    b.play_to(15.0);
    assert!(!b.player.paused() && b.player.view().error.is_none());
    let stats = b.player.stats();
    let came: u64 = 100_000 + b.ranges.iter().map(|(_, from, until)| until - from).sum::<u64>();
    assert_eq!(stats.get("bytesFetched").and_then(Node::as_whole), Some(came), "what came before counts as well");
    assert!(story.contains("firstframe! e1\n"));
    let Some(Node::List(visits)) = stats.get("episodes") else { panic!("no visits: {stats:?}") };
    assert_eq!(visits[0].get("startPath").and_then(Node::as_text), Some("preloaded"), "it was there before the player");
}

#[test]
fn whoever_swiped_on_before_there_was_a_player_is_there_at_once_and_may_go_back() {
    let mut b = passed(6);
    let story = b.story();
    assert!(story.contains("episodechange! e2 swipe\n"), "{story}");
    assert!(story.contains("scroll 2\n") && !story.contains("smooth"), "nothing is seen to move: {story}");
    b.play_to(3.0);
    assert!(b.current() == 2 && !b.player.paused(), "{}", b.story());
    b.viewer(Action::Scrolled { slide: 0, settled: false });
    b.viewer(Action::Scrolled { slide: 0, settled: true });
    b.play_to(5.0);
    let story = b.story();
    assert!(b.current() == 1 && !b.player.paused() && b.player.view().error.is_none(), "{story}");
    assert!(asked(&b).iter().all(|(from, _)| *from >= 100_000), "what has come is not asked for again: {:?}", asked(&b));
}

#[test]
fn whoever_swiped_on_to_a_wall_before_there_was_a_player_is_told_so() {
    let mut b = passed(1);
    let story = b.story();
    assert!(story.contains("paywallopen! "), "{story}");
    assert!(b.ranges.iter().all(|(n, ..)| *n == 1), "nothing of what is locked");
}

#[test]
fn what_was_opened_is_not_gone_on_with_once_the_browser_has_taken_the_file_itself() {
    // The first one, passed already, is not loaded before the viewer comes back to it.
    let config = Config { autoplay: true, muted: true, preload: effect::Preload::None, ..Config::default() };
    let mut b = Browser::new("open", 6, 6, config).with_file(&Shape::of(900, 20));
    b.send(Event::CanFeed(true));
    b.open_early(FIRST_EPISODE, 100_000, true);
    b.send(Event::Connected(true));
    b.send(Event::CanFeed(false));
    b.viewer(Action::Scrolled { slide: 0, settled: true });
    assert!(b.story().contains("load 0 e1.mp4\n"), "the browser takes it");
    b.send(Event::CanFeed(true));
    for slide in [1, 2, 1, 0] {
        b.viewer(Action::Scrolled { slide, settled: true });
    }
    let story = b.story();
    assert!(b.current() == 1 && story.contains("feed 0\n") && !story.contains("go on"), "what was opened is no longer there: {story}");
}

#[test]
fn a_swipe_of_a_first_episode_that_does_not_come_first_counts_for_nothing() {
    let config = Config { autoplay: true, muted: true, episode: Some(Target::Ordinal(4)), ..Config::default() };
    let mut b = Browser::new("open", 6, 6, config).with_file(&Shape::of(900, 20));
    b.send(Event::CanFeed(true));
    b.open_early(FIRST_EPISODE, 100_000, true);
    b.send(Event::Connected(true));
    assert_eq!(b.current(), 4);
}

#[test]
fn an_opening_that_has_not_come_to_the_header_is_read_on() {
    let mut b = opened(FIRST_EPISODE, 20, &Shape::of(900, 20));
    assert!(b.story().contains("feed 0\n"));
    assert_eq!(asked(&b)[0].0, 20);
    b.play_to(10.0);
    assert!(b.player.view().error.is_none());
}

#[test]
fn the_opening_of_something_else_is_not_used() {
    for url in ["https://a.example/s/e2.mp4", "https://other.example/e1.mp4"] {
        let mut b = opened(url, 100_000, &Shape::of(900, 20));
        assert!(b.story().contains("feed 0\n"), "{url}");
        assert_eq!(asked(&b)[0].0, 0, "{url}");
        b.play_to(10.0);
        assert!(b.player.view().error.is_none(), "{url}");
    }
}

#[test]
fn where_another_episode_comes_first_the_opening_is_not_gone_on_with_later() {
    let config = Config { autoplay: true, muted: true, episode: Some(Target::Ordinal(4)), ..Config::default() };
    let mut b = Browser::new("open", 6, 6, config).with_file(&Shape::of(900, 20));
    b.send(Event::CanFeed(true));
    b.open_early(FIRST_EPISODE, 100_000, false);
    b.send(Event::Connected(true));
    assert!(b.story().contains("feed 0\n"), "the fourth has the first slot");
    b.send(Event::Call { call: None, request: Request::GoTo(Target::Ordinal(1)) });
    let story = b.story();
    assert!(!story.contains("go on"), "{story}");
    b.play_to(5.0);
    assert!(!b.player.paused() && b.player.view().error.is_none());
}

#[test]
fn a_position_that_is_not_in_the_opening_is_gone_to() {
    for (start, there) in [("0.2", true), ("12", false)] {
        let mut b = Browser::new("open", 6, 6, Config { autoplay: true, muted: true, ..Config::default() }).with_file(&Shape::of(900, 20));
        b.stored = Some(format!("e1 {start}"));
        b.send(Event::CanFeed(true));
        b.open_early(FIRST_EPISODE, 100_000, false);
        b.send(Event::Connected(true));
        let story = b.story();
        assert!(story.contains("go on 0\n"), "{start}: {story}");
        assert_eq!(asked(&b)[0].0 == 100_000, there, "{start}: {:?}", asked(&b));
        assert_eq!(asked(&b).iter().any(|(from, _)| *from > 1_000_000), !there, "{start}: {:?}", asked(&b));
        assert!(b.player.view().error.is_none());
    }
}

#[test]
fn the_link_is_known_from_the_opening() {
    let mut opening = feeder::Opening::default();
    let file = vec![0; 500_000];
    opening.answered(Instant(1_000), Instant(900));
    for turn in 1..=10 {
        opening.push(Instant(1_000 + turn * 50), &file[..50_000], None);
    }
    let (run, _, link) = opening.hand_over();
    assert!(run.is_none() && link.measured());
    assert!((900_000..1_100_000).contains(&link.rate()), "{}", link.rate());
}

#[test]
fn an_opening_asks_for_a_second_of_media_and_no_more() {
    for (shape, most) in [(Shape::of(900, 20), 1), (Shape::of(9_000, 20), 9), (Shape { last: true, ..Shape::of(900, 20) }, 3)] {
        let film = synthetic::file(&shape);
        let mut opening = feeder::Opening::default();
        let (mut at, mut until, mut ranges, mut described) = (0, 262_144.min(film.len()), 1, false);
        loop {
            assert!(opening.push(Instant(0), &film[at..until], Some(film.len() as u64)));
            described |= opening.describe().is_some();
            while opening.take().is_some() {}
            let Some(want) = opening.ask() else { break };
            (at, until) = (want.range.start as usize, want.range.end as usize);
            assert_eq!(opening.at(), want.range.start);
            ranges += 1;
        }
        assert!(described && (1..=most).contains(&ranges), "{ranges} ranges");
        let (from, until) = opening.hand_over().0.unwrap();
        assert!(from.0 == 0 && (1_000_000..3_000_000).contains(&until.0), "{until:?}");
    }
}

#[test]
fn what_cannot_be_read_is_said_at_once_and_nothing_is_made_of_it() {
    let mut opening = feeder::Opening::default();
    assert!(!opening.push(Instant(0), &[b'<'; 4_000], Some(4_000)));
    assert!(opening.describe().is_none() && opening.take().is_none() && opening.ask().is_none());
}
