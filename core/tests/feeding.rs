//! Media by bytes: what is fetched, appended and given up, with a server that behaves and with one that does not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::*;
use cliffhanger_core::*;
use cliffhanger_sim::synthetic::Shape;
use cliffhanger_sim::{Browser, Server};
use expect_test::expect;

fn browser(free: u32, server: Server) -> Browser {
    with_file(300, free, server)
}

/// Each episode has so many kilobits a second: of thin media the first range brings all that is wanted for long.
fn with_file(kbits: u32, free: u32, server: Server) -> Browser {
    let config = Config { autoplay: true, ..Config::default() };
    let mut b = Browser::new("open", 6, free, config).with_file(&Shape::of(kbits, 10));
    b.server = server;
    b.send(Event::CanFeed(true));
    b.send(Event::Wall(WallMs(1_795_000_000_000)));
    b.send(Event::Connected(true));
    b
}

/// Episodes of which bytes were asked for, in the order of the first range.
fn touched(b: &Browser) -> Vec<u32> {
    let mut seen = Vec::new();
    for (n, ..) in &b.ranges {
        if !seen.contains(n) {
            seen.push(*n);
        }
    }
    seen
}

#[test]
fn the_first_episode_is_fed_and_the_openings_of_the_next_three_are_fetched() {
    let mut b = browser(6, Server::Ranges);
    expect![[r#"
        ready!
        feed 0
        unmute 0
        play 0
        firstframe! e1
        feed 1
        unmute 1
    "#]]
    .assert_eq(&b.story());
    assert_eq!(touched(&b), [1, 2, 3, 4]);
    let size: u64 = b.ranges.iter().map(|(_, from, until)| until - from).sum();
    assert!(size < 500_000, "{size} bytes were fetched before anybody watched");
}

#[test]
fn no_byte_beyond_the_wall_is_asked_for() {
    let mut b = browser(2, Server::Ranges);
    b.swipe(1);
    b.swipe(1);
    b.viewer(Action::Peeked(Some(3)));
    b.wait(5_000);
    assert_eq!(touched(&b), [1, 2]);
}

#[test]
fn more_is_fetched_only_as_it_is_watched_and_at_the_end_the_stream_ends() {
    let mut b = browser(1, Server::Ranges);
    b.story();
    let mut most = 0.0_f64;
    for tenth in 0..100 {
        b.play_to(f64::from(tenth) / 10.0);
        most = most.max(b.videos[0].buffered - f64::from(tenth) / 10.0);
    }
    assert!(most < 8.0, "{most} seconds were fetched ahead on a fast link");
    assert_eq!(b.story().matches("end of stream 0").count(), 1);
    let size: u64 = b.ranges.iter().map(|(_, from, until)| until - from).sum();
    let stats = b.player.stats();
    assert_eq!(stats.get("bytesFetched").and_then(Node::as_whole), Some(size), "no byte is fetched twice");
    assert!(stats.get("bytesWatched").and_then(Node::as_whole).unwrap() > size / 2);
}

#[test]
fn only_what_the_viewer_would_soon_wait_for_is_urgent() {
    let mut b = with_file(1_000, 6, Server::Ranges);
    b.story();
    let urgent = |b: &Browser| b.ranges.iter().zip(&b.urgent).filter(|(_, urgent)| **urgent).map(|((n, ..), _)| *n).collect::<Vec<_>>();
    assert!(!urgent(&b).is_empty() && urgent(&b).iter().all(|n| *n == 1), "{:?}", urgent(&b));
    let started = (b.ranges.len(), urgent(&b).len());
    for tenth in 0..30 {
        b.play_to(f64::from(tenth) / 10.0);
    }
    assert!(b.ranges.len() > started.0, "its lead is kept up");
    assert_eq!(urgent(&b).len(), started.1, "and there is time for that");
    b.host(Request::Seek(Seconds::new(9.0)));
    assert!(urgent(&b).len() > started.1, "where nothing has been appended the viewer waits");
}

#[test]
fn a_server_without_ranges_is_read_from_its_whole_answer() {
    let mut b = browser(1, Server::Whole);
    assert_eq!(b.story().matches("feed 0\n").count(), 1);
    assert_eq!(b.ranges.len(), 1);
    assert!(b.videos[0].buffered > 1.0);
}

#[test]
fn a_server_that_no_script_may_read_is_left_to_the_browser() {
    let mut b = browser(6, Server::Refuses);
    let story = b.story();
    assert!(story.contains("debug: ") && story.contains("load 0 e1.mp4\n"), "{story}");
    b.buffer_all();
    assert!(b.story().contains("load 1 e2.mp4\n"), "the next one is not tried that way again");
}

#[test]
fn why_media_is_left_to_the_browser_is_said_when_the_second_wasm_has_come() {
    let mut b = Browser::new("open", 2, 2, Config { autoplay: true, ..Config::default() });
    b.player = Player::new(Config { src: Some("main.json".into()), autoplay: true, ..Config::default() }, Instant(0));
    b.server = Server::Page;
    b.send(Event::CanFeed(true));
    b.send(Event::Connected(true));
    let story = b.story();
    assert!(story.contains("load 0 e1.mp4\n") && !story.contains("debug: "), "{story}");
    b.send(Event::Later);
    assert!(b.story().contains("debug: these are not the bytes of an MP4 file\n"));
    b.swipe(1);
    assert!(!b.story().contains("debug: "), "once is enough");
}

#[test]
fn what_is_no_mp4_is_left_to_the_browser_which_says_what_it_is() {
    let mut b = browser(6, Server::Page);
    assert!(b.story().contains("load 0 e1.mp4\n"));
}

#[test]
fn a_missing_file_is_told_at_once_by_its_status() {
    let mut b = browser(6, Server::Status(404));
    assert!(b.story().contains("error! e1 media-not-found\n"));
    assert!(b.player.view().error.is_some());
    b.server = Server::Ranges;
    b.swipe(1);
    assert!(!b.player.paused() && b.player.view().error.is_none(), "swiping on works");
}

#[test]
fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let mut b = browser(1, Server::Breaks);
    let (_, first, until) = b.ranges[0];
    b.server = Server::Ranges;
    b.wait(1_000);
    // What has come is enough for a while.
    b.play_to(b.videos[0].buffered - 0.5);
    assert_eq!(b.ranges[1].1, (first + until) / 2);
    assert!(!b.player.paused() && b.player.view().error.is_none());
}

#[test]
fn a_server_that_sends_more_than_was_asked_for_is_read_where_it_says_and_one_that_sends_less_is_left_to_the_browser() {
    let mut b = browser(1, Server::Early);
    b.play_to(1.0);
    let story = b.story();
    assert!(b.videos[0].buffered > 2.0 && !story.contains("load 0"), "{story}");
    let mut b = with_file(900, 1, Server::Ranges);
    b.server = Server::Late;
    b.play_to(2.0);
    b.wait(10_000);
    let story = b.story();
    assert!(story.contains("load 0 e1.mp4\n"), "{story}");
}

#[test]
fn a_server_that_falls_silent_is_asked_again_and_then_left_to_the_browser() {
    let mut b = with_file(900, 1, Server::Ranges);
    b.server = Server::Silent;
    b.play_to(2.0);
    b.story();
    let before = b.ranges.len();
    b.wait(35_000);
    assert!(b.ranges.len() > before);
    let story = b.story();
    assert!(story.contains("load 0 e1.mp4\n") || b.player.view().error.is_some(), "{story}");
}

#[test]
fn after_bytes_that_were_asked_for_in_vain_the_browser_tries_twice_before_it_is_told() {
    let mut b = with_file(900, 1, Server::Ranges);
    b.server = Server::Refuses;
    b.play_to(b.videos[0].buffered);
    b.story();
    let (began, mut loads) = (b.now, 0);
    while b.player.view().error.is_none() {
        b.signal(0, Signal::Waiting);
        b.wait(100);
        loads += b.story().matches("load 0 e1.mp4\n").count();
        assert!(b.now < began + 60_000, "it is never told");
    }
    assert_eq!(loads, 2);
    assert!(b.now < began + 35_000, "told after {} ms", b.now - began);
}

#[test]
fn a_browser_that_refuses_the_data_gets_the_plain_file_where_it_stood() {
    let mut b = browser(6, Server::Ranges);
    b.play_to(1.0);
    b.story();
    b.signal(0, Signal::Failed(3));
    let story = b.story();
    assert!(story.contains("load 0 e1.mp4\n"), "{story}");
    b.signal(0, Signal::Metadata { duration: Seconds::new(10.0) });
    assert!(b.story().contains("seek 0 1\n"));
}

#[test]
fn a_seek_beyond_what_is_appended_fetches_from_there() {
    let mut b = browser(1, Server::Ranges);
    let last = b.ranges.last().unwrap().2;
    b.host(Request::Seek(Seconds::new(8.0)));
    assert!(b.ranges.last().unwrap().1 > last, "{:?}", b.ranges);
}

#[test]
fn a_swipe_that_skips_on_cancels_what_is_no_longer_wanted() {
    let mut b = browser(6, Server::Ranges);
    b.server = Server::Silent;
    b.host(Request::GoTo(Target::Ordinal(6)));
    let asked = b.ranges.len();
    b.server = Server::Ranges;
    b.host(Request::GoTo(Target::Ordinal(1)));
    assert!(b.ranges.len() > asked && b.ranges[asked..].iter().all(|(n, ..)| *n <= 4));
}

#[test]
fn another_series_is_read_anew_and_nothing_more_of_the_old_one_is_wanted() {
    let mut b = browser(6, Server::Ranges);
    let before = b.ranges.len();
    let config = Config { src: Some("other.json".into()), autoplay: true, ..Config::default() };
    b.send(Event::Configured(Box::new(config)));
    assert!(b.ranges[before..].iter().any(|(n, from, _)| (*n, *from) == (1, 0)), "{:?}", &b.ranges[before..]);
    assert!(!b.player.paused());
}

#[test]
fn openings_are_not_fetched_ahead_where_the_server_sends_whole_files() {
    let b = browser(6, Server::Whole);
    let file = b.ranges.iter().map(|(.., until)| *until).max().unwrap();
    let fetched = b.player.stats().get("bytesFetched").and_then(Node::as_whole).unwrap();
    assert!(touched(&b).contains(&3) && fetched > file);
    let whole = 2 * b.file_size();
    assert!(fetched <= whole, "{fetched} bytes came, the current file and the next are {whole}");
}

#[test]
fn a_full_buffer_is_emptied_behind_the_viewer_as_soon_as_there_is_something_behind() {
    let mut b = browser(1, Server::Ranges);
    b.signal(0, Signal::BufferFull);
    assert!(!b.story().contains("evict"));
    b.play_to(5.0);
    assert!(!b.story().contains("evict"));
    b.play_to(15.0);
    assert!(b.story().contains("evict 0 5\n"));
}

#[test]
fn what_the_browser_refuses_is_not_fetched_on_by_ranges() {
    let mut b = browser(1, Server::Silent);
    assert_eq!(b.cancelled, 0);
    b.signal(0, Signal::FeedRefused);
    assert_eq!(b.cancelled, b.ranges.len());
}

#[test]
fn nothing_is_asked_for_beyond_the_end_of_a_small_file() {
    let shape = Shape { frames: 60, fps: 10, gop: 20, key: 900, other: 90, audio: 20, last: false, wide: false };
    let mut b = Browser::new("open", 1, 1, Config { autoplay: true, ..Config::default() }).with_file(&shape);
    b.send(Event::CanFeed(true));
    b.send(Event::Connected(true));
    assert!(b.file_size() < 64 << 10);
    assert_eq!(b.ranges.len(), 1, "{:?}", b.ranges);
    assert!(!b.player.paused());
}

/// At the second episode of a series whose gate has granted it once, with more to come.
fn granted() -> Browser {
    let config = Config { autoplay: true, ..Config::default() };
    let mut b = Browser::new("gate", 2, 1, config).with_file(&Shape::of(900, 20));
    b.gate = Box::new(|_| Some(Ok((200, grant("e2-1")))));
    b.send(Event::CanFeed(true));
    b.send(Event::Connected(true));
    b.swipe(1);
    b.gate = Box::new(|_| None);
    b.play_to(0.5);
    b.story();
    b.server = Server::Status(403);
    b
}

fn grant(file: &str) -> Node {
    cliffhanger_sim::json(&format!(
        r#"{{"serverNowMs":1000,"grant":{{"renditions":[{{"type":"mp4","url":"https://g.example/granted/{file}.mp4"}}],"expiresMs":600000}}}}"#
    ))
}

#[test]
fn a_refused_range_asks_the_gate_and_goes_on_with_the_fresh_address_without_a_seam() {
    let mut b = granted();
    let (before, asked) = (b.ranges.len(), b.asks.len());
    b.play_to(2.0);
    assert_eq!((b.ranges.len() - before, b.asks.len() - asked), (1, 1), "refused, and asked");
    b.play_to(2.5);
    assert_eq!((b.ranges.len() - before, b.asks.len() - asked), (1, 1), "nothing more meanwhile");
    b.server = Server::Ranges;
    let ask = *b.asks.last().unwrap();
    b.send(Event::Gate { ask, reply: Ok((200, grant("e2-2"))) });
    assert!(b.ranges.len() - before > 1);
    b.play_to(4.0);
    let story = b.story();
    assert!(!story.contains("feed") && !story.contains("load") && !story.contains("error"), "the same source goes on: {story}");
    assert!(b.videos[1].playing && b.player.view().error.is_none());
}

#[test]
fn an_address_that_is_refused_again_is_an_error_after_one_question() {
    let mut b = granted();
    let asked = b.asks.len();
    b.gate = Box::new(|_| Some(Ok((200, grant("e2-2")))));
    b.play_to(2.0);
    assert_eq!(b.asks.len() - asked, 1);
    assert!(b.story().contains("error! e2 media-forbidden"));
}

#[test]
fn a_browser_that_drops_what_it_is_given_gets_the_plain_file_as_soon_as_it_runs_dry() {
    let mut b = browser(6, Server::Ranges);
    let time = Seconds::new(0.2);
    b.videos[0].time = 0.2;
    b.signal(0, Signal::Progress { time, buffered_to: time });
    b.story();
    b.signal(0, Signal::Waiting);
    assert!(b.story().contains("load 0 e1.mp4\n"));
    b.buffer_all();
    assert!(b.story().contains("load 1 e2.mp4\n"), "and so from now on");
    // One that was given no more has only run dry.
    let mut b = browser(6, Server::Ranges);
    let until = Seconds::new(b.videos[0].buffered);
    b.signal(0, Signal::Progress { time: until, buffered_to: until });
    b.story();
    b.signal(0, Signal::Waiting);
    assert_eq!(b.story(), "");
}

#[test]
fn news_of_an_append_draws_nothing_and_is_known_all_the_same() {
    let mut b = browser(6, Server::Ranges);
    let load = b.videos[0].load.unwrap();
    let duration = Seconds::new(10.0);
    b.signal(0, Signal::Metadata { duration });
    let mut draws = |signal| {
        let effects = b.player.handle(Instant(b.now), Event::Media { slot: Slot(0), load, signal });
        let known = b.player.view().progress.unwrap().buffered_to.get();
        (known, effects.iter().any(|effect| matches!(effect, Effect::Redraw)))
    };
    assert_eq!(draws(Signal::Buffered(Seconds::new(7.5))), (7.5, false));
    let progress = Signal::Progress { time: Seconds::default(), buffered_to: Seconds::new(8.0) };
    assert_eq!(draws(progress), (8.0, true), "what `progress` says is drawn");
}

#[test]
fn the_next_range_is_asked_for_while_the_end_of_this_one_is_on_its_way_and_not_before() {
    let shape = Shape::of(6_000, 10);
    let file = cliffhanger_sim::synthetic::file(&shape);
    let mut b = Browser::new("open", 1, 1, Config { autoplay: true, ..Config::default() }).with_file(&shape);
    b.server = Server::Silent;
    b.send(Event::CanFeed(true));
    b.send(Event::Connected(true));
    let total = Some(file.len() as u64);
    for range in 0.. {
        let (_, from, until) = b.ranges[range];
        let fetch = FetchId(range as u32 + 1);
        b.now += 100;
        b.send(Event::Fetched { fetch, part: Part::Head { status: 206, total, from: Some(from) } });
        let mut left = Vec::new();
        for at in (from as usize..until as usize).step_by(1024) {
            b.now += 1;
            let end = (at + 1024).min(until as usize);
            b.send(Event::Fetched { fetch, part: Part::Bytes(file[at..end].to_vec()) });
            if b.ranges.len() == range + 2 && left.is_empty() {
                left.push(until - end as u64);
            }
        }
        b.send(Event::Fetched { fetch, part: Part::End });
        if range == 0 {
            // A header: what follows it is known when it has come.
            continue;
        }
        let left = left.first().copied().unwrap_or_else(|| panic!("nothing was asked for before the end of range {range}"));
        assert!(left > 0 && left < until - from, "{left} bytes of {} were on their way", until - from);
        break;
    }
}

/// Six episodes, each in two qualities, over a link of so many bytes a second.
fn qualities(link: u64) -> Browser {
    let mut b = Browser::new("open", 6, 6, Config { autoplay: true, ..Config::default() }).with_file(&Shape::of(900, 20));
    for n in 1..=6 {
        let one = format!(r#"{{"type":"mp4","url":"e{n}.mp4""#);
        let low = format!(r#"{{"type":"mp4","url":"e{n}-low.mp4","height":640,"bitrate":300000}}"#);
        b.manifest = b.manifest.replace(&format!("{one}}}"), &format!(r#"{one},"height":1280,"bitrate":900000}},{low}"#));
    }
    b.server = Server::Ranges;
    b.link = Some(link);
    b.send(Event::CanFeed(true));
    b
}

fn start(b: &mut Browser) {
    b.send(Event::Wall(WallMs(1_795_000_000_000)));
    b.send(Event::Connected(true));
    b.wait(3_000);
}

/// Files of which something was asked for, in the order of the first range.
fn files(b: &Browser) -> Vec<&str> {
    let mut seen = Vec::new();
    for name in b.asked.iter().filter_map(|url| url.rsplit('/').next()) {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[test]
fn the_first_episode_comes_as_the_operator_wants_it_and_the_next_ones_as_the_link_carries_them() {
    let mut b = qualities(130_000);
    start(&mut b);
    b.wait(5_000);
    assert_eq!(files(&b), ["e1.mp4", "e2-low.mp4", "e3-low.mp4", "e4-low.mp4"]);
    let mut b = qualities(500_000);
    start(&mut b);
    assert_eq!(files(&b), ["e1.mp4", "e2.mp4", "e3.mp4", "e4.mp4"]);
}

#[test]
fn no_more_is_fetched_than_the_player_has_pixels_for() {
    let mut b = qualities(500_000);
    b.send(Event::Pixels(640));
    start(&mut b);
    assert_eq!(files(&b), ["e1.mp4", "e2-low.mp4", "e3-low.mp4", "e4-low.mp4"]);
    let mut b = qualities(500_000);
    b.send(Event::Pixels(641));
    start(&mut b);
    assert_eq!(files(&b), ["e1.mp4", "e2.mp4", "e3.mp4", "e4.mp4"]);
}

#[test]
fn what_was_begun_in_one_quality_is_never_mixed_with_another() {
    let mut b = qualities(500_000);
    start(&mut b);
    // The link breaks down: what has been fetched of the next episodes is of the high ones, and goes on being so.
    b.link = Some(20_000);
    b.play_to(3.0);
    b.wait(8_000);
    b.asked.clear();
    b.swipe(1);
    b.wait(20_000);
    assert!(files(&b).contains(&"e2.mp4") && !files(&b).contains(&"e2-low.mp4"), "{:?}", files(&b));
    assert!(files(&b).contains(&"e5-low.mp4"), "{:?}", files(&b));
}

/// The current episode plays to the end of what it has on a slow link, and waits.
fn run_dry(b: &mut Browser) {
    b.link = Some(50_000);
    for tenth in 0..60 {
        b.play_to(f64::from(tenth) / 10.0);
        b.wait(400);
    }
    b.asked.clear();
    b.loads.clear();
    let slot = b.player.current_slot().0;
    b.play_to(b.videos[usize::from(slot)].buffered);
    b.signal(slot, Signal::Waiting);
    b.wait(3_000);
}

#[test]
fn an_episode_that_runs_dry_on_a_slow_link_goes_on_with_the_lighter_file_where_it_was() {
    let mut b = qualities(500_000);
    start(&mut b);
    b.swipe(1);
    b.wait(1_000);
    b.story();
    run_dry(&mut b);
    let story = b.story();
    assert!(files(&b).first() == Some(&"e2-low.mp4") && story.contains("feed 1"), "{:?} {story}", files(&b));
}

#[test]
fn the_first_episode_too_goes_on_with_the_lighter_file_when_it_runs_dry() {
    let mut b = qualities(500_000);
    start(&mut b);
    b.story();
    run_dry(&mut b);
    let story = b.story();
    assert!(files(&b).contains(&"e1-low.mp4") && story.contains("feed 0"), "{:?} {story}", files(&b));
}

#[test]
fn what_the_viewer_chose_stays_whatever_it_costs() {
    let mut b = qualities(50_000);
    b.send(Event::Preferred("q=1280".to_owned()));
    start(&mut b);
    b.wait(20_000);
    assert!(!files(&b).iter().any(|name| name.contains("low")), "{:?}", files(&b));
    // Also where this episode has no such height: nothing is loaded anew for it.
    let mut b = qualities(500_000);
    b.send(Event::Preferred("q=700".to_owned()));
    start(&mut b);
    b.story();
    run_dry(&mut b);
    let story = b.story();
    assert!(!story.contains("feed 0"), "{story}");
}
