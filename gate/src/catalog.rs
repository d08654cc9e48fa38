//! The catalogue in memory: what there is to watch, and which file each address stands for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::authoring::{Caption, Cue, Image, Legal, Offer, Order, Related, SeriesInfo, State};
use crate::media::place::Place;

/// Everything the gate serves. Immutable: a change makes a new one.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Series by id.
    pub series: BTreeMap<String, Arc<Series>>,
    /// Files by address: `<series>/<content-key>/<file>`, posters `<series>/<file>`.
    pub assets: HashMap<String, Asset>,
}

/// A file the gate may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Where it is; a path is absolute, without symbolic links when it was recorded.
    pub place: Place,
    /// What it may be used for.
    pub kind: AssetKind,
    /// The series it belongs to.
    pub series: String,
    /// The episode it belongs to; `None` for the series as a whole.
    pub episode: Option<String>,
}

/// What a file may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetKind {
    /// Media, captions, cue images: only for those who may watch the episode.
    Media,
    /// Anyone may see it.
    Poster,
}

/// A series.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // The members of `authoring::Document`, resolved.
pub struct Series {
    pub info: SeriesInfo,
    pub poster: Option<Poster>,
    pub free_episodes: u32,
    pub order: Option<Order>,
    pub tenant: Option<String>,
    pub default_offers: Vec<String>,
    pub offers: BTreeMap<String, Offer>,
    pub legal: Option<Legal>,
    pub related: Vec<(Related, Option<Poster>)>,
    /// In order of `n`.
    pub episodes: Vec<Episode>,
}

impl Series {
    /// The episode with this id.
    pub fn episode(&self, id: &str) -> Option<&Episode> {
        self.episodes.iter().find(|e| e.id == id)
    }

    /// The offers of `episode`: its own, else the series'.
    pub fn offers_of<'a>(&'a self, episode: &'a Episode) -> &'a [String] {
        episode.offers.as_deref().unwrap_or(&self.default_offers)
    }
}

/// An episode.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Episode {
    pub id: String,
    pub n: u32,
    pub title: Option<String>,
    pub duration_ms: Option<u64>,
    pub poster: Option<Poster>,
    pub rule: Rule,
    pub offers: Option<Vec<String>>,
    /// The random directory name of its media addresses.
    pub content_key: String,
    pub renditions: Vec<Rendition>,
    /// `url` is the file name inside the content key's directory.
    pub captions: Vec<Caption>,
    /// An image whose address is a bare file name lies inside the content key's directory.
    pub cues: Vec<(Cue, Option<String>)>,
}

/// When an episode exists, and when it is free. Times are milliseconds since the epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Rule {
    pub state: Option<State>,
    pub free_after_ms: Option<u64>,
    pub from_ms: Option<u64>,
    pub until_ms: Option<u64>,
}

/// One encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Rendition {
    /// File name inside the content key's directory.
    pub file: String,
    pub codecs: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub bitrate: Option<u64>,
    pub bytes: u64,
}

/// A poster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Poster {
    /// On another server, as the author gave it.
    Remote(Image),
    /// Ours: the file name under `/poster/<series>/`, and the members to pass on.
    Local(String, Image),
}
