//! The byte plan as scenarios: a viewer, a feed and a link in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub, dead_code)]

#[path = "feeder/simulation.rs"]
mod simulation;

use cliffhanger_core::Instant;
use cliffhanger_core::feeder::{Flight, Lane, Link, Micros, Role, Source, Thrift, Want, plan};
use cliffhanger_sim::synthetic::{Shape, file};
use simulation::{Net, watch};

const CABLE: Net = Net { rate: |_| 9_000_000 / 8, rtt: 85 };
const SLOW_4G: Net = Net { rate: |_| 1_600_000 / 8, rtt: 150 };
/// Two seconds at 6 Mbit/s, one at 0.8.
const TRAIN: Net = Net { rate: |now| if now % 3000 < 2000 { 750_000 } else { 100_000 }, rtt: 120 };

#[test]
fn three_episodes_of_five_seconds_cost_little_more_than_what_is_watched() {
    for kbits in [900, 1500, 2400] {
        let report = watch(&CABLE, Thrift::default(), &file(&Shape::of(kbits, 40)), &[5000, 5000, 5000]);
        assert_eq!(report.stalled, 0, "{kbits} kbit/s: {report:?}");
        assert!(report.sent * 10 <= report.watched * 16, "{kbits} kbit/s: {:.2} {report:?}", report.sent as f64 / report.watched as f64);
        assert!(report.ready.iter().all(|ready| *ready >= 1_000_000), "{report:?}");
        assert!(report.first_frame[1..].iter().all(|ms| *ms == 0), "{report:?}");
    }
}

#[test]
fn on_slow_4g_the_next_opening_is_there_for_a_swipe_at_human_pace() {
    for (kbits, stay) in [(700, 4000), (900, 5000), (1200, 7000)] {
        let report = watch(&SLOW_4G, Thrift::default(), &file(&Shape::of(kbits, 40)), &[stay; 5]);
        assert!(report.ready.iter().all(|ready| *ready >= 1_000_000), "{kbits} kbit/s: {report:?}");
        assert_eq!(report.stalled, 0, "{kbits} kbit/s: {report:?}");
    }
}

#[test]
fn an_unsteady_link_gets_a_deeper_lead_and_a_steady_one_does_not() {
    let media = file(&Shape::of(1200, 60));
    let steady = watch(&CABLE, Thrift::default(), &media, &[30_000]);
    let unsteady = watch(&TRAIN, Thrift::default(), &media, &[30_000]);
    assert!(steady.lead < 2_700_000, "{steady:?}");
    assert!(unsteady.lead > 2 * steady.lead && unsteady.lead <= 30_000_000, "{unsteady:?}");
    assert_eq!(steady.stalled, 0);
    // The first dip comes before anything is known of the link.
    assert!(unsteady.stalled <= 150, "{unsteady:?}");
}

#[test]
fn quick_swipes_find_a_frame() {
    let report = watch(&CABLE, Thrift::default(), &file(&Shape::of(1500, 40)), &[3000, 1100, 1100, 1100, 1100, 1100, 1100]);
    assert!(report.first_frame.iter().skip(1).all(|ms| *ms < 100), "{report:?}");
}

#[test]
fn save_data_fetches_less() {
    let media = file(&Shape::of(1200, 40));
    let usual = watch(&CABLE, Thrift::default(), &media, &[5000; 3]);
    let frugal = watch(&CABLE, Thrift { save_data: true, slow: false }, &media, &[5000; 3]);
    assert!(frugal.sent + 150_000 < usual.sent, "{} {}", frugal.sent, usual.sent);
    assert_eq!(frugal.stalled, 0);
}

#[test]
fn a_round_trip_does_not_leave_the_link_idle() {
    // Media as fast as the link: every gap between two requests would be a stall.
    let report = watch(&CABLE, Thrift::default(), &file(&Shape::of(8000, 20)), &[10_000]);
    assert!(report.busy >= 9_300, "{report:?}");
}

fn lane(source: &Source, key: u64, role: Role) -> Lane<'_> {
    Lane { key, role, source, playhead: Micros(0), buffered: Micros(0), playing: true }
}

#[test]
fn the_current_episode_comes_first_and_what_is_not_in_a_lane_never() {
    let (one, two) = (Source::mp4(), Source::mp4());
    let lanes = [lane(&two, 8, Role::Next), lane(&one, 7, Role::Current)];
    let decision = plan(lanes.into_iter(), &Link::default(), Thrift::default(), [].iter());
    assert_eq!(decision.fetch.unwrap().0, 7);
    let none = plan([].into_iter(), &Link::default(), Thrift::default(), [].iter());
    assert_eq!(none.fetch, None);
    let previous = plan([lane(&one, 7, Role::Previous)].into_iter(), &Link::default(), Thrift::default(), [].iter());
    assert_eq!(previous.fetch, None);
}

/// A link that has been seen to bring so many bytes a second, a tenth of a second after it was asked.
fn measured(rate: u64) -> Link {
    let mut link = Link::default();
    link.first_byte(Instant(100), Instant(0));
    for turn in 1..=40 {
        link.chunk(Instant(100 + turn * 50), rate / 20);
    }
    link.end();
    assert!(link.measured());
    link
}

/// What is asked for when all of the current episode is there, and of another one the first `bytes`.
fn ahead(role: Role, link: &Link, kbits: u32, bytes: usize) -> std::ops::Range<u64> {
    let media = file(&Shape::of(kbits, 10));
    let (mut current, mut other) = (Source::mp4(), Source::mp4());
    current.push(0, 0, &media, Some(media.len() as u64)).unwrap();
    if bytes > 0 {
        other.push(0, 0, &media[..bytes], Some(media.len() as u64)).unwrap();
    }
    let playing = Lane { buffered: Micros(10_000_000), ..lane(&current, 1, Role::Current) };
    let decision = plan([playing, lane(&other, 2, role)].into_iter(), link, Thrift::default(), [].iter());
    let (key, want) = decision.fetch.unwrap();
    assert_eq!(key, 2);
    want.range
}

#[test]
fn a_head_is_one_request_where_the_link_is_fast_and_exact_where_it_is_slow() {
    assert_eq!(ahead(Role::After1, &measured(1_125_000), 2400, 0), 0..100 << 10);
    assert_eq!(ahead(Role::Next, &measured(1_125_000), 2400, 0), 0..100 << 10);
    assert_eq!(ahead(Role::After1, &measured(200_000), 900, 0), 0..64 << 10);
}

#[test]
fn a_small_rest_of_what_is_fetched_ahead_is_not_a_request_of_its_own() {
    let link = measured(1_125_000);
    let size = |kbits, bytes| {
        let range = ahead(Role::Next, &link, kbits, bytes);
        range.end - range.start
    };
    // A second of some 290 kB, of which a few are there: in one.
    assert!((257 << 10..320 << 10).contains(&size(2400, 20_000)), "{}", size(2400, 20_000));
    // One of more than that: in whole ranges.
    assert_eq!(size(4000, 20_000), 256 << 10);
}

#[test]
fn a_swipe_cancels_what_was_left_behind_and_keeps_what_is_coming() {
    let sources = [Source::mp4(), Source::mp4(), Source::mp4()];
    let flight = |key: u64| Flight { key, want: Want { resource: 0, range: 0..65_536 }, left: 65_536 };
    let lanes = [lane(&sources[0], 1, Role::Previous), lane(&sources[1], 2, Role::Current), lane(&sources[2], 3, Role::Next)];
    let decision = plan(lanes.into_iter(), &Link::default(), Thrift::default(), [flight(1), flight(2), flight(99), flight(3)].iter());
    assert_eq!(decision.cancel, [0, 2]);
    assert_eq!(decision.fetch, None, "the link is full");
}
