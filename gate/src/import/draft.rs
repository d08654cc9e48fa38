//! What an import has found, before ids and content keys are known.

use crate::authoring::{Cue, Image, Legal, Offer, Order, Related, SeriesInfo, State};
use crate::media::place::Place;
use std::collections::BTreeMap;

/// A series as found in a folder.
#[derive(Debug)]
pub struct Draft {
    /// About the series; its poster is in `poster`, its related series in `related`.
    pub info: SeriesInfo,
    /// The poster of the series.
    pub poster: Option<Picture>,
    /// How many episodes are free by ordinal.
    pub free_episodes: u32,
    /// Order in which episodes may be unlocked.
    pub order: Option<Order>,
    /// The tenant named by the author.
    pub tenant: Option<String>,
    /// Offers of every episode that names none.
    pub default_offers: Vec<String>,
    /// All offers.
    pub offers: BTreeMap<String, Offer>,
    /// Seller's texts.
    pub legal: Option<Legal>,
    /// Related series, each with its poster.
    pub related: Vec<(Related, Option<Picture>)>,
    /// The episodes, in order.
    pub episodes: Vec<DraftEpisode>,
}

/// An episode as found.
#[derive(Debug)]
pub struct DraftEpisode {
    /// The id where the author gives one.
    pub id: Option<String>,
    /// What stands for the episode across restarts when it has no id: its file name.
    pub source: String,
    /// Ordinal.
    pub n: u32,
    /// Title.
    pub title: Option<String>,
    /// Length.
    pub duration_ms: Option<u64>,
    /// Poster.
    pub poster: Option<Picture>,
    /// Access override.
    pub state: Option<State>,
    /// Offers override.
    pub offers: Option<Vec<String>>,
    /// Free from, milliseconds since the epoch.
    pub free_after_ms: Option<u64>,
    /// Public from, milliseconds since the epoch.
    pub from_ms: Option<u64>,
    /// Public until, milliseconds since the epoch.
    pub until_ms: Option<u64>,
    /// Encodings, at least one.
    pub renditions: Vec<DraftRendition>,
    /// Captions.
    pub captions: Vec<DraftCaption>,
    /// Cues, each with its image when that is a file.
    pub cues: Vec<(Cue, Option<Place>)>,
}

/// An MP4 file that was found playable.
#[derive(Debug)]
pub struct DraftRendition {
    /// Where it is, resolved.
    pub place: Place,
    /// Codecs as the author gives them.
    pub codecs: Option<String>,
    /// Width, pixels.
    pub width: Option<u32>,
    /// Height, pixels.
    pub height: Option<u32>,
    /// Bits per second.
    pub bitrate: Option<u64>,
    /// Bytes.
    pub bytes: u64,
}

/// A caption file.
#[derive(Debug)]
pub struct DraftCaption {
    /// The members that are passed on; `url` is empty.
    pub caption: crate::authoring::Caption,
    /// Where it is, resolved.
    pub place: Place,
}

/// A poster.
#[derive(Debug, Clone)]
pub enum Picture {
    /// On another server.
    Remote(Image),
    /// A file; the image's `url` is empty.
    Local(Place, Image),
}
