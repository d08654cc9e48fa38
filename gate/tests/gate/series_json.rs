//! `series.json`: strict, and every fault is told with its place.

use cliffhanger_gate::authoring;
use cliffhanger_gate::grammar::is_url;
use cliffhanger_gate::import::{self, Options};
use serde_json::{Value, json};

use crate::support::{Bench, Folder, Setup, mp4};

fn document() -> Value {
    json!({"cliffhanger":"1","view":"authoring",
      "series":{"id":"neon-vows","title":"Neon Vows","lang":"en","poster":{"url":"cover.jpg","alt":"Two figures"},"ageRating":13},
      "access":{"mode":"gate","freeEpisodes":1,"gate":{"base":"https://gate.example","tenant":"acme"},"offers":["ep"]},
      "offers":{"ep":{"kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{"amount":30,"currency":"EUR"}}},
      "episodes":[
        {"id":"pilot","n":1,"title":"Pilot","renditions":[{"type":"mp4","url":"e1.mp4"}],
         "captions":[{"lang":"en","label":"English","url":"./e1.en.vtt","default":true}],
         "cues":[{"id":"coat","kind":"product","atMs":10,"label":"Coat","href":"https://shop.example/coat","disclosure":"affiliate","image":{"url":"coat.png"},"box":[0.1,0.5,0.3,0.2]}]},
        {"id":"two","n":2,"access":{"offers":["ep"]},"renditions":[{"type":"mp4","url":"sub/my%20film.mp4"}]}],
      "related":[{"id":"ash","title":"Ash & Silk","poster":{"url":"https://img.example/a.jpg"}}]})
}

fn folder_with(document: &Value) -> Folder {
    let folder =
        Folder::new(&[("e1.mp4", mp4(1000)), ("e1.en.vtt", b"WEBVTT".to_vec()), ("cover.jpg", b"j".to_vec()), ("coat.png", b"p".to_vec())]);
    std::fs::create_dir(folder.path.join("sub")).unwrap();
    std::fs::write(folder.path.join("sub/my film.mp4"), mp4(2000)).unwrap();
    folder.write("series.json", document.to_string().as_bytes());
    folder
}

#[tokio::test]
async fn a_full_document_is_served_in_its_public_form() {
    let folder = folder_with(&document());
    let bench = Bench::open(&folder, Setup::default()).await;
    let m = bench.manifest().await;
    assert_eq!(m["access"]["gate"], json!({"base": "/", "tenant": "acme"}));
    assert_eq!(m["offers"], document()["offers"]);
    assert_eq!(m["related"], document()["related"]);
    assert_eq!(m["series"]["poster"]["alt"], "Two figures");
    let pilot = &m["episodes"][0];
    assert_eq!(pilot["captions"][0]["label"], "English");
    for url in
        [&m["series"]["poster"]["url"], &pilot["captions"][0]["url"], &pilot["cues"][0]["image"]["url"], &pilot["renditions"][0]["url"]]
    {
        assert_eq!(bench.get(url.as_str().unwrap()).await.status, 200, "{url}");
    }
    assert_eq!(m["episodes"][1], json!({"id":"two","n":2,"durationMs":2000,"access":{"state":"locked","offers":["ep"]}}));
    let text = m.to_string();
    for secret in ["film", "e1.mp4", "sub/", &bench.content_key("two")] {
        assert!(!text.contains(secret), "{secret}");
    }
    // The public form passes the published schema's rule for locked episodes; a cue image of a locked one is guarded too.
    let image = pilot["cues"][0]["image"]["url"].as_str().unwrap();
    assert!(image.starts_with("/free/"));
}

#[tokio::test]
async fn open_and_host_series_are_enforced_all_the_same() {
    for mode in ["open", "host"] {
        let mut doc = document();
        doc["access"]["mode"] = mode.into();
        doc["access"].as_object_mut().unwrap().remove("gate");
        let bench = Bench::open(&folder_with(&doc), Setup::default()).await;
        assert_eq!(bench.manifest().await["access"]["mode"], "gate");
        assert_eq!(bench.play("two").await.status, 402);
        assert!(bench.notes.iter().any(|n| n.contains(mode) && n.contains("$.access.mode")), "{:?}", bench.notes);
    }
}

/// Sets the value at a JSON pointer, making the last member if needed.
fn edited(pointer: &str, value: Value) -> Value {
    let mut doc = document();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = doc.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
        parent => parent[last] = value,
    }
    doc
}

#[test]
fn every_fault_is_refused_and_its_place_named() {
    let many: Vec<Value> =
        (1..=10_001).map(|n| json!({"id": format!("e{n}"), "n": 1, "renditions": [{"type":"mp4","url":"e1.mp4"}]})).collect();
    let cases = [
        ("/unknown", json!(1), "$.unknown", "unknown field `unknown`"),
        ("/series/colour", json!("red"), "$.series.colour", "colour"),
        ("/episodes/1/acces", json!({}), "$.episodes[1].acces", "acces"),
        ("/episodes/0/renditions/0/ur", json!("x"), "$.episodes[0].renditions[0].ur", "`ur`"),
        ("/episodes/0/__proto__", json!({}), "$.episodes[0].__proto__", "__proto__"),
        ("/offers/ep/price", json!(1), "$.offers.ep", "price"),
        ("/offers/__proto__", json!({"kind":"pack","coins":1,"price":{"amount":1,"currency":"EUR"}}), "$.offers", "a-z"),
        ("/offers/ep/kind", json!("x402"), "$.offers.ep.kind", "x402"),
        ("/offers/ep", json!({"kind":"coins","scope":"episode","coins":30}), "$.offers.ep", "moneyEquivalent"),
        ("/offers/ep", json!({"kind":"subscription","price":{"amount":1,"currency":"EUR"},"period":"P1W"}), "$.offers.ep", "manageUrl"),
        ("/offers/ep/coins", json!(-1), "$.offers.ep", "-1"),
        ("/offers/ep/moneyEquivalent/currency", json!("eur"), "$.offers.ep.moneyEquivalent.currency", "ISO 4217"),
        ("/cliffhanger", json!("2"), "$.cliffhanger", "\"1\""),
        ("/series/id", json!("Neon Vows"), "$.series.id", "a-z"),
        ("/series/title", json!(""), "$.series.title", "empty"),
        ("/series/title", json!("x".repeat(301)), "$.series.title", "300"),
        ("/series/lang", json!("english please"), "$.series.lang", "language tag"),
        ("/access/freeEpisodes", json!("5"), "$.access.freeEpisodes", "string"),
        ("/access/mode", json!("soft"), "$.access.mode", "soft"),
        ("/access/offers/0", json!("nothing"), "$.access.offers[0]", "offer"),
        ("/episodes", json!([]), "$.episodes", "at least one"),
        ("/episodes", json!(many), "$.episodes", "10000"),
        ("/episodes/1/id", json!("pilot"), "$.episodes[1].id", "earlier"),
        ("/episodes/1/n", json!(1), "$.episodes[1].n", "earlier"),
        ("/episodes/1/n", json!(0), "$.episodes[1].n", "between"),
        ("/episodes/1/id", json!("E 2"), "$.episodes[1].id", "a-z"),
        ("/episodes/1/renditions", json!([]), "$.episodes[1].renditions", "at least one"),
        ("/episodes/1/renditions/0/type", json!("dash"), "$.episodes[1].renditions[0].type", "dash"),
        ("/episodes/1/renditions/0/url", json!("none.mp4"), "$.episodes[1].renditions[0].url", "no file"),
        ("/episodes/1/renditions/0/url", json!("../e1.mp4"), "$.episodes[1].renditions[0].url", "inside the folder"),
        ("/episodes/1/renditions/0/url", json!("%2e%2e/e1.mp4"), "$.episodes[1].renditions[0].url", "inside the folder"),
        ("/episodes/1/renditions/0/url", json!("/etc/passwd"), "$.episodes[1].renditions[0].url", "inside the folder"),
        ("/episodes/1/renditions/0/url", json!("javascript:alert(1)"), "$.episodes[1].renditions[0].url", "https"),
        ("/episodes/1/renditions/0/url", json!("https://cdn.example/e2.mp4"), "$.episodes[1].renditions[0].url", "cannot guard"),
        ("/episodes/0/captions/0/url", json!("data:text/vtt,WEBVTT"), "$.episodes[0].captions[0].url", "https"),
        ("/episodes/0/captions/0/url", json!("none.vtt"), "$.episodes[0].captions[0].url", "no file"),
        ("/episodes/0/cues/0/href", json!("JavaScript:alert(1)"), "$.episodes[0].cues[0].href", "https"),
        ("/episodes/0/cues/0/href", json!("//evil.example"), "$.episodes[0].cues[0].href", "https"),
        ("/episodes/0/cues/0/href", json!("https://user@evil.example"), "$.episodes[0].cues[0].href", "https"),
        ("/episodes/0/cues/0/disclosure", json!(null), "$.episodes[0].cues[0].disclosure", "product"),
        ("/episodes/0/cues/0/box", json!([0, 0, 2, 0]), "$.episodes[0].cues[0].box", "0 to 1"),
        ("/episodes/1/access/freeAfter", json!("tomorrow"), "$.episodes[1].access.freeAfter", "time such as"),
        ("/episodes/1/window", json!({"from": "2026-13-01T00:00:00Z"}), "$.episodes[1].window.from", "time such as"),
        ("/series/poster/url", json!("none.jpg"), "$.series.poster.url", "no file"),
        ("/series/poster/url", json!("series.json"), "$.series.poster.url", "extension"),
        ("/next", json!("page2.json"), "$.next", "whole series"),
    ];
    for (pointer, value, place, said) in cases {
        let folder = folder_with(&edited(pointer, value.clone()));
        let error = import::read(&folder.path, Options::default(), &mut |_| ()).unwrap_err().to_string();
        let (_, fault) = error.split_once("series.json: ").unwrap_or_else(|| panic!("{error}"));
        assert!(fault.starts_with(&format!("{place}: ")) && fault.contains(said), "{pointer} = {value:.60}: {fault}");
    }
}

#[test]
fn text_that_is_no_document_is_refused() {
    for (text, said) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "object"),
        (r#"{"cliffhanger":"1","cliffhanger":"1"}"#, "duplicate"),
        (&"[".repeat(10_000), "object"),
        (&format!("{{\"cliffhanger\":{}", "[".repeat(10_000)), "invalid type"),
        (&format!("{{\"unknown\":{}", "[".repeat(10_000)), "unknown"),
    ] {
        let fault = authoring::parse(text.as_bytes()).unwrap_err();
        assert!(fault.message.contains(said) && fault.path.starts_with('$'), "{text:.20}: {fault}");
    }
    let twice = document().to_string().replacen(
        r#""offers":{"#,
        r#""offers":{"ep":{"kind":"pack","coins":1,"price":{"amount":1,"currency":"EUR"}},"#,
        1,
    );
    assert!(twice.matches(r#""ep":{"#).count() == 2);
    assert!(authoring::parse(twice.as_bytes()).unwrap_err().message.contains("twice"));
    let marked = [b"\xef\xbb\xbf", document().to_string().as_bytes()].concat();
    assert!(authoring::parse(&marked).is_ok());
}

#[tokio::test]
async fn a_named_file_that_cannot_be_played_skips_its_episode_only() {
    let mut doc = document();
    doc["episodes"][1]["renditions"][0]["url"] = "broken.mp4".into();
    let folder = folder_with(&doc);
    folder.write("broken.mp4", b"");
    let bench = Bench::open(&folder, Setup::default()).await;
    assert_eq!(bench.manifest().await["episodes"].as_array().unwrap().len(), 1);
    let notes = bench.notes.join("\n");
    assert!(notes.contains("broken.mp4") && notes.contains("\"two\""), "{notes}");
}

#[test]
fn threat_29_only_https_loopback_and_relative_urls_pass() {
    for good in [
        "https://a.example",
        "https://a.example:8443/x?y#z",
        "http://localhost:8080/x",
        "http://127.0.0.1/x",
        "http://[::1]:80/x",
        "e001.mp4",
        "sub/e001.mp4",
        "./a",
        "a%20b",
        "1:2",
    ] {
        assert!(is_url(good), "{good}");
    }
    for bad in [
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "blob:https://a",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "http://evil.example",
        "https://user:pass@a.example",
        "https://a.example@evil.example",
        "https://",
        "https:///x",
        "https://a b",
        "https://a\"b",
        "https://a<b",
        "https:\\\\a",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "a\\b",
        "a b",
        " https://a",
        "https://a.example:port/",
        "ftp://a",
        "mailto:a@b",
        "https://a.example?x",
    ] {
        assert!(!is_url(bad), "{bad}");
    }
}
