//! What the page asks for before the wasm is there is what the core would ask for: the same examples bind both.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::*;
use cliffhanger_sim::json;

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
