//! The public manifest: nothing of a locked episode is in it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cliffhanger_gate::access::{self, Decision};
use cliffhanger_gate::authoring::{Caption, Cue, CueKind, Image, SeriesInfo, State};
use cliffhanger_gate::catalog::{Catalog, Episode, Poster, Rendition, Rule, Series};
use cliffhanger_gate::db::{self, Location};
use cliffhanger_gate::links::Links;
use cliffhanger_gate::manifest;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Bench, Folder, NOW_MS, Setup};

#[tokio::test]
async fn a_plain_folder_becomes_a_public_manifest() {
    let folder = Folder::episodes(7);
    folder.write("e1.en.vtt", b"WEBVTT\n\n");
    folder.write("e7.en.vtt", b"WEBVTT\n\n");
    folder.write("e7.jpg", b"jpeg");
    let bench = Bench::open(&folder, Setup::default()).await;
    let m = bench.manifest().await;
    assert_eq!(m["cliffhanger"], "1");
    assert_eq!(m["view"], "public");
    assert_eq!(m["series"]["id"], "neon-vows");
    assert_eq!(m["series"]["title"], "Neon Vows");
    assert_eq!(m["series"]["totalEpisodes"], 7);
    assert_eq!(m["access"]["mode"], "gate");
    assert_eq!(m["access"]["freeEpisodes"], 5);
    assert_eq!(m["access"]["gate"]["base"], "/");
    let first = &m["episodes"][0];
    assert_eq!((&first["id"], &first["n"], &first["title"]), (&"e001".into(), &1.into(), &"e1".into()));
    assert_eq!(first["durationMs"], 90_001);
    assert_eq!(first["access"]["state"], "free");
    let rendition = &first["renditions"][0];
    assert_eq!((&rendition["width"], &rendition["height"]), (&360.into(), &640.into()));
    assert!(rendition["bytes"].as_u64() > Some(0));
    let url = rendition["url"].as_str().unwrap();
    assert_eq!(url, format!("/free/neon-vows/{}/v1.mp4", bench.content_key("e001")));
    assert_eq!(bench.get(url).await.status, 200);
    let caption = first["captions"][0]["url"].as_str().unwrap();
    assert_eq!(bench.get(caption).await.header("content-type"), "text/vtt; charset=utf-8");
    // A locked one: exactly these members.
    let last = m["episodes"][6].as_object().unwrap();
    assert_eq!(last.keys().collect::<Vec<_>>(), ["access", "durationMs", "id", "n", "poster", "title"]);
    assert_eq!(last["access"], serde_json::json!({"state": "locked"}));
    let poster = bench.get(last["poster"]["url"].as_str().unwrap()).await;
    assert_eq!((poster.status.as_u16(), poster.header("content-type")), (200, "image/jpeg"));
}

#[tokio::test]
async fn the_manifest_has_an_etag_and_open_cors() {
    let folder = Folder::episodes(1);
    let bench = Bench::open(&folder, Setup::default()).await;
    for path in ["/series/neon-vows.json", "/v1/series/neon-vows"] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "public, max-age=60");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.headers.get("access-control-allow-credentials").is_none());
        let etag = answer.header("etag").to_owned();
        assert_eq!(bench.ask("GET", path, &[("if-none-match", &etag)]).await.status, 304);
    }
    for path in ["/series/other.json", "/v1/series/other", "/series/neon-vows", "/v1/series/NEON-VOWS"] {
        assert_eq!(bench.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_public_url_makes_addresses_absolute() {
    let folder = Folder::episodes(2);
    let setup = Setup { public_url: Some("https://drama.example"), free: Some(1), ..Setup::default() };
    let bench = Bench::open(&folder, setup).await;
    let m = bench.manifest().await;
    assert_eq!(m["access"]["gate"]["base"], "https://drama.example");
    assert!(m["episodes"][0]["renditions"][0]["url"].as_str().unwrap().starts_with("https://drama.example/free/neon-vows/"));
    assert!(bench.granted("e001").await.starts_with("https://drama.example/p/"));
}

#[tokio::test]
async fn threat_56_the_servers_clock_opens_and_closes_windows() {
    let folder = Folder::episodes(4);
    folder.write(
        "series.json",
        br#"{"cliffhanger":"1","series":{"id":"neon-vows","title":"Neon Vows","lang":"en"},"access":{"mode":"gate","freeEpisodes":2},
        "episodes":[{"id":"a","n":1,"renditions":[{"type":"mp4","url":"e1.mp4"}]},
          {"id":"b","n":2,"window":{"from":"2026-11-22T11:00:00Z","until":"2026-11-22T12:00:00Z"},"renditions":[{"type":"mp4","url":"e2.mp4"}]},
          {"id":"c","n":3,"access":{"freeAfter":"2026-11-22T11:00:00+00:00"},"renditions":[{"type":"mp4","url":"e3.mp4"}]},
          {"id":"d","n":4,"renditions":[{"type":"mp4","url":"e4.mp4"}]}]}"#,
    );
    folder.write("e2.jpg", b"not named by series.json");
    let bench = Bench::open(&folder, Setup::default()).await;
    let states = async |at: u64| {
        bench.clock.set(at);
        let m = bench.manifest().await;
        m["episodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| format!("{}:{}", e["id"].as_str().unwrap(), e["access"]["state"].as_str().unwrap()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let hour = 3_600_000;
    assert_eq!(states(NOW_MS).await, "a:free c:locked d:locked");
    let unreleased = bench.play("b").await;
    let missing = bench.play("nothing").await;
    assert_eq!((unreleased.status.as_u16(), &unreleased.body), (404, &missing.body), "an unreleased episode looks like none");
    assert_eq!(bench.play("c").await.status, 402);
    assert_eq!(states(NOW_MS + hour - 1).await, "a:free c:locked d:locked");
    let soon = bench.get("/series/neon-vows.json").await;
    assert_eq!(soon.header("cache-control"), "public, max-age=0", "caches may not keep it over the change");
    assert_eq!(states(NOW_MS + hour).await, "a:free b:free c:free d:locked");
    // A grant ends with the window.
    bench.clock.set(NOW_MS + 2 * hour - 60_000);
    let grant = bench.play("b").await.json();
    assert_eq!(grant["grant"]["expiresMs"], NOW_MS + 2 * hour);
    assert_eq!(states(NOW_MS + 2 * hour).await, "a:free c:free d:locked");
}

#[tokio::test]
async fn threat_57_no_header_moves_the_clock_or_the_place() {
    let folder = Folder::episodes(2);
    folder.write(
        "series.json",
        br#"{"cliffhanger":"1","series":{"id":"neon-vows","title":"Neon Vows","lang":"en"},"access":{"mode":"gate","freeEpisodes":0},
        "episodes":[{"id":"a","n":1,"access":{"freeAfter":"2026-11-22T11:00:00Z"},"renditions":[{"type":"mp4","url":"e1.mp4"}]},
          {"id":"b","n":2,"window":{"from":"2026-11-22T11:00:00Z"},"renditions":[{"type":"mp4","url":"e2.mp4"}]}]}"#,
    );
    let bench = Bench::open(&folder, Setup::default()).await;
    let plain = bench.get("/series/neon-vows.json").await;
    let later = "Sun, 22 Nov 2026 12:00:00 GMT";
    for (name, value) in [
        ("date", later),
        ("if-modified-since", later),
        ("x-date", later),
        ("cf-ipcountry", "XX"),
        ("cloudfront-viewer-country", "XX"),
        ("x-country-code", "XX"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
    ] {
        let manifest = bench.ask("GET", "/series/neon-vows.json", &[(name, value)]).await;
        assert_eq!((manifest.status.as_u16(), &manifest.body), (200, &plain.body), "{name}");
        for (episode, status) in [("a", 402), ("b", 404)] {
            let body = format!(r#"{{"series":"neon-vows","episode":"{episode}"}}"#);
            let request = axum::http::Request::post("/v1/play").header("content-type", "application/json").header(name, value);
            let answer = bench.send(request.body(body.into()).unwrap()).await;
            assert_eq!(answer.status, status, "{name} {episode}");
        }
        let media = format!("/free/neon-vows/{}/v1.mp4", bench.content_key("a"));
        bench.ask("GET", &media, &[(name, value)]).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn lowering_the_free_count_takes_the_direct_addresses_away() {
    let folder = Folder::episodes(4);
    let database = cliffhanger_gate::db::Location::File(folder.beside("gate.sqlite"));
    let open = async |free| Bench::open(&folder, Setup { free: Some(free), database: database.clone(), ..Setup::default() }).await;
    let url = open(3).await.manifest().await["episodes"][2]["renditions"][0]["url"].as_str().unwrap().to_owned();
    let bench = open(2).await;
    assert!(url.contains(&bench.content_key("e003")), "the same key as before");
    bench.get(&url).await.refused(404, "not-found");
    assert_eq!(open(3).await.get(&url).await.status, 200);
}

fn episode(n: u32, rule: Rule, secret: &str) -> Episode {
    let image = |url: &str| Image { url: url.into(), width: None, height: None, alt: None, blurhash: None };
    Episode {
        id: format!("e{n:03}"),
        n,
        title: Some(format!("Title {n}")),
        duration_ms: Some(90_000),
        poster: Some(Poster::Local(format!("poster{n}.jpg"), image(""))),
        rule,
        offers: None,
        content_key: format!("key-{secret}"),
        renditions: vec![Rendition {
            file: format!("media-{secret}.mp4"),
            codecs: Some(format!("codec-{secret}")),
            width: None,
            height: None,
            bitrate: None,
            bytes: 123_456_000 + u64::from(n),
        }],
        captions: vec![Caption {
            lang: "en".into(),
            label: Some(format!("label-{secret}")),
            kind: None,
            url: format!("caption-{secret}.vtt"),
            default: None,
        }],
        cues: vec![(
            Cue {
                id: format!("cue-{secret}"),
                kind: CueKind::Chapter,
                at_ms: 1,
                until_ms: None,
                label: format!("cue-label-{secret}"),
                href: None,
                image: Some(image("")),
                price: None,
                disclosure: None,
                area: None,
            },
            Some(format!("image-{secret}.jpg")),
        )],
    }
}

fn rules() -> impl Strategy<Value = Rule> {
    let state = prop_oneof![3 => Just(None), 1 => Just(Some(State::Free)), 1 => Just(Some(State::Locked))];
    let time = || prop::option::weighted(0.3, NOW_MS - 10..NOW_MS + 10);
    (state, time(), time(), time()).prop_map(|(state, free_after_ms, from_ms, until_ms)| Rule { state, free_after_ms, from_ms, until_ms })
}

fn series_of(rules: &[Rule], free: u32) -> Series {
    let text = |t: &str| t.to_owned();
    Series {
        info: SeriesInfo {
            id: text("s"),
            title: text("S"),
            synopsis: None,
            lang: text("en"),
            total_episodes: None,
            status: None,
            updated_at: None,
            poster: None,
            age_rating: None,
            tags: None,
        },
        poster: None,
        free_episodes: free,
        order: None,
        tenant: None,
        default_offers: Vec::new(),
        offers: BTreeMap::new(),
        legal: None,
        related: Vec::new(),
        episodes: rules.iter().zip(1..).map(|(rule, n)| episode(n, *rule, &format!("secret{n}x"))).collect(),
    }
}

proptest! {
    /// For any authoring series, any free count and any time.
    #[test]
    fn threat_6_no_secret_of_a_locked_episode_is_in_the_public_manifest(
        rules in prop::collection::vec(rules(), 1..14), free in 0u32..16, at in NOW_MS - 12..NOW_MS + 12, absolute: bool,
    ) {
        let series = series_of(&rules, free);
        let links = Links::new(absolute.then_some("https://drama.example"));
        let text = String::from_utf8(manifest::render(&series, at, &links).unwrap()).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        for episode in &series.episodes {
            let secret = format!("secret{}x", episode.n);
            let entry = json["episodes"].as_array().unwrap().iter().find(|e| e["id"] == episode.id.as_str());
            match access::decide(&series, episode, at) {
                Decision::Allowed { .. } => prop_assert!(text.contains(&secret) && entry.unwrap()["renditions"].is_array()),
                Decision::Locked(_) => {
                    prop_assert!(!text.contains(&secret), "{text}");
                    let bytes = episode.renditions[0].bytes.to_string();
                    prop_assert!(!text.contains(&bytes));
                    let members: Vec<&String> = entry.unwrap().as_object().unwrap().keys().collect();
                    prop_assert_eq!(members, ["access", "durationMs", "id", "n", "poster", "title"]);
                }
                Decision::Unavailable => {
                    prop_assert!(!text.contains(&secret) && entry.is_none());
                    let (title, poster) = (format!("Title {}\"", episode.n), format!("poster{}.jpg", episode.n));
                    prop_assert!(!text.contains(&title) && !text.contains(&poster));
                }
            }
        }
    }

    /// More free episodes never lock one; the order of questions holds.
    #[test]
    fn raising_the_free_count_never_locks_anything(rules in prop::collection::vec(rules(), 1..20), free in 0u32..20, at in NOW_MS - 12..NOW_MS + 12) {
        let (less, more) = (series_of(&rules, free), series_of(&rules, free + 1));
        for (a, b) in less.episodes.iter().zip(&more.episodes) {
            let (before, after) = (access::decide(&less, a, at), access::decide(&more, b, at));
            if matches!(before, Decision::Allowed { .. }) {
                prop_assert_eq!(before, after);
            }
            prop_assert_eq!(before == Decision::Unavailable, after == Decision::Unavailable);
        }
    }

    /// Between two changes the manifest is the same.
    #[test]
    fn next_change_misses_no_change(rules in prop::collection::vec(rules(), 1..10), at in NOW_MS - 12..NOW_MS + 12, later in 0u64..30) {
        let series = series_of(&rules, 3);
        let links = Links::default();
        if access::next_change(&series, at).is_none_or(|change| at + later < change) {
            prop_assert_eq!(manifest::render(&series, at, &links).unwrap(), manifest::render(&series, at + later, &links).unwrap());
        }
    }
}

#[tokio::test]
async fn ten_thousand_episodes_are_served() {
    let rules = vec![Rule::default(); 10_000];
    let series = series_of(&rules, 5);
    let catalog = Catalog { series: BTreeMap::from([("s".to_owned(), Arc::new(series))]), assets: HashMap::new() };
    let bench =
        Bench::with_catalog(db::open(&Location::Memory).await.unwrap(), catalog, std::path::Path::new("/nowhere"), Setup::default());
    let m = bench.get("/series/s.json").await.json();
    assert_eq!(m["episodes"].as_array().unwrap().len(), 10_000);
}
