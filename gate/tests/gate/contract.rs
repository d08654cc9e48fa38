//! The contract as a whole: limits, slow clients, the document that describes it.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use cliffhanger_gate::limits::{Rate, Rules};
use cliffhanger_gate::server::{self, Pace};

use crate::support::{Answer, Bench, Folder, Setup, mp4_with};

async fn narrow(proxies: &[&str]) -> (Folder, Bench) {
    let folder = Folder::episodes(3);
    let rate = |burst| Rate { per_second: 1, burst };
    let proxies = proxies.iter().map(|net| net.parse().unwrap()).collect();
    let rules = Rules { peer: rate(20), viewer: rate(5), newcomers: rate(3), proxies };
    let bench = Bench::open(&folder, Setup { free: Some(1), demo: true, rules, ..Setup::default() }).await;
    (folder, bench)
}

impl Bench {
    async fn from(&self, peer: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: IpAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 50_000)));
        self.send(request).await
    }

    /// How many of `count` such requests were let through.
    async fn passed(&self, count: usize, peer: &str, method: &str, path: &str, header: impl Fn(usize) -> (String, String)) -> usize {
        let mut passed = 0;
        for i in 0..count {
            let (name, value) = header(i);
            let answer = self.from(peer, method, path, &[(&name, &value)]).await;
            if answer.status == 429 {
                answer.problem(429, "rate-limited");
                assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
            } else {
                passed += 1;
            }
        }
        passed
    }
}

const ACCESS: &str = "/v1/series/neon-vows/access";

#[tokio::test]
async fn threats_40_41_one_address_is_limited_whatever_it_says_it_is() {
    let (_folder, bench) = narrow(&[]).await;
    let forged = |i: usize| ("x-forwarded-for".to_owned(), format!("203.0.113.{}", i % 250));
    let passed = bench.passed(200, "198.51.100.7", "GET", ACCESS, forged).await;
    assert!((20..60).contains(&passed), "{passed}");
    assert_eq!(bench.from("198.51.100.8", "GET", ACCESS, &[]).await.status, 200, "another address is not");
    // Media are not counted: a player asks for many parts.
    let url = bench.granted("e001").await;
    for _ in 0..100 {
        assert_eq!(bench.from("198.51.100.7", "GET", &url, &[]).await.status, 200);
    }
    // One IPv6 network is one household.
    let mut passed = 0;
    for i in 0..200 {
        passed += usize::from(bench.from(&format!("2001:db8::{i:x}"), "GET", ACCESS, &[]).await.status == 200);
    }
    assert!((20..60).contains(&passed), "{passed}");
}

#[tokio::test]
async fn threat_41_a_trusted_proxy_names_the_client_and_a_client_behind_it_cannot() {
    let (_folder, bench) = narrow(&["10.0.0.0/8"]).await;
    let forged = |i: usize| ("x-forwarded-for".to_owned(), format!("203.0.113.{}, 198.51.100.7, 10.1.1.1", i % 250));
    let passed = bench.passed(200, "10.0.0.1", "GET", ACCESS, forged).await;
    assert!((20..60).contains(&passed), "{passed}");
    let others = |i: usize| ("x-forwarded-for".to_owned(), format!("198.51.100.{}", 10 + i));
    assert_eq!(bench.passed(40, "10.0.0.1", "GET", ACCESS, others).await, 40);
}

#[tokio::test]
async fn threat_40_one_viewer_is_limited_on_every_address_and_viewers_are_not_made_by_the_thousand() {
    let (_folder, bench) = narrow(&[]).await;
    let viewer = bench.viewer().await;
    let mut passed = 0;
    for i in 0..100 {
        let headers = [("authorization", format!("Bearer {viewer}"))];
        let answer = bench.from(&format!("198.51.100.{i}"), "GET", "/v1/me", &[(headers[0].0, &headers[0].1)]).await;
        passed += usize::from(answer.status == 200);
    }
    assert!((5..30).contains(&passed), "{passed}");
    let passed = bench.passed(15, "203.0.113.9", "POST", "/v1/viewers", |_| ("x".into(), "y".into())).await;
    assert!((3..12).contains(&passed), "{passed}");
}

/// A server on a free port.
async fn listening(rules: server::Rules) -> (Folder, SocketAddr) {
    let folder = Folder::episodes(1);
    let bench = Bench::open(&folder, Setup::default()).await;
    let address = listening_to(bench, rules).await;
    (folder, address)
}

async fn listening_to(bench: Bench, rules: server::Rules) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::run(listener, bench.router, rules, std::future::pending()));
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn threat_40_a_client_that_never_ends_its_request_is_let_go() {
    let head = Duration::from_millis(200);
    let (_folder, address) = listening(server::Rules { head, ..server::Rules::default() }).await;
    tokio::task::spawn_blocking(move || {
        let mut slow = TcpStream::connect(address).unwrap();
        slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
        let mut said = Vec::new();
        // Returns when the gate closes; without the limit it never would.
        let _ = slow.read_to_end(&mut said);
        assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn threat_40_a_body_that_never_ends_is_not_waited_for() {
    let (_folder, bench) = narrow(&[]).await;
    let endless = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = Request::post("/v1/play").header("content-type", "application/json").header("content-length", "100");
    // From here on time passes as soon as everybody waits.
    tokio::time::pause();
    bench.send(request.body(Body::from_stream(endless)).unwrap()).await.problem(408, "timeout");
}

#[tokio::test(flavor = "multi_thread")]
async fn threat_40_a_client_that_stops_taking_its_film_is_let_go() {
    let folder = Folder::new(&[("e1.mp4", mp4_with(b"vide", 90_000, &vec![7; 32 << 20]))]);
    let bench = Bench::open(&folder, Setup::default()).await;
    let (url, length) = (bench.granted("e001").await, std::fs::metadata(folder.path.join("e1.mp4")).unwrap().len());
    let pace = Pace { bytes: 64 * 1024, within: Duration::from_millis(300) };
    let address = listening_to(bench, server::Rules { pace, most_per_peer: 1, ..server::Rules::default() }).await;
    tokio::task::spawn_blocking(move || {
        let mut slow = TcpStream::connect(address).unwrap();
        write!(slow, "GET {url} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut first = [0; 12];
        slow.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        // One connection for each address: the next is answered once the first is gone.
        let mut answer = String::new();
        while !answer.starts_with("HTTP/1.1 200") {
            let mut next = TcpStream::connect(address).unwrap();
            let _ = write!(next, "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            answer.clear();
            let _ = next.read_to_string(&mut answer);
        }
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest);
        assert!((rest.len() as u64) < length, "{} of {length}", rest.len());
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn threat_40_one_address_cannot_take_every_connection() {
    let (_folder, address) = listening(server::Rules { most_per_peer: 2, ..server::Rules::default() }).await;
    tokio::task::spawn_blocking(move || {
        let open = |_| {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
            let mut first = [0; 12];
            let read = stream.read(&mut first).unwrap_or(0);
            (stream, read > 0)
        };
        let streams: Vec<_> = (0..4).map(open).collect();
        assert_eq!(streams.iter().map(|(_, answered)| *answered).collect::<Vec<_>>(), [true, true, false, false]);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn the_contract_is_described_by_the_code_that_keeps_it() {
    let (_folder, bench) = narrow(&[]).await;
    let answer = bench.get("/v1/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let api = answer.json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = api["paths"].as_object().unwrap();
    let mut known: Vec<&str> = paths.keys().map(String::as_str).collect();
    known.sort_unstable();
    assert_eq!(
        known,
        [
            "/v1/callbacks/webhook/{provider}",
            "/v1/checkouts",
            "/v1/checkouts/{id}",
            "/v1/me",
            "/v1/me/auto-unlock/{series}",
            "/v1/me/ledger",
            "/v1/me/limits",
            "/v1/play",
            "/v1/quotes",
            "/v1/series/{id}/access",
            "/v1/unlocks",
            "/v1/viewers",
            "/v1/viewers/exchange",
            "/v1/viewers/revoke"
        ]
    );
    let docs = include_str!("../../../docs/gate.md");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            // The route exists, and every error is a problem.
            let concrete = path.replace("{id}", "x").replace("{series}", "x").replace("{provider}", "x");
            assert_ne!(bench.ask(&method.to_uppercase(), &concrete, &[]).await.status, 405, "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap().iter().filter(|(s, _)| s.starts_with('4')) {
                assert!(response["content"]["application/problem+json"].is_object(), "{method} {path} {status}");
                for code in response["description"]
                    .as_str()
                    .unwrap()
                    .split('`')
                    .skip(1)
                    .step_by(2)
                    .filter(|c| !c.contains('-') || c.contains(char::is_lowercase))
                {
                    assert!(docs.contains(&format!("`{code}`")) || code == "Retry-After", "docs/gate.md does not name {code}");
                }
            }
        }
    }
}
