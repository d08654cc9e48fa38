//! What one event costs the core, on a short and on a long feed, and what reading a manifest costs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use cliffhanger_core::manifest::CHUNK;
use cliffhanger_core::*;
use cliffhanger_sim::{BASE, Browser, json, series};
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main, measurement::WallTime};

const FEEDS: [usize; 2] = [20, 10_000];
/// Where the viewer is: far enough from both ends to go either way.
const HERE: usize = 9;

/// A viewer in the midst of a feed, everything near loaded.
fn watching(count: usize) -> Browser {
    let config = Config { autoplay: true, ..Config::default() };
    let mut browser = Browser::started("open", count, u32::try_from(count).unwrap(), config);
    for _ in 0..HERE {
        browser.swipe(1);
        browser.buffer_all();
    }
    assert_eq!(browser.current(), HERE + 1);
    browser
}

/// Measures `Player::handle` on the events that `next` makes, one after another.
fn event(group: &mut BenchmarkGroup<WallTime>, name: &str, count: usize, mut next: impl FnMut(u64, LoadId) -> Event) {
    let mut browser = watching(count);
    let load = browser.videos[HERE % 3].load.unwrap();
    let (mut turn, mut now) = (0, browser.now);
    group.bench_function(BenchmarkId::new(name, count), |bencher| {
        bencher.iter_batched(
            || {
                turn += 1;
                next(turn, load)
            },
            |event| {
                now += 1;
                black_box(browser.player.handle(Instant(now), event))
            },
            BatchSize::PerIteration,
        );
    });
}

fn media(load: LoadId, signal: Signal) -> Event {
    Event::Media { slot: Slot::of(HERE), load, signal }
}

fn handle(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handle");
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500)).sample_size(50);
    for count in FEEDS {
        event(&mut group, "timeupdate", count, |turn, load| {
            let time = (turn % 2_000) as f64 / 1_000.0;
            media(load, Signal::Progress { time: Seconds::new(time), buffered_to: Seconds::new(10.0) })
        });
        event(&mut group, "playing, waiting", count, |turn, load| {
            media(load, if turn % 2 == 0 { Signal::Playing } else { Signal::Waiting })
        });
        event(&mut group, "canplaythrough", count, |_, load| media(load, Signal::CanPlayThrough));
        event(&mut group, "scroll within a slide", count, |_, _| Event::Viewer(Action::Scrolled { slide: HERE, settled: false }));
        event(&mut group, "settled", count, |_, _| Event::Viewer(Action::Scrolled { slide: HERE, settled: true }));
        // There and back again: each event changes the episode.
        event(&mut group, "scroll to another slide", count, |turn, _| {
            Event::Viewer(Action::Scrolled { slide: HERE + usize::from(turn % 2 == 1), settled: false })
        });
        event(&mut group, "timeout", count, |_, _| Event::Timeout);
    }
    group.finish();
}

fn view(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("view");
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500)).sample_size(50);
    for count in FEEDS {
        let browser = watching(count);
        group.bench_function(BenchmarkId::new("Player::view", count), |bencher| bencher.iter(|| black_box(browser.player.view()).current));
    }
    group.finish();
}

/// From the parsed document to a player that is ready: with all of its episodes known, and with those of the opening.
fn manifest(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("manifest");
    group.measurement_time(Duration::from_secs(3)).sample_size(20);
    for (row, count, first) in FEEDS.into_iter().flat_map(|count| [("read", count, count), ("open", count, count.min(CHUNK))]) {
        let mut document = json(&series("open", count, count));
        if let Node::Map(members) = &mut document
            && let Some((_, Node::List(list))) = members.iter_mut().find(|(key, _)| key == "episodes")
        {
            list.truncate(first);
        }
        group.bench_function(BenchmarkId::new(row, count), |bencher| {
            bencher.iter_batched(
                || {
                    let mut player = Player::new(Config { src: Some("main.json".into()), autoplay: true, ..Config::default() }, Instant(0));
                    let effects = player.handle(Instant(0), Event::Connected(true));
                    let ask =
                        effects.iter().find_map(|effect| if let Effect::FetchManifest { ask, .. } = effect { Some(*ask) } else { None });
                    (player, Event::Manifest { ask: ask.unwrap(), base: BASE.into(), body: Ok(document.clone()), more: count - first })
                },
                |(mut player, event)| {
                    let effects = player.handle(Instant(1), event);
                    let more = player.handle(Instant(1), Event::Recalled(None));
                    assert!(player.is_ready());
                    (player, effects, more)
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, handle, view, manifest);
criterion_main!(benches);
