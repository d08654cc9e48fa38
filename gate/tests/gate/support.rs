//! Test material: MP4 files made of bytes, folders, gates on a clock that stands still.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use cliffhanger_gate::app::{self, Config, Gate};
use cliffhanger_gate::catalog::Catalog;
use cliffhanger_gate::clock::ManualClock;
use cliffhanger_gate::db::{self, Location};
use cliffhanger_gate::import::{self, Options, store};
use cliffhanger_gate::links::Links;
use cliffhanger_gate::token::KeyRing;
use cliffhanger_gate::token::keys::StoredKey;
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
    pub public_url: Option<&'static str>,
    pub origins: Origins,
    pub site: Option<PathBuf>,
    pub player: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { free: None, demo: false, database: Location::Memory, public_url: None, origins: Origins::Any, site: None, player: None }
    }
}

impl Bench {
    pub async fn open(folder: &Folder, setup: Setup) -> Self {
        let mut notes = Vec::new();
        let options = Options { free_episodes: setup.free, demo: setup.demo };
        let draft = import::read(&folder.path, options, &mut |note| notes.push(note)).unwrap();
        let pool = db::open(&setup.database).await.unwrap();
        let catalog = store::store(&pool, draft, NOW_MS).await.unwrap();
        let mut bench = Self::with_catalog(catalog, &folder.path, setup);
        bench.notes = notes;
        bench
    }

    pub fn with_catalog(catalog: Catalog, guarded: &Path, setup: Setup) -> Self {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let config = Config {
            clock: clock.clone(),
            keys: keys(),
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

    /// A refusal of a media address: no body, the problem in a header.
    pub fn refused(&self, status: u16, problem: &str) {
        assert_eq!((self.status.as_u16(), self.header("cliff-problem")), (status, problem));
        assert!(self.body.is_empty());
        assert_eq!(self.header("content-length").trim_start_matches('0'), "");
        assert_eq!(self.header("access-control-allow-origin"), "*");
    }
}
