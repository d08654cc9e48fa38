//! Two real gates on one database: what one of them does, the other knows.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::binary::{Running, command};
use crate::postgres::fresh_database;
use crate::support::Folder;

/// What docs/gate.md promises.
const SOON: Duration = Duration::from_secs(5);

struct Fleet {
    database: String,
    gates: [Running; 2],
    _folder: Folder,
}

impl Fleet {
    fn start() -> Self {
        let folder = Folder::episodes(3);
        let database = fresh_database().unwrap_or_else(|| format!("sqlite:{}", folder.beside("gate.sqlite").display()));
        let start = || {
            let mut command = command(&folder);
            command.env("CLIFFHANGER_LOG", "error").arg(&folder.path).args(["--demo", "--free-episodes", "1", "--database", &database]);
            Running::start(&mut command)
        };
        let gates = [start(), start()];
        Self { database, gates, _folder: folder }
    }

    fn stop(self) {
        for gate in self.gates {
            assert_eq!(gate.stop().0, Some(0));
        }
    }

    /// Asks gate `n` as `viewer`.
    fn post(&self, n: usize, path: &str, viewer: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let bearer = if viewer.is_empty() { String::new() } else { format!("authorization: Bearer {viewer}\r\n") };
        let answer = self.gates[n].ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n{bearer}idempotency-key: one-purchase-{path_length:08}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len(),
            path_length = path.len()
        ));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn media(&self, n: usize, url: &str) -> String {
        self.gates[n].get(url).split("\r\n").next().unwrap().to_owned()
    }

    /// How long it takes until gate `n` refuses `url`.
    fn until_refused(&self, n: usize, url: &str) -> Duration {
        let began = Instant::now();
        while self.media(n, url).ends_with("200 OK") && began.elapsed() < 4 * SOON {
            std::thread::yield_now();
        }
        began.elapsed()
    }

    /// A viewer who owns the second episode, bought at gate 0, and its address.
    fn owner(&self) -> (String, String) {
        let (_, made) = self.post(0, "/v1/viewers", "", &Value::Null);
        let viewer = made["viewerToken"].as_str().unwrap().to_owned();
        let (status, checkout) = self.post(0, "/v1/checkouts", &viewer, &json!({"series": "neon-vows", "offer": "rest"}));
        assert_eq!(status, 201, "{checkout}");
        // Paid at the other gate.
        assert_eq!(self.post(1, &format!("{}/pay", checkout["url"].as_str().unwrap()), "", &Value::Null).0, 303);
        let (status, played) = self.post(0, "/v1/play", &viewer, &json!({"series": "neon-vows", "episode": "e002"}));
        assert_eq!(status, 200, "{played}");
        (viewer, played["grant"]["renditions"][0]["url"].as_str().unwrap().to_owned())
    }
}

#[test]
fn threat_52_what_is_revoked_at_one_gate_is_refused_by_the_other_within_five_seconds() {
    let fleet = Fleet::start();
    let (viewer, url) = fleet.owner();
    assert_eq!([fleet.media(0, &url), fleet.media(1, &url)], ["HTTP/1.1 200 OK"; 2], "each gate takes the other's tokens");
    assert_eq!(fleet.post(0, "/v1/viewers/revoke", &viewer, &Value::Null).0, 204);
    let took = fleet.until_refused(1, &url);
    assert!(took < SOON, "{took:?}");
    assert_eq!(fleet.media(1, &url), "HTTP/1.1 403 Forbidden");
    assert_eq!(fleet.post(1, "/v1/play", &viewer, &json!({"series": "neon-vows", "episode": "e002"})).0, 401);
    fleet.stop();
}

#[test]
fn a_key_that_is_added_and_one_that_is_retired_are_known_to_every_running_gate() {
    let fleet = Fleet::start();
    let keys = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cliffhanger-gate"));
        let output = command.args(["keys", "--database", &fleet.database]).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let (_, old) = fleet.owner();
    let first = keys(&["list"]).split_whitespace().next().unwrap().to_owned();
    let second = keys(&["add"]).trim().to_owned();
    assert_ne!(first, second);
    assert_eq!([fleet.media(0, &old), fleet.media(1, &old)], ["HTTP/1.1 200 OK"; 2], "both keys verify");
    keys(&["retire", &first]);
    for n in [0, 1] {
        let took = fleet.until_refused(n, &old);
        assert!(took < SOON, "{took:?}");
        assert_eq!(fleet.media(n, &old), "HTTP/1.1 401 Unauthorized");
    }
    // What the one signs now, the other believes.
    let (status, played) = fleet.post(0, "/v1/play", "", &json!({"series": "neon-vows", "episode": "e001"}));
    assert_eq!(status, 200, "{played}");
    assert_eq!(fleet.media(1, played["grant"]["renditions"][0]["url"].as_str().unwrap()), "HTTP/1.1 200 OK");
    fleet.stop();
}
