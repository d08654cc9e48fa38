//! The public manifest: what anyone may know about a series.
//!
//! A locked episode is a type of its own that has no place for media, captions, storyboard or cues, so that nothing can
//! be left in by mistake. An episode that is not published is absent.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::access::{self, Decision};
use crate::authoring::{Caption, Cue, GateRef, Image, Legal, MediaType, Mode, Offer, Order, Rendition, SeriesInfo, State, View};
use crate::catalog::{Episode, Poster, Series};
use crate::links::Links;

#[derive(Serialize)]
struct Public<'a> {
    cliffhanger: &'static str,
    view: View,
    series: SeriesInfo,
    access: Access<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    offers: &'a BTreeMap<String, Offer>,
    episodes: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<crate::authoring::Related>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Access<'a> {
    mode: Mode,
    free_episodes: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
    gate: GateRef,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    offers: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    legal: Option<&'a Legal>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Free(FreeEpisode<'a>),
    Locked(LockedEpisode<'a>),
}

/// What is known of any published episode.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Common<'a> {
    id: &'a str,
    n: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poster: Option<Image>,
}

#[derive(Serialize)]
struct LockedEpisode<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    access: EpisodeAccess<'a>,
}

#[derive(Serialize)]
struct FreeEpisode<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    access: EpisodeAccess<'a>,
    renditions: Vec<Rendition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    captions: Vec<Caption>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cues: Vec<Cue>,
}

#[derive(Serialize)]
struct EpisodeAccess<'a> {
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    offers: Option<&'a [String]>,
}

/// The public manifest of `series` at `now_ms`, as JSON.
pub fn render(series: &Series, now_ms: u64, links: &Links) -> serde_json::Result<Vec<u8>> {
    let id = series.info.id.as_str();
    let mut info = series.info.clone();
    info.poster = series.poster.as_ref().map(|p| image(links, id, p));
    let episodes: Vec<Entry<'_>> = series.episodes.iter().filter_map(|e| entry(series, e, now_ms, links)).collect();
    info.total_episodes = info.total_episodes.or(u32::try_from(episodes.len()).ok());
    serde_json::to_vec(&Public {
        cliffhanger: "1",
        view: View::Public,
        series: info,
        access: Access {
            mode: Mode::Gate,
            free_episodes: series.free_episodes,
            order: series.order,
            gate: GateRef { base: links.base().to_owned(), tenant: series.tenant.clone() },
            offers: &series.default_offers,
            legal: series.legal.as_ref(),
        },
        offers: &series.offers,
        episodes,
        related: series
            .related
            .iter()
            .map(|(entry, poster)| {
                let mut entry = entry.clone();
                entry.poster = poster.as_ref().map(|p| image(links, id, p));
                entry
            })
            .collect(),
    })
}

fn entry<'a>(series: &'a Series, episode: &'a Episode, now_ms: u64, links: &Links) -> Option<Entry<'a>> {
    let id = series.info.id.as_str();
    let common = Common {
        id: &episode.id,
        n: episode.n,
        title: episode.title.as_deref(),
        duration_ms: episode.duration_ms,
        poster: episode.poster.as_ref().map(|p| image(links, id, p)),
    };
    let access = |state| EpisodeAccess { state, offers: episode.offers.as_deref() };
    match access::decide(series, episode, now_ms) {
        Decision::Unavailable => None,
        Decision::Locked(_) => Some(Entry::Locked(LockedEpisode { common, access: access(State::Locked) })),
        Decision::Allowed { .. } => {
            let media = Media::of(episode, |file| links.free(id, &episode.content_key, file));
            Some(Entry::Free(FreeEpisode {
                common,
                access: access(State::Free),
                renditions: media.renditions,
                captions: media.captions,
                cues: media.cues,
            }))
        }
    }
}

/// The media of one episode with real addresses.
pub struct Media {
    /// Encodings.
    pub renditions: Vec<Rendition>,
    /// Captions.
    pub captions: Vec<Caption>,
    /// Cues.
    pub cues: Vec<Cue>,
}

impl Media {
    /// The media of `episode`, with the address `url` gives each file.
    pub fn of(episode: &Episode, url: impl Fn(&str) -> String) -> Self {
        let renditions = episode.renditions.iter().map(|r| Rendition {
            media_type: MediaType::Mp4,
            url: url(&r.file),
            codecs: r.codecs.clone(),
            width: r.width,
            height: r.height,
            bitrate: r.bitrate,
            bytes: Some(r.bytes),
        });
        let captions = episode.captions.iter().map(|c| Caption { url: url(&c.url), ..c.clone() });
        let cues = episode.cues.iter().map(|(cue, image)| {
            let mut cue = cue.clone();
            if let (Some(file), Some(image)) = (image, &mut cue.image) {
                image.url = url(file);
            }
            cue
        });
        Self { renditions: renditions.collect(), captions: captions.collect(), cues: cues.collect() }
    }
}

/// A poster with its address.
pub fn image(links: &Links, series: &str, poster: &Poster) -> Image {
    match poster {
        Poster::Remote(image) => image.clone(),
        Poster::Local(file, image) => Image { url: links.poster(series, file), ..image.clone() },
    }
}
