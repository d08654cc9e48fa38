//! Viewers: tokens, what they may watch, their own affairs, leaving.

use serde_json::{Value, json};

use crate::support::{Bench, Folder, NOW_MS, Setup};

async fn demo() -> (Folder, Bench) {
    let folder = Folder::episodes(5);
    let bench = Bench::open(&folder, Setup { free: Some(2), demo: true, ..Setup::default() }).await;
    (folder, bench)
}

const DAY: u64 = 86_400_000;

#[tokio::test]
async fn a_viewer_is_made_on_request_and_owns_nothing() {
    let (_folder, bench) = demo().await;
    let answer = bench.ask("POST", "/v1/viewers", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, "no-store"));
    assert_eq!(answer.json()["expiresMs"], NOW_MS + 30 * DAY);
    let viewer = bench.viewer().await;
    let me = bench.api(&viewer, "GET", "/v1/me", Value::Null).await.json();
    assert_eq!((&me["kind"], &me["wallet"]), (&"anonymous".into(), &json!({"paid": 0, "bonus": 0})));
    assert_eq!(me["limits"], json!({"coinsPerDay": null}));
    assert_eq!(bench.api(&viewer, "GET", "/v1/me/ledger", Value::Null).await.json()["entries"], json!([]));
}

#[tokio::test]
async fn access_tells_what_is_free_granted_and_locked() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 100, 0).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
    let access = bench.api(&viewer, "GET", "/v1/series/neon-vows/access", Value::Null).await.json();
    assert_eq!(access["serverNowMs"], NOW_MS);
    assert_eq!(access["wallet"], json!({"paid": 70, "bonus": 0}));
    assert_eq!(access["episodes"]["e001"], json!({"state": "free"}));
    assert_eq!(access["episodes"]["e003"], json!({"state": "granted", "source": "coins"}));
    assert_eq!(access["episodes"]["e004"], json!({"state": "locked", "reason": "beyond-free"}));
    assert_eq!(access["rest"]["episodes"], 2);
    let anonymous = bench.get("/v1/series/neon-vows/access").await;
    assert_eq!(anonymous.header("cache-control"), "no-store");
    assert_eq!(anonymous.json()["episodes"]["e003"]["state"], "locked");
    bench.get("/v1/series/other/access").await.problem(404, "not-found");
    bench.get("/v1/series/%ff/access").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_used_token_is_renewed_after_half_its_life_and_dies_unused() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    bench.clock.set(NOW_MS + 15 * DAY - 1000);
    assert_eq!(bench.play_as(&viewer, "e001").await.header("cliff-viewer-token"), "");
    bench.clock.set(NOW_MS + 15 * DAY);
    let answer = bench.play_as(&viewer, "e001").await;
    let renewed = answer.header("cliff-viewer-token").to_owned();
    assert_eq!(bench.id_of(&renewed), bench.id_of(&viewer));
    bench.clock.set(NOW_MS + 30 * DAY);
    let expired = bench.api(&viewer, "GET", "/v1/me", Value::Null).await;
    expired.problem(401, "token-expired");
    assert_eq!(expired.header("www-authenticate"), "Bearer");
    assert_eq!(bench.api(&renewed, "GET", "/v1/me", Value::Null).await.status, 200);
}

#[tokio::test]
async fn threat_13_52_a_token_that_is_not_a_viewers_is_refused_everywhere() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    let play = bench.granted("e001").await;
    let play = play.split('/').nth(2).unwrap();
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    let routes = [
        ("GET", "/v1/me"),
        ("DELETE", "/v1/me"),
        ("GET", "/v1/me/ledger"),
        ("PUT", "/v1/me/limits"),
        ("POST", "/v1/play"),
        ("POST", "/v1/quotes"),
        ("POST", "/v1/unlocks"),
        ("POST", "/v1/checkouts"),
        ("GET", "/v1/checkouts/01JD8Z6R3Q4V5W6X7Y8Z9A0B1C"),
        ("GET", "/v1/series/neon-vows/access"),
        ("PUT", "/v1/me/auto-unlock/neon-vows"),
    ];
    for token in [play, quote.as_str(), "x", "", "a.b.c", &viewer[..viewer.len() - 2]] {
        for (method, path) in routes {
            bench.api(token, method, path, json!({})).await.problem(401, "token-invalid");
        }
    }
    // And a viewer token is neither a quote nor a playback token.
    bench.unlock(&viewer, &viewer).await.problem(400, "quote-invalid");
    let key = bench.content_key("e001");
    bench.get(&format!("/p/{viewer}/neon-vows/{key}/v1.mp4")).await.refused(401, "token-invalid");
    for (method, path) in [("GET", "/v1/me"), ("POST", "/v1/viewers/revoke")] {
        bench.ask(method, path, &[]).await.problem(401, "viewer-required");
    }
    assert_eq!(bench.ask("GET", "/v1/me", &[("authorization", "Basic eDp5")]).await.status, 401);
}

#[tokio::test]
async fn threat_52_revoking_ends_every_token_and_every_address() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 30, 0).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    let unlocked = bench.unlock(&viewer, &quote).await.json();
    let url = unlocked["grant"]["renditions"][0]["url"].as_str().unwrap();
    assert_eq!(bench.get(url).await.status, 200);
    assert_eq!(bench.api(&viewer, "POST", "/v1/viewers/revoke", Value::Null).await.status, 204);
    bench.api(&viewer, "GET", "/v1/me", Value::Null).await.problem(401, "token-invalid");
    bench.get(url).await.refused(403, "grant-revoked");
}

#[tokio::test]
async fn a_limit_holds_for_a_day_and_is_the_viewers_own() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 200, 0).await;
    let set = bench.api(&viewer, "PUT", "/v1/me/limits", json!({"coinsPerDay": 50})).await;
    assert_eq!((set.status.as_u16(), set.json()), (200, json!({"coinsPerDay": 50})));
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
    let quote = bench.quote(&viewer, "e004", "ep-coins").await;
    let problem = bench.unlock(&viewer, &quote).await.problem(403, "limit-reached");
    assert_eq!((&problem["coinsPerDay"], &problem["spent"], &problem["needed"]), (&50.into(), &30.into(), &30.into()));
    assert_eq!(bench.wallet(&viewer).await, (170, 0));
    bench.clock.set(NOW_MS + DAY + 1);
    let quote = bench.quote(&viewer, "e004", "ep-coins").await;
    assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
    for bad in [json!({"coinsPerDay": -1}), json!({"coinsPerDay": 1_000_001}), json!({"coins": 1}), json!({"coinsPerDay": "5"})] {
        bench.api(&viewer, "PUT", "/v1/me/limits", bad).await.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn the_statement_comes_in_pages_newest_first() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    for n in 1..=5 {
        bench.clock.set(NOW_MS + n);
        bench.coins(&viewer, 10, 1).await;
    }
    let first = bench.api(&viewer, "GET", "/v1/me/ledger?limit=3", Value::Null).await.json();
    let entries = first["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["atMs"], &entries[0]["delta"]), (3, &(NOW_MS + 5).into(), &11.into()));
    assert_eq!((&entries[0]["paid"], &entries[0]["bonus"], &entries[0]["reason"]), (&10.into(), &1.into(), &"pack".into()));
    let next = format!("/v1/me/ledger?limit=3&before={}", first["next"].as_str().unwrap());
    let second = bench.api(&viewer, "GET", &next, Value::Null).await.json();
    assert_eq!((second["entries"].as_array().unwrap().len(), &second["next"]), (2, &Value::Null));
    for bad in ["limit=0", "limit=101", "limit=x", "before=x", "before=%27", "page=2", "limit=1&limit=2"] {
        bench.api(&viewer, "GET", &format!("/v1/me/ledger?{bad}"), Value::Null).await.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn whoever_leaves_is_forgotten_and_the_books_still_add_up() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 100, 20).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    let url = bench.unlock(&viewer, &quote).await.json()["grant"]["renditions"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(bench.api(&viewer, "DELETE", "/v1/me", Value::Null).await.status, 202);
    bench.api(&viewer, "GET", "/v1/me", Value::Null).await.problem(401, "token-invalid");
    bench.get(&url).await.refused(403, "grant-revoked");
    let left = bench.gate.db().rows("SELECT delta FROM ledger_entry", &[]).await.unwrap();
    assert_eq!(left.iter().map(|row| row.int("delta").unwrap()).sum::<i64>(), 0);
    let rows = bench.gate.db().rows("SELECT balance FROM account WHERE viewer IS NOT NULL", &[]).await.unwrap();
    assert!(rows.iter().all(|row| row.int("balance").unwrap() == 0));
}

#[tokio::test]
async fn threat_55_no_answer_to_a_viewer_may_be_kept() {
    let (_folder, bench) = demo().await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 100, 0).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    let here = |episode: &str| serde_json::json!({"series": "neon-vows", "episode": episode});
    for (method, path, body, status) in [
        ("GET", "/v1/me", Value::Null, 200),
        ("GET", "/v1/me/ledger", Value::Null, 200),
        ("GET", "/v1/series/neon-vows/access", Value::Null, 200),
        ("POST", "/v1/play", here("e001"), 200),
        ("POST", "/v1/play", here("e004"), 402),
        ("POST", "/v1/play", here("e999"), 404),
        ("POST", "/v1/unlocks", serde_json::json!({ "quote": quote }), 201),
        ("POST", "/v1/unlocks", serde_json::json!({"quote": "x"}), 400),
        ("GET", "/v1/checkouts/nothing", Value::Null, 404),
        ("DELETE", "/v1/me", Value::Null, 202),
        ("GET", "/v1/me", Value::Null, 401),
    ] {
        let answer = bench.api(&viewer, method, path, body).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, "no-store"), "{method} {path}");
    }
}
