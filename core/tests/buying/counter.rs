//! A make-believe gate that sells, and a browser in front of it, in virtual time.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cliffhanger_core::event::*;
use cliffhanger_core::shop::{ShopEffect, ShopEvent};
use cliffhanger_core::*;

use cliffhanger_sim::{BASE, json, series};

pub const GATE: &str = "https://a.example";

/// What happens to the next request of the shop.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    Arrives,
    /// It never reaches the gate.
    Lost,
    /// The gate acts on it, and the answer is lost.
    Unheard,
    /// It never reaches the gate, and nothing says so.
    Silence,
    /// Something in between answers.
    Answer(u16, &'static str),
    /// The answer waits until the test lets it go.
    Held,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub key: Option<String>,
    pub body: Node,
    pub at: u64,
}

/// What the gate knows.
#[derive(Debug)]
pub struct Gate {
    pub coins: BTreeMap<String, u64>,
    pub owned: BTreeMap<String, BTreeSet<String>>,
    pub price: u64,
    /// Quotes that were given out: viewer, episode, price.
    quotes: Vec<(String, String, u64)>,
    pub quotes_good_from: usize,
    done: BTreeMap<String, (Node, (u16, Node))>,
    /// Every debit: key and episode.
    pub charges: Vec<(String, String)>,
    pub checkouts: Vec<(String, &'static str)>,
    pub consent: Option<&'static str>,
    pub limit: Option<u64>,
    pub returns: bool,
    pub auto: Option<(u64, u64)>,
    /// Whether grants name media.
    pub viewers: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            coins: BTreeMap::new(),
            owned: BTreeMap::new(),
            price: 30,
            quotes: Vec::new(),
            quotes_good_from: 0,
            done: BTreeMap::new(),
            charges: Vec::new(),
            checkouts: Vec::new(),
            consent: None,
            limit: None,
            returns: true,
            auto: None,
            viewers: 0,
        }
    }
}

impl Gate {
    fn grant(episode: &str) -> String {
        format!(r#""grant":{{"renditions":[{{"type":"mp4","url":"https://g.example/granted/{episode}.mp4"}}]}}"#)
    }

    fn wallet(&self, viewer: &str) -> String {
        format!(r#""wallet":{{"paid":{},"bonus":0}}"#, self.coins.get(viewer).unwrap_or(&0))
    }

    fn packs() -> &'static str {
        r#""packs":[{"id":"pack-30","kind":"pack","coins":30,"price":{"amount":30,"currency":"EUR"}},
            {"id":"pack-300","kind":"pack","coins":300,"price":{"amount":270,"currency":"EUR"}}]"#
    }

    fn quote(&mut self, viewer: &str, episode: &str) -> String {
        self.quotes.push((viewer.to_owned(), episode.to_owned(), self.price));
        format!("q{}", self.quotes.len() - 1)
    }

    fn play(&mut self, viewer: Option<&str>, body: &Node) -> (u16, Node) {
        let episode = body.get("episode").and_then(Node::as_text).unwrap().to_owned();
        if viewer.is_some_and(|v| !self.coins.contains_key(v)) {
            return (401, json(r#"{"code":"token-invalid"}"#));
        }
        if viewer.and_then(|v| self.owned.get(v)).is_some_and(|owned| owned.contains(&episode)) {
            return (200, json(&format!(r#"{{"serverNowMs":1000,{}}}"#, Self::grant(&episode))));
        }
        let price = self.price;
        let mut offer = format!(
            r#""id":"one","kind":"coins","scope":"episode","coins":{price},"moneyEquivalent":{{"amount":{price},"currency":"EUR"}}"#
        );
        let preload = body.get("intent").and_then(Node::as_text) == Some("preload");
        if let Some(viewer) = viewer {
            let affordable = self.coins[viewer] >= price;
            offer += &format!(r#","affordable":{affordable}"#);
            if !preload {
                offer += &format!(r#","quote":"{}""#, self.quote(viewer, &episode));
            }
        }
        let auto = match (self.auto, viewer) {
            (Some((episodes, coins)), Some(v)) if episodes > 0 && coins >= price && self.coins[v] >= price => {
                format!(r#","autoUnlock":{{"offer":"one","coins":{price},"undoMs":4000,"left":{{"episodes":{episodes},"coins":{coins}}}}}"#)
            }
            _ => String::new(),
        };
        let (wallet, packs) = (self.wallet(viewer.unwrap_or_default()), Self::packs());
        (
            402,
            json(&format!(
                r#"{{"code":"locked","reason":"beyond-free",{wallet},{packs},"offers":[{{{offer}}},
                {{"id":"all","kind":"purchase","scope":"rest","price":{{"amount":99,"currency":"EUR"}}}},
                {{"id":"ad","kind":"ad","scope":"episode"}}]{auto}}}"#
            )),
        )
    }

    fn shop(&mut self, viewer: Option<&str>, call: &Call) -> (u16, Node) {
        if call.path == "/v1/play" {
            return self.play(viewer, &call.body);
        }
        if call.path == "/v1/viewers" {
            self.viewers += 1;
            let token = format!("viewer{}", self.viewers);
            self.coins.insert(token.clone(), 0);
            return (201, json(&format!(r#"{{"viewerToken":"{token}","expiresMs":1}}"#)));
        }
        let Some(viewer) = viewer else { return (401, json(r#"{"code":"viewer-required"}"#)) };
        if !self.coins.contains_key(viewer) {
            return (401, json(r#"{"code":"token-expired"}"#));
        }
        if let Some(key) = &call.key {
            assert!((16..=64).contains(&key.len()), "{key}");
            if let Some((body, reply)) = self.done.get(&format!("{viewer} {key}")) {
                return if *body == call.body { reply.clone() } else { (422, json(r#"{"code":"idempotency-conflict"}"#)) };
            }
        }
        let reply = match (call.method, call.path.as_str()) {
            ("POST", "/v1/unlocks") => self.unlock(viewer, call),
            ("POST", "/v1/quotes") => {
                let episode = call.body.get("episode").and_then(Node::as_text).unwrap();
                let quote = self.quote(viewer, episode);
                let price = self.price;
                let text =
                    format!(r#"{{"quote":"{quote}","total":{{"coins":{price},"moneyEquivalent":{{"amount":{price},"currency":"EUR"}}}}}}"#);
                (200, json(&text))
            }
            ("POST", "/v1/checkouts") => self.check_out(viewer, call),
            ("GET", path) => {
                let at: usize = path.strip_prefix("/v1/checkouts/c").unwrap().parse().unwrap();
                let (_, state) = &self.checkouts[at];
                (200, json(&format!(r#"{{"id":"c{at}","state":"{state}","url":"/pay/c{at}",{}}}"#, self.wallet(viewer))))
            }
            ("PUT", _) => {
                let number = |key: &str| call.body.get(key).and_then(Node::as_whole).unwrap();
                self.auto = Some((number("episodes"), number("coins")));
                (200, Node::Null)
            }
            ("DELETE", _) => {
                self.auto = None;
                (204, Node::Null)
            }
            other => panic!("no such endpoint: {other:?}"),
        };
        if let (Some(key), 201) = (&call.key, reply.0) {
            self.done.insert(format!("{viewer} {key}"), (call.body.clone(), reply.clone()));
        }
        reply
    }

    fn unlock(&mut self, viewer: &str, call: &Call) -> (u16, Node) {
        let quote: usize = call.body.get("quote").and_then(Node::as_text).unwrap()[1..].parse().unwrap();
        let (whose, episode, price) = self.quotes[quote].clone();
        if whose != viewer {
            return (400, json(r#"{"code":"quote-invalid"}"#));
        }
        let confirm = call.body.get("confirm").unwrap();
        if confirm.get("shownCoins").and_then(Node::as_whole) != Some(price) {
            return (422, json(r#"{"code":"price-mismatch"}"#));
        }
        if quote < self.quotes_good_from || price != self.price {
            let (fresh, now) = (self.quote(viewer, &episode), self.price);
            let text = format!(
                r#"{{"code":"quote-expired","quote":"{fresh}","coins":{now},"moneyEquivalent":{{"amount":{now},"currency":"EUR"}}}}"#
            );
            return (409, json(&text));
        }
        if let Some(limit) = self.limit {
            return (403, json(&format!(r#"{{"code":"limit-reached","coinsPerDay":{limit},"spent":0,"needed":{price}}}"#)));
        }
        let have = self.coins[viewer];
        if have < price {
            let packs = Self::packs();
            return (
                402,
                json(&format!(r#"{{"code":"insufficient-coins","needed":{price},"have":{have},{},{packs}}}"#, self.wallet(viewer))),
            );
        }
        if confirm.get("auto") == Some(&Node::Bool(true)) {
            let (episodes, coins) = self.auto.unwrap();
            self.auto = Some((episodes - 1, coins - price));
        }
        let owned = self.owned.entry(viewer.to_owned()).or_default();
        if owned.insert(episode.clone()) {
            *self.coins.get_mut(viewer).unwrap() -= price;
            self.charges.push((call.key.clone().unwrap(), episode.clone()));
        }
        (201, json(&format!(r#"{{"serverNowMs":1000,"receipt":{{}},{},{}}}"#, self.wallet(viewer), Self::grant(&episode))))
    }

    fn check_out(&mut self, viewer: &str, call: &Call) -> (u16, Node) {
        if call.body.get("returnUrl").is_some() && !self.returns {
            return (422, json(r#"{"code":"return-url-not-allowed"}"#));
        }
        if let Some(version) = self.consent {
            let given = call.body.get("consent").and_then(|c| c.get("version")).and_then(Node::as_text);
            if given != Some(version) {
                return (422, json(&format!(r#"{{"code":"consent-required","text":"You agree.","version":"{version}"}}"#)));
            }
        }
        let id = self.checkouts.len();
        self.checkouts.push((viewer.to_owned(), "pending"));
        (201, json(&format!(r#"{{"id":"c{id}","state":"pending","url":"/pay/c{id}",{}}}"#, self.wallet(viewer))))
    }
}

/// A page with a player, its storage, and the network between them and the gate.
pub struct Counter {
    pub player: Player,
    pub gate: Gate,
    pub now: u64,
    pub storage: BTreeMap<String, String>,
    pub calls: Vec<Call>,
    pub loads: Vec<String>,
    pub opened: Vec<String>,
    pub closed: usize,
    pub told: Vec<String>,
    /// Whether the browser opens windows.
    pub popups: bool,
    pub fates: VecDeque<Fate>,
    /// What befalls every request while nothing else is said.
    pub weather: Fate,
    held: VecDeque<ShopEvent>,
    tickets: usize,
    inbox: VecDeque<Event>,
    /// Taps that may buy: trusted, on an offer.
    pub taps: usize,
    answers_host: bool,
}

impl Counter {
    pub fn new() -> Self {
        Self::with(BTreeMap::new(), Gate::default(), 0)
    }

    /// A page that is loaded over what an earlier one left behind.
    pub fn with(storage: BTreeMap<String, String>, gate: Gate, now: u64) -> Self {
        let config = Config { src: Some("main.json".into()), autoplay: true, ..Config::default() };
        let mut counter = Self {
            player: Player::new(config, Instant(now)),
            gate,
            now,
            storage,
            calls: Vec::new(),
            loads: Vec::new(),
            opened: Vec::new(),
            closed: 0,
            told: Vec::new(),
            popups: true,
            fates: VecDeque::new(),
            weather: Fate::Arrives,
            held: VecDeque::new(),
            tickets: now as usize,
            inbox: VecDeque::new(),
            taps: 0,
            answers_host: false,
        };
        counter.send(Event::Connected(true));
        counter.send(Event::Later);
        counter
    }

    /// The same viewer loads the page again.
    pub fn reload(self) -> Self {
        Self::with(self.storage, self.gate, self.now + 1)
    }

    /// At the wall of episode 2, with so many coins; no viewer exists without coins.
    pub fn at_wall(coins: u64) -> Self {
        let mut counter = Self::new();
        if coins > 0 {
            counter.gate.viewers = 1;
            counter.gate.coins.insert("viewer1".into(), coins);
            counter.storage.insert(format!("@{GATE}"), "viewer1".into());
        }
        counter.go_to(2);
        counter.wait(1_000);
        counter
    }

    pub fn go_to(&mut self, n: u32) {
        self.send(Event::Call { call: None, request: Request::GoTo(Target::Ordinal(n)) });
    }

    pub fn tap(&mut self, offer: &str) {
        self.taps += 1;
        self.send(Event::Viewer(Action::Choose { offer: Some(offer.into()), trusted: true }));
    }

    pub fn act(&mut self, action: cliffhanger_core::shop::ShopAction) {
        self.taps += usize::from(action == cliffhanger_core::shop::ShopAction::Agree);
        self.send(Event::Viewer(Action::Shop(action, true)));
    }

    pub fn shop(&self) -> &cliffhanger_core::shop::Shop {
        self.player.view().paywall.unwrap().shop.unwrap()
    }

    pub fn offers(&self) -> Vec<&str> {
        self.player.view().paywall.unwrap().offers.iter().map(|offer| offer.id.as_str()).collect()
    }

    /// Requests of one path since the start.
    pub fn calls_to(&self, path: &str) -> Vec<&Call> {
        self.calls.iter().filter(|call| call.path.starts_with(path)).collect()
    }

    pub fn granted(&self) -> bool {
        self.player.access() == cliffhanger_core::surface::Access::Granted
    }

    pub fn pay(&mut self) {
        for at in 0..self.gate.checkouts.len() {
            let (viewer, state) = &mut self.gate.checkouts[at];
            if *state == "pending" {
                *state = "paid";
                *self.gate.coins.get_mut(viewer.as_str()).unwrap() += 30;
            }
        }
    }

    pub fn send(&mut self, event: Event) {
        self.inbox.push_back(event);
        while let Some(event) = self.inbox.pop_front() {
            for effect in self.player.handle(Instant(self.now), event) {
                self.perform(effect);
            }
        }
    }

    pub fn wait(&mut self, millis: u64) {
        let end = self.now + millis;
        for _ in 0..10_000 {
            let Some(at) = self.player.deadline().filter(|at| at.0 <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at.0);
            self.send(Event::Timeout);
            if self.player.deadline().is_some_and(|again| again.0 <= self.now) {
                self.now += 1;
            }
        }
        panic!("the deadline does not move on");
    }

    /// Lets the oldest answer go that was held back.
    pub fn release(&mut self) {
        if let Some(event) = self.held.pop_front() {
            self.send(Event::Shop(event));
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::FetchManifest { ask, .. } => {
                self.inbox.push_back(Event::Manifest { ask, base: BASE.into(), body: Ok(json(&series("gate", 6, 1))), more: 0 });
            }
            Effect::Recall { series } => self.inbox.push_back(Event::Recalled(self.storage.get(&series).cloned())),
            Effect::Remember { series, value } => {
                self.storage.insert(series, value);
            }
            Effect::AskGate { ask, base, body } => {
                assert_eq!(base, GATE);
                let viewer = self.token();
                let reply = match self.weather {
                    Fate::Lost | Fate::Silence | Fate::Unheard => Err(FetchFailure::Unreachable),
                    _ => Ok(self.gate.play(viewer.as_deref(), &body)),
                };
                self.inbox.push_back(Event::Gate { ask, reply });
            }
            Effect::RequestUnlock { ask, .. } => {
                let reply = if self.answers_host { UnlockReply::Taken } else { UnlockReply::Unanswered };
                self.inbox.push_back(Event::Unlock { ask, reply });
            }
            Effect::Notify { name, cancelable, .. } => {
                self.told.push(name.name().to_owned());
                if let Some(notice) = cancelable {
                    self.inbox.push_back(Event::Dispatched { notice, prevented: false });
                }
            }
            Effect::Load { url, .. } => self.loads.push(url),
            Effect::Shop(effect) => self.buy(effect),
            _ => {}
        }
    }

    fn token(&self) -> Option<String> {
        self.storage.get(&format!("@{GATE}")).filter(|token| !token.is_empty()).cloned()
    }

    fn buy(&mut self, effect: ShopEffect) {
        let told = match effect {
            ShopEffect::Keep { place, value } => {
                self.storage.insert(place, value);
                return;
            }
            ShopEffect::Close => {
                self.closed += 1;
                return;
            }
            ShopEffect::Recall { place } => ShopEvent::Recalled(self.storage.get(&place).filter(|text| !text.is_empty()).cloned()),
            ShopEffect::Ticket => {
                self.tickets += 1;
                ShopEvent::Ticket { key: format!("key-of-the-tap-{}", self.tickets), page: "https://a.example/watch#x".into() }
            }
            ShopEffect::Open { url } => {
                self.opened.push(url);
                ShopEvent::Opened(self.popups)
            }
            ShopEffect::Call { ask, method, base, path, key, body } => {
                assert_eq!(base, GATE);
                let call = Call { method, path, key, body, at: self.now };
                self.calls.push(call.clone());
                let fate = self.fates.pop_front().unwrap_or_else(|| self.weather.clone());
                let viewer = self.token();
                let answered = |reply| ShopEvent::Answered { ask, reply, wait: None };
                match fate {
                    Fate::Silence => return,
                    Fate::Lost => answered(Err(FetchFailure::Unreachable)),
                    Fate::Unheard => {
                        let _ = self.gate.shop(viewer.as_deref(), &call);
                        answered(Err(FetchFailure::Unreachable))
                    }
                    Fate::Answer(status, body) => {
                        ShopEvent::Answered { ask, reply: Ok((status, json(body))), wait: (status == 429).then_some(7) }
                    }
                    Fate::Held => {
                        let reply = self.gate.shop(viewer.as_deref(), &call);
                        self.held.push_back(answered(Ok(reply)));
                        return;
                    }
                    Fate::Arrives => answered(Ok(self.gate.shop(viewer.as_deref(), &call))),
                }
            }
        };
        self.inbox.push_back(Event::Shop(told));
    }
}
