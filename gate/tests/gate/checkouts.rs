//! Buying with money: nothing is given before the provider's signed word.

use axum::body::Body;
use axum::http::Request;
use cliffhanger_gate::payments::signature;
use cliffhanger_gate::web::cors::Origins;
use serde_json::{Value, json};

use crate::support::{Answer, Bench, Folder, NOW_MS, Setup, webhook_secret};

async fn demo() -> (Folder, Bench, String) {
    let folder = Folder::episodes(5);
    let bench = Bench::open(&folder, Setup { free: Some(2), demo: true, ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    (folder, bench, viewer)
}

impl Bench {
    pub async fn checkout(&self, viewer: &str, offer: &str) -> Value {
        let body = json!({"series": "neon-vows", "episode": "e003", "offer": offer});
        let answer = self.api(viewer, "POST", "/v1/checkouts", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    async fn state(&self, viewer: &str, id: &str) -> String {
        let answer = self.api(viewer, "GET", &format!("/v1/checkouts/{id}"), Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["state"].as_str().unwrap().to_owned()
    }

    pub async fn deliver(&self, body: &str, signature: &str) -> Answer {
        let request = Request::post("/v1/callbacks/webhook/demo").header("cliff-signature", signature);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// A message the provider signs.
    pub async fn told(&self, event: &str, kind: &str, checkout: &Value) -> Answer {
        let body = json!({"id": event, "type": format!("checkout.{kind}"), "checkout": checkout["id"],
            "amount": checkout["price"]["amount"], "currency": checkout["price"]["currency"]})
        .to_string();
        let signature = signature::sign(&webhook_secret(), self.gate.now_ms() / 1000, body.as_bytes());
        self.deliver(&body, &signature).await
    }
}

#[tokio::test]
async fn from_an_empty_wallet_through_the_payment_page_to_the_film() {
    let (_folder, bench, viewer) = demo().await;
    let body = json!({"series": "neon-vows", "offer": "pack-30", "returnUrl": "http://127.0.0.1:8787/watch/neon-vows#e=3"});
    let checkout = bench.api(&viewer, "POST", "/v1/checkouts", body).await.json();
    assert_eq!((&checkout["state"], &checkout["price"]), (&"pending".into(), &json!({"amount": 30, "currency": "EUR"})));
    let page = bench.get(checkout["url"].as_str().unwrap()).await;
    let html = page.text();
    assert_eq!(html.matches("<button").count(), 1);
    assert!(html.contains(">Pay</button>") && html.contains("0.30 EUR") && html.contains("30 coins"), "{html}");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"), "{policy}");
    let id = checkout["id"].as_str().unwrap();
    assert_eq!(bench.state(&viewer, id).await, "pending");
    let paid = bench.ask("POST", &format!("/checkout/demo/{id}/pay"), &[]).await;
    assert_eq!((paid.status.as_u16(), paid.header("location")), (303, format!("/checkout/demo/{id}").as_str()));
    let html = bench.get(paid.header("location")).await.text();
    assert!(html.contains("<h1>Paid</h1>") && html.contains("You can close this page") && !html.contains("<button"), "{html}");
    assert!(html.contains("href=\"http://127.0.0.1:8787/watch/neon-vows#e=3\""), "{html}");
    let looked = bench.api(&viewer, "GET", &format!("/v1/checkouts/{id}"), Value::Null).await.json();
    assert_eq!((&looked["state"], &looked["wallet"]), (&"paid".into(), &json!({"paid": 30, "bonus": 0})));
    // Pressing again changes nothing.
    bench.ask("POST", &format!("/checkout/demo/{id}/pay"), &[]).await;
    assert_eq!(bench.wallet(&viewer).await, (30, 0));
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
}

#[tokio::test]
async fn threat_47_nothing_but_the_message_pays() {
    let (_folder, bench, viewer) = demo().await;
    let checkout = bench.checkout(&viewer, "rest").await;
    let url = checkout["url"].as_str().unwrap();
    for path in [format!("{url}?paid=1"), format!("{url}?state=paid"), url.to_owned()] {
        bench.get(&path).await;
    }
    bench.play_as(&viewer, "e003").await.problem(402, "locked");
    assert_eq!(bench.told("ev-1", "paid", &checkout).await.json(), json!({"applied": true}));
    for episode in ["e003", "e004", "e005"] {
        assert_eq!(bench.play_as(&viewer, episode).await.json()["grant"]["source"], "purchase", "{episode}");
    }
    let body = json!({"series": "neon-vows", "offer": "rest"});
    bench.api(&viewer, "POST", "/v1/checkouts", body).await.problem(409, "already-owned");
}

#[tokio::test]
async fn threat_46_a_message_that_is_forged_old_altered_or_wrong_gives_nothing() {
    let (_folder, bench, viewer) = demo().await;
    let checkout = bench.checkout(&viewer, "pack-300").await;
    let message = |amount: u64, currency: &str| {
        json!({"id": "ev-1", "type": "checkout.paid", "checkout": checkout["id"], "amount": amount, "currency": currency}).to_string()
    };
    let (good, now_s) = (message(300, "EUR"), NOW_MS / 1000);
    let sign = |at: u64, body: &str| signature::sign(&webhook_secret(), at, body.as_bytes());
    let other = signature::sign(&cliffhanger_gate::db::secrets::Secret::new([1; 32]), now_s, good.as_bytes());
    let valid = sign(now_s, &good);
    let digits = valid.split("v1=").nth(1).unwrap();
    for bad in [
        String::new(),
        "t=1,v1=00".to_owned(),
        other,
        sign(now_s - 301, &good),
        sign(now_s + 301, &good),
        sign(now_s, &message(1, "EUR")),
        format!("v1={digits}"),
        format!("t={},v1={digits}", now_s + 1),
        format!("t={now_s},v1={}", "0".repeat(64)),
        format!("t={now_s},v0={digits}"),
    ] {
        bench.deliver(&good, &bad).await.problem(400, "signature-invalid");
    }
    for (amount, currency) in [(299, "EUR"), (301, "EUR"), (300, "USD"), (0, "EUR")] {
        let wrong = message(amount, currency);
        bench.deliver(&wrong, &sign(now_s, &wrong)).await.problem(422, "amount-mismatch");
    }
    for bad in ["{}", "[]", "x", r#"{"id":"","type":"checkout.paid","checkout":"x","amount":1,"currency":"EUR"}"#] {
        bench.deliver(bad, &sign(now_s, bad)).await.problem(400, "invalid-request");
    }
    let unknown = good.replace(checkout["id"].as_str().unwrap(), "01JD8Z6R3Q4V5W6X7Y8Z9A0B1C");
    bench.deliver(&unknown, &sign(now_s, &unknown)).await.problem(404, "not-found");
    bench.ask("POST", "/v1/callbacks/webhook/stripe", &[("cliff-signature", &valid)]).await.problem(404, "not-found");
    assert_eq!(bench.wallet(&viewer).await, (0, 0));
    // Ten times the same: once. A new message about the same payment: not again.
    for _ in 0..10 {
        assert_eq!(bench.deliver(&good, &valid).await.status, 200);
    }
    assert_eq!(bench.told("ev-2", "paid", &checkout).await.json(), json!({"applied": false}));
    assert_eq!(bench.wallet(&viewer).await, (300, 30));
}

#[tokio::test]
async fn threat_46_messages_may_come_in_any_order() {
    for (order, state, wallet) in [
        (&["failed", "paid"][..], "paid", (30, 0)),
        (&["paid", "failed", "expired"], "paid", (30, 0)),
        (&["expired", "failed"], "expired", (0, 0)),
        (&["refunded", "paid"], "refunded", (0, 0)),
        (&["paid", "refunded", "paid", "refunded"], "refunded", (0, 0)),
    ] {
        let (_folder, bench, viewer) = demo().await;
        let checkout = bench.checkout(&viewer, "pack-30").await;
        for (i, kind) in order.iter().enumerate() {
            assert_eq!(bench.told(&format!("ev-{i}"), kind, &checkout).await.status, 200);
        }
        assert_eq!(bench.state(&viewer, checkout["id"].as_str().unwrap()).await, state, "{order:?}");
        assert_eq!(bench.wallet(&viewer).await, wallet, "{order:?}");
    }
}

#[tokio::test]
async fn a_refund_takes_back_that_item_and_no_other() {
    let (_folder, bench, viewer) = demo().await;
    bench.coins(&viewer, 30, 0).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    bench.unlock(&viewer, &quote).await;
    let rest = bench.checkout(&viewer, "rest").await;
    bench.told("ev-1", "paid", &rest).await;
    let url = |answer: Answer| answer.json()["grant"]["renditions"][0]["url"].as_str().unwrap().to_owned();
    let (own, bought) = (url(bench.play_as(&viewer, "e003").await), url(bench.play_as(&viewer, "e004").await));
    bench.told("ev-2", "refunded", &rest).await;
    bench.play_as(&viewer, "e004").await.problem(402, "locked");
    bench.get(&bought).await.refused(403, "grant-revoked");
    assert_eq!(bench.get(&own).await.status, 200, "what coins bought stays");
    // It can be bought again.
    let quote = bench.quote(&viewer, "e004", "ep-coins").await;
    bench.coins(&viewer, 30, 0).await;
    bench.clock.set(NOW_MS + 1);
    let again = url(bench.unlock(&viewer, &quote).await);
    assert_eq!(bench.get(&again).await.status, 200);
    bench.get(&bought).await.refused(403, "grant-revoked");
    // A pack of which a part was spent: what is left goes, nothing below zero, nothing from elsewhere.
    let pack = bench.checkout(&viewer, "pack-30").await;
    bench.told("ev-3", "paid", &pack).await;
    let quote = bench.quote(&viewer, "e005", "ep-coins").await;
    bench.unlock(&viewer, &quote).await;
    bench.told("ev-4", "refunded", &pack).await;
    assert_eq!(bench.wallet(&viewer).await, (0, 0));
    assert_eq!(bench.play_as(&viewer, "e005").await.status, 200);
}

#[tokio::test]
async fn threat_38_a_checkout_is_its_viewers_alone() {
    let (_folder, bench, viewer) = demo().await;
    let checkout = bench.checkout(&viewer, "pack-30").await;
    let stranger = bench.viewer().await;
    let theirs = bench.api(&stranger, "GET", &format!("/v1/checkouts/{}", checkout["id"].as_str().unwrap()), Value::Null).await;
    let none = bench.api(&stranger, "GET", "/v1/checkouts/01JD8Z6R3Q4V5W6X7Y8Z9A0B1C", Value::Null).await;
    assert_eq!((theirs.status, theirs.body), (none.status, none.body));
    // Two tabs that buy the same episode share one checkout; two packs are two.
    assert_eq!(bench.checkout(&viewer, "rest").await["id"], bench.checkout(&viewer, "rest").await["id"]);
    assert_ne!(bench.checkout(&viewer, "pack-30").await["id"], checkout["id"]);
    for offer in ["ep-coins", "none", "' OR 1=1--"] {
        let body = json!({"series": "neon-vows", "episode": "e003", "offer": offer});
        bench.api(&viewer, "POST", "/v1/checkouts", body).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn threat_45_a_payment_leads_back_only_to_pages_that_may_use_the_gate() {
    let folder = Folder::episodes(3);
    let origins = Origins::Listed(vec!["https://good.example".into()]);
    let bench = Bench::open(&folder, Setup { free: Some(1), demo: true, origins, ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    let ask = async |url: &str| {
        let body = json!({"series": "neon-vows", "offer": "pack-30", "returnUrl": url});
        bench.api(&viewer, "POST", "/v1/checkouts", body).await
    };
    for good in
        ["https://good.example/", "https://good.example/a/b?c=d#e", "HTTPS://GOOD.example:443/x", "http://gate.test/watch/neon-vows"]
    {
        assert_eq!(ask(good).await.status, 201, "{good}");
    }
    for bad in [
        "https://good.example@evil.example/",
        "https://good.example.evil.example/",
        "https://evil.example/https://good.example/",
        "https://evilgood.example/",
        "//good.example/",
        "//evil.example",
        "/relative",
        "",
        "x",
        "https:///evil",
        "https://good.example:8443/",
        "http://good.example/",
        "https://good.example%2eevil.example/",
        "https://user:pass@good.example/",
        "https://good.example\\@evil.example/",
        "https:\\\\evil.example",
        "javascript:alert(1)//https://good.example/",
        "data:text/html,x",
        "file:///etc/passwd",
        "blob:https://good.example/x",
        "https://good.example\r\nset-cookie: x=1",
        "https://evil.example#https://good.example/",
        "https://evil.example?https://good.example/",
        "https://[::1]/",
        "http://127.0.0.1/",
        "http://localhost/",
        "https://good.example\u{0000}",
        "ftp://good.example/",
        "https://good.exam\u{200b}ple.evil.example/",
    ] {
        ask(bad).await.problem(422, "return-url-not-allowed");
    }
}

#[tokio::test]
async fn where_consent_is_asked_for_there_is_no_checkout_without_it() {
    let folder = Folder::episodes(2);
    let series = r#"{"cliffhanger":"1","series":{"id":"neon-vows","title":"Neon Vows","lang":"en"},
     "access":{"mode":"gate","freeEpisodes":1,"offers":["buy"],"legal":{"consentText":"I agree.","consentVersion":"2026-06"}},
     "offers":{"buy":{"kind":"purchase","scope":"series","price":{"amount":999,"currency":"EUR"}}},
     "episodes":[{"id":"a","n":1,"renditions":[{"type":"mp4","url":"e1.mp4"}]},{"id":"b","n":2,"renditions":[{"type":"mp4","url":"e2.mp4"}]}]}"#;
    folder.write("series.json", series.as_bytes());
    let bench = Bench::open(&folder, Setup { demo: true, ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    let ask = async |consent: Value| {
        bench.api(&viewer, "POST", "/v1/checkouts", json!({"series": "neon-vows", "offer": "buy", "consent": consent})).await
    };
    for no in [
        Value::Null,
        json!({"immediatePerformance": false, "version": "2026-06"}),
        json!({"immediatePerformance": true, "version": "2025-01"}),
    ] {
        let problem = ask(no).await.problem(422, "consent-required");
        assert_eq!((&problem["text"], &problem["version"]), (&"I agree.".into(), &"2026-06".into()));
    }
    assert_eq!(ask(json!({"immediatePerformance": true, "version": "2026-06", "locale": "en"})).await.status, 201);
}

#[tokio::test]
async fn without_a_provider_nothing_is_sold_for_money_and_the_demo_page_is_not_there() {
    let folder = Folder::episodes(3);
    let bench = Bench::open(&folder, Setup { free: Some(1), ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    bench.api(&viewer, "POST", "/v1/checkouts", json!({"series": "neon-vows", "offer": "x"})).await.problem(422, "payment-unavailable");
    assert_eq!(bench.get("/checkout/demo/01JD8Z6R3Q4V5W6X7Y8Z9A0B1C").await.status, 404);
    assert_eq!(bench.ask("POST", "/checkout/demo/01JD8Z6R3Q4V5W6X7Y8Z9A0B1C/pay", &[]).await.status, 404);
}
