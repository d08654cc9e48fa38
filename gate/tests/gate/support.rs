//! Test material: MP4 files made of bytes, folders, gates on a clock that stands still.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use cliffhanger_gate::app::{self, Config, Gate};
use cliffhanger_gate::catalog::Catalog;
use cliffhanger_gate::clock::{Clock, ManualClock};
use cliffhanger_gate::db::secrets::Secret;
use cliffhanger_gate::db::{self, Db, Location};
use cliffhanger_gate::import::{self, Options, store};
use cliffhanger_gate::limits::Rules;
use cliffhanger_gate::links::Links;
use cliffhanger_gate::media::shelf::Objects;
use cliffhanger_gate::payments::demo::Demo;
use cliffhanger_gate::shop::ledger::{self, Account, Booking};
use cliffhanger_gate::token::host::Hosts;
use cliffhanger_gate::token::keys::StoredKey;
use cliffhanger_gate::token::{self, KeyRing};
use cliffhanger_gate::web::cors::Origins;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// 2026-11-22T10:00:00Z
pub const NOW_MS: u64 = 1_795_341_600_000;
pub const ISSUER: &str = "http://gate.test";

pub fn keys() -> KeyRing {
    KeyRing::new(&[StoredKey { kid: "k2611a".into(), seed: [7; 32], created_ms: 1 }]).unwrap()
}

/// What the demo provider of the tests signs with.
pub fn webhook_secret() -> Secret {
    Secret::new([8; 32])
}

/// Where a gate of the tests keeps its data: where it was told, or, when the suite runs on PostgreSQL, in a fresh database
/// there. A PostgreSQL URL stays: it was made here before, for two gates on one database.
pub fn place(wanted: Location) -> Location {
    match (crate::postgres::fresh_database(), wanted) {
        (_, Location::Postgres(url)) => Location::Postgres(url),
        (Some(url), _) => Location::Postgres(url),
        (None, wanted) => wanted,
    }
}

/// A box of an MP4 file.
pub fn mp4_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    out.extend(kind);
    out.extend(body);
    out
}

/// The smallest MP4 that says: one track of `handler`, `ms` long, 360x640.
pub fn mp4_with(handler: &[u8; 4], ms: u32, payload: &[u8]) -> Vec<u8> {
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&1000u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&ms.to_be_bytes());
    let mut tkhd = vec![0; 84];
    tkhd[40..44].copy_from_slice(&0x10000u32.to_be_bytes());
    tkhd[76..80].copy_from_slice(&(360u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(640u32 << 16).to_be_bytes());
    let mut hdlr = vec![0; 24];
    hdlr[8..12].copy_from_slice(handler);
    let mdia = mp4_box(b"mdia", &mp4_box(b"hdlr", &hdlr));
    let trak = mp4_box(b"trak", &[mp4_box(b"tkhd", &tkhd), mdia].concat());
    let moov = mp4_box(b"moov", &[mp4_box(b"mvhd", &mvhd), trak].concat());
    [mp4_box(b"ftyp", b"isom\0\0\0\0isom"), moov, mp4_box(b"mdat", payload)].concat()
}

pub fn mp4(ms: u32) -> Vec<u8> {
    mp4_with(b"vide", ms, b"some media bytes that are long enough to ask for parts of them")
}

/// A folder called `Neon Vows` with these files.
pub struct Folder {
    _keep: TempDir,
    pub path: PathBuf,
}

impl Folder {
    pub fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let keep = TempDir::new().unwrap();
        let path = keep.path().canonicalize().unwrap().join("Neon Vows");
        std::fs::create_dir(&path).unwrap();
        let folder = Self { _keep: keep, path };
        for (name, bytes) in files {
            folder.write(name, bytes);
        }
        folder
    }

    /// `count` episodes `e1.mp4`, `e2.mp4`, ...
    pub fn episodes(count: u32) -> Self {
        let folder = Self::new(&[]);
        for n in 1..=count {
            folder.write(&format!("e{n}.mp4"), &mp4(90_000 + n));
        }
        folder
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path.join(name), bytes).unwrap();
    }

    /// A place beside the folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap().join(name)
    }
}

/// A gate, its clock, its routes.
pub struct Bench {
    pub clock: Arc<ManualClock>,
    pub gate: Gate,
    pub router: Router,
    pub notes: Vec<String>,
}

pub struct Setup {
    pub free: Option<u32>,
    pub demo: bool,
    pub database: Location,
    pub objects: Objects,
    pub public_url: Option<&'static str>,
    pub origins: Origins,
    pub site: Option<PathBuf>,
    pub player: Option<PathBuf>,
    pub rules: Rules,
    pub hosts: Hosts,
    /// Another clock than the bench's own.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            free: None,
            demo: false,
            database: Location::Memory,
            objects: Objects::new(),
            public_url: None,
            origins: Origins::Any,
            site: None,
            player: None,
            rules: Rules::demo(),
            hosts: Hosts::default(),
            clock: None,
        }
    }
}

impl Bench {
    pub async fn open(folder: &Folder, setup: Setup) -> Self {
        let mut notes = Vec::new();
        let options = Options { free_episodes: setup.free, demo: setup.demo };
        let draft = import::read_with(&folder.path, &setup.objects, options, &mut |note| notes.push(note)).unwrap();
        let db = db::open(&place(setup.database.clone())).await.unwrap();
        let catalog = store::store(&db, draft, NOW_MS).await.unwrap();
        let mut bench = Self::with_catalog(db, catalog, &folder.path, setup);
        bench.notes = notes;
        bench
    }

    pub fn with_catalog(db: Db, catalog: Catalog, guarded: &Path, setup: Setup) -> Self {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let config = Config {
            clock: setup.clock.unwrap_or_else(|| clock.clone()),
            keys: Arc::new(keys()),
            db,
            pseudonyms: Secret::new([9; 32]),
            rules: setup.rules,
            hosts: setup.hosts,
            providers: if setup.demo { vec![Arc::new(Demo::new(webhook_secret()))] } else { Vec::new() },
            demo: setup.demo.then(|| Arc::new(Demo::new(webhook_secret()))),
            issuer: ISSUER.into(),
            links: Links::new(setup.public_url),
            origins: setup.origins,
            site: setup.site,
            player: setup.player,
            guarded: vec![guarded.to_owned()],
        };
        let gate = Gate::new(config, catalog);
        Self { clock, router: app::router(gate.clone()), gate, notes: Vec::new() }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A request without a body; headers as pairs.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// An API request of `viewer`, with an `Idempotency-Key` of its own.
    pub async fn api(&self, viewer: &str, method: &str, path: &str, body: Value) -> Answer {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let key = format!("test-key-{:010}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.keyed(viewer, &key, method, path, body).await
    }

    /// The same with a key.
    pub async fn keyed(&self, viewer: &str, key: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {viewer}"))
            .header("idempotency-key", key)
            .header("content-type", "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    /// A new anonymous viewer's token.
    pub async fn viewer(&self) -> String {
        let answer = self.ask("POST", "/v1/viewers", &[]).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["viewerToken"].as_str().unwrap().to_owned()
    }

    /// The id in a viewer's token.
    pub fn id_of(&self, viewer: &str) -> String {
        token::viewer::verify(&self.gate.keys(), ISSUER, viewer, self.gate.now_ms() / 1000).unwrap().sub
    }

    /// Gives coins, as a pack would.
    pub async fn coins(&self, viewer: &str, paid: i64, bonus: i64) {
        let id = self.id_of(viewer);
        let mut tx = self.gate.db().begin().await.unwrap();
        let cause = format!("gift-{}", cliffhanger_gate::random::content_key().unwrap());
        let booking = Booking { reason: "pack", cause: &cause, series: None, episode: None, at_ms: self.gate.now_ms() };
        let lines = [(Account::Paid(&id), paid), (Account::Bonus(&id), bonus), (Account::Issued, -paid - bonus)];
        ledger::book(&mut tx, booking, &lines).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn wallet(&self, viewer: &str) -> (u64, u64) {
        let me = self.api(viewer, "GET", "/v1/me", Value::Null).await;
        assert_eq!(me.status, 200, "{}", me.text());
        let wallet = &me.json()["wallet"];
        (wallet["paid"].as_u64().unwrap(), wallet["bonus"].as_u64().unwrap())
    }

    pub async fn play_as(&self, viewer: &str, episode: &str) -> Answer {
        self.api(viewer, "POST", "/v1/play", serde_json::json!({ "series": "neon-vows", "episode": episode })).await
    }

    /// A quote for the offer `id` at `episode`.
    pub async fn quote(&self, viewer: &str, episode: &str, id: &str) -> String {
        let body = serde_json::json!({ "series": "neon-vows", "episode": episode, "offer": id });
        let answer = self.api(viewer, "POST", "/v1/quotes", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["quote"].as_str().unwrap().to_owned()
    }

    pub async fn unlock(&self, viewer: &str, quote: &str) -> Answer {
        self.api(viewer, "POST", "/v1/unlocks", serde_json::json!({ "quote": quote })).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    pub async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(path).header("content-type", kind).body(body.into()).unwrap()).await
    }

    pub async fn play(&self, episode: &str) -> Answer {
        let body = serde_json::json!({ "series": "neon-vows", "episode": episode });
        self.post("/v1/play", "application/json", body.to_string()).await
    }

    pub async fn manifest(&self) -> Value {
        let answer = self.get("/series/neon-vows.json").await;
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// The address of the first file of a playable episode, by a grant.
    pub async fn granted(&self, episode: &str) -> String {
        let answer = self.play(episode).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["grant"]["renditions"][0]["url"].as_str().unwrap().to_owned()
    }

    pub fn content_key(&self, episode: &str) -> String {
        self.gate.catalog().series["neon-vows"].episode(episode).unwrap().content_key.clone()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// A problem with this status and code.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {}", self.status, self.text());
        let problem = self.json();
        assert_eq!((self.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert_eq!((&problem["status"], &problem["type"]), (&status.into(), &format!("urn:cliffhanger:problem:{code}").into()));
        problem
    }

    /// A refusal of a media address: no body, the problem in a header.
    pub fn refused(&self, status: u16, problem: &str) {
        assert_eq!((self.status.as_u16(), self.header("cliff-problem")), (status, problem));
        assert!(self.body.is_empty());
        assert_eq!(self.header("content-length").trim_start_matches('0'), "");
        assert_eq!(self.header("access-control-allow-origin"), "*");
    }
}
