//! The members of a series manifest. Units: `*Ms` milliseconds, money in minor units of an ISO 4217 currency.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offers::{Money, Offer, unique};

/// A whole authoring manifest.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Document {
    /// Format version, `"1"`.
    pub cliffhanger: String,
    /// Which form this claims to be; both are read alike.
    pub view: Option<View>,
    /// About the series.
    pub series: SeriesInfo,
    /// Who may watch what.
    pub access: Access,
    /// Ways to go on, by id.
    #[serde(default, deserialize_with = "unique")]
    pub offers: BTreeMap<String, Offer>,
    /// The episodes.
    pub episodes: Vec<Episode>,
    /// Other series to suggest.
    #[serde(default)]
    pub related: Vec<Related>,
    /// A further page. The gate serves whole series only.
    pub next: Option<String>,
}

/// The two forms of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// What anyone may see.
    Public,
    /// What the operator writes.
    Authoring,
}

/// About the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(missing_docs)] // The names are the manifest's own.
pub struct SeriesInfo {
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synopsis: Option<String>,
    pub lang: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_episodes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// Whether more episodes are to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Status {
    Ongoing,
    Complete,
}

/// Who may watch what.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Access {
    pub mode: Mode,
    pub free_episodes: u32,
    pub order: Option<Order>,
    pub gate: Option<GateRef>,
    #[serde(default)]
    pub offers: Vec<String>,
    pub legal: Option<Legal>,
}

/// Who decides access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Mode {
    Gate,
    Host,
    Open,
}

/// In which order episodes may be unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Order {
    Any,
    Sequential,
}

/// Where the gate is. `serve` replaces it with its own address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct GateRef {
    pub base: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// What the seller has to tell the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Legal {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_version: Option<String>,
}

/// An image. `url` is https, or a file in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Image {
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
}

/// An episode.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Episode {
    pub id: String,
    pub n: u32,
    pub title: Option<String>,
    pub duration_ms: Option<u64>,
    pub poster: Option<Image>,
    #[serde(default)]
    pub access: EpisodeAccess,
    #[serde(default)]
    pub window: Window,
    pub renditions: Vec<Rendition>,
    #[serde(default)]
    pub captions: Vec<Caption>,
    pub storyboard: Option<String>,
    #[serde(default)]
    pub cues: Vec<Cue>,
}

/// What an episode says about its own access.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EpisodeAccess {
    /// Overrides the series' free count.
    pub state: Option<State>,
    /// Overrides the series' offers.
    pub offers: Option<Vec<String>>,
    /// Free from this time on.
    pub free_after: Option<String>,
    /// A separate short file to show before unlocking.
    pub preview: Option<Preview>,
}

/// Free or locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum State {
    Free,
    Locked,
}

/// A separate short file. Read and checked, not served yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Preview {
    pub seconds: u32,
    pub renditions: Vec<Rendition>,
}

/// When the episode exists for the public at all.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Window {
    pub from: Option<String>,
    pub until: Option<String>,
}

/// The kinds of media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum MediaType {
    Mp4,
    Hls,
}

/// One encoding of an episode. In the authoring form `url` names a file in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Rendition {
    #[serde(rename = "type")]
    pub media_type: MediaType,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codecs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What captions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum CaptionKind {
    Subtitles,
    Captions,
    Descriptions,
}

/// A WebVTT file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Caption {
    pub lang: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<CaptionKind>,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
}

/// What a cue is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum CueKind {
    Product,
    Chapter,
    Cta,
}

/// What the viewer has to be told about a cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Disclosure {
    Ad,
    PaidPromotion,
    Affiliate,
    None,
}

/// Something shown at a time of the episode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Cue {
    pub id: String,
    pub kind: CueKind,
    pub at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
}

/// Another series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Related {
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}
