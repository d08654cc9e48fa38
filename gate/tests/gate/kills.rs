//! The real program, killed in the middle of its work again and again: the books add up afterwards.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock, mpsc};

use serde_json::{Value, json};

use crate::binary::{Running, command};
use crate::postgres::fresh_database;
use crate::support::Folder;

/// Random operations; more by `CLIFFHANGER_OPERATIONS`.
const OPERATIONS: usize = 600;
/// How often the gate is killed in their midst.
const KILLS: usize = 5;
const WORKERS: usize = 6;
/// Enough that none of them meets its rate limit all the time.
const VIEWERS: usize = 24;

/// A client whose requests may fail at any moment.
struct Client {
    address: Arc<RwLock<String>>,
    seed: u64,
}

impl Client {
    /// xorshift: the test is about the gate, not about chance.
    fn chance(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % below
    }

    fn ask(&self, method: &str, path: &str, viewer: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let address = self.address.read().unwrap().clone();
        let mut stream = TcpStream::connect(&address).ok()?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let bearer = if viewer.is_empty() { String::new() } else { format!("authorization: Bearer {viewer}\r\n") };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{bearer}idempotency-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }

    /// One thing a viewer may do. `None` when the gate was away.
    fn operate(&mut self, viewer: &str) -> Option<()> {
        let key = format!("kill-{:020}", self.chance(u64::MAX));
        let episode = format!("e{:03}", 1 + self.chance(200));
        match self.chance(4) {
            0 => {
                let pack = ["pack-30", "pack-100", "pack-300"][usize::try_from(self.chance(3)).unwrap()];
                let (_, checkout) = self.ask("POST", "/v1/checkouts", viewer, &key, &json!({"series": "neon-vows", "offer": pack}))?;
                let url = checkout["url"].as_str()?.to_owned();
                self.ask("POST", &format!("{url}/pay"), "", &key, &Value::Null)?;
            }
            1 => {
                let (_, wall) = self.ask("POST", "/v1/play", viewer, &key, &json!({"series": "neon-vows", "episode": episode}))?;
                let quote = wall["offers"][0]["quote"].as_str()?.to_owned();
                // Some send it twice.
                for _ in 0..=self.chance(2) {
                    let (status, _) = self.ask("POST", "/v1/unlocks", viewer, &key, &json!({"quote": quote}))?;
                    assert!(matches!(status, 201 | 402 | 409 | 429), "{status}");
                }
            }
            2 => {
                let (status, _) = self.ask("GET", "/v1/me/ledger", viewer, &key, &Value::Null)?;
                assert!(matches!(status, 200 | 429), "{status}");
            }
            _ => {
                let (status, _) = self.ask("GET", "/v1/series/neon-vows/access", viewer, &key, &Value::Null)?;
                assert!(matches!(status, 200 | 429), "{status}");
            }
        }
        Some(())
    }
}

#[test]
fn threat_60_the_books_add_up_after_random_operations_and_kills() {
    let operations = std::env::var("CLIFFHANGER_OPERATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(OPERATIONS);
    let folder = Folder::episodes(200);
    for n in 1..=200 {
        // So that no poster is waited for at each start.
        folder.write(&format!("e{n}.jpg"), b"a poster");
    }
    let database = fresh_database().unwrap_or_else(|| format!("sqlite:{}", folder.beside("gate.sqlite").display()));
    let start = || {
        let mut command = command(&folder);
        command.env("CLIFFHANGER_LOG", "error").arg(&folder.path).args(["--demo", "--free-episodes", "0", "--database", &database]);
        Running::start(&mut command)
    };
    let mut gate = start();
    let address = Arc::new(RwLock::new(gate.address.clone()));
    let viewers: Vec<String> = (0..VIEWERS)
        .map(|_| {
            let client = Client { address: Arc::clone(&address), seed: 1 };
            let (_, made) = client.ask("POST", "/v1/viewers", "", "none-is-needed-here", &Value::Null).unwrap();
            made["viewerToken"].as_str().unwrap().to_owned()
        })
        .collect();
    let stop = Arc::new(AtomicBool::new(false));
    let (tell, done) = mpsc::channel();
    let workers: Vec<_> = (0..WORKERS)
        .map(|i| {
            let mut client = Client { address: Arc::clone(&address), seed: 0x9e37_79b9_7f4a_7c15 ^ (i as u64 + 1) };
            let (viewers, tell, stop) = (viewers.clone(), tell.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let viewer = viewers[usize::try_from(client.chance(VIEWERS as u64)).unwrap()].clone();
                    // Of what the gate was killed in, the outcome is open: the books know.
                    if client.operate(&viewer).is_some() {
                        let _ = tell.send(());
                    }
                }
            })
        })
        .collect();
    drop(tell);
    for _ in 0..KILLS {
        // Ends early when every worker has failed.
        assert_eq!(done.iter().take(operations / KILLS).count(), operations / KILLS);
        // Whoever wants to ask the next one waits here.
        let mut address = address.write().unwrap();
        gate.child.kill().unwrap();
        gate.child.wait().unwrap();
        gate = start();
        address.clone_from(&gate.address);
    }
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.join().unwrap();
    }
    gate.child.kill().unwrap();
    gate.child.wait().unwrap();
    let audit = Command::new(env!("CARGO_BIN_EXE_cliffhanger-gate")).args(["audit", "--database", &database]).output().unwrap();
    let said = String::from_utf8_lossy(&audit.stdout);
    assert!(audit.status.success() && said.contains(" 0 faults"), "{said}");
    assert!(!said.contains(" 0 transactions"), "something was bought: {said}");
    println!("{operations} operations, {KILLS} kills: {said}");
}
