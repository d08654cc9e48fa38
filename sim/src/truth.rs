//! What is open to the viewer, by the simulation's own books: it never asks the core.
//!
//! Where the core may or may not have taken an answer (it came after the core had given up waiting), the books count the
//! episode as open; everywhere else they are exact.

use cliffhanger_core::*;

use crate::document::{Document, MORNING, Mode};

/// An answer of the gate counts for at least so long after the question.
const FRESH: u64 = 10_000;

/// Leave to watch one episode.
#[derive(Clone, Debug)]
struct Lease {
    n: u32,
    /// The URL it brought; `None`: the manifest's own.
    url: Option<String>,
    since: u64,
    until: Option<u64>,
}

/// The books.
#[derive(Clone, Debug)]
pub struct Truth {
    series: Option<Document>,
    /// `free-episodes`
    attribute: Option<u32>,
    /// The wall clock, and when it was told.
    wall: Option<(u64, u64)>,
    leases: Vec<Lease>,
    /// Grants the host gave before the series was there.
    early: Vec<(String, Node)>,
    /// Questions to the gate: number, episode, and when, unless something has happened since that counts more.
    asked: Vec<(AskId, u32, Option<u64>)>,
    /// Unlock requests.
    requested: Vec<(AskId, u32)>,
}

impl Truth {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            series: None,
            attribute: config.free_episodes,
            wall: None,
            leases: Vec::new(),
            early: Vec::new(),
            asked: Vec::new(),
            requested: Vec::new(),
        }
    }

    /// The series whose manifest was read last.
    pub(crate) fn series(&self) -> Option<&Document> {
        self.series.as_ref()
    }

    pub(crate) fn set_series(&mut self, series: Document) {
        self.series = Some(series);
    }

    pub(crate) fn asked_gate(&mut self, now: u64, ask: AskId, n: u32) {
        // Of calls that waited for the series, a question may have come before a grant that is known of here first.
        let known = !self.leases.iter().any(|lease| lease.n == n && lease.since == now);
        self.asked.push((ask, n, known.then_some(now)));
    }

    pub(crate) fn asked_host(&mut self, ask: AskId, n: u32) {
        self.requested.push((ask, n));
    }

    pub(crate) fn configured(&mut self, before: &Config, config: &Config) {
        self.attribute = config.free_episodes;
        if before.src != config.src || before.gate != config.gate {
            self.series = None;
            self.leases.clear();
            self.asked.clear();
            self.requested.clear();
        }
    }

    /// Takes note of an event that the core is about to get.
    pub(crate) fn hear(&mut self, now: u64, event: &Event, ready: bool) {
        match event {
            Event::Wall(wall) => self.wall = Some((wall.0, now)),
            Event::Gate { ask, reply } => {
                let Some(at) = self.asked.iter().position(|(a, ..)| a == ask) else { return };
                let (_, n, since) = self.asked.remove(at);
                match reply {
                    Ok((200, body)) => {
                        let clock = body.get("serverNowMs").and_then(Node::as_whole).or(self.wall(now));
                        self.grant(now, n, body.get("grant").filter(|grant| grant.as_map().is_some()), clock);
                    }
                    Ok((402 | 403 | 410, _)) if since.is_some_and(|since| now < since + FRESH) => self.leases.retain(|lease| lease.n != n),
                    _ => {}
                }
            }
            Event::Unlock { ask, reply: UnlockReply::Grant { grant, .. } } => {
                if let Some((_, n)) = self.requested.iter().find(|(a, _)| a == ask) {
                    self.host_grants(now, *n, grant.clone());
                }
            }
            Event::Call { request: Request::Grant { episode, grant, .. }, .. } => {
                self.early.push((episode.clone(), grant.clone()));
                if ready {
                    self.ready(now);
                }
            }
            _ => {}
        }
    }

    /// The series is there: what the host granted before counts now.
    pub(crate) fn ready(&mut self, now: u64) {
        for (id, grant) in core::mem::take(&mut self.early) {
            if let Some(n) = id.strip_prefix('e').and_then(|n| n.parse().ok()) {
                self.host_grants(now, n, grant);
            }
        }
    }

    fn host_grants(&mut self, now: u64, n: u32, grant: Node) {
        if grant != Node::Bool(true) {
            self.grant(now, n, Some(&grant), self.wall(now));
        } else if self.series.as_ref().is_some_and(|series| series.mode != Mode::Gate) {
            self.leases.push(Lease { n, url: None, since: now, until: None });
        }
    }

    fn grant(&mut self, now: u64, n: u32, grant: Option<&Node>, clock: Option<u64>) {
        // A denial of what was asked before takes nothing back.
        for (_, _, since) in self.asked.iter_mut().filter(|(_, asked, _)| *asked == n) {
            *since = None;
        }
        let Some(Node::List(list)) = grant.and_then(|grant| grant.get("renditions")) else { return };
        let until = grant.and_then(|grant| grant.get("expiresMs")).and_then(Node::as_whole);
        let until = until.map(|at| now + at.saturating_sub(clock.unwrap_or(0)));
        let urls = list.iter().filter_map(|rendition| rendition.get("url").and_then(Node::as_text));
        self.leases.extend(urls.map(|url| Lease { n, url: Some(url.to_owned()), since: now, until }));
    }

    fn wall(&self, now: u64) -> Option<u64> {
        self.wall.map(|(wall, at)| wall + now - at)
    }

    fn free(&self, now: u64, n: u32) -> bool {
        let Some(series) = &self.series else { return false };
        let reached = |after: u64| self.wall(now).is_some_and(|wall| wall >= MORNING + after);
        let dates = series.dates.get((n as usize).wrapping_sub(1)).copied().unwrap_or_default();
        if dates.from.is_some_and(|from| !reached(from)) || dates.until.is_some_and(reached) {
            return false;
        }
        let count = if series.mode == Mode::Gate { series.free } else { self.attribute.unwrap_or(series.free) };
        n <= count || series.mode != Mode::Gate && dates.free_after.is_some_and(reached)
    }

    fn leases(&self, now: u64, n: u32) -> impl Iterator<Item = &Lease> {
        self.leases.iter().filter(move |lease| lease.n == n && lease.until.is_none_or(|until| now < until))
    }

    /// Whether an episode may be watched.
    #[must_use]
    pub fn open(&self, now: u64, n: u32) -> bool {
        self.free(now, n) || self.leases(now, n).next().is_some()
    }

    /// The episode a URL belongs to, when something of it may be asked for now; what is wrong otherwise.
    ///
    /// # Errors
    /// Why not.
    pub fn may(&self, now: u64, url: &str) -> Result<u32, String> {
        let (folder, name) = url.rsplit_once('/').unwrap_or_default();
        if folder.ends_with("/granted") {
            let lease = self.leases.iter().find(|lease| lease.url.as_deref() == Some(url) && lease.until.is_none_or(|until| now < until));
            return lease.map(|lease| lease.n).ok_or_else(|| format!("{url} was never granted, or has run out"));
        }
        let named = name.strip_prefix('e').and_then(|name| name.split(['.', '-']).next()?.parse().ok());
        let n = named.ok_or_else(|| format!("{url} is of no episode"))?;
        let home = self.series.as_ref().is_some_and(|series| folder.strip_prefix("https://a.example/") == Some(series.name));
        match (home, self.open(now, n)) {
            (true, true) => Ok(n),
            (true, false) => Err(format!("episode {n} is locked")),
            (false, _) => Err(format!("{url} is not of this series")),
        }
    }
}
