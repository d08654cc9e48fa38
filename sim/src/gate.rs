//! The gate of random sessions.

use cliffhanger_core::event::*;
use cliffhanger_core::*;

use crate::browser::Browser;
use crate::document::{MORNING, renditions};

impl Browser {
    pub(crate) fn ask_gate(&mut self, ask: AskId, body: &Node) {
        self.asks.push(ask);
        let id = body.get("episode").and_then(Node::as_text).expect("a question names its episode");
        let n: u32 = id.trim_start_matches('e').parse().expect("episodes are numbered");
        self.truth.asked_gate(self.now, ask, n);
        if !self.weather.alive {
            if let Some(reply) = (self.gate)(body) {
                self.inbox.push_back(Event::Gate { ask, reply });
            }
            return;
        }
        let reply = if !self.weather.online {
            Some(Err(FetchFailure::Unreachable))
        } else if self.weather.trouble(25) {
            self.wrong_answer()
        } else {
            Some(Ok(self.right_answer(n)))
        };
        if let Some(reply) = reply {
            let after = self.weather.answer();
            self.post(after, Event::Gate { ask, reply });
        }
    }

    fn wrong_answer(&mut self) -> Option<Result<(u16, Node), FetchFailure>> {
        let nonsense = [
            r#"{"allowed":true,"grant":true}"#,
            "{}",
            "[]",
            r#"{"grant":{"renditions":[]}}"#,
            r#"{"grant":{"renditions":[{"type":"mp4","url":"javascript:x"}]}}"#,
        ];
        let rng = &mut self.weather.rng;
        match rng.below(5) {
            0 => None,
            1 => Some(Err(FetchFailure::Unreachable)),
            2 => Some(Err(FetchFailure::NotJson("1:1".into()))),
            3 => Some(Ok((rng.pick(&[400, 404, 429, 500, 503]), Node::Null))),
            _ => Some(Ok((200, crate::json(rng.pick(&nonsense))))),
        }
    }

    /// What the viewer owns is granted, for a while; all else is denied.
    fn right_answer(&mut self, n: u32) -> (u16, Node) {
        if self.weather.trouble(3) {
            self.host.owned.retain(|owned| *owned != n);
        }
        if !self.host.owned.contains(&n) {
            let reason = self.weather.rng.pick(&["beyond-free", "locked", "expired", "unreleased", "whatever"]);
            return (402, Node::map([("code", "locked".into()), ("reason", reason.into())]));
        }
        let clock = MORNING + self.now;
        let grant = self.granted("https://g.example/granted", n, clock);
        (200, Node::map([("serverNowMs", clock.into()), ("grant", grant)]))
    }

    /// A grant with an address of its own.
    pub(crate) fn granted(&mut self, folder: &str, n: u32, clock: u64) -> Node {
        self.host.serial += 1;
        let url = format!("{folder}/e{n}-{}.mp4", self.host.serial);
        let rng = &mut self.weather.rng;
        let expires = rng.coin().then(|| rng.between(2_000, 60_000));
        let refresh = expires.filter(|_| rng.percent(80)).map(|expires| clock + expires * 2 / 3);
        let mut members = vec![("renditions".to_owned(), renditions(&[url]))];
        members.extend(expires.map(|expires| ("expiresMs".to_owned(), (clock + expires).into())));
        members.extend(refresh.map(|at| ("refreshAfterMs".to_owned(), at.into())));
        Node::Map(members)
    }
}
