//! What the gate stands on fails while it runs, and is there again: the disk, the database, the media store, the clock.
//!
//! The promise is one: what is free and what was unlocked plays on as far as it can, whatever costs is refused as
//! `unavailable` with a time to come again, nothing is half done, no restart is needed, and the books add up.

use std::net::SocketAddr;
use std::process::Command;

use cliffhanger_gate::db::{Db, Location};
use cliffhanger_gate::maintenance::audit::audit;
use cliffhanger_gate::payments::signature;
use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};

use crate::binary::{Running, command};
use crate::postgres::Server;
use crate::shelves::{Store, listed};
use crate::support::{Answer, Bench, Folder, Setup, mp4, mp4_with, webhook_secret};

/// `unavailable`, and when to come again.
fn unavailable(answer: &Answer) {
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "2");
}

async fn no_faults(bench: &Bench) {
    assert_eq!(audit(bench.gate.db()).await.unwrap().faults, Vec::<String>::new());
}

/// A demo gate with eight episodes, of which the first is free, and a viewer with coins who owns the second: its address.
async fn opened(database: Location) -> (Folder, Bench, String, String) {
    let folder = Folder::episodes(8);
    let bench = Bench::open(&folder, Setup { demo: true, free: Some(1), database, ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 300, 0).await;
    let quote = bench.quote(&viewer, "e002", "ep-coins").await;
    assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
    let url = address(&bench.play_as(&viewer, "e002").await);
    (folder, bench, viewer, url)
}

fn address(played: &Answer) -> String {
    assert_eq!(played.status, 200, "{}", played.text());
    played.json()["grant"]["renditions"][0]["url"].as_str().unwrap().to_owned()
}

/// What is free plays, and the address that was granted goes on.
async fn free_goes_on(bench: &Bench, granted: &str) {
    let manifest = bench.manifest().await;
    let free = manifest["episodes"][0]["renditions"][0]["url"].as_str().unwrap();
    assert_eq!(bench.get(free).await.status, 200);
    assert_eq!(bench.get(&bench.granted("e001").await).await.status, 200);
    assert_eq!(bench.get(granted).await.status, 200);
    assert_eq!(bench.get("/v1/series/neon-vows/access").await.status, 200);
    bench.play("e002").await.problem(402, "locked");
}

async fn unlock(bench: &Bench, viewer: &str, key: &str, quote: &str) -> Answer {
    bench.keyed(viewer, key, "POST", "/v1/unlocks", json!({ "quote": quote })).await
}

/// The program, and what it is asked.
struct Program(Running);

impl Program {
    fn ask(&self, method: &str, path: &str, viewer: &str, key: &str, body: &Value) -> (u16, String, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let bearer = if viewer.is_empty() { String::new() } else { format!("authorization: Bearer {viewer}\r\n") };
        let answer = self.0.ask(&format!(
            "{method} {path} HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n{bearer}idempotency-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn post(&self, path: &str, viewer: &str, key: &str, body: &Value) -> (u16, Value) {
        let (status, _, body) = self.ask("POST", path, viewer, key, body);
        (status, body)
    }

    fn refused(&self, path: &str, viewer: &str, key: &str, body: &Value) {
        let (status, head, problem) = self.ask("POST", path, viewer, key, body);
        assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")), "{path}: {problem}");
        assert!(head.to_ascii_lowercase().contains("\r\nretry-after: 2"), "{head}");
    }

    /// The most any of its files may grow to from now on: a disk that is full, or has room again.
    #[cfg(target_os = "linux")]
    fn room(&self, bytes: Option<u64>) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = Pid::from_raw(i32::try_from(self.0.child.id()).unwrap());
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_purchases_are_refused_whole_and_go_on_when_there_is_room() {
    let folder = Folder::episodes(40);
    for n in 1..=40 {
        folder.write(&format!("e{n}.jpg"), b"a poster");
    }
    let file = folder.beside("gate.sqlite");
    let database = format!("sqlite:{}", file.display());
    let mut inner = command(&folder);
    inner.arg(&folder.path).args(["--demo", "--free-episodes", "1", "--database", &database]);
    // A write beyond the limit fails, instead of ending the program: then it is like any write that finds no room.
    let mut outer = Command::new("sh");
    outer.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(inner.get_program()).args(inner.get_args());
    let gate = Program(Running::start(outer.stdin(std::process::Stdio::null()).env("CLIFFHANGER_LOG", "off")));

    let made = gate.post("/v1/viewers", "", "none", &Value::Null).1;
    let viewer = made["viewerToken"].as_str().unwrap();
    for n in 0..4 {
        let pack = json!({"series": "neon-vows", "offer": "pack-300"});
        let (status, checkout) = gate.post("/v1/checkouts", viewer, &format!("one-pack-of-coins-{n}"), &pack);
        assert_eq!(status, 201, "{checkout}");
        assert_eq!(gate.post(&format!("{}/pay", checkout["url"].as_str().unwrap()), "", "none", &Value::Null).0, 303);
    }
    let play = |episode: &str| gate.post("/v1/play", viewer, "none", &json!({"series": "neon-vows", "episode": episode}));
    let quote = |episode: &str| json!({"quote": play(episode).1["offers"][0]["quote"]});
    let wallet = || {
        let wallet = gate.ask("GET", "/v1/me", viewer, "none", &Value::Null).2["wallet"].clone();
        wallet["paid"].as_u64().unwrap() + wallet["bonus"].as_u64().unwrap()
    };
    assert_eq!(gate.post("/v1/unlocks", viewer, "while-there-is-room", &quote("e002")).0, 201);
    let coins = wallet();

    gate.room(Some(std::fs::metadata(file.with_extension("sqlite-wal")).unwrap().len()));
    let wanted = quote("e003");
    // More often than the gate has connections to its database.
    for _ in 0..20 {
        gate.refused("/v1/unlocks", viewer, "while-it-is-full", &wanted);
    }
    gate.refused("/v1/checkouts", viewer, "a-pack-while-it-is-full", &json!({"series": "neon-vows", "offer": "pack-300"}));
    gate.refused("/v1/viewers", "", "none", &Value::Null);
    for episode in ["e001", "e002"] {
        let (status, played) = play(episode);
        assert_eq!(status, 200, "{played}");
        let url = played["grant"]["renditions"][0]["url"].as_str().unwrap();
        assert!(gate.0.get(url).starts_with("HTTP/1.1 200"), "{episode}");
    }
    assert_eq!(play("e003").0, 402);
    assert_eq!(wallet(), coins);

    gate.room(None);
    let (status, first) = gate.post("/v1/unlocks", viewer, "while-it-is-full", &wanted);
    assert_eq!(status, 201, "{first}");
    assert_eq!(gate.post("/v1/unlocks", viewer, "while-it-is-full", &wanted), (201, first));
    for n in 4..=24 {
        let (status, answer) = gate.post("/v1/unlocks", viewer, &format!("there-is-room-again-{n}"), &quote(&format!("e{n:03}")));
        assert_eq!(status, 201, "{n}: {answer}");
    }
    assert_eq!(wallet(), coins - 22 * 30);
    assert_eq!(gate.0.stop().0, Some(0));
    let audit = Command::new(env!("CARGO_BIN_EXE_cliffhanger-gate")).args(["audit", "--database", &database]).output().unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
}

/// The most pages that the database may have, for every connection there is. One that has failed is replaced by another.
async fn pages(bench: &Bench, most: &'static str) {
    let Db::Sqlite(pool, _) = bench.gate.db() else { panic!("it is a file") };
    let all = futures_util::future::join_all((0..pool.options().get_max_connections()).map(|_| pool.acquire())).await;
    for connection in all {
        connection.unwrap().execute(most).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_not_grow_makes_whole_purchases_or_none() {
    let place = tempfile::TempDir::new().unwrap();
    let (_folder, bench, viewer, url) = opened(Location::File(place.path().join("gate.sqlite"))).await;
    let mut quotes = Vec::new();
    for n in 3..=8 {
        quotes.push((format!("the-one-tap-for-{n}"), bench.quote(&viewer, &format!("e{n:03}"), "ep-coins").await));
    }
    let mut made = 0;
    for (key, quote) in &quotes {
        // It keeps the pages it has: there is room on the last of them for some.
        pages(&bench, "PRAGMA max_page_count = 1").await;
        let answer = unlock(&bench, &viewer, key, quote).await;
        match answer.status.as_u16() {
            201 => made += 1,
            _ => unavailable(&answer),
        }
    }
    assert!(made < 6, "it is full");
    free_goes_on(&bench, &url).await;
    address(&bench.play_as(&viewer, "e002").await);
    assert_eq!(bench.wallet(&viewer).await.0, 300 - 30 - 30 * made);
    no_faults(&bench).await;
    pages(&bench, "PRAGMA max_page_count = 1000000").await;
    for (key, quote) in &quotes {
        assert_eq!(unlock(&bench, &viewer, key, quote).await.status, 201);
    }
    assert_eq!(bench.wallet(&viewer).await.0, 300 - 30 * 7);
    no_faults(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_another_program_holds_the_database_purchases_are_refused_and_not_lost() {
    let place = tempfile::TempDir::new().unwrap();
    let file = place.path().join("gate.sqlite");
    let (_folder, bench, viewer, url) = opened(Location::File(file.clone())).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    let checkout = bench.checkout(&viewer, "pack-100").await;
    let mut other = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    // The first waits for SQLite, the others for the first; nobody waits until the player has given up.
    let (unlocked, paid, made, begun) = tokio::join!(
        unlock(&bench, &viewer, "the-one-tap-for-3", &quote),
        bench.told("event-1", "paid", &checkout),
        bench.ask("POST", "/v1/viewers", &[]),
        bench.api(&viewer, "POST", "/v1/checkouts", json!({"series": "neon-vows", "offer": "pack-30"})),
    );
    for refused in [unlocked, paid, made, begun] {
        unavailable(&refused);
    }
    free_goes_on(&bench, &url).await;
    address(&bench.play_as(&viewer, "e002").await);
    assert_eq!(bench.wallet(&viewer).await.0, 270);
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(unlock(&bench, &viewer, "the-one-tap-for-3", &quote).await.status, 201);
    assert_eq!(bench.told("event-1", "paid", &checkout).await.json()["applied"], true);
    assert_eq!(bench.wallet(&viewer).await.0, 270 - 30 + 100);
    no_faults(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_and_comes_back_is_used_again_and_nothing_paid_is_lost() {
    let mut server = Server::start();
    let (_folder, bench, viewer, url) = opened(Location::Postgres(server.database())).await;
    // It is told to stop; then it falls over.
    for (n, signal) in [(3, Signal::INT), (4, Signal::QUIT)] {
        let (episode, key, event) = (format!("e00{n}"), format!("the-one-tap-for-{n}"), format!("event-{n}"));
        let before = bench.wallet(&viewer).await.0;
        let quote = bench.quote(&viewer, &episode, "ep-coins").await;
        let checkout = bench.checkout(&viewer, "pack-100").await;
        server.stop(signal);
        // More often than the gate has connections.
        for _ in 0..20 {
            unavailable(&unlock(&bench, &viewer, &key, &quote).await);
        }
        unavailable(&bench.told(&event, "paid", &checkout).await);
        unavailable(&bench.play_as(&viewer, "e002").await);
        unavailable(&bench.ask("POST", "/v1/viewers", &[]).await);
        assert!(bench.gate.catch_up().await.is_err());
        free_goes_on(&bench, &url).await;
        server.again();
        let first = unlock(&bench, &viewer, &key, &quote).await;
        assert_eq!(first.status, 201, "{}", first.text());
        assert_eq!(unlock(&bench, &viewer, &key, &quote).await.json(), first.json());
        assert_eq!(bench.told(&event, "paid", &checkout).await.json()["applied"], true);
        assert_eq!(bench.told(&event, "paid", &checkout).await.json()["applied"], false);
        bench.gate.catch_up().await.unwrap();
        assert_eq!(bench.wallet(&viewer).await.0, before - 30 + 100);
        address(&bench.play_as(&viewer, "e002").await);
        no_faults(&bench).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_answer_is_not_waited_for_without_end() {
    let server = Server::start();
    let database = server.database();
    let (_folder, bench, viewer, url) = opened(Location::Postgres(database.clone())).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    let mut other = sqlx::PgConnection::connect(&database).await.unwrap();
    other.execute("BEGIN; LOCK TABLE viewer IN ACCESS EXCLUSIVE MODE").await.unwrap();
    // 503, not 408: the client said everything in time.
    let (unlocked, me) =
        tokio::join!(unlock(&bench, &viewer, "the-one-tap-for-3", &quote), bench.api(&viewer, "GET", "/v1/me", Value::Null));
    unavailable(&unlocked);
    unavailable(&me);
    free_goes_on(&bench, &url).await;
    // An operator who ends what hangs is no fault of the gate either.
    let mut operator = sqlx::PgConnection::connect(&database).await.unwrap();
    const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    while !operator.fetch_all(END).await.unwrap().is_empty() {}
    let (unlocked, ()) = tokio::join!(unlock(&bench, &viewer, "the-one-tap-for-3", &quote), async {
        while operator.fetch_all(END).await.unwrap().is_empty() {}
    });
    unavailable(&unlocked);
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(unlock(&bench, &viewer, "the-one-tap-for-3", &quote).await.status, 201);
    assert_eq!(bench.wallet(&viewer).await.0, 240);
    no_faults(&bench).await;
}

#[tokio::test]
async fn whoever_waits_for_the_database_is_answered_within_eight_seconds() {
    let (_folder, bench, viewer, _) = opened(Location::Memory).await;
    let quote = bench.quote(&viewer, "e003", "ep-coins").await;
    // The one connection there is.
    let taken = bench.gate.db().begin().await.unwrap();
    // From here on time passes as soon as everybody waits.
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    unavailable(&bench.api(&viewer, "GET", "/v1/me", Value::Null).await);
    assert_eq!(began.elapsed().as_secs(), 8);
    unavailable(&unlock(&bench, &viewer, "the-one-tap-for-3", &quote).await);
    assert_eq!(began.elapsed().as_secs(), 16);
    tokio::time::resume();
    drop(taken);
    assert_eq!(unlock(&bench, &viewer, "the-one-tap-for-3", &quote).await.status, 201);
}

#[cfg(target_os = "linux")]
#[test]
fn an_operator_who_asks_whether_the_gate_is_well_gets_an_answer_when_the_database_gives_none() {
    let server = Server::start();
    let folder = Folder::episodes(1);
    let admin = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut command = command(&folder);
    command.arg(&folder.path).args(["--admin", &admin, "--database", &server.database()]);
    let gate = Running::start(command.env("CLIFFHANGER_LOG", "off"));
    let well = || Running::ask_at(&admin, "/healthz");
    assert!(well().ends_with("ok"));
    server.all(Signal::STOP);
    let said = well();
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("unavailable"), "{said}");
    assert!(gate.get("/healthz").ends_with("ok"), "the gate itself is there");
    server.all(Signal::CONT);
    assert!(well().ends_with("ok"));
    gate.stop();
}

/// Something between a gate and its database that can lose the connections through it without a word.
struct Between {
    dir: tempfile::TempDir,
    lost: tokio::sync::broadcast::Sender<()>,
}

impl Between {
    fn new(server: &Server) -> Self {
        const NAME: &str = ".s.PGSQL.5432";
        let dir = tempfile::TempDir::new().unwrap();
        let listener = tokio::net::UnixListener::bind(dir.path().join(NAME)).unwrap();
        let behind = server.socket().join(NAME);
        let (lost, _) = tokio::sync::broadcast::channel(1);
        let tell = lost.clone();
        tokio::spawn(async move {
            while let Ok((mut front, _)) = listener.accept().await {
                let mut back = tokio::net::UnixStream::connect(&behind).await.unwrap();
                let mut lost = tell.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut front, &mut back) => {}
                        // Both ends believe that the other is there.
                        _ = lost.recv() => std::future::pending().await,
                    }
                });
            }
        });
        Self { dir, lost }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_whose_connection_is_lost_without_a_word_learns_what_was_made_void_all_the_same() {
    let server = Server::start();
    let database = server.database();
    let between = Between::new(&server);
    let through = database.replace(server.socket().to_str().unwrap(), between.dir.path().to_str().unwrap());
    let (folder, bench, viewer, url) = opened(Location::Postgres(through)).await;
    let mut other = sqlx::PgConnection::connect(&database).await.unwrap();
    other.execute("BEGIN; LOCK TABLE revocation IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let chores = tokio::spawn(cliffhanger_gate::chores::run(bench.gate.clone()));
    let mut watch = sqlx::PgConnection::connect(&database).await.unwrap();
    while watch.fetch_all("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").await.unwrap().is_empty() {}
    // The question is on its way; its answer will never come.
    between.lost.send(()).unwrap();
    other.execute("ROLLBACK").await.unwrap();
    let elsewhere =
        Bench::open(&folder, Setup { demo: true, free: Some(1), database: Location::Postgres(database), ..Setup::default() }).await;
    assert_eq!(elsewhere.api(&viewer, "POST", "/v1/viewers/revoke", Value::Null).await.status, 204);
    let learned = async {
        while bench.get(&url).await.status == 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), learned).await.expect("it is never learned");
    bench.get(&url).await.refused(403, "grant-revoked");
    chores.abort();
}

/// A media store in a process of its own, as far as connections can tell.
struct Away(Option<tokio::runtime::Runtime>);

impl Away {
    fn serve(store: &Store, listener: std::net::TcpListener) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).unwrap()
        };
        runtime.spawn(store.clone().serve(listener));
        Self(Some(runtime))
    }

    /// Ends it with all its connections.
    fn stop(&mut self) {
        self.0.take().unwrap().shutdown_background();
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_media_store_that_goes_and_comes_back_is_used_again_without_a_restart() {
    let film = |byte: u8| mp4_with(b"vide", 2000, &[byte; 5000]);
    let store = Store::holding(&[("e1.mp4", film(1)), ("e2.mp4", film(2))]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place: SocketAddr = listener.local_addr().unwrap();
    let mut process = Away::serve(&store, listener);
    // The third is on the disk.
    let folder = Folder::new(&[("e3.mp4", mp4(1000))]);
    let objects = listed(&format!("http://{place}")).await;
    let bench = Bench::open(&folder, Setup { demo: true, free: Some(1), objects, ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 60, 0).await;
    for episode in ["e002", "e003"] {
        let quote = bench.quote(&viewer, episode, "ep-coins").await;
        assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
    }
    let free = bench.manifest().await["episodes"][0]["renditions"][0]["url"].as_str().unwrap().to_owned();
    let paid = address(&bench.play_as(&viewer, "e002").await);
    let disk = address(&bench.play_as(&viewer, "e003").await);
    for gone in [false, true] {
        // It answers that it cannot; then nobody is there at all.
        if gone {
            process.stop();
        } else {
            store.set(|inner| inner.away = true);
        }
        for url in [&free, &paid] {
            let away = bench.get(url).await;
            away.refused(503, "unavailable");
            assert_eq!((away.header("retry-after"), away.header("cache-control")), ("2", "no-store"));
        }
        assert_eq!(bench.get(&disk).await.status, 200, "what is on the disk goes on");
        if gone {
            // Its connections may take a moment to be gone from the port.
            process = loop {
                match std::net::TcpListener::bind(place) {
                    Ok(listener) => break Away::serve(&store, listener),
                    Err(_) => tokio::task::yield_now().await,
                }
            };
        } else {
            store.set(|inner| inner.away = false);
        }
        assert!(bench.get(&free).await.body == film(1), "the same address as before");
        assert!(bench.get(&paid).await.body == film(2), "the same address as before");
    }
}

mod clocks {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use cliffhanger_gate::chores;
    use cliffhanger_gate::clock::{Clock, Steady};

    use super::*;
    use crate::support::NOW_MS;

    const HOUR_MS: u64 = 3_600_000;

    /// The gate's own clock, over a machine's that can be set.
    #[derive(Default)]
    struct Machine {
        steady: Steady,
        wall_ms: AtomicU64,
        uptime_ms: AtomicU64,
    }

    impl Machine {
        fn at(ms: u64) -> Self {
            Self { wall_ms: ms.into(), ..Self::default() }
        }

        /// Time goes by.
        fn pass(&self, ms: u64) {
            self.wall_ms.fetch_add(ms, Ordering::Relaxed);
            self.uptime_ms.fetch_add(ms, Ordering::Relaxed);
        }

        /// Somebody sets it.
        fn set_back(&self, ms: u64) {
            self.wall_ms.fetch_sub(ms, Ordering::Relaxed);
        }
    }

    impl Clock for Machine {
        fn now_ms(&self) -> u64 {
            self.steady.now_ms(self.wall_ms(), Duration::from_millis(self.uptime_ms.load(Ordering::Relaxed)))
        }

        fn wall_ms(&self) -> u64 {
            self.wall_ms.load(Ordering::Relaxed)
        }
    }

    /// What was booked for the viewer, newest first.
    async fn booked(bench: &Bench, viewer: &str) -> Vec<String> {
        let said = bench.api(viewer, "GET", "/v1/me/ledger", Value::Null).await.json();
        let name = |entry: &Value| entry["episode"].as_str().or(entry["reason"].as_str()).unwrap().to_owned();
        said["entries"].as_array().unwrap().iter().map(name).collect()
    }

    async fn begin(clock: Option<Arc<dyn Clock>>) -> (Folder, Bench, String) {
        let folder = Folder::episodes(8);
        let bench = Bench::open(&folder, Setup { demo: true, free: Some(1), clock, ..Setup::default() }).await;
        let viewer = bench.viewer().await;
        bench.coins(&viewer, 300, 0).await;
        (folder, bench, viewer)
    }

    /// Buys `episode`; the quote it was bought with.
    async fn buy(bench: &Bench, viewer: &str, episode: &str) -> String {
        let quote = bench.quote(viewer, episode, "ep-coins").await;
        let answer = bench.unlock(viewer, &quote).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        quote
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_while_the_gate_runs_refuses_nobody_and_revives_nothing() {
        let machine = Arc::new(Machine::at(NOW_MS));
        let (_folder, bench, viewer) = begin(Some(machine.clone())).await;
        let old = (bench.granted("e001").await, bench.quote(&viewer, "e003", "ep-coins").await);
        machine.pass(400_000);
        let expired = async || {
            bench.get(&old.0).await.refused(401, "token-expired");
            bench.unlock(&viewer, &old.1).await.problem(409, "quote-expired");
        };
        expired().await;
        let used = buy(&bench, &viewer, "e002").await;
        let fresh = (address(&bench.play_as(&viewer, "e002").await), bench.quote(&viewer, "e003", "ep-coins").await);
        let checkout = bench.checkout(&viewer, "pack-100").await;
        let early = machine.wall_ms() / 1000;

        machine.set_back(HOUR_MS);
        assert_eq!(bench.get(&fresh.0).await.status, 200);
        assert_eq!(bench.get(&address(&bench.play_as(&viewer, "e002").await)).await.status, 200);
        expired().await;
        let again = bench.unlock(&viewer, &used).await.json();
        assert_eq!((&again["receipt"]["alreadyOwned"], &again["receipt"]["coins"]), (&true.into(), &0.into()));
        assert_eq!(bench.unlock(&viewer, &fresh.1).await.status, 201);
        // The provider's clock was right all the time: its messages are taken by what the machine says now.
        let message = json!({"id": "event-1", "type": "checkout.paid", "checkout": checkout["id"], "amount": 100, "currency": "EUR"});
        let message = message.to_string();
        let sign = |at_s: u64| signature::sign(&webhook_secret(), at_s, message.as_bytes());
        bench.deliver(&message, &sign(early)).await.problem(400, "signature-invalid");
        assert_eq!(bench.deliver(&message, &sign(machine.wall_ms() / 1000)).await.json()["applied"], true);
        assert_eq!(booked(&bench, &viewer).await, ["pack", "e003", "e002", "pack"]);

        // Waits end, if later.
        let allowance = json!({"episodes": 1, "coins": 30});
        assert_eq!(bench.api(&viewer, "PUT", "/v1/me/auto-unlock/neon-vows", allowance).await.status, 200);
        let body = json!({"quote": bench.quote(&viewer, "e004", "ep-coins").await, "confirm": {"auto": true}});
        bench.api(&viewer, "POST", "/v1/unlocks", body.clone()).await.problem(425, "too-early");
        machine.pass(8_000);
        assert_eq!(bench.api(&viewer, "POST", "/v1/unlocks", body).await.status, 201);
        // By then the clock has come up to what was shown.
        machine.pass(2 * HOUR_MS);
        assert_eq!(bench.gate.now_ms(), machine.wall_ms());
        assert_eq!(bench.wallet(&viewer).await.0, 300 - 3 * 30 + 100);
        no_faults(&bench).await;
    }

    #[test]
    fn a_clock_that_is_set_back_and_forth_never_shows_an_earlier_time() {
        let steady = Steady::default();
        let second = Duration::from_secs(1);
        assert_eq!(steady.now_ms(100_000, second), 100_000);
        assert_eq!(steady.now_ms(101_000, 2 * second), 101_000);
        // Half as fast while the clock is behind, and in whatever steps it is asked.
        assert_eq!(steady.now_ms(51_000, 2 * second), 101_000);
        for ms in 1..=1000 {
            assert_eq!(steady.now_ms(51_000 + ms, 2 * second + Duration::from_millis(ms)), 101_000 + ms / 2);
        }
        assert_eq!(steady.now_ms(52_000, second), 101_500, "a reading that comes late");
        assert_eq!(steady.now_ms(200_000, 4 * second), 200_000, "forward at once");
        assert_eq!(steady.now_ms(199_999, 5 * second), 200_500);
    }

    /// The bench's own clock is a bare one: this is a gate that was started after the clock was set back, or another gate
    /// whose clock is behind.
    #[tokio::test]
    async fn a_gate_whose_clock_is_an_hour_behind_the_books_asks_nobody_to_pay_twice() {
        let (_folder, bench, viewer) = begin(None).await;
        let expired = bench.quote(&viewer, "e003", "ep-coins").await;
        bench.clock.set(NOW_MS + 400_000);
        let used = buy(&bench, &viewer, "e002").await;
        let ahead = (address(&bench.play_as(&viewer, "e002").await), bench.quote(&viewer, "e003", "ep-coins").await);

        bench.clock.set(NOW_MS + 400_000 - HOUR_MS);
        // An address of the future is refused, and a new one is there for the asking: what was bought stays bought.
        bench.get(&ahead.0).await.refused(401, "token-invalid");
        assert_eq!(bench.get(&address(&bench.play_as(&viewer, "e002").await)).await.status, 200);
        let access = bench.api(&viewer, "GET", "/v1/series/neon-vows/access", Value::Null).await.json();
        assert_eq!((&access["episodes"]["e002"]["state"], &access["episodes"]["e003"]["state"]), (&"granted".into(), &"locked".into()));
        assert_eq!(bench.unlock(&viewer, &used).await.json()["receipt"]["coins"], 0);
        // The hour does not make a quote last longer: for one tap there is a fresh one, at the same price.
        for quote in [&expired, &ahead.1] {
            assert_eq!(bench.unlock(&viewer, quote).await.problem(409, "quote-expired")["coins"], 30);
        }
        let fresh = bench.unlock(&viewer, &ahead.1).await.json()["quote"].as_str().unwrap().to_owned();
        assert_eq!(bench.unlock(&viewer, &fresh).await.status, 201);
        buy(&bench, &viewer, "e004").await;
        assert_eq!(booked(&bench, &viewer).await, ["e004", "e003", "e002", "pack"], "in the order in which it happened");
        assert_eq!(bench.wallet(&viewer).await.0, 300 - 3 * 30);
        no_faults(&bench).await;
    }

    #[tokio::test]
    async fn what_was_made_void_stays_void_when_the_same_is_made_void_by_an_earlier_clock() {
        let (_folder, bench, viewer) = begin(None).await;
        let purchase = async |n: u32| {
            let checkout = bench.checkout(&viewer, "rest").await;
            assert_eq!(bench.told(&format!("paid-{n}"), "paid", &checkout).await.json()["applied"], true);
            let url = address(&bench.play_as(&viewer, "e002").await);
            (checkout, url)
        };
        let (checkout, url) = purchase(1).await;
        assert_eq!(bench.told("refunded-1", "refunded", &checkout).await.json()["applied"], true);
        bench.get(&url).await.refused(403, "grant-revoked");
        bench.clock.set(NOW_MS - HOUR_MS);
        let (checkout, _) = purchase(2).await;
        assert_eq!(bench.told("refunded-2", "refunded", &checkout).await.json()["applied"], true);
        bench.clock.set(NOW_MS + 1000);
        bench.gate.catch_up().await.unwrap();
        bench.get(&url).await.refused(403, "grant-revoked");
        no_faults(&bench).await;
    }

    #[tokio::test]
    async fn a_clock_that_leaps_forward_ends_what_has_an_end_and_nothing_else() {
        let (_folder, bench, viewer) = begin(None).await;
        let quote = bench.quote(&viewer, "e002", "ep-coins").await;
        let bought = unlock(&bench, &viewer, "the-one-tap-for-2", &quote).await.json();
        let (free, paid) = (bench.granted("e001").await, address(&bench.play_as(&viewer, "e002").await));
        let open = bench.quote(&viewer, "e003", "ep-coins").await;
        bench.clock.set(NOW_MS + 25 * HOUR_MS);
        chores::sweep(&bench.gate).await.unwrap();
        for url in [&free, &paid] {
            bench.get(url).await.refused(401, "token-expired");
        }
        bench.unlock(&viewer, &open).await.problem(409, "quote-expired");
        // Coins, what they bought, the viewer and what is free have no end, or a later one.
        assert_eq!(bench.wallet(&viewer).await.0, 270);
        assert_eq!(bench.get(&address(&bench.play_as(&viewer, "e002").await)).await.status, 200);
        assert_eq!(bench.get(&bench.granted("e001").await).await.status, 200);
        // The answer that was kept for a day is gone, the purchase is not.
        let again = unlock(&bench, &viewer, "the-one-tap-for-2", &quote).await.json();
        assert_eq!((&again["receipt"]["coins"], &again["receipt"]["alreadyOwned"]), (&0.into(), &true.into()));
        assert_ne!(again["receipt"]["id"], bought["receipt"]["id"]);
        // It was a mistake. The traces of used quotes were thrown away meanwhile; the books remember.
        bench.clock.set(NOW_MS + 1000);
        assert_eq!(bench.unlock(&viewer, &quote).await.json()["receipt"]["coins"], 0);
        assert_eq!(bench.unlock(&viewer, &open).await.status, 201, "its five minutes are not over");
        assert_eq!(bench.wallet(&viewer).await.0, 240);
        assert_eq!(booked(&bench, &viewer).await, ["e003", "e002", "pack"]);
        no_faults(&bench).await;
    }
}
