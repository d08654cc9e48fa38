//! Media in an S3-compatible store: a small one of the tests' own, spoken to as any other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cliffhanger_gate::media::shelf::{Objects, Shelf};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::support::{Bench, Folder, Setup, mp4, mp4_with};

/// A bucket, and everything it was asked.
#[derive(Clone, Default)]
pub struct Store(Arc<Mutex<Inner>>);

#[derive(Default)]
pub struct Inner {
    objects: BTreeMap<String, Vec<u8>>,
    asked: Vec<String>,
    pub away: bool,
    /// Answers end in the middle.
    breaks: bool,
}

impl Store {
    pub fn holding(objects: &[(&str, Vec<u8>)]) -> Self {
        let store = Self::default();
        for (name, bytes) in objects {
            store.put(name, bytes.clone());
        }
        store
    }

    /// Answers those who come to `listener`, for as long as the runtime lives.
    pub async fn serve(self, listener: tokio::net::TcpListener) {
        axum::serve(listener, Router::new().fallback(answer).with_state(self)).await.unwrap();
    }

    async fn start(objects: &[(&str, Vec<u8>)]) -> (Self, String) {
        let store = Self::holding(objects);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(store.clone().serve(listener));
        (store, endpoint)
    }

    fn put(&self, name: &str, bytes: Vec<u8>) {
        self.0.lock().unwrap().objects.insert(format!("series/{name}"), bytes);
    }

    fn remove(&self, name: &str) {
        self.0.lock().unwrap().objects.remove(&format!("series/{name}"));
    }

    pub fn set(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.0.lock().unwrap());
    }

    /// What was asked since the last time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{:x}-{:x}\"", bytes.len(), bytes.iter().fold(7u32, |sum, b| sum.wrapping_mul(31).wrapping_add(u32::from(*b))))
}

async fn answer(State(store): State<Store>, request: Request) -> Response {
    let text = |headers: &HeaderMap, name| headers.get(name).map(|v| v.to_str().unwrap().to_owned());
    let signed = text(request.headers(), header::AUTHORIZATION).unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 Credential=reader/") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut inner = store.0.lock().unwrap();
    let path = request.uri().path().to_owned();
    let range = text(request.headers(), header::RANGE).unwrap_or_default();
    inner.asked.push(format!("{} {path} {range}", request.method()).trim().to_owned());
    if inner.away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if request.method() != Method::GET {
        return StatusCode::NOT_IMPLEMENTED.into_response();
    }
    if path.trim_end_matches('/') == "/bucket" {
        return list(&inner).into_response();
    }
    let Some(bytes) = path.strip_prefix("/bucket/").and_then(|key| inner.objects.get(key)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if text(request.headers(), header::IF_MATCH).is_some_and(|wanted| wanted != tag(bytes)) {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    let head = [(header::ETAG, tag(bytes)), (header::LAST_MODIFIED, "Sun, 22 Nov 2026 09:00:00 GMT".to_owned())];
    let (status, part, content_range) = match range.strip_prefix("bytes=").and_then(|r| r.split_once('-')) {
        None => (StatusCode::OK, bytes.clone(), None),
        Some((first, last)) => {
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse::<usize>().unwrap().min(bytes.len() - 1));
            let said = format!("bytes {first}-{last}/{}", bytes.len());
            (StatusCode::PARTIAL_CONTENT, bytes[first..=last].to_vec(), Some((header::CONTENT_RANGE, said)))
        }
    };
    let length = [(header::CONTENT_LENGTH, part.len().to_string())];
    let body = match inner.breaks {
        false => Body::from(part),
        true => Body::from_stream(futures_util::stream::iter([Ok(part[..part.len() / 2].to_vec()), Err(std::io::Error::other("cut"))])),
    };
    (status, head, length, content_range.map_or_else(HeaderMap::new, |(n, v)| HeaderMap::from_iter([(n, v.parse().unwrap())])), body)
        .into_response()
}

fn list(inner: &Inner) -> String {
    let entry = |(key, bytes): (&String, &Vec<u8>)| {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-11-22T09:00:00.000Z</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            tag(bytes).replace('"', "&quot;"),
            bytes.len()
        )
    };
    let entries: String = inner.objects.iter().map(entry).collect();
    format!("<?xml version=\"1.0\"?><ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")
}

fn environment(endpoint: &str) -> Vec<(String, String)> {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "eu-test-1"),
        ("AWS_ACCESS_KEY_ID", "reader"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ALLOW_HTTP", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

pub async fn listed(endpoint: &str) -> Objects {
    Shelf::open("s3://bucket/series/", environment(endpoint)).unwrap().list().await.unwrap()
}

/// A gate whose first episode is on the disk and whose second is in the store.
async fn half(large: usize) -> (Folder, Store, Bench) {
    let film = mp4_with(b"vide", 2000, &vec![5; large]);
    let (store, endpoint) = Store::start(&[
        ("e2.mp4", film),
        ("e2.en.vtt", b"WEBVTT\n\nin the store".to_vec()),
        ("e2.jpg", b"picture".to_vec()),
        (".hidden.mp4", mp4(1)),
        ("below/e3.mp4", mp4(1)),
        ("broken.mp4", b"no".to_vec()),
    ])
    .await;
    let folder = Folder::new(&[("e1.mp4", mp4(1000))]);
    let setup = Setup { free: Some(2), objects: listed(&endpoint).await, ..Setup::default() };
    let bench = Bench::open(&folder, setup).await;
    (folder, store, bench)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_on_the_disk_comes_from_the_store() {
    let (_folder, store, bench) = half(2_000_000).await;
    let manifest = bench.manifest().await;
    let episodes = manifest["episodes"].as_array().unwrap();
    assert_eq!(episodes.iter().map(|e| e["durationMs"].as_u64().unwrap()).collect::<Vec<_>>(), [1000, 2000]);
    assert!(bench.notes.iter().any(|note| note.contains("broken.mp4")), "{:?}", bench.notes);
    let probed: usize = store.asked().iter().filter(|asked| asked.contains("e2.mp4")).count();
    assert!((1..=3).contains(&probed), "the header alone is read at the start");

    let whole = mp4_with(b"vide", 2000, &vec![5; 2_000_000]);
    let url = bench.granted("e002").await;
    let answer = bench.get(&url).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type"), answer.header("accept-ranges")), (200, "video/mp4", "bytes"));
    assert!(answer.body == whole, "the film arrives as it lies there");
    let part = bench.ask("GET", &url, &[("range", "bytes=100-299")]).await;
    assert_eq!((part.status.as_u16(), part.header("content-range")), (206, format!("bytes 100-299/{}", whole.len()).as_str()));
    assert_eq!(part.body, whole[100..300]);
    let tail = bench.ask("GET", &url, &[("range", "bytes=-10")]).await;
    assert_eq!(tail.body, whole[whole.len() - 10..]);
    let end = whole.len() - 1;
    let name = "/bucket/series/e2.mp4";
    let asked = [format!("GET {name}"), format!("GET {name} bytes=100-299"), format!("GET {name} bytes={}-{end}", whole.len() - 10)];
    assert_eq!(store.asked(), asked, "no more is fetched than is sent");

    // What needs no bytes asks for none.
    let head = bench.ask("HEAD", &url, &[]).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, whole.len().to_string().as_str()));
    assert_eq!(bench.ask("GET", &url, &[("if-none-match", answer.header("etag"))]).await.status, 304);
    bench.ask("GET", &url, &[("range", "bytes=9999999-")]).await.refused(416, "range-not-satisfiable");
    bench.get(&url.replace("/p/eyJ", "/p/eyK")).await.refused(401, "token-invalid");
    assert_eq!(store.asked(), Vec::<String>::new());

    let played = bench.play("e002").await.json();
    let captions = played["grant"]["captions"][0]["url"].as_str().unwrap();
    assert!(bench.get(captions).await.text().contains("in the store"));
    assert_eq!(bench.get(episodes[1]["poster"]["url"].as_str().unwrap()).await.body, b"picture");
    assert!(!manifest.to_string().contains("bucket") && !played.to_string().contains("bucket"), "nothing names the store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_name_what_lies_in_the_store() {
    let document = br#"{"cliffhanger":"1","series":{"id":"neon-vows","title":"Neon Vows","lang":"en"},"access":{"mode":"gate","freeEpisodes":1},
        "episodes":[{"id":"a","n":1,"renditions":[{"type":"mp4","url":"below/first.mp4"}]},{"id":"b","n":2,"renditions":[{"type":"mp4","url":"e2.mp4"}]}]}"#;
    let (_store, endpoint) =
        Store::start(&[("series.json", document.to_vec()), ("below/first.mp4", mp4(3000)), ("e2.mp4", mp4(4000))]).await;
    let folder = Folder::new(&[]);
    let bench = Bench::open(&folder, Setup { objects: listed(&endpoint).await, ..Setup::default() }).await;
    assert_eq!(bench.get(&bench.granted("a").await).await.body, mp4(3000));
    assert_eq!(bench.play("b").await.status, 402);
    // The address of a locked one is nothing without a grant, there too.
    bench.get(&format!("/free/neon-vows/{}/v1.mp4", bench.content_key("b"))).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_was_replaced_or_removed_is_not_found_and_a_store_that_is_away_is_said() {
    let (_folder, store, bench) = half(1000).await;
    let url = bench.granted("e002").await;
    let film = bench.get(&url).await.body;
    store.put("e2.mp4", mp4_with(b"vide", 2000, &[6; 1000]));
    bench.get(&url).await.refused(404, "not-found");
    store.remove("e2.mp4");
    bench.get(&url).await.refused(404, "not-found");
    store.put("e2.mp4", film.clone());
    store.set(|inner| inner.away = true);
    let away = bench.get(&url).await;
    away.refused(503, "unavailable");
    assert_eq!((away.header("retry-after"), away.header("cache-control")), ("2", "no-store"));
    assert_eq!(bench.get(&bench.granted("e001").await).await.status, 200, "what is on the disk goes on");
    store.set(|inner| inner.away = false);
    assert_eq!(bench.get(&url).await.body, film);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_broken_off() {
    let (_folder, store, bench) = half(3_000_000).await;
    let url = bench.granted("e002").await;
    store.set(|inner| inner.breaks = true);
    let response = bench.router.clone().oneshot(Request::get(&url).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.into_body().collect().await.is_err(), "nobody takes half a film for a whole one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_is_named_with_the_reason() {
    for bad in ["", "bucket", "http://bucket/x", "s3://", "s3:///x", "s3://bucket/../x"] {
        assert!(Shelf::open(bad, environment("http://127.0.0.1:9")).is_err(), "{bad}");
    }
    let (_store, endpoint) = Store::start(&[]).await;
    let stranger = environment(&endpoint).into_iter().map(|(n, v)| (n, v.replace("reader", "stranger")));
    assert!(Shelf::open("s3://bucket/series", stranger).unwrap().list().await.is_err());
    let folder = Folder::episodes(1);
    let output = tokio::task::spawn_blocking(move || {
        let mut command = crate::binary::command(&folder);
        command.arg(&folder.path).args(["--media", "s3://bucket/series"]);
        command.envs(environment("http://127.0.0.1:9")).output().unwrap()
    })
    .await
    .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("--media s3://bucket/series") && !said.contains("secret"), "{said}");
}
