//! The server of media, when the core fetches by ranges.

use cliffhanger_core::event::*;

use crate::browser::{Browser, Job, Server};

/// A range that is coming.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    pub(crate) fetch: FetchId,
    pub(crate) n: u32,
}

impl Browser {
    pub(crate) fn fetch(&mut self, fetch: FetchId, url: &str, from: u64, until: Option<u64>) {
        let n = self.check_range(url, from, until);
        let size = self.file_size();
        let until = until.unwrap_or(size).min(size);
        self.ranges.push((n, from, until));
        self.asked.push(url.to_owned());
        self.flights.push(Flight { fetch, n });
        let server = if !self.weather.alive {
            self.server
        } else if !self.weather.online {
            if self.weather.rng.coin() { Server::Refuses } else { Server::Silent }
        } else if self.weather.trouble(10) {
            let rng = &mut self.weather.rng;
            let status = rng.pick(&[401, 403, 404, 410, 416, 500, 503]);
            let all = [
                Server::Whole,
                Server::Status(status),
                Server::Page,
                Server::Breaks,
                Server::Short,
                Server::Wrong,
                Server::Early,
                Server::Late,
            ];
            if rng.percent(25) { rng.pick(&[Server::Refuses, Server::Silent]) } else { rng.pick(&all) }
        } else {
            self.server
        };
        self.answer(fetch, server, from, until, size);
    }

    fn answer(&mut self, fetch: FetchId, server: Server, from: u64, until: u64, size: u64) {
        if from >= size {
            return self.send_parts(fetch, vec![Part::Head { status: 416, total: Some(size), from: None }]);
        }
        let film = self.weather.film.bytes.clone();
        let bytes = |from: u64, until: u64| Part::Bytes(film[from as usize..until as usize].to_vec());
        let head = |status| Part::Head { status, total: Some(size), from: (status == 206).then_some(from) };
        let middle = (from + until) / 2;
        let parts = match server {
            Server::Ranges if self.weather.alive && until - from < 20_000 => vec![head(206), bytes(from, until), Part::End],
            Server::Ranges => vec![head(206), bytes(from, middle), bytes(middle, until), Part::End],
            Server::Whole => vec![head(200), bytes(0, size), Part::End],
            Server::Status(status) => vec![Part::Head { status, total: None, from: None }],
            Server::Page => {
                vec![Part::Head { status: 206, total: Some(20), from: Some(0) }, Part::Bytes(b"<!doctype html><html".to_vec()), Part::End]
            }
            Server::Breaks => vec![head(206), bytes(from, middle), Part::Failed],
            Server::Short => vec![head(206), bytes(from, middle), Part::End],
            Server::Wrong => vec![head(206), bytes(size - until, size - from), Part::End],
            Server::Early => {
                let first = from.saturating_sub(4096);
                vec![Part::Head { status: 206, total: Some(size), from: Some(first) }, bytes(first, until), Part::End]
            }
            Server::Late => {
                let first = (from + 4096).min(until - 1);
                vec![Part::Head { status: 206, total: Some(size), from: Some(first) }, bytes(first, until), Part::End]
            }
            Server::Refuses => vec![Part::Failed],
            Server::Silent => return,
        };
        self.send_parts(fetch, parts);
    }

    fn send_parts(&mut self, fetch: FetchId, parts: Vec<Part>) {
        let mut at = self.now + self.weather.answer();
        let alive = self.weather.film.bytes.len() as f64 / self.weather.film.length * self.weather.link;
        let rate = self.link.map_or(alive, |link| link as f64);
        for part in parts {
            if !self.weather.alive && self.link.is_none() {
                self.inbox.push_back(Event::Fetched { fetch, part });
                continue;
            }
            if let Part::Bytes(bytes) = &part {
                at += (bytes.len() as f64 / rate * 1000.0) as u64;
            }
            self.later(at, Job::Event(Event::Fetched { fetch, part }));
            if self.weather.trouble(2) {
                // It falls silent.
                return;
            }
        }
    }

    /// A part of a range reaches the core; after some of them nothing more comes.
    pub(crate) fn flew(&mut self, fetch: FetchId, part: &Part) {
        let over = match part {
            Part::Head { status, .. } => !matches!(status, 200 | 206),
            Part::Bytes(_) => false,
            Part::End | Part::Failed => true,
        };
        if over {
            self.flights.retain(|flight| flight.fetch != fetch);
        }
    }
}
