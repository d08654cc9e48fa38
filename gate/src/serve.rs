//! `serve`: from a folder to a running gate.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::app::{self, Config, Gate};
use crate::cli;
use crate::clock::{Clock as _, SystemClock};
use crate::db::{self, DbError, Location, keys, secrets};
use crate::import::{self, ImportError, store};
use crate::limits::Rules;
use crate::links::Links;
use crate::media::shelf::{Objects, Shelf, ShelfError};
use crate::payments::Provider;
use crate::payments::demo::Demo;
use crate::problem::Problem;
use crate::random::NoRandomness;
use crate::token::host::Hosts;
use crate::web::cors::Origins;
use crate::{chores, data_dir, player_files, posters, random, server, telemetry};

/// Why the gate did not start, in words for its operator.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum StartError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error("--addr {0}: {1}; give an address such as 127.0.0.1:8787")]
    Address(String, io::Error),
    #[error("cannot listen on {0}: {1}; stop the other program or choose another address with --addr")]
    Listen(SocketAddr, io::Error),
    #[error("--hosts {}: {}", .0.display(), .1)]
    Hosts(PathBuf, String),
    #[error("--media {0}: {1}")]
    Media(String, ShelfError),
    #[error("--site {}: {}", .0.display(), .1)]
    Site(PathBuf, io::Error),
    #[error("the machine's clock is wrong (it shows a time before 2026); windows and tokens need it right")]
    Clock,
    #[error("the server failed: {0}")]
    Serve(io::Error),
}

/// How long the start waits for posters; the rest are made while the gate runs.
const POSTER_WAIT: Duration = Duration::from_secs(4);
/// 2026-01-01: older than any build of this gate.
const EARLIEST_MS: u64 = 1_767_225_600_000;

/// Serves until it is told to stop.
pub async fn serve(args: cli::Serve) -> Result<(), StartError> {
    let mut note = |message: String| eprintln!("cliffhanger-gate: {message}");
    let clock = SystemClock::default();
    let now_ms = clock.now_ms();
    if now_ms < EARLIEST_MS {
        return Err(StartError::Clock);
    }
    let location = args.database.as_deref().map(Location::parse).transpose()?;
    let options = import::Options { free_episodes: args.free_episodes, demo: args.demo };
    let objects = match &args.media {
        Some(url) => objects(url).await.map_err(|error| StartError::Media(url.clone(), error))?,
        None => Objects::new(),
    };
    let mut draft = import::read_with(&args.dir, &objects, options, &mut note)?;
    let hosts = args.hosts.as_deref().map(hosts_file).transpose()?.unwrap_or_default();
    let site = args.site.as_deref().map(site_folder).transpose()?;
    // Before the slow parts, so that a taken port is told at once.
    let listener = listen(&args.addr).await?;
    let address = listener.local_addr().map_err(StartError::Serve)?;

    let admin = match &args.admin {
        Some(address) => Some((listen(address).await?, telemetry::start())),
        None => None,
    };

    let data = data_folder(&args);
    let location = location.unwrap_or_else(|| Location::File(data.join("gate.sqlite")));
    let db = db::open(&location).await?;
    let jobs = posters::attach(&mut draft, &data.join("posters"));
    let series = draft.info.id.clone();
    let (count, free) = (draft.episodes.len(), draft.free_episodes);
    let catalog = store::store(&db, draft, now_ms).await?;
    let keys = keys::load_or_create(&db, now_ms).await?;
    let player = player_files::find(args.player.as_deref(), &mut note).await;

    // The data folder exists by now, unless everything is in memory.
    let guarded: Vec<PathBuf> = [&args.dir, &data].into_iter().filter_map(|d| d.canonicalize().ok()).collect();
    if let Some(inside) = site.as_ref().filter(|s| guarded.iter().any(|g| s.starts_with(g))) {
        note(format!("--site {} lies inside a folder that is guarded: nothing of it is served", inside.display()));
    }

    let demo = match args.demo {
        true => Some(Arc::new(Demo::new(secrets::load_or_create(&db, "webhook:demo").await?))),
        false => None,
    };
    let local = local_url(address);
    let gate = Gate::new(
        Config {
            clock: Arc::new(clock),
            keys: Arc::new(keys),
            pseudonyms: secrets::load_or_create(&db, "pseudonyms").await?,
            db: db.clone(),
            rules: rules(&args),
            hosts,
            providers: demo.iter().map(|demo| Arc::clone(demo) as Arc<dyn Provider>).collect(),
            demo,
            issuer: issuer(&args, &db).await?,
            links: Links::new(args.public_url.as_deref()),
            origins: origins(&args, address),
            site,
            player,
            guarded,
        },
        catalog,
    );
    let making = tokio::spawn(posters::make(gate.clone(), db.clone(), series.clone(), jobs));
    let handle = making.abort_handle();
    let _ = tokio::time::timeout(POSTER_WAIT, making).await;

    gate.catch_up().await?;
    let chores = tokio::spawn(chores::run(gate.clone()));

    let stop = stop_signal().map_err(StartError::Serve)?;
    note(format!("serving {series}: {count} episodes, the first {free} free"));
    announce(args.demo, &local);
    if let Some((listener, metrics)) = admin {
        let (stop, proxies) = (std::future::pending(), Vec::new());
        let rules = server::Rules { proxies, ..server::Rules::default() };
        tokio::spawn(server::run(listener, admin_routes(gate.clone(), metrics), rules, stop));
    }
    let rules = server::Rules { proxies: args.trust_proxies.clone(), ..server::Rules::default() };
    server::run(listener, app::router(gate), rules, stop).await;
    handle.abort();
    chores.abort();
    db.close().await;
    Ok(())
}

/// Where the world sees the gate. Where that is not known, a name that stays: the port may be another after a restart, and
/// other gates on the database have other ports.
async fn issuer(args: &cli::Serve, db: &db::Db) -> Result<String, DbError> {
    match &args.public_url {
        Some(url) => Ok(url.clone()),
        None => {
            let name = secrets::load_or_create(db, "issuer").await?;
            Ok(format!("urn:cliffhanger:gate:{}", random::hex(name.bytes().get(..8).unwrap_or_default())))
        }
    }
}

fn rules(args: &cli::Serve) -> Rules {
    let rules = if args.demo { Rules::demo() } else { Rules::default() };
    Rules { proxies: args.trust_proxies.clone(), ..rules }
}

fn data_folder(args: &cli::Serve) -> PathBuf {
    args.data.clone().unwrap_or_else(|| {
        let root = args.dir.canonicalize().unwrap_or_else(|_| args.dir.clone());
        data_dir::default_for(&root)
    })
}

async fn objects(url: &str) -> Result<Objects, ShelfError> {
    let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    Shelf::open(url, std::env::vars_os().filter_map(text))?.list().await
}

fn hosts_file(path: &Path) -> Result<Hosts, StartError> {
    let failed = |what: String| StartError::Hosts(path.to_owned(), what);
    let json = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
    Hosts::parse(&json).map_err(failed)
}

fn site_folder(dir: &Path) -> Result<PathBuf, StartError> {
    let failed = |e| StartError::Site(dir.to_owned(), e);
    let root = dir.canonicalize().map_err(failed)?;
    if root.is_dir() { Ok(root) } else { Err(failed(io::ErrorKind::NotADirectory.into())) }
}

async fn listen(addr: &str) -> Result<TcpListener, StartError> {
    let bad = |e| StartError::Address(addr.to_owned(), e);
    let address = tokio::net::lookup_host(addr).await.map_err(bad)?.next().ok_or_else(|| bad(io::ErrorKind::NotFound.into()))?;
    TcpListener::bind(address).await.map_err(|e| StartError::Listen(address, e))
}

/// A URL that works in a browser on this machine.
fn local_url(address: SocketAddr) -> String {
    let mut shown = address;
    if address.ip().is_unspecified() {
        shown.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    format!("http://{shown}/")
}

/// Any page, while only this machine can reach the gate. A public URL means a proxy in front, so loopback proves nothing.
fn origins(args: &cli::Serve, address: SocketAddr) -> Origins {
    let mut listed = args.allow_origins.clone();
    match args.public_url.as_deref().and_then(origin_of) {
        None if listed.is_empty() && address.ip().is_loopback() => return Origins::Any,
        own => listed.extend(own),
    }
    Origins::Listed(listed)
}

/// Scheme, host and port of an absolute URL.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next()?;
    Some(format!("{scheme}://{}", authority.to_ascii_lowercase()))
}

fn announce(demo: bool, url: &str) {
    let what = if demo { "demo" } else { "gate" };
    let mut out = io::stdout().lock();
    // A closed standard output is no reason to stop serving.
    let _ = writeln!(out, "Cliffhanger {what}: {url}");
    let _ = out.flush();
}

/// What the operator's listener answers.
fn admin_routes(gate: Gate, metrics: Option<PrometheusHandle>) -> Router {
    let render = move || std::future::ready(metrics.as_ref().map(PrometheusHandle::render).unwrap_or_default());
    let ready = move || async move { gate.db().row("SELECT 1 AS one", &[]).await.map(|_| "ok").map_err(Problem::from) };
    Router::new().route("/metrics", get(render)).route("/healthz", get(ready))
}

/// Comes when the system or the terminal tells the gate to stop. It listens from the call on, not from the first poll: until
/// then a signal would end the process in the middle of its answers.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
        })
    }
    #[cfg(windows)]
    {
        use tokio::signal::windows::{ctrl_c, ctrl_close};
        let (mut interrupt, mut close) = (ctrl_c()?, ctrl_close()?);
        Ok(async move {
            tokio::select! { _ = interrupt.recv() => (), _ = close.recv() => () }
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn origins_of(flags: &[&str], address: &str) -> Origins {
        let cli = cli::Cli::parse_from(["gate", "serve", "dir"].iter().chain(flags));
        let cli::Command::Serve(args) = cli.command else { panic!("the command is serve") };
        origins(&args, address.parse().unwrap())
    }

    #[test]
    fn threat_24_any_page_may_call_only_while_nobody_else_can_reach_the_gate() {
        let listed = |list: &[&str]| Origins::Listed(list.iter().map(|&o| o.to_owned()).collect());
        assert_eq!(origins_of(&[], "127.0.0.1:8787"), Origins::Any);
        assert_eq!(origins_of(&[], "[::1]:8787"), Origins::Any);
        assert_eq!(origins_of(&[], "0.0.0.0:8787"), listed(&[]));
        assert_eq!(origins_of(&["--allow-origin", "https://a.example"], "127.0.0.1:1"), listed(&["https://a.example"]));
        assert_eq!(origins_of(&["--public-url", "https://Gate.example/x"], "127.0.0.1:1"), listed(&["https://gate.example"]));
    }

    #[test]
    fn flags_that_make_no_sense_are_refused() {
        for bad in [
            ["--allow-origin", "*"],
            ["--allow-origin", "null"],
            ["--allow-origin", "https://a.example/path"],
            ["--allow-origin", "https://A.example"],
            ["--public-url", "gate.example"],
            ["--public-url", "http://gate.example"],
            ["--public-url", "javascript:alert(1)"],
            ["--free-episodes", "-1"],
            ["--free-episodes", "10001"],
        ] {
            assert!(cli::Cli::try_parse_from(["gate", "serve", "dir"].iter().chain(&bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_printed_address_can_be_opened() {
        assert_eq!(local_url("127.0.0.1:8787".parse().unwrap()), "http://127.0.0.1:8787/");
        assert_eq!(local_url("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80/");
        assert_eq!(local_url("[::1]:80".parse().unwrap()), "http://[::1]:80/");
    }
}
