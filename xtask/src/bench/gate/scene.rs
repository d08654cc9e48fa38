//! The requests that are measured, made ready beforehand: viewers with coins, grants, quotes.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::{Connection, request};

/// The demo's series has five free episodes and seven locked ones, of thirty coins each.
const SERIES: &str = "neon-vows";
const LOCKED: std::ops::RangeInclusive<usize> = 6..=12;
const PACK: &str = "pack-300";
/// Clients that ask without a viewer.
const CLIENTS: usize = 512;

#[derive(Default)]
pub(super) struct Scene {
    pub(super) play_free: Vec<Vec<u8>>,
    pub(super) play_locked: Vec<Vec<u8>>,
    pub(super) play_owned: Vec<Vec<u8>>,
    pub(super) media: Vec<Vec<u8>>,
    pub(super) forged: Vec<Vec<u8>>,
    /// Each good once.
    pub(super) unlocks: Vec<Vec<u8>>,
}

impl Scene {
    pub(super) fn set(gate: SocketAddr, viewers: usize) -> Result<Self> {
        let mut connection = Connection::open(gate)?;
        let mut scene = Self::default();
        for client in 0..CLIENTS {
            scene.client(&mut connection, client)?;
        }
        for viewer in 0..viewers {
            scene.viewer(&mut connection, CLIENTS + viewer)?;
        }
        // Neighbours belong to different viewers: a viewer's purchases wait for each other.
        let each = LOCKED.count() - 1;
        let unlocks = std::mem::take(&mut scene.unlocks);
        scene.unlocks = (0..each).flat_map(|first| unlocks.iter().skip(first).step_by(each).cloned()).collect();
        Ok(scene)
    }

    /// Somebody without a viewer, who watches a free episode.
    fn client(&mut self, connection: &mut Connection, from: usize) -> Result<()> {
        let play = request("POST", "/v1/play", from, &[], Some(&json!({"series": SERIES, "episode": episode(1 + from % 5)})));
        let granted = connection.ask(&play)?.json(200)?;
        let url = granted.pointer("/grant/renditions/0/url").and_then(Value::as_str).context("a grant has no address")?;
        // Another bit of the signature, which is the third part of the token.
        let (start, end) = url.rsplit_once('.').and_then(|(url, _)| url.rsplit_once('.')).context("an address has no token")?;
        let flipped = if end.starts_with('A') { "B" } else { "A" };
        let file = url.rsplit_once('.').map_or("", |(_, extension)| extension);
        let forged = format!("{start}.{flipped}{}.{file}", end.get(1..).unwrap_or_default());
        let range = [("range", "bytes=0-262143")];
        self.play_free.push(play);
        self.media.push(request("GET", url, from, &range, None));
        self.forged.push(request("GET", &forged, from, &range, None));
        Ok(())
    }

    /// A viewer with coins, who owns the first locked episode, is about to unlock the others, and meets the wall at the last.
    fn viewer(&mut self, connection: &mut Connection, from: usize) -> Result<()> {
        let made = connection.ask(&request("POST", "/v1/viewers", from, &[], None))?.json(201)?;
        let token = made.get("viewerToken").and_then(Value::as_str).context("a viewer has no token")?;
        let bearer = format!("Bearer {token}");
        let asked = |path: &str, key: &str, body: Value| {
            request("POST", path, from, &[("authorization", &bearer), ("idempotency-key", key)], Some(&body))
        };
        let key = |what: &str| format!("bench-{from:08}-{what:0>8}");
        let begin = asked("/v1/checkouts", &key("pack"), json!({"series": SERIES, "episode": "e006", "offer": PACK}));
        let checkout = connection.ask(&begin)?.json(201)?;
        let page = checkout.get("url").and_then(Value::as_str).context("a checkout has no page")?;
        connection.ask(&request("POST", &format!("{page}/pay"), from, &[], None))?;
        for n in LOCKED {
            let here = json!({"series": SERIES, "episode": episode(n)});
            let play = asked("/v1/play", &key("play"), here);
            let wall = connection.ask(&play)?.json(402)?;
            let quote = wall.pointer("/offers/0/quote").and_then(Value::as_str).context("a wall has no quote")?;
            let unlock = asked("/v1/unlocks", &key(&n.to_string()), json!({ "quote": quote }));
            match n {
                n if n == *LOCKED.start() => {
                    connection.ask(&unlock)?.json(201)?;
                    self.play_owned.push(play);
                }
                n => {
                    self.unlocks.push(unlock);
                    if n == *LOCKED.end() {
                        self.play_locked.push(play);
                    }
                }
            }
        }
        Ok(())
    }
}

fn episode(n: usize) -> String {
    format!("e{n:03}")
}
