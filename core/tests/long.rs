//! A long manifest: read only as far as it is needed, and at every moment like one that was read as a whole.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use cliffhanger_core::event::*;
use cliffhanger_core::manifest::{CHUNK, MAX_EPISODES, Manifest};
use cliffhanger_core::surface::Cause;
use cliffhanger_core::*;
use cliffhanger_sim::{BASE, Browser, json, series};

const COUNT: usize = 1_000;
const LONG_ENOUGH: u64 = 60_000;

fn auto() -> Config {
    Config { autoplay: true, ..Config::default() }
}

/// Before it is connected.
fn long(mode: &str, free: u32, config: Config) -> Browser {
    Browser::new(mode, COUNT, free, config)
}

fn opened(config: Config) -> Browser {
    let mut b = long("open", COUNT as u32, config);
    b.send(Event::Connected(true));
    b
}

/// How many episodes of the document were read.
fn read(b: &Browser) -> usize {
    COUNT - b.player.unread().len()
}

fn total(b: &Browser) -> Option<u64> {
    b.player.series().get("totalEpisodes").and_then(Node::as_whole)
}

fn ids(player: &Player) -> Vec<String> {
    player.episodes().as_list().unwrap().iter().map(|episode| episode.get("id").and_then(Node::as_text).unwrap().to_owned()).collect()
}

/// A series whose episodes are these objects.
fn of(episodes: &[String]) -> String {
    series("open", 1, COUNT).replace(
        r#"{"id":"e1","n":1,"title":"Part 1","durationMs":10000,"renditions":[{"type":"mp4","url":"e1.mp4"}]}"#,
        &episodes.join(","),
    )
}

fn plain(n: usize) -> String {
    format!(r#"{{"id":"e{n}","renditions":[{{"type":"mp4","url":"e{n}.mp4"}}]}}"#)
}

#[test]
fn a_long_series_opens_with_its_beginning_and_is_read_on_after_the_first_frame() {
    let mut b = opened(auto());
    assert!(b.player.is_ready() && b.story().contains("load 0 e1.mp4"));
    assert_eq!((read(&b), b.player.view().count, total(&b)), (CHUNK, COUNT, Some(COUNT as u64)));
    b.wait(500);
    assert_eq!(read(&b), CHUNK, "what can wait waits for the first frame");
    b.buffer_all();
    assert!(b.story().contains("firstframe! e1"));
    assert_eq!(read(&b), CHUNK);
    let mut last = CHUNK;
    while last < COUNT {
        let before = b.now;
        b.wait(b.player.deadline().unwrap().0.saturating_sub(b.now));
        assert!(read(&b) > last && read(&b) - last <= CHUNK && b.now > before, "a part at a time, with time in between");
        last = read(&b);
        assert_eq!((b.player.view().count, total(&b)), (COUNT, Some(COUNT as u64)));
    }
    assert_eq!(ids(&b.player).last().unwrap(), "e1000");
    assert_eq!(b.story(), "", "nothing of that is to be seen");
}

#[test]
fn where_no_first_frame_comes_it_is_read_on_as_well() {
    let mut b = opened(Config::default());
    b.wait(LONG_ENOUGH);
    assert_eq!(read(&b), COUNT);
}

#[test]
fn an_ordinary_series_is_read_at_once() {
    let mut b = Browser::new("open", CHUNK, 5, auto());
    b.send(Event::Connected(true));
    assert!(b.player.unread().is_empty());
}

#[test]
fn whoever_is_sent_beyond_what_was_read_gets_there_at_once() {
    let link = |fragment: &str| Config { fragment: Some(fragment.into()), deep_link: true, ..auto() };
    let named = |target: Target| Config { episode: Some(target), ..auto() };
    for (what, config, stored) in [
        ("a link by ordinal", link("e=400&t=3"), None),
        ("a link by id", link("e=e400"), None),
        ("an attribute with an id", named(Target::Id("e400".into())), None),
        ("an attribute with an ordinal", named(Target::Ordinal(400)), None),
        ("a remembered position", auto(), Some("e400 5")),
    ] {
        let mut b = long("open", COUNT as u32, config);
        b.stored = stored.map(str::to_owned);
        b.send(Event::Connected(true));
        assert_eq!(b.current(), 400, "{what}");
        assert!((400..400 + 2 * CHUNK).contains(&read(&b)), "{what}: no further than needed: {}", read(&b));
        assert!(b.story().contains("load 0 e400.mp4"), "{what}");
    }
    let calls: [(&str, Event); 4] = [
        ("goTo() with an id", Event::Call { call: None, request: Request::GoTo(Target::Id("e400".into())) }),
        ("goTo() with an ordinal", Event::Call { call: None, request: Request::GoTo(Target::Ordinal(400)) }),
        ("the drawer", Event::Viewer(Action::Pick(399))),
        ("a change of the attribute", Event::Configured(Box::new(Config { src: Some("main.json".into()), ..named(Target::Ordinal(400)) }))),
    ];
    for (what, event) in calls {
        let mut b = opened(auto());
        b.send(event);
        assert_eq!(b.current(), 400, "{what}");
    }
    let mut b = opened(Config { deep_link: true, ..auto() });
    b.send(Event::Fragment("e=400".into()));
    assert_eq!(b.current(), 400, "a link that is followed later");
    let mut b = opened(auto());
    b.viewer(Action::Step { step: Step::Last, cause: Cause::Key });
    assert_eq!(b.current(), COUNT, "the last one");
}

#[test]
fn calls_that_came_before_the_series_find_all_of_it() {
    let mut b = long("host", 1, auto());
    b.host(Request::Grant { episode: "e700".into(), grant: Node::Bool(true), base: BASE.into() });
    b.send(Event::Call { call: Some(CallId(1)), request: Request::GoTo(Target::Id("e700".into())) });
    b.send(Event::Connected(true));
    assert!(b.story().contains("resolve Moved(true)"));
    assert_eq!((b.current(), b.player.access()), (700, surface::Access::Granted));
}

#[test]
fn what_is_nowhere_is_looked_for_everywhere() {
    let mut b = opened(auto());
    b.send(Event::Call { call: Some(CallId(1)), request: Request::GoTo(Target::Id("nowhere".into())) });
    assert!(b.story().contains("resolve Moved(false)"));
    assert_eq!((b.current(), read(&b)), (1, COUNT));
}

#[test]
fn a_video_of_the_page_is_found_beyond_what_was_read() {
    let mut b = long("open", COUNT as u32, auto());
    b.send(Event::AdoptionOffered { src: "https://a.example/s/e400.mp4".into() });
    b.send(Event::Connected(true));
    assert_eq!(b.current(), 400);
    assert!(b.story().contains("adopt 0"));
}

#[test]
fn whoever_swipes_faster_than_it_is_read_meets_no_end() {
    let mut b = opened(auto());
    for _ in 1..300 {
        b.swipe(1);
        let view = b.player.view();
        assert!(view.can_go_forward && view.slides.iter().all(|slide| slide.index.is_some() && slide.episode.is_some()));
    }
    assert_eq!(b.current(), 300);
}

#[test]
fn the_drawer_knows_every_episode() {
    let mut b = opened(auto());
    b.send(Event::News(News::Ready { full: true, float: true }));
    b.viewer(Action::Open(Panel::Episodes));
    assert!((0..COUNT).all(|index| cliffhanger_core::later::mark(&b.player, index).is_some()));
}

/// Faults and warnings, as they are told.
fn told(b: &mut Browser) -> Vec<String> {
    b.send(Event::Connected(true));
    b.buffer_all();
    b.wait(LONG_ENOUGH);
    assert!(b.player.unread().is_empty());
    b.story().lines().filter(|line| line.starts_with("error! manifest") || line.starts_with("warn:")).map(str::to_owned).collect()
}

#[test]
fn what_is_left_out_and_what_is_told_of_it_is_the_same_as_if_it_were_read_as_a_whole() {
    let bad = |at: usize| match at {
        140 => r#"{"id":"Bad Id"}"#.to_owned(),
        173 => "7".to_owned(),
        300 | 301 | 900 => plain(5),
        400 => plain(401),
        555 => r#"{"id":"e556","n":0}"#.to_owned(),
        600 => r#"{"id":"e601","colour":"red","renditions":[{"type":"mp4","url":"javascript:alert(1)"}]}"#.to_owned(),
        at if at > 960 => r#"{"id":"e1"}"#.to_owned(),
        at => plain(at + 1),
    };
    let text = of(&(0..COUNT).map(bad).collect::<Vec<_>>());
    let (whole, reader) = Manifest::read(&json(&text), BASE).unwrap();
    let mut b = long("open", COUNT as u32, auto());
    b.manifest = text;
    let mut told = told(&mut b);
    assert_eq!(ids(&b.player), whole.episodes.iter().map(|episode| episode.id.clone()).collect::<Vec<_>>());
    let ordinals =
        b.player.episodes().as_list().unwrap().iter().map(|episode| episode.get("n").and_then(Node::as_whole).unwrap()).collect::<Vec<_>>();
    assert_eq!(ordinals, whole.episodes.iter().map(|episode| u64::from(episode.n)).collect::<Vec<_>>());
    assert_eq!((b.player.view().count, total(&b)), (whole.episodes.len(), Some(whole.episodes.len() as u64)));
    let mut expected: Vec<String> = reader.faults.iter().map(|fault| format!("error! {}", fault.code.name())).collect();
    expected.extend(reader.warnings.iter().map(|warning| format!("warn: {warning}")));
    assert_eq!(reader.faults.len(), 20, "no more than a console can bear");
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[test]
fn errors_in_later_parts_name_their_place_in_the_document() {
    let mut list: Vec<String> = (1..=COUNT).map(plain).collect();
    list[173] = r#"{"id":"Bad Id"}"#.into();
    list[700] = plain(5);
    let document = json(&of(&list));
    let mut player = Player::new(Config { src: Some("main.json".into()), ..auto() }, Instant(0));
    let effects = player.handle(Instant(0), Event::Connected(true));
    let Some(Effect::FetchManifest { ask, .. }) = effects.first() else { panic!("{effects:?}") };
    let list = document.get("episodes").and_then(Node::as_list).unwrap().to_vec();
    let Node::Map(members) = &document else { unreachable!() };
    let body =
        members.iter().map(|(k, v)| (k.clone(), if k == "episodes" { Node::List(list[..CHUNK].to_vec()) } else { v.clone() })).collect();
    assert!(player.awaits(*ask) && !player.awaits(AskId(ask.0 + 1)));
    let _ = player.handle(Instant(0), Event::Manifest { ask: *ask, base: BASE.into(), body: Ok(Node::Map(body)), more: COUNT - CHUNK });
    let _ = player.handle(Instant(0), Event::Recalled(None));
    // Without an event, as when somebody asks for `episodes`.
    while !player.lacking(Instant(1), None).is_empty() {
        let places = player.lacking(Instant(1), None);
        player.read_on(Instant(1), &list[places]);
    }
    assert_eq!(ids(&player).len(), COUNT - 2);
    let effects = player.handle(Instant(2), Event::Timeout);
    let said: Vec<&str> = effects
        .iter()
        .filter_map(
            |effect| if let Effect::Notify { name: surface::EventName::Error, detail, .. } = effect { detail.get("message") } else { None },
        )
        .filter_map(Node::as_text)
        .collect();
    assert!(
        said.len() == 2 && said[0].starts_with("episodes[173].id: ") && said[1].starts_with("episodes[700].id: \"e5\" is already"),
        "{said:?}"
    );
}

#[test]
fn a_series_that_begins_with_what_cannot_be_read_begins_with_what_can() {
    let mut list: Vec<String> = vec!["{}".into(); COUNT];
    list[500] = plain(1);
    let mut b = long("open", COUNT as u32, auto());
    b.manifest = of(&list);
    b.send(Event::Connected(true));
    assert_eq!((b.player.is_ready(), ids(&b.player)), (true, vec!["e1".to_owned()]));
    list[500] = "{}".into();
    let mut b = long("open", COUNT as u32, auto());
    b.manifest = of(&list);
    b.send(Event::Connected(true));
    let message = b.player.error().get("message").and_then(Node::as_text).unwrap_or_default().to_owned();
    assert!(!b.player.is_ready() && message.starts_with("episodes: no episode could be read (episodes["), "{message}");
}

#[test]
fn a_list_that_is_too_long_is_refused_before_it_is_read() {
    let mut player = Player::new(Config { src: Some("main.json".into()), ..auto() }, Instant(0));
    let effects = player.handle(Instant(0), Event::Connected(true));
    let Some(Effect::FetchManifest { ask, .. }) = effects.first() else { panic!("{effects:?}") };
    let event = Event::Manifest { ask: *ask, base: BASE.into(), body: Ok(json(&series("open", 2, 2))), more: MAX_EPISODES - 1 };
    let _ = player.handle(Instant(0), event);
    assert_eq!(player.error().get("code").and_then(Node::as_text), Some("manifest-too-many-episodes"));
    assert!(player.unread().is_empty());
}

#[test]
fn what_is_appended_comes_after_all_that_the_manifest_has() {
    let mut b = opened(auto());
    b.buffer_all();
    b.wait(50);
    let more = json(&format!("[{},{}]", plain(COUNT + 1), plain(700)));
    b.send(Event::Call { call: Some(CallId(1)), request: Request::Append(more) });
    let story = b.story();
    assert!(story.contains("resolve Done") && story.contains("error! manifest-duplicate-id"), "{story}");
    let list = b.player.episodes();
    let last = list.as_list().unwrap().last().unwrap();
    assert_eq!((b.player.view().count, last.get("n").and_then(Node::as_whole)), (COUNT + 1, Some(COUNT as u64 + 1)));
}

#[test]
fn another_series_or_the_end_stops_the_reading() {
    let mut b = opened(auto());
    b.manifest = series("open", 3, 3);
    b.send(Event::Configured(Box::new(Config { src: Some("other.json".into()), ..auto() })));
    b.wait(LONG_ENOUGH);
    assert_eq!((ids(&b.player).len(), b.player.view().count), (3, 3));
    let mut b = opened(auto());
    b.manifest = "never".into();
    b.send(Event::Configured(Box::new(Config { src: Some("other.json".into()), ..auto() })));
    b.wait(1_000);
    assert!(b.player.unread().is_empty() && ids(&b.player).is_empty());
    let mut b = opened(auto());
    b.host(Request::Destroy);
    assert!(b.player.unread().is_empty() && b.player.deadline().is_none());
    b.player.read_on(Instant(b.now), &[json(&plain(200))]);
    assert_eq!(b.player.handle(Instant(b.now), Event::Timeout), vec![]);
}

#[test]
fn the_price_of_the_rest_waits_until_the_rest_is_known() {
    let mut b = long("host", 0, auto());
    b.send(Event::Connected(true));
    assert!(b.player.view().paywall.is_some_and(|sheet| sheet.rest.is_none()), "no price of a part");
    b.wait(1_000);
    assert_eq!(b.player.view().paywall.and_then(|sheet| sheet.rest).map(|rest| rest.episodes), Some(COUNT as u32));
}
