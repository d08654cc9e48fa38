//! Plain objects for the host. No media URL ever stands in one: not of a locked episode, nor of any other.

use super::Player;
use crate::event::Slot;
use crate::manifest::Mode;
use crate::node::Node;
use crate::surface::EventName;

/// How the first frame of a visit came.
#[derive(Clone, Debug)]
pub(super) struct FirstFrame {
    episode: String,
    path: &'static str,
    latency: u64,
    fed: bool,
}

/// Most visits kept in `stats`.
const KEPT: usize = 100;

impl Player {
    pub(super) fn describe_episode(&self, index: usize) -> Node {
        match self.manifest.episodes.get(index) {
            Some(episode) => Node::map([
                ("id", episode.id.as_str().into()),
                ("n", episode.n.into()),
                ("title", episode.title.as_str().into()),
                ("durationMs", episode.duration.map(|d| d.0).into()),
                ("poster", episode.poster.as_deref().into()),
                ("access", self.access_at(index).0.name().into()),
            ]),
            None => Node::Null,
        }
    }

    /// `series`
    #[must_use]
    pub fn series(&self) -> Node {
        let series = &self.manifest.series;
        if series.id.is_empty() {
            return Node::Null;
        }
        let mode = match self.manifest.access.mode {
            Mode::Open => "open",
            Mode::Host => "host",
            Mode::Gate => "gate",
        };
        Node::map([
            ("id", series.id.as_str().into()),
            ("title", series.title.as_str().into()),
            ("synopsis", series.synopsis.as_str().into()),
            ("lang", series.lang.as_str().into()),
            ("poster", series.poster.as_deref().into()),
            ("totalEpisodes", series.total.unwrap_or(u32::try_from(self.count()).unwrap_or(u32::MAX)).into()),
            ("mode", mode.into()),
            ("freeEpisodes", self.free_count().into()),
        ])
    }

    /// `episodes`: those that were read, see [`Player::unread`].
    #[must_use]
    pub fn episodes(&self) -> Node {
        Node::List((0..self.manifest.episodes.len()).map(|i| self.describe_episode(i)).collect())
    }

    /// `currentEpisode`
    #[must_use]
    pub fn current_episode(&self) -> Node {
        if self.is_ready() { self.describe_episode(self.current) } else { Node::Null }
    }

    /// `access`
    #[must_use]
    pub fn access(&self) -> crate::surface::Access {
        if self.is_ready() { self.access_here() } else { crate::surface::Access::Checking }
    }

    /// Whether a paywall is open: less work than to describe it.
    #[must_use]
    pub fn has_paywall(&self) -> bool {
        self.open_sheet().is_some()
    }

    /// `paywall`
    #[must_use]
    pub fn paywall(&self) -> Node {
        self.open_sheet().map_or(Node::Null, |sheet| {
            Node::map([
                ("episode", self.describe_episode(sheet.index)),
                ("reason", sheet.reason.name().into()),
                ("offers", Node::List(sheet.offers.iter().map(|o| o.raw.clone()).collect())),
            ])
        })
    }

    /// `error`
    #[must_use]
    pub fn error(&self) -> Node {
        let fault = self.stage_fault().map(|(fault, _)| fault).or(self.trouble.as_ref().map(|t| &t.fault));
        fault.map_or(Node::Null, crate::fault::Fault::detail)
    }

    /// `stats`. Bytes are those the player fetches itself; what a plain `src` costs only the browser knows.
    #[must_use]
    pub fn stats(&self) -> Node {
        let slots = Slot::ALL.iter().map(|slot| {
            let slot = self.slot(*slot);
            let episode = slot.index.and_then(|i| self.manifest.episodes.get(i)).map(|e| e.id.as_str());
            let buffered = (slot.buffered_to.get() - slot.time.get()).max(0.0);
            Node::map([("episode", episode.into()), ("bufferedSeconds", buffered.into())])
        });
        let visits = self.first_frames.iter().map(|frame| {
            Node::map([
                ("episode", frame.episode.as_str().into()),
                ("startPath", frame.path.into()),
                ("source", if frame.fed { "ranges" } else { "src" }.into()),
                ("firstFrameMs", frame.latency.into()),
            ])
        });
        let feeding = &self.feeding;
        Node::map([
            ("bytesFetched", feeding.fetched.into()),
            ("bytesWatched", feeding.watched.into()),
            ("bytesWasted", feeding.wasted.into()),
            ("throughputBitsPerSecond", self.throughput().into()),
            ("slots", Node::List(slots.collect())),
            ("episodes", Node::List(visits.collect())),
        ])
    }

    /// Tells and keeps the first moving frame of this visit.
    pub(super) fn record_first_frame(&mut self, adopted: bool) {
        let latency = self.now.since(self.arrived).0;
        let preloaded = self.visit.preloaded;
        let detail =
            Node::map([("episode", self.describe_episode(self.current)), ("latencyMs", latency.into()), ("preloaded", preloaded.into())]);
        self.notify(EventName::FirstFrame, detail);
        self.read_soon();
        let path = match (adopted, preloaded) {
            (true, _) => "adopted",
            (_, true) => "preloaded",
            _ => "cold",
        };
        let episode = self.manifest.episodes.get(self.current).map(|e| e.id.clone()).unwrap_or_default();
        if self.first_frames.len() >= KEPT {
            self.first_frames.remove(0);
        }
        let fed = self.is_fed(self.here());
        self.first_frames.push(FirstFrame { episode, path, latency, fed });
    }
}
