//! The page around the player: its manifests, and its answers to unlock requests.

use cliffhanger_core::event::*;
use cliffhanger_core::manifest::{CHUNK, MAX_EPISODES};
use cliffhanger_core::*;

use crate::browser::Browser;
use crate::document::{MORNING, Mode};
use crate::series::BASE;

/// What the page and its shop know.
#[derive(Debug, Default)]
pub(crate) struct Host {
    /// Episodes the viewer owns at the gate.
    pub(crate) owned: Vec<u32>,
    /// Makes each granted address another one.
    pub(crate) serial: u32,
    /// Numbers of method calls.
    pub(crate) calls: u32,
}

impl Browser {
    pub(crate) fn fetch_manifest(&mut self, ask: AskId, url: Option<&str>) {
        if !self.weather.alive {
            let body = match serde_json::from_str::<serde_json::Value>(&self.manifest) {
                Ok(_) => Ok(crate::json(&self.manifest)),
                Err(error) => Err(FetchFailure::NotJson(error.to_string())),
            };
            if self.manifest != "never" {
                self.inbox.push_back(Event::Manifest { ask, base: BASE.into(), body, more: 0 });
            }
            return;
        }
        let document = self.documents.iter().find(|document| url.and_then(|url| url.strip_suffix(".json")) == Some(document.name));
        let document = document.expect("a series of this session");
        let (name, node) = (document.name, document.node.clone());
        let body = if !self.weather.online {
            Err(FetchFailure::Unreachable)
        } else if self.weather.trouble(8) {
            match self.weather.rng.below(6) {
                0 => return,
                1 => Err(FetchFailure::Unreachable),
                2 => Err(FetchFailure::Status(503)),
                3 => Err(FetchFailure::Status(404)),
                4 => Err(FetchFailure::NotJson("1:1".into())),
                _ => Ok(Node::map([("cliffhanger", "9".into())])),
            }
        } else {
            Ok(node)
        };
        let after = self.weather.answer();
        self.post(after, Event::Manifest { ask, base: format!("https://a.example/{name}/list.json"), body, more: 0 });
    }

    /// As the shell does: of a long list only the beginning goes into the core with the document.
    pub(crate) fn shorten(&mut self, event: &mut Event) {
        let Event::Manifest { ask, body: Ok(Node::Map(members)), more, .. } = event else { return };
        let Some((_, Node::List(list))) = members.iter_mut().find(|(key, _)| key == "episodes") else { return };
        if !self.player.awaits(*ask) || list.len() > MAX_EPISODES {
            return;
        }
        self.list.clone_from(list);
        list.truncate(CHUNK);
        *more = self.list.len() - list.len();
    }

    /// Gives the core what it has to know before this event.
    pub(crate) fn catch_up(&mut self, event: &Event) {
        loop {
            let places = self.player.lacking(Instant(self.now), Some(event));
            if places.is_empty() {
                return;
            }
            self.read_on(places);
        }
    }

    /// Gives the core these of the document's episodes.
    pub fn read_on(&mut self, places: core::ops::Range<usize>) {
        assert_eq!(places.start, self.player.unread().start, "episodes are read out of their order");
        self.player.read_on(Instant(self.now), &self.list[places]);
    }

    pub(crate) fn unlock_requested(&mut self, ask: AskId, detail: Node) {
        self.watch.unlock_requested(&detail);
        let n = detail.get("episode").and_then(|episode| episode.get("n")).and_then(Node::as_whole);
        let n = n.expect("a request names its episode") as u32;
        self.truth.asked_host(ask, n);
        if !self.weather.alive {
            self.last_ask = Some((ask, detail));
            return;
        }
        let gated = self.truth.series().is_some_and(|series| series.mode == Mode::Gate);
        let bad = [Node::Bool(false), Node::Null, Node::map([("renditions", Node::List(Vec::new()))])];
        let reply = match self.weather.rng.below(10) {
            0 => return,
            1 => UnlockReply::Rejected("Card declined".into()),
            2 => UnlockReply::Taken,
            3 => UnlockReply::Unanswered,
            4 => UnlockReply::Grant { grant: self.weather.rng.pick(&bad), base: BASE.into() },
            5 => UnlockReply::Grant { grant: self.granted("https://h.example/granted", n, MORNING + self.now), base: BASE.into() },
            _ => {
                if gated {
                    self.host.owned.push(n);
                }
                UnlockReply::Grant { grant: Node::Bool(true), base: BASE.into() }
            }
        };
        let after = self.weather.answer();
        self.post(after, Event::Unlock { ask, reply });
    }

    /// A method call that waits for its answer.
    pub(crate) fn call(&mut self, request: Request) {
        self.host.calls += 1;
        let call = Some(CallId(self.host.calls));
        self.send(Event::Call { call, request });
    }
}
