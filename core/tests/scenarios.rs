//! What a viewer or a host does, and what the player does about it, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::*;
use cliffhanger_core::surface::Cause;
use cliffhanger_core::*;
use cliffhanger_sim::{Autoplay, Browser, json};
use expect_test::expect;

fn auto() -> Config {
    Config { autoplay: true, ..Config::default() }
}

fn step(browser: &mut Browser, step: Step) {
    browser.viewer(Action::Step { step, cause: Cause::Key });
}

#[test]
fn the_first_episode_plays_and_neighbours_wait_until_it_can_play_through() {
    let mut b = Browser::new("open", 5, 5, auto());
    b.send(Event::Connected(true));
    expect![[r#"
        ready!
        load 0 e1.mp4
        unmute 0
        play 0
    "#]]
    .assert_eq(&b.story());
    b.signal(0, Signal::Metadata { duration: Seconds::new(10.0) });
    b.signal(0, Signal::Painted);
    assert_eq!(b.story(), "firstframe! e1\n");
    b.videos[0].through = true;
    b.signal(0, Signal::CanPlayThrough);
    expect![[r#"
        load 1 e2.mp4
        unmute 1
    "#]]
    .assert_eq(&b.story());
}

#[test]
fn a_video_that_always_breaks_in_the_same_place_is_told_after_three_attempts_however_far_it_had_come() {
    let mut b = Browser::started("open", 2, 2, auto());
    for attempt in 0..3 {
        assert!(b.player.view().error.is_none(), "told after {attempt}");
        // Back where it was it plays a little, and breaks again.
        b.play_to(3.0 + f64::from(attempt) / 10.0);
        b.signal(0, Signal::Waiting);
        b.wait(13_900);
    }
    assert!(b.player.view().error.is_some(), "{}", b.story());
    let mut b = Browser::started("open", 2, 2, auto());
    for second in 1..6 {
        b.play_to(f64::from(second));
        b.signal(0, Signal::Waiting);
        b.wait(13_900);
        assert!(b.player.view().error.is_none(), "each attempt got on: {second}");
    }
}

#[test]
fn the_posters_around_wait_for_the_first_picture_a_finger_or_a_second() {
    let begin = || {
        let mut b = Browser::new("open", 5, 5, auto());
        b.manifest = b.manifest.replace(r#""renditions""#, r#""poster":{"url":"p.jpg"},"renditions""#);
        b.send(Event::Connected(true));
        b
    };
    let posters = |b: &Browser| {
        let view = b.player.view();
        [0, 1].map(|index| view.slides.iter().any(|slide| slide.index == Some(index) && slide.poster.is_some()))
    };
    let mut b = begin();
    assert_eq!(posters(&b), [true, false]);
    b.signal(0, Signal::Painted);
    assert_eq!(posters(&b), [true, true]);
    let mut b = begin();
    b.viewer(Action::Peeked(Some(1)));
    assert_eq!(posters(&b), [true, true]);
    let mut b = begin();
    b.wait(1_500);
    assert_eq!(posters(&b), [true, true]);
}

#[test]
fn a_swipe_stops_the_old_episode_starts_the_new_one_and_prepares_the_one_after() {
    let mut b = Browser::started("open", 5, 5, auto());
    b.story();
    b.swipe(1);
    expect![[r#"
        episodechange! e2 swipe
        pause 0
        play 1
        load 2 e3.mp4
        unmute 2
        firstframe! e2
    "#]]
    .assert_eq(&sorted_loads(&b.story()));
    b.buffer_all();
    b.swipe(1);
    let story = b.story();
    assert!(story.contains("load 0 e4.mp4\n"), "episode 1 is two away and lets go of its slot: {story}");
    assert!(!story.contains("unload"), "what takes its place empties it: {story}");
}

#[test]
fn the_next_episode_moves_without_sound_while_it_is_uncovered_and_sounds_when_it_has_settled() {
    let mut b = Browser::started("open", 5, 5, auto());
    b.story();
    b.viewer(Action::Peeked(Some(1)));
    expect![[r#"
        mute 1
        play 1
    "#]]
    .assert_eq(&b.story());
    b.viewer(Action::Scrolled { slide: 1, settled: false });
    expect![[r#"
        episodechange! e2 swipe
        firstframe! e2
        pause 0
    "#]]
    .assert_eq(&b.story());
    b.viewer(Action::Scrolled { slide: 1, settled: true });
    // Whatever can wait waits until scrolling has come to rest.
    expect![[r#"
        load 2 e3.mp4
        unmute 2
        unmute 1
    "#]]
    .assert_eq(&b.story());
}

#[test]
fn a_finger_that_goes_back_stops_what_it_had_started_and_rewinds_it() {
    let mut b = Browser::started("open", 5, 5, auto());
    b.viewer(Action::Peeked(Some(1)));
    b.story();
    b.videos[1].time = 0.4;
    b.signal(1, Signal::Progress { time: Seconds::new(0.4), buffered_to: Seconds::new(10.0) });
    b.viewer(Action::Peeked(None));
    expect![[r#"
        pause 1
        seek 1 0
    "#]]
    .assert_eq(&b.story());
    assert!(b.videos[0].playing && !b.videos[0].muted && b.videos[1].muted);
}

#[test]
fn a_locked_episode_does_not_move_when_it_is_uncovered() {
    let mut b = Browser::started("open", 5, 1, auto());
    b.story();
    b.viewer(Action::Peeked(Some(1)));
    assert_eq!(b.story(), "");
}

/// Loads come before playback in the effects; for reading, the story is kept as it is.
fn sorted_loads(story: &str) -> String {
    let (loads, rest): (Vec<&str>, Vec<&str>) = story.lines().partition(|l| l.starts_with("load 2") || l.starts_with("unmute 2"));
    let at = rest.iter().position(|l| l.starts_with("play")).map_or(rest.len(), |i| i + 1);
    let (head, tail) = rest.split_at(at);
    [head, loads.as_slice(), tail].concat().iter().map(|l| format!("{l}\n")).collect()
}

#[test]
fn ten_swipes_move_ten_episodes() {
    let mut b = Browser::started("open", 20, 20, auto());
    for expected in 2..=11 {
        b.swipe(1);
        b.buffer_all();
        assert_eq!(b.current(), expected);
        assert!(b.videos[b.player.current_slot().0 as usize].playing);
    }
}

#[test]
fn sound_refused_means_muted_playback_and_a_tap_brings_sound_to_every_later_episode() {
    let mut b = Browser::new("open", 5, 5, auto());
    b.autoplay = Autoplay::MutedOnly;
    b.send(Event::Connected(true));
    b.buffer_all();
    expect![[r#"
        ready!
        load 0 e1.mp4
        unmute 0
        play 0
        mute 0
        play 0
        firstframe! e1
        load 1 e2.mp4
        mute 1
    "#]]
    .assert_eq(&b.story());
    assert!(b.player.view().sound_prompt && b.player.view().muted);
    b.autoplay = Autoplay::Allowed;
    b.viewer(Action::ToggleSound);
    assert!(!b.videos[0].muted && !b.player.view().sound_prompt);
    for _ in 0..3 {
        b.swipe(1);
        b.buffer_all();
        let here = &b.videos[b.player.current_slot().0 as usize];
        assert!(here.playing && !here.muted);
    }
}

#[test]
fn a_page_that_asks_for_silence_still_offers_sound_until_somebody_chooses() {
    let mut b = Browser::started("open", 5, 5, Config { muted: true, ..auto() });
    assert!(b.videos[0].muted && b.player.view().sound_prompt);
    b.viewer(Action::ToggleSound);
    b.viewer(Action::ToggleSound);
    assert!(b.videos[0].muted && !b.player.view().sound_prompt, "the viewer chose silence");
}

#[test]
fn a_browser_that_starts_nothing_by_itself_gets_one_tap_for_all() {
    let mut b = Browser::new("open", 5, 5, auto());
    b.autoplay = Autoplay::Never;
    b.send(Event::Connected(true));
    b.buffer_all();
    assert!(b.player.view().play_prompt && b.player.paused());
    b.autoplay = Autoplay::Allowed;
    b.story();
    b.viewer(Action::Tap);
    assert!(b.story().starts_with("bless\n"));
    assert!(b.videos[0].playing && !b.videos[0].muted && !b.player.view().play_prompt);
}

#[test]
fn without_autoplay_the_first_episode_waits_and_later_ones_follow_the_viewer() {
    let mut b = Browser::started("open", 5, 5, Config::default());
    assert!(b.player.paused() && b.player.view().play_prompt);
    b.swipe(1);
    assert!(!b.player.paused());
    b.viewer(Action::Tap);
    assert!(!b.player.paused(), "a second tap may follow");
    b.wait(300);
    assert!(b.player.paused() && b.player.view().paused_by_viewer);
    b.swipe(1);
    assert!(!b.player.paused(), "a new episode starts by itself");
}

#[test]
fn nothing_appears_beyond_the_slide_a_fling_goes_to_until_it_has_come_to_rest() {
    let mut b = Browser::started("open", 20, 20, auto());
    let slides = |b: &Browser| {
        let mut shown: Vec<usize> = b.player.view().slides.iter().filter_map(|s| s.index).collect();
        shown.sort_unstable();
        shown
    };
    b.swipe(1);
    b.buffer_all();
    assert_eq!(slides(&b), [0, 1, 2]);
    b.viewer(Action::Scrolled { slide: 2, settled: false });
    assert_eq!((b.current(), slides(&b)), (3, vec![0, 1, 2]), "decided at half-way, and no slide beyond");
    b.viewer(Action::Scrolled { slide: 3, settled: false });
    assert_eq!(b.current(), 3, "a fling moves one episode");
    b.viewer(Action::Scrolled { slide: 2, settled: true });
    assert_eq!(slides(&b), [1, 2, 3]);
    step(&mut b, Step::Forward);
    assert_eq!(slides(&b), [2, 3, 4], "a key has somewhere to scroll to at once");
}

#[test]
fn of_several_moves_only_the_last_is_scrolled_to() {
    let mut b = Browser::new("open", 9, 9, auto());
    let manifest = std::mem::replace(&mut b.manifest, "never".into());
    b.send(Event::Connected(true));
    b.host(Request::GoTo(Target::Ordinal(3)));
    b.host(Request::Next);
    b.manifest = manifest;
    b.wait(25_000);
    let scrolls: Vec<String> = b.story().lines().filter(|l| l.starts_with("scroll")).map(str::to_owned).collect();
    assert_eq!(scrolls, ["scroll 4"]);
}

#[test]
fn following_a_link_in_the_page_goes_to_its_episode_and_second() {
    let mut b = Browser::started("open", 9, 9, Config { src: Some("main.json".into()), deep_link: true, ..auto() });
    b.send(Event::Fragment("e=6&t=4".into()));
    b.buffer_all();
    assert_eq!((b.current(), b.videos[b.player.current_slot().0 as usize].time), (6, 4.0));
    assert!(b.story().contains("episodechange! e6 deeplink"));
    b.send(Event::Fragment("top".into()));
    assert_eq!(b.current(), 6);
}

#[test]
fn the_end_of_an_episode_leads_to_the_next_and_the_last_to_the_end_screen() {
    let mut b = Browser::started("open", 2, 2, auto());
    b.story();
    b.end();
    assert!(b.story().contains("episodechange! e2 autoadvance\n"));
    b.buffer_all();
    b.end();
    assert!(b.player.view().ended);
    b.viewer(Action::Replay);
    assert!(!b.player.view().ended && b.videos[1].playing);
}

#[test]
fn auto_advance_can_be_off_and_loop_repeats() {
    let mut b = Browser::started("open", 2, 2, Config { no_auto_advance: true, ..auto() });
    b.end();
    assert_eq!((b.current(), b.player.ended()), (1, true));
    b.viewer(Action::Tap);
    assert!(b.videos[0].playing && b.videos[0].time == 0.0, "a tap watches it again");
    let mut b = Browser::started("open", 2, 2, Config { repeat: true, ..auto() });
    b.end();
    assert_eq!(b.current(), 1);
    assert!(b.videos[0].playing && b.videos[0].time == 0.0);
}

#[test]
fn an_end_before_its_time_is_a_fault_and_is_taken_up_where_it_broke() {
    let mut b = Browser::started("open", 2, 2, auto());
    b.play_to(4.0);
    b.story();
    b.signal(0, Signal::Ended);
    assert_eq!(b.current(), 1);
    b.wait(1_000);
    b.buffer_all();
    assert!(b.story().contains("load 0 e1.mp4"), "loaded again");
    assert_eq!(b.videos[0].time, 4.0);
}

#[test]
fn a_missing_file_is_told_at_once_and_the_viewer_can_go_on() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.signal(0, Signal::Failed(4));
    let load = b.videos[0].load.unwrap();
    b.send(Event::Probed { load, status: Some(404) });
    assert!(b.story().contains("error! e1 media-not-found"));
    let view = b.player.view();
    let card = view.error.unwrap();
    assert!(card.can_skip && !card.can_retry);
    b.buffer_all();
    step(&mut b, Step::Forward);
    b.buffer_all();
    assert!(b.videos[1].playing && b.player.view().error.is_none());
}

#[test]
fn a_stall_is_tried_again_twice_and_told_within_forty_seconds() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.wait(40_000);
    let story = b.story();
    assert_eq!(story.matches("load 0 e1.mp4").count(), 3);
    assert!(story.contains("error! e1 media-timeout"));
    assert!(b.player.view().error.unwrap().can_retry);
    b.viewer(Action::Retry);
    b.buffer_all();
    assert!(b.player.view().error.is_none() && b.videos[0].playing);
}

#[test]
fn offline_heals_by_itself() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.send(Event::Online(false));
    b.wait(40_000);
    assert!(b.story().contains("error! e1 media-unreachable"));
    b.send(Event::Online(true));
    b.buffer_all();
    assert!(b.player.view().error.is_none() && b.videos[0].playing);
}

#[test]
fn sound_without_a_picture_counts_as_unsupported() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.signal(0, Signal::Metadata { duration: Seconds::new(10.0) });
    b.signal(0, Signal::FirstData { width: 0 });
    let load = b.videos[0].load.unwrap();
    b.send(Event::Probed { load, status: Some(206) });
    assert!(b.player.view().error.is_some());
}

#[test]
fn a_neighbour_that_broke_unseen_is_loaded_again_when_it_comes() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.signal(1, Signal::Failed(2));
    assert!(b.player.error() == Node::Null);
    b.story();
    b.swipe(1);
    assert!(b.story().contains("load 1 e2.mp4"));
}

#[test]
fn resume_address_and_attribute_say_where_to_start() {
    let start = |config: Config, stored: Option<&str>| {
        let mut b = Browser::new("open", 9, 9, config);
        b.stored = stored.map(str::to_owned);
        b.send(Event::Connected(true));
        b.buffer_all();
        (b.current(), b.videos[b.player.current_slot().0 as usize].time)
    };
    assert_eq!(start(auto(), None), (1, 0.0));
    assert_eq!(start(auto(), Some("e4 6")), (4, 6.0));
    assert_eq!(start(Config { no_resume: true, ..auto() }, Some("e4 6")), (1, 0.0));
    assert_eq!(start(Config { episode: Some(Target::Ordinal(2)), ..auto() }, Some("e4 6")), (2, 0.0));
    let linked = Config { deep_link: true, fragment: Some("e=7&t=3".into()), episode: Some(Target::Ordinal(2)), ..auto() };
    assert_eq!(start(linked, Some("e4 6")), (7, 3.0));
    for nonsense in ["", "e99 1", "e4", "\u{0}"] {
        let (current, _) = start(auto(), Some(nonsense));
        assert_eq!(current, 1, "{nonsense:?}");
    }
}

#[test]
fn the_pages_own_video_is_adopted_without_being_touched() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::AdoptionOffered { src: "https://a.example/s/e1.mp4".into() });
    b.send(Event::Connected(true));
    b.buffer_all();
    expect![[r#"
        adopt 0
        ready!
        firstframe! e1
        load 1 e2.mp4
        mute 1
    "#]]
    .assert_eq(&b.story());
    assert!(b.player.view().sound_prompt, "the page muted it for the browser's sake; the viewer is told");
    b.viewer(Action::ToggleSound);
    assert!(!b.videos[0].muted);
}

#[test]
fn an_adopted_video_of_another_episode_gives_way_to_the_address() {
    let mut b = Browser::new("open", 9, 9, Config { deep_link: true, fragment: Some("e=5".into()), ..auto() });
    b.send(Event::AdoptionOffered { src: "https://a.example/s/e1.mp4".into() });
    b.send(Event::Connected(true));
    let story = b.story();
    assert!(story.contains("drop adopted") && story.contains("load 1 e5.mp4"), "{story}");
}

#[test]
fn hidden_pages_and_removed_elements_fall_silent_and_come_back() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.send(Event::Hidden(true));
    assert!(b.player.paused());
    b.send(Event::Hidden(false));
    assert!(!b.player.paused());
    b.play_to(4.0);
    b.send(Event::Connected(false));
    assert!(b.player.paused());
    b.wait(500);
    assert!(b.videos[0].load.is_some(), "a moved element keeps its sources");
    b.send(Event::Connected(true));
    assert!(b.videos[0].playing);
    b.send(Event::Connected(false));
    b.wait(1_500);
    assert!(b.videos.iter().all(|v| v.load.is_none()), "a removed one lets go");
    b.send(Event::Connected(true));
    b.buffer_all();
    assert!(b.videos[0].playing && b.videos[0].time == 4.0);
}

#[test]
fn another_player_on_the_page_takes_over() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.send(Event::OtherPlayerStarted);
    assert!(b.player.paused());
}

#[test]
fn a_browser_that_pauses_on_unmuting_keeps_the_picture() {
    let mut b = Browser::new("open", 3, 3, Config { muted: true, ..auto() });
    b.send(Event::Connected(true));
    b.buffer_all();
    b.host(Request::SetMuted(false));
    b.videos[0].playing = false;
    b.signal(0, Signal::Paused);
    assert!(b.videos[0].playing && b.videos[0].muted && b.player.view().sound_prompt);
}

#[test]
fn calls_made_before_the_series_is_there_are_kept_in_order() {
    let mut b = Browser::new("open", 9, 9, Config::default());
    let manifest = std::mem::replace(&mut b.manifest, "never".into());
    b.send(Event::Connected(true));
    let call = |n, request| Event::Call { call: Some(CallId(n)), request };
    b.send(call(1, Request::GoTo(Target::Id("e4".into()))));
    b.send(call(2, Request::Next));
    b.send(call(3, Request::GoTo(Target::Ordinal(99))));
    b.send(call(4, Request::Play));
    b.manifest = manifest;
    b.wait(25_000);
    b.buffer_all();
    assert_eq!(b.current(), 5);
    let answers: Vec<String> = b.story().lines().filter(|l| l.starts_with("resolve")).map(str::to_owned).collect();
    assert_eq!(answers, ["resolve Moved(true)", "resolve Moved(true)", "resolve Moved(false)", "resolve Done"]);
}

#[test]
fn bad_manifests_are_told_and_nothing_else_happens() {
    for (manifest, code) in [
        ("{", "manifest-not-json"),
        (r#"{"cliffhanger":"9"}"#, "manifest-version"),
        (&cliffhanger_sim::series("open", 0, 1), "manifest-no-episodes"),
    ] {
        let mut b = Browser::new("open", 1, 1, auto());
        b.manifest = manifest.to_owned();
        b.send(Event::Connected(true));
        assert!(b.story().contains(code), "{code}");
        assert!(b.player.view().error.is_some() && !b.player.is_ready());
        b.host(Request::Next);
    }
}

#[test]
fn episodes_can_be_appended_without_end() {
    let mut b = Browser::started("open", 1, 99, auto());
    assert!(!b.player.view().can_go_forward);
    b.host(Request::Append(json(r#"[{"id":"e2","n":2,"renditions":[{"type":"mp4","url":"e2.mp4"}]},{"id":"e1","n":3}]"#)));
    assert!(b.story().contains("manifest-duplicate-id"));
    step(&mut b, Step::Forward);
    assert_eq!((b.current(), b.player.view().count), (2, 2));
}

#[test]
fn a_destroyed_player_does_nothing_any_more() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.host(Request::Destroy);
    assert!(b.story().ends_with("teardown\n"));
    b.swipe(1);
    b.send(Event::Connected(true));
    assert_eq!(b.story(), "");
    assert_eq!(b.player.deadline(), None);
}

#[test]
fn stale_signals_are_dropped() {
    let mut b = Browser::started("open", 5, 5, auto());
    let old = b.videos[0].load.unwrap();
    for _ in 0..3 {
        b.swipe(1);
        b.buffer_all();
    }
    b.story();
    for signal in [Signal::Failed(4), Signal::Ended, Signal::PlayRefused, Signal::Waiting] {
        b.send(Event::Media { slot: Slot(0), load: old, signal });
    }
    assert_eq!(b.story(), "");
}

#[test]
fn a_player_taken_out_before_its_series_came_sleeps() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.manifest = "never".into();
    b.send(Event::Connected(true));
    b.send(Event::Connected(false));
    b.wait(5_000);
    // The manifest is still waited for; nothing else is.
    assert_eq!(b.player.deadline(), Some(Instant(20_000)));
}

#[test]
fn a_finger_on_the_old_series_starts_nothing_in_the_new_one() {
    let mut b = Browser::started("open", 5, 5, auto());
    b.viewer(Action::Peeked(Some(1)));
    b.send(Event::Configured(Box::new(Config { src: Some("other.json".into()), ..auto() })));
    b.buffer_all();
    assert!(b.videos[0].playing && b.videos[1].load.is_some() && !b.videos[1].playing);
}

#[test]
fn what_failed_to_load_and_is_there_when_asked_about_is_tried_once_more() {
    let mut b = Browser::new("open", 3, 3, auto());
    b.send(Event::Connected(true));
    b.story();
    for (wait, again) in [(1_000, true), (3_000, false)] {
        b.signal(0, Signal::Failed(4));
        let load = b.videos[0].load.unwrap();
        b.send(Event::Probed { load, status: Some(200) });
        b.wait(wait);
        assert_eq!(b.player.view().error.is_none(), again);
    }
    assert!(b.story().contains("error! e1 media-unsupported"));
}

#[test]
fn whoever_comes_back_to_a_broken_episode_gets_a_new_try_at_once() {
    let mut b = Browser::started("open", 3, 3, auto());
    b.signal(0, Signal::Failed(2));
    let load = b.videos[0].load.unwrap();
    b.swipe(1);
    b.story();
    b.swipe(-1);
    assert!(b.story().contains("load 0 e1.mp4"));
    b.send(Event::Probed { load, status: Some(404) });
    b.buffer_all();
    assert!(b.videos[0].playing && b.player.view().error.is_none());
}
