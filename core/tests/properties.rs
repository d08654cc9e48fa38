//! Random sessions: whatever happens, in whatever order, the invariants hold (they are checked by the browser in
//! `support` after every event) and nothing panics.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod support;

use cliffhanger_core::event::*;
use cliffhanger_core::surface::Cause;
use cliffhanger_core::*;
use proptest::prelude::*;
use support::{Autoplay, Browser, Server, json};

const EPISODES: usize = 9;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Op {
    Swipe(i8),
    Peeked(Option<u8>),
    Scrolled(u8, bool),
    Step(u8),
    Tap,
    Sound,
    Choose(bool),
    Dismiss,
    Retry,
    Answer(u8),
    GoTo(u8),
    Play,
    Pause,
    Seek(u8),
    Mute(bool),
    Grant(u8),
    FreeCount(u8),
    Append,
    Refresh,
    Hidden(bool),
    Connected(bool),
    Online(bool),
    Frugal(bool),
    Other,
    Buffer,
    Feeds(bool),
    Server(u8),
    Progress(u8),
    End,
    Signal(u8, u8, bool),
    Probed(u8),
    Autoplay(u8),
    Wait(u16),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (-1_i8..=1).prop_map(Op::Swipe),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(s, d)| Op::Scrolled(s % 12, d)),
        2 => proptest::option::of(0_u8..12).prop_map(Op::Peeked),
        3 => any::<u8>().prop_map(Op::Step),
        2 => Just(Op::Tap),
        1 => Just(Op::Sound),
        3 => any::<bool>().prop_map(Op::Choose),
        1 => Just(Op::Dismiss),
        1 => Just(Op::Retry),
        2 => any::<u8>().prop_map(Op::Answer),
        2 => any::<u8>().prop_map(|n| Op::GoTo(n % 12)),
        1 => Just(Op::Play),
        1 => Just(Op::Pause),
        1 => any::<u8>().prop_map(Op::Seek),
        1 => any::<bool>().prop_map(Op::Mute),
        1 => any::<u8>().prop_map(|n| Op::Grant(n % 12)),
        1 => any::<u8>().prop_map(|n| Op::FreeCount(n % 12)),
        1 => Just(Op::Append),
        1 => Just(Op::Refresh),
        1 => any::<bool>().prop_map(Op::Hidden),
        1 => any::<bool>().prop_map(Op::Connected),
        1 => any::<bool>().prop_map(Op::Online),
        1 => any::<bool>().prop_map(Op::Frugal),
        1 => Just(Op::Other),
        5 => Just(Op::Buffer),
        1 => any::<bool>().prop_map(Op::Feeds),
        3 => any::<u8>().prop_map(Op::Server),
        3 => any::<u8>().prop_map(|t| Op::Progress(t % 11)),
        1 => Just(Op::End),
        5 => (0_u8..3, any::<u8>(), any::<bool>()).prop_map(|(s, k, stale)| Op::Signal(s, k, stale)),
        1 => any::<u8>().prop_map(Op::Probed),
        1 => any::<u8>().prop_map(Op::Autoplay),
        3 => (0_u16..15_000).prop_map(Op::Wait),
    ]
}

fn signal(kind: u8) -> Signal {
    match kind % 18 {
        14 => Signal::SourceOpen,
        15 => Signal::Appended,
        16 => Signal::BufferFull,
        17 => Signal::FeedRefused,
        0 => Signal::Metadata { duration: Seconds::new(10.0), width: u32::from(kind % 3) },
        1 => Signal::FirstData,
        2 => Signal::Painted,
        3 => Signal::Progress { time: Seconds::new(f64::from(kind) / 20.0), buffered_to: Seconds::new(f64::from(kind) / 10.0) },
        4 => Signal::Paused,
        5 => Signal::PlayRefused,
        6 => Signal::Waiting,
        7 => Signal::Seeking,
        8 => Signal::Seeked,
        9 => Signal::Ended,
        10 => Signal::Failed(kind % 5),
        11 => Signal::RateChanged(1.5),
        12 => Signal::VolumeChanged { volume: 0.5, muted: kind.is_multiple_of(2) },
        _ => Signal::Metadata { duration: Seconds::ZERO, width: 1 },
    }
}

fn apply(b: &mut Browser, op: &Op) {
    match op {
        Op::Swipe(by) => b.swipe(i64::from(*by)),
        Op::Peeked(slide) => b.viewer(Action::Peeked(slide.map(usize::from))),
        Op::Scrolled(slide, settled) => b.viewer(Action::Scrolled { slide: usize::from(*slide), settled: *settled }),
        Op::Step(kind) => {
            let step = [Step::Forward, Step::Back, Step::First, Step::Last][usize::from(kind % 4)];
            let cause = [Cause::Key, Cause::Wheel, Cause::Button][usize::from(kind % 3)];
            b.viewer(Action::Step { step, cause });
        }
        Op::Tap => b.viewer(Action::Tap),
        Op::Sound => b.viewer(Action::ToggleSound),
        Op::Choose(trusted) => {
            let offer = b.player.view().paywall.and_then(|s| s.offers.first().map(|o| o.id.clone()));
            b.viewer(Action::Choose { offer, trusted: *trusted });
        }
        Op::Dismiss => b.viewer(Action::Dismiss),
        Op::Retry => b.viewer(Action::Retry),
        Op::Answer(kind) => {
            if let Some((ask, detail)) = b.last_ask.take() {
                let n = detail.get("episode").and_then(|e| e.get("n")).and_then(Node::as_whole).unwrap() as u32;
                let base = support::BASE.to_owned();
                let reply = match kind % 4 {
                    0 => {
                        if b.mode != "gate" {
                            b.granted.push(n);
                        }
                        UnlockReply::Grant { grant: Node::Bool(true), base }
                    }
                    1 => UnlockReply::Rejected("no".into()),
                    2 => UnlockReply::Taken,
                    _ => UnlockReply::Unanswered,
                };
                b.send(Event::Unlock { ask, reply });
            }
        }
        Op::GoTo(n) => b.host(Request::GoTo(Target::Ordinal(u32::from(*n)))),
        Op::Play => b.host(Request::Play),
        Op::Pause => b.host(Request::Pause),
        Op::Seek(to) => b.host(Request::Seek(Seconds::new(f64::from(*to) / 20.0))),
        Op::Mute(muted) => b.host(Request::SetMuted(*muted)),
        Op::Grant(n) => {
            if b.mode != "gate" {
                b.granted.push(u32::from(*n));
            }
            b.host(Request::Grant { episode: format!("e{n}"), grant: Node::Bool(true), base: support::BASE.into() });
        }
        Op::FreeCount(count) => {
            if b.mode != "gate" {
                b.free = u32::from(*count);
            }
            let config =
                Config { src: Some("main.json".into()), autoplay: true, free_episodes: Some(u32::from(*count)), ..Config::default() };
            b.send(Event::Configured(Box::new(config)));
        }
        Op::Append => b.host(Request::Append(json(r#"[{"id":"e10","n":10,"renditions":[{"type":"mp4","url":"e10.mp4"}]}]"#))),
        Op::Refresh => b.host(Request::RefreshAccess),
        Op::Hidden(hidden) => b.send(Event::Hidden(*hidden)),
        Op::Connected(connected) => b.send(Event::Connected(*connected)),
        Op::Online(online) => b.send(Event::Online(*online)),
        Op::Frugal(frugal) => b.send(Event::Frugal(*frugal)),
        Op::Other => b.send(Event::OtherPlayerStarted),
        Op::Buffer => b.buffer_all(),
        Op::Feeds(able) => b.send(Event::CanFeed(*able)),
        Op::Server(kind) => b.server = server(*kind),
        Op::Progress(time) => b.play_to(f64::from(*time)),
        Op::End => b.end(),
        Op::Signal(slot, kind, stale) => {
            let load = b.videos[usize::from(*slot)].load;
            let load = if *stale { LoadId(u32::from(*kind) % 7) } else { load.unwrap_or(LoadId(0)) };
            if Some(load) == b.videos[usize::from(*slot)].load {
                let video = &mut b.videos[usize::from(*slot)];
                match kind % 18 {
                    3 => {
                        video.time = f64::from(*kind) / 20.0;
                        video.buffered = f64::from(*kind) / 10.0;
                    }
                    4 | 5 | 9 | 10 => video.playing = false,
                    6 => video.through = false,
                    _ => {}
                }
            }
            b.send(Event::Media { slot: Slot(*slot), load, signal: signal(*kind) });
        }
        Op::Probed(kind) => {
            if let Some(load) = b.videos[usize::from(b.player.current_slot().0)].load {
                let status = [None, Some(200), Some(206), Some(403), Some(404), Some(500)][usize::from(kind % 6)];
                b.send(Event::Probed { load, status });
            }
        }
        Op::Autoplay(kind) => {
            b.autoplay = [Autoplay::Allowed, Autoplay::MutedOnly, Autoplay::Never][usize::from(kind % 3)];
        }
        Op::Wait(millis) => b.wait(u64::from(*millis)),
    }
}

fn server(kind: u8) -> Server {
    match kind % 10 {
        0 => Server::Whole,
        1 => Server::Status([403, 404, 416, 500][usize::from(kind / 10 % 4)]),
        2 => Server::Page,
        3 => Server::Breaks,
        4 => Server::Refuses,
        5 => Server::Silent,
        _ => Server::Ranges,
    }
}

fn session(mode: &str, free: u32, ops: &[Op]) {
    let mut b = Browser::new(mode, EPISODES, free, Config { autoplay: true, ..Config::default() });
    if mode == "gate" {
        // Every third episode belongs to this viewer.
        b.granted = (1..=12).filter(|n| n % 3 == 0).collect();
        let mut turn = 0_u8;
        b.gate = Box::new(move |body| {
            turn = turn.wrapping_add(1);
            let episode = body.get("episode").and_then(Node::as_text)?.to_owned();
            let n: u32 = episode.trim_start_matches('e').parse().ok()?;
            match turn % 7 {
                0 => None,
                1 => Some(Err(FetchFailure::Unreachable)),
                2 => Some(Ok((500, Node::Null))),
                _ if n.is_multiple_of(3) => {
                    let url = format!("https://g.example/granted/{episode}.mp4");
                    Some(Ok((200, json(&format!(r#"{{"serverNowMs":1,"grant":{{"renditions":[{{"type":"mp4","url":"{url}"}}]}}}}"#)))))
                }
                3 => Some(Ok((200, json(r#"{"allowed":true,"grant":true}"#)))),
                _ => Some(Ok((402, json(r#"{"code":"locked"}"#)))),
            }
        });
    }
    // Half of the browsers have a MediaSource.
    b.send(Event::CanFeed(ops.len().is_multiple_of(2)));
    b.send(Event::Connected(true));
    for op in ops {
        apply(&mut b, op);
    }
    // A session whose troubles stop ends up playing, or says why it does not.
    b.autoplay = Autoplay::Allowed;
    b.server = Server::Ranges;
    for event in [Event::Hidden(false), Event::Connected(true), Event::Online(true)] {
        b.send(event);
    }
    b.buffer_all();
    b.host(Request::Play);
    for _ in 0..12 {
        b.wait(5_000);
        b.buffer_all();
    }
    let stalled = b.player.view().error.is_some();
    let view = b.player.view();
    let told = stalled || view.ended || view.play_prompt || !view.access.is_open();
    assert!(told || !b.player.paused() || b.player.ended(), "neither playing nor saying why: {view:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn open_sessions_keep_the_invariants(free in 0_u32..11, ops in prop::collection::vec(op(), 0..120)) {
        session("open", free, &ops);
    }

    #[test]
    fn host_sessions_keep_the_invariants(free in 0_u32..11, ops in prop::collection::vec(op(), 0..120)) {
        session("host", free, &ops);
    }

    #[test]
    fn gate_sessions_keep_the_invariants(free in 0_u32..11, ops in prop::collection::vec(op(), 0..120)) {
        session("gate", free, &ops);
    }

    #[test]
    fn no_document_makes_the_reader_panic(node in any_node()) {
        let wrapped = Node::map([
            ("cliffhanger", "1".into()),
            ("series", json(r#"{"id":"s","title":"S","lang":"en"}"#)),
            ("access", json(r#"{"mode":"open","freeEpisodes":1}"#)),
            ("offers", node.clone()),
            ("episodes", Node::List(vec![node.clone(), json(r#"{"id":"e","n":1}"#)])),
        ]);
        for document in [&node, &wrapped] {
            if let Ok((manifest, _)) = cliffhanger_core::manifest::Manifest::read(document, support::BASE) {
                let urls = manifest.episodes.iter().flat_map(|e| e.renditions.iter().map(|r| r.url.as_str()).chain(e.poster.as_deref()));
                for url in urls {
                    prop_assert!(url.starts_with("https://") || url.starts_with("http://localhost") || url.starts_with("http://127.0.0.1"));
                }
            }
        }
    }
}

/// Trees that look a little like manifests.
fn any_node() -> impl Strategy<Value = Node> {
    let word = prop::sample::select(vec![
        "id",
        "n",
        "title",
        "renditions",
        "url",
        "type",
        "mp4",
        "poster",
        "access",
        "state",
        "locked",
        "free",
        "freeAfter",
        "offers",
        "kind",
        "coins",
        "javascript:alert(1)",
        "https://x.example/",
        "//evil",
        "e1.mp4",
        "2026-01-01T00:00:00Z",
        "moneyEquivalent",
        "amount",
        "EUR",
    ]);
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        any::<f64>().prop_map(Node::Number),
        (0_u32..20).prop_map(|n| Node::Number(f64::from(n))),
        word.clone().prop_map(Node::from),
        any::<String>().prop_map(Node::Text),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Node::List),
            prop::collection::vec((word.clone().prop_map(str::to_owned), inner), 0..6).prop_map(Node::Map),
        ]
    })
}
