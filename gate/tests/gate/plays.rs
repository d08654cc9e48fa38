//! `POST /v1/play`.

use axum::http::Request;
use cliffhanger_gate::web::cors::Origins;
use serde_json::json;

use crate::support::{Bench, Folder, NOW_MS, Setup};

const PRICED: &str = r#"{"cliffhanger":"1","series":{"id":"neon-vows","title":"Neon Vows","lang":"en"},
 "access":{"mode":"gate","freeEpisodes":1,"offers":["ep-coins","rest","vip"]},
 "offers":{"ep-coins":{"kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{"amount":31,"currency":"EUR","taxIncluded":true}},
  "cheap":{"kind":"coins","scope":"episode","coins":10,"moneyEquivalent":{"amount":11,"currency":"EUR","taxIncluded":true}},
  "rest":{"kind":"purchase","scope":"rest","price":{"amount":999,"currency":"EUR","taxIncluded":true}},
  "vip":{"kind":"subscription","price":{"amount":599,"currency":"EUR"},"period":"P1W","manageUrl":"https://acme.example/account"}},
 "episodes":[{"id":"a","n":1,"title":"A","renditions":[{"type":"mp4","url":"e1.mp4","codecs":"avc1.64001f,mp4a.40.2","height":720},{"type":"mp4","url":"e2.mp4","codecs":"hvc1.1.6","height":1280}]},
  {"id":"b","n":2,"renditions":[{"type":"mp4","url":"e2.mp4"}]},
  {"id":"c","n":3,"access":{"state":"locked","offers":["cheap"]},"renditions":[{"type":"mp4","url":"e3.mp4"}]},
  {"id":"d","n":4,"access":{"state":"free"},"renditions":[{"type":"mp4","url":"e3.mp4"}]}]}"#;

async fn priced() -> (Folder, Bench) {
    let folder = Folder::episodes(3);
    folder.write("series.json", PRICED.as_bytes());
    let bench = Bench::open(&folder, Setup::default()).await;
    (folder, bench)
}

#[tokio::test]
async fn a_free_episode_is_granted_with_addresses_that_work() {
    let folder = Folder::episodes(2);
    folder.write("e1.en.vtt", b"WEBVTT\n\n");
    let bench = Bench::open(&folder, Setup::default()).await;
    let answer = bench.play("e001").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["serverNowMs"], NOW_MS);
    let grant = &body["grant"];
    assert_eq!((&grant["episode"], &grant["source"]), (&"e001".into(), &"free".into()));
    assert_eq!(grant["id"].as_str().unwrap().len(), 26);
    assert_eq!(grant["expiresMs"], NOW_MS + 390_000);
    assert_eq!(grant["refreshAfterMs"], NOW_MS + 260_000);
    for url in [&grant["renditions"][0]["url"], &grant["captions"][0]["url"]] {
        assert_eq!(bench.get(url.as_str().unwrap()).await.status, 200);
    }
    let again = bench.play("e001").await.json();
    assert_ne!(again["grant"]["id"], grant["id"]);
}

#[tokio::test]
async fn a_locked_episode_is_402_with_prices_and_no_address() {
    let (_folder, bench) = priced().await;
    let answer = bench.play("b").await;
    assert_eq!(answer.status, 402);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(
        problem,
        json!({"type":"urn:cliffhanger:problem:locked","title":"Episode is locked","status":402,"code":"locked","instance":"/v1/play",
          "serverNowMs":NOW_MS,"episode":"b","reason":"beyond-free",
          "wallet":{"paid":0,"bonus":0},"packs":[],
          "rest":{"episodes":2,"coins":40,"moneyEquivalent":{"amount":42,"currency":"EUR","taxIncluded":true}},
          "offers":[
            {"id":"ep-coins","kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{"amount":31,"currency":"EUR","taxIncluded":true}},
            {"id":"rest","kind":"purchase","scope":"rest","price":{"amount":999,"currency":"EUR","taxIncluded":true}},
            {"id":"vip","kind":"subscription","price":{"amount":599,"currency":"EUR"},"period":"P1W","manageUrl":"https://acme.example/account"}]})
    );
    assert!(!answer.text().contains(&bench.content_key("b")));
    let named = bench.play("c").await.json();
    assert_eq!((&named["reason"], &named["offers"][0]["id"]), (&"locked".into(), &"cheap".into()));
    assert_eq!(bench.play("d").await.status, 200, "free by its own word");
}

#[tokio::test]
async fn the_free_count_flag_overrides_every_state_in_series_json() {
    let folder = Folder::episodes(3);
    folder.write("series.json", PRICED.as_bytes());
    let bench = Bench::open(&folder, Setup { free: Some(3), ..Setup::default() }).await;
    let mut states = Vec::new();
    for id in ["a", "b", "c", "d"] {
        states.push(bench.play(id).await.status.as_u16());
    }
    assert_eq!(states, [200, 200, 200, 402]);
    assert!(bench.notes.iter().any(|n| n.contains("--free-episodes 3")), "{:?}", bench.notes);
}

#[tokio::test]
async fn intent_and_caps_narrow_but_never_charge_or_empty() {
    let (_folder, bench) = priced().await;
    let ask = async |extra: &str| {
        let body = format!(r#"{{"series":"neon-vows","episode":"a",{extra}}}"#);
        let answer = bench.post("/v1/play", "application/json; charset=utf-8", body).await;
        assert_eq!(answer.status, 200, "{extra}: {}", answer.text());
        answer.json()["grant"]["renditions"].as_array().unwrap().len()
    };
    assert_eq!(ask(r#""intent":"preload""#).await, 2);
    assert_eq!(ask(r#""intent":"play","caps":{"types":["mp4","hls"],"codecs":["avc1","hvc1"],"maxHeight":2000}"#).await, 2);
    assert_eq!(ask(r#""caps":{"maxHeight":800}"#).await, 1);
    assert_eq!(ask(r#""caps":{"codecs":["hvc1"]}"#).await, 1);
    assert_eq!(ask(r#""caps":{"types":["dash"]}"#).await, 2, "nothing fits: everything is offered");
}

#[tokio::test]
async fn threat_38_what_does_not_exist_answers_alike() {
    let (_folder, bench) = priced().await;
    let mut bodies = Vec::new();
    for (series, episode) in
        [("neon-vows", "zzz"), ("other", "a"), ("", ""), ("neon-vows", "A"), ("../x", "a"), ("neon-vows", "' OR 1=1--")]
    {
        let answer = bench.post("/v1/play", "application/json", json!({"series": series, "episode": episode}).to_string()).await;
        assert_eq!(answer.status, 404);
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn threats_37_39_a_request_that_is_not_exactly_right_is_refused() {
    let (_folder, bench) = priced().await;
    for (body, named) in [
        (r#"{"series":"neon-vows","episode":"a","free":true}"#, "free"),
        (r#"{"series":"neon-vows","episode":"a","__proto__":{}}"#, "__proto__"),
        (r#"{"series":"neon-vows","episode":"a","caps":{"admin":1}}"#, "admin"),
        (r#"{"series":"neon-vows"}"#, "episode"),
        (r#"{"series":"neon-vows","series":"neon-vows","episode":"a"}"#, "series"),
        (r#"{"series":1,"episode":"a"}"#, "series"),
        (r#"{"series":"neon-vows","episode":"a","intent":"buy"}"#, "intent"),
        (r#"["neon-vows","a"]"#, "object"),
        (r#"{"series":"neon-vows","episode":"a"} x"#, "trailing"),
        ("", "object"),
        ("null", "object"),
    ] {
        let answer = bench.post("/v1/play", "application/json", body).await;
        assert_eq!(answer.status, 400, "{body}");
        let problem = answer.json();
        assert_eq!(problem["code"], "invalid-request");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{body}: {problem}");
    }
    let deep = format!(r#"{{"series":{}1{},"episode":"a"}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(bench.post("/v1/play", "application/json", deep).await.status, 400);
    let huge = format!(r#"{{"series":"{}","episode":"a"}}"#, "x".repeat(20_000));
    let answer = bench.post("/v1/play", "application/json", huge).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (413, &"too-large".into()));
}

#[tokio::test]
async fn threat_25_only_json_is_read() {
    let (_folder, bench) = priced().await;
    let body = r#"{"series":"neon-vows","episode":"a"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/json", "application/problem+json"] {
        let answer = bench.post("/v1/play", kind, body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (415, &"unsupported-media-type".into()), "{kind}");
    }
    let none = bench.send(Request::post("/v1/play").body(body.into()).unwrap()).await;
    assert_eq!(none.status, 415);
    let get = bench.get("/v1/play").await;
    assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST, OPTIONS"));
}

async fn from_origin(bench: &Bench, method: &str, origin: &str) -> crate::support::Answer {
    let request = Request::builder()
        .method(method)
        .uri("/v1/play")
        .header("host", "gate.test")
        .header("origin", origin)
        .header("content-type", "application/json")
        .body(r#"{"series":"neon-vows","episode":"a"}"#.into());
    bench.send(request.unwrap()).await
}

#[tokio::test]
async fn threats_23_24_only_listed_origins_may_call_the_api() {
    let folder = Folder::episodes(3);
    folder.write("series.json", PRICED.as_bytes());
    let origins = Origins::Listed(vec!["https://drama.example".into()]);
    let bench = Bench::open(&folder, Setup { origins, ..Setup::default() }).await;
    for good in ["https://drama.example", "http://gate.test", "https://gate.test"] {
        let answer = from_origin(&bench, "POST", good).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, good));
        assert_eq!(answer.header("vary"), "origin");
        assert!(answer.headers.get("access-control-allow-credentials").is_none());
    }
    for bad in [
        "https://evil.example",
        "null",
        "https://drama.example.evil.example",
        "http://drama.example",
        "https://drama.example:444",
        "https://gate.test.evil.example",
    ] {
        for method in ["POST", "OPTIONS"] {
            let answer = from_origin(&bench, method, bad).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (403, &"origin-not-allowed".into()), "{bad}");
            assert!(answer.headers.get("access-control-allow-origin").is_none());
        }
    }
    let preflight = from_origin(&bench, "OPTIONS", "https://drama.example").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, POST, PUT, DELETE");
    assert_eq!(preflight.header("access-control-allow-headers"), "authorization, content-type, idempotency-key, cliff-protocol");
    assert_eq!(bench.play("a").await.status, 200, "without an Origin it is no browser");
}

#[tokio::test]
async fn on_loopback_any_origin_may_call_without_credentials() {
    let (_folder, bench) = priced().await;
    let answer = from_origin(&bench, "POST", "https://anyone.example").await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "*"));
    assert!(answer.headers.get("access-control-allow-credentials").is_none());
}
