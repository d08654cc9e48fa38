//! What happens many times a second asks for no memory.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::*;
use cliffhanger_core::*;
use cliffhanger_sim::Browser;

/// Allocations of `timeupdate` after `timeupdate`, by the second of the episode in which they fell.
fn allocations(count: usize, feeds: bool) -> Vec<u64> {
    let mut b = Browser::new("open", count, u32::try_from(count).unwrap(), Config { autoplay: true, ..Config::default() });
    b.send(Event::CanFeed(feeds));
    b.send(Event::Wall(WallMs(1_795_000_000_000)));
    b.send(Event::Connected(true));
    for _ in 0..3 {
        b.swipe(1);
        b.buffer_all();
    }
    let slot = Slot::of(b.current() - 1);
    let load = b.videos[usize::from(slot.0)].load.unwrap();
    let mut now = b.now;
    let mut found = Vec::new();
    for second in 0..8_u32 {
        let mut sum = 0;
        for tick in 0..10 {
            now += 100;
            let time = f64::from(second) + f64::from(tick) / 10.0;
            let signal = Signal::Progress { time: Seconds::new(time), buffered_to: Seconds::new(10.0) };
            let mut effects = Vec::new();
            sum += allocation_counter::measure(|| {
                effects = b.player.handle(Instant(now), Event::Media { slot, load, signal });
            })
            .count_total;
            assert!(effects.iter().any(|effect| matches!(effect, Effect::Redraw)));
            b.player.recycle(effects);
        }
        found.push(sum);
    }
    found
}

#[test]
fn a_timeupdate_allocates_nothing_but_what_is_told_and_remembered() {
    for (count, feeds) in [(20, false), (20, true), (10_000, true)] {
        let found = allocations(count, feeds);
        // The place is remembered every few seconds, as text, and quartiles are told with the episode.
        let quiet = found.iter().filter(|sum| **sum == 0).count();
        assert!(quiet >= 4 && found.iter().sum::<u64>() < 100, "{count} episodes, fed: {feeds}: {found:?}");
    }
}
