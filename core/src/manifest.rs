//! The series manifest (format version 1): typed, checked, with the path of whatever is wrong.
//!
//! Unknown members warn and are ignored. A bad URL or a repeated id leaves out what it belongs to and is told
//! as a fault; the rest of the series goes on.

mod read;

pub use read::Reader;
pub(crate) use read::{read_captions, read_money, read_offers, read_renditions};

use crate::event::FetchFailure;
use crate::fault::{Code, Fault};
use crate::node::Node;
use crate::time::{Millis, WallMs};

/// Most episodes in one document.
pub const MAX_EPISODES: usize = 10_000;

/// So many episodes are read in one go: all of an ordinary series, and of a long one so few that no frame is late for them.
pub const CHUNK: usize = 128;

/// A series and its episodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// The series.
    pub series: Series,
    /// Who decides access, and the free count.
    pub access: Policy,
    /// The offers for locked episodes, in order.
    pub offers: Vec<Offer>,
    /// The episodes, in feed order.
    pub episodes: Vec<Episode>,
    /// Other series, to go on with.
    pub related: Vec<Related>,
    /// Indices of the episodes in the order of their ids: finds one, and repeats, without the kilobytes of wasm of a hash map.
    order: Vec<usize>,
}

/// Another series.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// Title.
    pub title: String,
    /// Absolute URL of its poster.
    pub poster: Option<String>,
    /// Absolute URL of its page.
    pub href: String,
}

/// One language of captions.
#[derive(Clone, Debug, PartialEq)]
pub struct Caption {
    /// BCP 47.
    pub lang: String,
    /// What it is called; the language's own code when it has no label.
    pub label: String,
    /// Absolute URL of the WebVTT file.
    pub url: String,
    /// To be shown unless the viewer says otherwise.
    pub default: bool,
}

/// The series as such.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Slug.
    pub id: String,
    /// Title.
    pub title: String,
    /// Plain text.
    pub synopsis: String,
    /// BCP 47.
    pub lang: String,
    /// Planned number of episodes, which may be more than the document holds.
    pub total: Option<u32>,
    /// Absolute URL.
    pub poster: Option<String>,
    /// From this age on, in years.
    pub age: Option<u32>,
}

/// Who decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nobody: locked episodes are not loaded until unlocked in the page.
    #[default]
    Open,
    /// The page.
    Host,
    /// The gate server.
    Gate,
}

/// The access policy of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Who decides.
    pub mode: Mode,
    /// Episodes with an ordinal up to this are free.
    pub free_episodes: u32,
    /// Absolute base URL of the gate, without a slash at its end.
    pub gate: Option<String>,
}

/// One episode.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Episode {
    /// Slug, unique in the feed.
    pub id: String,
    /// Ordinal, from 1.
    pub n: u32,
    /// Title; may be empty.
    pub title: String,
    /// Length by the catalogue.
    pub duration: Option<Millis>,
    /// Absolute URL of the poster.
    pub poster: Option<String>,
    /// `access.state`: overrides the free count.
    pub state: Option<State>,
    /// `access.offers`: ids; empty means the series' offers.
    pub offers: Vec<String>,
    /// From this moment it is free.
    pub free_after: Option<WallMs>,
    /// Not to be shown before.
    pub from: Option<WallMs>,
    /// Not to be shown from then on.
    pub until: Option<WallMs>,
    /// Its media.
    pub renditions: Vec<Rendition>,
    /// Its captions.
    pub captions: Vec<Caption>,
    /// Absolute URL of its storyboard.
    pub storyboard: Option<String>,
    /// Its cues as they came: read when it plays.
    pub cues: Node,
}

/// An episode's own rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Free whatever its ordinal.
    Free,
    /// Locked whatever its ordinal.
    Locked,
}

/// One way to get the media of an episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendition {
    /// Container.
    pub container: Container,
    /// Absolute URL, checked.
    pub url: String,
    /// RFC 6381 codecs, for example `avc1.64001f,mp4a.40.2`.
    pub codecs: Option<String>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Bits per second.
    pub bitrate: Option<u32>,
}

/// A rendition's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A progressive or fragmented MP4 file.
    Mp4,
    /// An HLS playlist.
    Hls,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Minor units.
    pub amount: u64,
    /// ISO 4217, three capital letters.
    pub currency: [u8; 3],
}

impl Money {
    /// The currency's code.
    #[must_use]
    pub fn code(&self) -> String {
        self.currency.iter().map(|c| char::from(*c)).collect()
    }
}

/// What an offer unlocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This episode.
    Episode,
    /// Everything still locked.
    Rest,
    /// The whole series.
    Series,
}

/// A way past the wall.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Slug.
    pub id: String,
    /// What it is.
    pub kind: OfferKind,
    /// The operator's own words, when given.
    pub label: Option<String>,
    /// The offer object as it came, with its `id`: what events carry.
    pub raw: Node,
}

/// The kinds of offers.
#[derive(Clone, Debug, PartialEq)]
pub enum OfferKind {
    /// Pay with coins.
    Coins {
        /// What it unlocks.
        scope: Scope,
        /// Price in coins.
        coins: u64,
        /// The same in money: always shown beside the coins.
        money: Money,
    },
    /// Watch an ad.
    Ad {
        /// How long the episode stays open, in hours.
        hours: Option<u32>,
    },
    /// Buy once.
    Purchase {
        /// What it unlocks.
        scope: Scope,
        /// Price.
        price: Money,
    },
    /// Subscribe.
    Subscription {
        /// Price of one period.
        price: Money,
        /// ISO 8601 duration, such as `P1W`.
        period: String,
        /// Where to cancel: absolute URL, shown beside the price.
        manage_url: String,
    },
    /// Buy coins.
    Pack {
        /// Coins, with bonus.
        coins: u64,
        /// Price.
        price: Money,
    },
}

impl Manifest {
    /// Reads a manifest. `base` is the absolute URL it came from.
    ///
    /// Returns the manifest with the minor faults and warnings met on the way.
    ///
    /// # Errors
    /// A fatal [`Fault`] when there is no series to play.
    pub fn read(document: &Node, base: &str) -> Result<(Self, Reader), Fault> {
        Self::begin(document, base, 0)
    }

    /// Reads a manifest of which `document` holds only the first episodes; so many more are to be added with the reader.
    pub(crate) fn begin(document: &Node, base: &str, more: usize) -> Result<(Self, Reader), Fault> {
        let mut reader = Reader::new(base);
        let manifest = reader.manifest(document, more)?;
        Ok((manifest, reader))
    }

    /// Where in the order an id stands, or would stand.
    fn place_of(&self, id: &str) -> Result<usize, usize> {
        self.order.binary_search_by(|at| self.episodes.get(*at).map_or("", |e| e.id.as_str()).cmp(id))
    }

    /// Index of the episode with this id.
    #[must_use]
    pub fn index_of_id(&self, id: &str) -> Option<usize> {
        self.order.get(self.place_of(id).ok()?).copied()
    }

    /// Index of the episode with this ordinal.
    #[must_use]
    pub fn index_of_ordinal(&self, n: u32) -> Option<usize> {
        let guess = (n as usize).checked_sub(1)?;
        if self.episodes.get(guess).is_some_and(|e| e.n == n) {
            return Some(guess);
        }
        self.episodes.iter().position(|e| e.n == n)
    }

    /// The offers that apply to an episode.
    #[must_use]
    pub fn offers_for(&self, episode: &Episode) -> Vec<Offer> {
        if episode.offers.is_empty() {
            return self.offers.clone();
        }
        episode.offers.iter().filter_map(|id| self.offers.iter().find(|o| o.id == *id)).cloned().collect()
    }
}

/// The fault to tell when a manifest could not be fetched or parsed.
#[must_use]
pub fn fetch_fault(failure: &FetchFailure, url: &str) -> Fault {
    match failure {
        FetchFailure::Unreachable => Fault::fatal(
            Code::ManifestUnreachable,
            ["The manifest ", url, " could not be fetched. Check the address, CORS and the connection."].concat(),
        ),
        FetchFailure::Status(status) => Fault::fatal(
            Code::ManifestStatus,
            ["The manifest ", url, " was answered with status ", &crate::text::whole(u64::from(*status)), "; 200 was expected."].concat(),
        ),
        FetchFailure::NotJson(at) => Fault::fatal(Code::ManifestNotJson, ["The manifest is not JSON: ", at].concat()),
        FetchFailure::TooDeep => {
            Fault::fatal(Code::ManifestTooDeep, "The manifest is nested deeper than 32 levels; a series manifest needs seven.")
        }
        FetchFailure::TooLarge => {
            Fault::fatal(Code::ManifestTooManyEpisodes, "episodes: at most 10,000 in one document; name a further page with \"next\".")
        }
    }
}
