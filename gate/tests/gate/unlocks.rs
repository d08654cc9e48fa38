//! Quotes and unlocks: what coins buy, once.

use cliffhanger_gate::token::quote;
use serde_json::{Value, json};

use crate::support::{Bench, Folder, ISSUER, NOW_MS, Setup};

const SOLD: &str = r#"{"cliffhanger":"1","series":{"id":"neon-vows","title":"Neon Vows","lang":"en"},
 "access":{"mode":"gate","freeEpisodes":1,"order":"ORDER","offers":["ep","rest","all"]},
 "offers":{"ep":{"kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{"amount":31,"currency":"EUR"}},
  "rest":{"kind":"coins","scope":"rest","coins":80,"moneyEquivalent":{"amount":82,"currency":"EUR"}},
  "all":{"kind":"coins","scope":"series","coins":150,"moneyEquivalent":{"amount":155,"currency":"EUR"}},
  "small":{"kind":"pack","coins":30,"price":{"amount":31,"currency":"EUR"}},
  "big":{"kind":"pack","coins":300,"bonusCoins":30,"price":{"amount":299,"currency":"EUR"}}},
 "episodes":[{"id":"a","n":1,"renditions":[{"type":"mp4","url":"e1.mp4"}]},{"id":"b","n":2,"renditions":[{"type":"mp4","url":"e2.mp4"}]},
  {"id":"c","n":3,"renditions":[{"type":"mp4","url":"e3.mp4"}]},
  {"id":"d","n":4,"window":{"from":"2026-11-23T00:00:00Z"},"renditions":[{"type":"mp4","url":"e3.mp4"}]}]}"#;

async fn sold(order: &str) -> (Folder, Bench, String) {
    let folder = Folder::episodes(3);
    folder.write("series.json", SOLD.replace("ORDER", order).as_bytes());
    let bench = Bench::open(&folder, Setup::default()).await;
    let viewer = bench.viewer().await;
    (folder, bench, viewer)
}

#[tokio::test]
async fn one_round_trip_from_the_wall_to_the_film() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 25, 10).await;
    let wall = bench.play_as(&viewer, "b").await.problem(402, "locked");
    assert_eq!(wall["wallet"], json!({"paid": 25, "bonus": 10}));
    assert_eq!(wall["rest"], json!({"episodes": 2, "coins": 60, "moneyEquivalent": {"amount": 62, "currency": "EUR"}}));
    assert_eq!(wall["packs"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect::<Vec<_>>(), ["small", "big"]);
    let offers = wall["offers"].as_array().unwrap();
    assert_eq!(
        offers.iter().map(|o| (o["id"].as_str().unwrap(), o["affordable"].as_bool().unwrap())).collect::<Vec<_>>(),
        [("ep", true), ("rest", false), ("all", false)]
    );
    let body =
        json!({"quote": offers[0]["quote"], "confirm": {"shownCoins": 30, "shownMoney": {"amount": 31, "currency": "EUR"}, "auto": false}});
    let answer = bench.api(&viewer, "POST", "/v1/unlocks", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let unlocked = answer.json();
    let receipt = &unlocked["receipt"];
    assert_eq!(
        (&receipt["coins"], &receipt["from"], &receipt["alreadyOwned"]),
        (&30.into(), &json!({"paid": 20, "bonus": 10}), &false.into())
    );
    assert_eq!((&receipt["episodes"], &receipt["series"], &receipt["atMs"]), (&json!(["b"]), &"neon-vows".into(), &NOW_MS.into()));
    assert_eq!(unlocked["wallet"], json!({"paid": 5, "bonus": 0}));
    assert_eq!(unlocked["grant"]["source"], "coins");
    let url = unlocked["grant"]["renditions"][0]["url"].as_str().unwrap();
    assert_eq!(bench.get(url).await.status, 200);
    assert_eq!(bench.play_as(&viewer, "b").await.json()["grant"]["source"], "coins");
    let entry = bench.api(&viewer, "GET", "/v1/me/ledger", Value::Null).await.json()["entries"][0].clone();
    assert_eq!((&entry["id"], &entry["delta"], &entry["episode"]), (&receipt["id"], &(-30).into(), &"b".into()));
    // Somebody else is where they were.
    let other = bench.viewer().await;
    bench.play_as(&other, "b").await.problem(402, "locked");
    bench.play("b").await.problem(402, "locked");
}

#[tokio::test]
async fn looking_ahead_and_asking_as_nobody_gets_no_quote_and_costs_nothing() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 100, 0).await;
    let ahead = bench.api(&viewer, "POST", "/v1/play", json!({"series": "neon-vows", "episode": "b", "intent": "preload"})).await;
    assert!(!ahead.text().contains("\"quote\"") && ahead.status == 402, "{}", ahead.text());
    assert!(!bench.play("b").await.text().contains("\"quote\""));
    for _ in 0..5 {
        bench.play_as(&viewer, "b").await.problem(402, "locked");
    }
    assert_eq!(bench.wallet(&viewer).await, (100, 0));
}

#[tokio::test]
async fn threat_35_the_same_request_again_is_the_same_answer() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 100, 0).await;
    let body = json!({"quote": bench.quote(&viewer, "b", "ep").await});
    let key = "0123456789abcdef";
    let first = bench.keyed(&viewer, key, "POST", "/v1/unlocks", body.clone()).await;
    assert_eq!(first.status, 201);
    // A lost reply, even long after the quote is over.
    bench.clock.set(NOW_MS + 3_600_000);
    let again = bench.keyed(&viewer, key, "POST", "/v1/unlocks", body.clone()).await;
    assert_eq!((again.status, again.body), (first.status, first.body));
    assert_eq!(bench.wallet(&viewer).await, (70, 0));
    // Another body, another route, another viewer.
    let other = json!({"quote": bench.quote(&viewer, "c", "ep").await});
    bench.keyed(&viewer, key, "POST", "/v1/unlocks", other.clone()).await.problem(422, "idempotency-conflict");
    let stranger = bench.viewer().await;
    bench.coins(&stranger, 30, 0).await;
    let own = json!({"quote": bench.quote(&stranger, "b", "ep").await});
    assert_eq!(bench.keyed(&stranger, key, "POST", "/v1/unlocks", own).await.status, 201);
    // A request that failed leaves its key free.
    let poor = bench.viewer().await;
    let own = json!({"quote": bench.quote(&poor, "b", "ep").await});
    bench.keyed(&poor, key, "POST", "/v1/unlocks", own.clone()).await.problem(402, "insufficient-coins");
    bench.coins(&poor, 30, 0).await;
    assert_eq!(bench.keyed(&poor, key, "POST", "/v1/unlocks", own).await.status, 201);
    for bad in ["", "short", "with blanks in it", &"x".repeat(65), "0123456789abcde!"] {
        bench.keyed(&viewer, bad, "POST", "/v1/unlocks", other.clone()).await.problem(400, "idempotency-key-required");
    }
}

#[tokio::test]
async fn threat_34_an_episode_that_is_owned_is_not_charged_again() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 100, 0).await;
    let (one, two) = (bench.quote(&viewer, "b", "ep").await, bench.quote(&viewer, "b", "ep").await);
    assert_eq!(bench.unlock(&viewer, &one).await.status, 201);
    for quote in [&two, &one] {
        let again = bench.unlock(&viewer, quote).await.json();
        assert_eq!((&again["receipt"]["alreadyOwned"], &again["receipt"]["coins"]), (&true.into(), &0.into()), "{again}");
        assert_eq!(again["grant"]["episode"], "b");
    }
    assert_eq!(bench.wallet(&viewer).await, (70, 0));
    let body = json!({"series": "neon-vows", "episode": "b", "offer": "ep"});
    bench.api(&viewer, "POST", "/v1/quotes", body).await.problem(409, "already-owned");
}

#[tokio::test]
async fn threat_36_no_price_but_the_gates_own() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 1000, 0).await;
    let signed = bench.quote(&viewer, "b", "ep").await;
    // Altered, forged, somebody else's, of another issuer.
    let claims = quote::verify(&bench.gate.keys(), ISSUER, &signed).unwrap();
    let mut parts: Vec<String> = signed.split('.').map(str::to_owned).collect();
    let cheap = serde_json::to_vec(&quote::QuoteClaims { coins: 1, ..claims.clone() }).unwrap();
    parts[1] = cliffhanger_gate::random::base64(&cheap);
    let elsewhere = quote::sign(&bench.gate.keys(), &quote::QuoteClaims { iss: "http://other".into(), ..claims.clone() }).unwrap();
    let long = quote::sign(&bench.gate.keys(), &quote::QuoteClaims { exp: claims.exp + 1, ..claims.clone() }).unwrap();
    let stranger = bench.viewer().await;
    let theirs = bench.quote(&stranger, "b", "ep").await;
    for bad in [parts.join("."), elsewhere, long, theirs, String::new(), "x".repeat(5000)] {
        bench.unlock(&viewer, &bad).await.problem(400, "quote-invalid");
    }
    for (name, value) in [("coins", json!(1)), ("price", json!(0)), ("quantity", json!(-1))] {
        let mut body = json!({"quote": signed});
        body[name] = value;
        bench.api(&viewer, "POST", "/v1/unlocks", body).await.problem(400, "invalid-request");
    }
    for confirm in [
        json!({"shownCoins": 29}),
        json!({"shownMoney": {"amount": 30, "currency": "EUR"}}),
        json!({"shownMoney": {"amount": 31, "currency": "USD"}}),
    ] {
        bench.api(&viewer, "POST", "/v1/unlocks", json!({"quote": signed, "confirm": confirm})).await.problem(422, "price-mismatch");
    }
    for coins in [json!(-1), json!(9_223_372_036_854_775_808u64), json!(1.5), json!("30")] {
        let body = json!({"quote": signed, "confirm": {"shownCoins": coins}});
        bench.api(&viewer, "POST", "/v1/unlocks", body).await.problem(400, "invalid-request");
    }
    // Over after five minutes, to the second; a fresh one comes with the refusal.
    bench.clock.set(NOW_MS + 300_000);
    let problem = bench.unlock(&viewer, &signed).await.problem(409, "quote-expired");
    assert_eq!(problem["coins"], 30);
    assert_eq!(bench.unlock(&viewer, problem["quote"].as_str().unwrap()).await.status, 201);
    assert_eq!(bench.wallet(&viewer).await, (970, 0));
}

#[tokio::test]
async fn the_rest_is_this_list_and_the_series_is_also_what_comes() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 300, 0).await;
    let stale = bench.quote(&viewer, "b", "rest").await;
    let one = bench.quote(&viewer, "c", "ep").await;
    assert_eq!(bench.unlock(&viewer, &one).await.status, 201);
    // What the first quote named is not what is left: nobody pays for an episode twice inside a bundle.
    bench.unlock(&viewer, &stale).await.problem(409, "quote-expired");
    let rest = bench.quote(&viewer, "b", "rest").await;
    assert_eq!(bench.unlock(&viewer, &rest).await.json()["receipt"]["episodes"], json!(["b"]));
    bench.clock.set(NOW_MS + 86_400_000);
    bench.play_as(&viewer, "d").await.problem(402, "locked");

    let fan = bench.viewer().await;
    bench.clock.set(NOW_MS);
    bench.coins(&fan, 150, 0).await;
    let all = bench.quote(&fan, "c", "all").await;
    let bought = bench.unlock(&fan, &all).await.json();
    assert_eq!((&bought["receipt"]["episodes"], &bought["grant"]["episode"]), (&json!(["b", "c"]), &"c".into()));
    bench.play_as(&fan, "d").await.problem(404, "not-found");
    bench.clock.set(NOW_MS + 86_400_000);
    assert_eq!(bench.play_as(&fan, "d").await.status, 200);
}

#[tokio::test]
async fn in_a_sequential_series_an_episode_is_unlocked_after_those_before_it() {
    let (_folder, bench, viewer) = sold("sequential").await;
    bench.coins(&viewer, 300, 0).await;
    let wall = bench.play_as(&viewer, "c").await.problem(402, "locked");
    assert_eq!(wall["unlockFirst"], "b");
    let ids: Vec<&str> = wall["offers"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["rest", "all"]);
    let body = json!({"series": "neon-vows", "episode": "c", "offer": "ep"});
    bench.api(&viewer, "POST", "/v1/quotes", body).await.problem(404, "not-found");
    let first = bench.quote(&viewer, "b", "ep").await;
    assert_eq!(bench.unlock(&viewer, &first).await.status, 201);
    let second = bench.quote(&viewer, "c", "ep").await;
    assert_eq!(bench.unlock(&viewer, &second).await.status, 201);
}

#[tokio::test]
async fn what_cannot_be_afforded_names_what_is_missing() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 20, 9).await;
    let quote = bench.quote(&viewer, "b", "ep").await;
    let problem = bench.unlock(&viewer, &quote).await.problem(402, "insufficient-coins");
    assert_eq!((&problem["needed"], &problem["have"], &problem["packs"][0]["id"]), (&30.into(), &29.into(), &"small".into()));
    assert_eq!(bench.wallet(&viewer).await, (20, 9));
}

#[tokio::test]
async fn nothing_is_unlocked_without_a_tap_unless_the_viewer_allowed_it_and_could_undo_it() {
    let (_folder, bench, viewer) = sold("any").await;
    bench.coins(&viewer, 300, 0).await;
    let auto = |quote: &str| json!({"quote": quote, "confirm": {"auto": true}});
    let quote = bench.quote(&viewer, "b", "ep").await;
    let early = bench.api(&viewer, "POST", "/v1/unlocks", auto(&quote)).await;
    early.problem(425, "too-early");
    assert_eq!(early.header("retry-after"), "4");
    bench.clock.set(NOW_MS + 4_000);
    bench.api(&viewer, "POST", "/v1/unlocks", auto(&quote)).await.problem(403, "auto-unlock-off");
    let set = bench.api(&viewer, "PUT", "/v1/me/auto-unlock/neon-vows", json!({"episodes": 1, "coins": 60})).await;
    assert_eq!(set.status, 200);
    let wall = bench.play_as(&viewer, "b").await.problem(402, "locked");
    assert_eq!(wall["autoUnlock"], json!({"offer": "ep", "coins": 30, "undoMs": 4000, "left": {"episodes": 1, "coins": 60}}));
    let all = bench.quote(&viewer, "b", "rest").await;
    bench.clock.set(NOW_MS + 8_000);
    bench.api(&viewer, "POST", "/v1/unlocks", auto(&all)).await.problem(403, "auto-unlock-off");
    assert_eq!(bench.api(&viewer, "POST", "/v1/unlocks", auto(&quote)).await.status, 201);
    // The permission is used up.
    let quote = bench.quote(&viewer, "c", "ep").await;
    bench.clock.set(NOW_MS + 12_000);
    bench.api(&viewer, "POST", "/v1/unlocks", auto(&quote)).await.problem(403, "auto-unlock-off");
    assert_eq!(bench.wallet(&viewer).await, (270, 0));
    assert_eq!(bench.api(&viewer, "DELETE", "/v1/me/auto-unlock/neon-vows", Value::Null).await.status, 204);
    for bad in [
        json!({"episodes": 0, "coins": 1}),
        json!({"episodes": 101, "coins": 1}),
        json!({"episodes": 1}),
        json!({"episodes": 1, "coins": 100_001}),
    ] {
        bench.api(&viewer, "PUT", "/v1/me/auto-unlock/neon-vows", bad).await.problem(400, "invalid-request");
    }
    bench.api(&viewer, "PUT", "/v1/me/auto-unlock/none", json!({"episodes": 1, "coins": 1})).await.problem(404, "not-found");
}

#[tokio::test]
async fn threats_37_38_nothing_in_a_request_becomes_sql_or_tells_what_exists() {
    let (_folder, bench, viewer) = sold("any").await;
    let evil = "' OR 1=1--";
    for body in [
        json!({"series": evil, "episode": "b", "offer": "ep"}),
        json!({"series": "neon-vows", "episode": evil, "offer": "ep"}),
        json!({"series": "neon-vows", "episode": "b", "offer": evil}),
        json!({"series": "neon-vows", "episode": "d", "offer": "ep"}),
        json!({"series": "neon-vows", "episode": "b", "offer": "small"}),
    ] {
        bench.api(&viewer, "POST", "/v1/quotes", body).await.problem(404, "not-found");
    }
    bench.get("/v1/nothing").await.problem(404, "not-found");
    bench.ask("DELETE", "/v1/play", &[]).await.problem(405, "method-not-allowed");
}
