//! A folder of plain MP4 files: everything is read from names and files.

use std::path::Path;

use super::draft::{Draft, DraftCaption, DraftEpisode, Picture};
use super::files::{self, Listing};
use super::{DEFAULT_FREE, names};
use crate::authoring::{Caption, Image, SeriesInfo};
use crate::grammar;
use crate::media::place::Place;

/// Reads the folder `root`. Whatever cannot be played is named and skipped.
pub(crate) fn read(root: &Path, listing: &Listing, note: &mut dyn FnMut(String)) -> Draft {
    let mut found: Vec<(&str, &Place)> = listing.iter().filter(|(name, place)| is_episode(name, place, note)).collect();
    found.sort_by(|a, b| names::natural(a.0, b.0));

    let mut episodes = Vec::new();
    for (name, place) in found {
        match episode(name, place, listing, note) {
            Ok(mut episode) => {
                episode.n = u32::try_from(episodes.len()).unwrap_or(u32::MAX).saturating_add(1);
                episodes.push(episode);
            }
            Err(why) => note(format!("skipped {name}: {why}")),
        }
    }
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    Draft {
        info: SeriesInfo {
            id: names::slug(&name),
            title: names::title(&name).unwrap_or_else(|| "Series".to_owned()),
            synopsis: None,
            // "Undetermined" (ISO 639-2): a folder does not say.
            lang: "und".to_owned(),
            total_episodes: None,
            status: None,
            updated_at: None,
            poster: None,
            age_rating: None,
            tags: None,
        },
        poster: beside("poster", listing, note),
        free_episodes: DEFAULT_FREE,
        order: None,
        tenant: None,
        default_offers: Vec::new(),
        offers: std::collections::BTreeMap::new(),
        legal: None,
        related: Vec::new(),
        episodes,
    }
}

fn is_episode(name: &str, place: &Place, note: &mut dyn FnMut(String)) -> bool {
    if let Some(path) = place.path().filter(|path| path.is_dir()) {
        if path.join("main.m3u8").exists() {
            note(format!("skipped {name}/: HLS folders are not served in this version"));
        }
        return false;
    }
    files::split_extension(name).is_some_and(|(_, extension)| extension == "mp4")
}

fn episode(name: &str, place: &Place, listing: &Listing, note: &mut dyn FnMut(String)) -> Result<DraftEpisode, crate::mp4::Unplayable> {
    let (movie, rendition) = files::probe_mp4(place)?;
    if !movie.complete {
        note(format!("{name} is cut short: it will stop before its end"));
    }
    let stem = files::split_extension(name).map_or(name, |(stem, _)| stem);
    Ok(DraftEpisode {
        id: None,
        source: name.to_owned(),
        n: 0,
        title: names::title(stem),
        duration_ms: movie.duration_ms,
        poster: beside(stem, listing, note),
        state: None,
        offers: None,
        free_after_ms: None,
        from_ms: None,
        until_ms: None,
        renditions: vec![rendition],
        captions: captions(stem, listing, note),
        cues: Vec::new(),
    })
}

/// The poster with the same stem.
fn beside(stem: &str, listing: &Listing, note: &mut dyn FnMut(String)) -> Option<Picture> {
    files::POSTERS.iter().find_map(|extension| {
        let (name, place) = listing.beside(stem, extension)?;
        let image = Image { url: String::new(), width: None, height: None, alt: None, blurhash: None };
        files::local_picture(place, image).inspect_err(|why| note(format!("skipped {name}: {why}"))).ok()
    })
}

/// `stem.vtt` and `stem.<language>.vtt`.
fn captions(stem: &str, listing: &Listing, note: &mut dyn FnMut(String)) -> Vec<DraftCaption> {
    let mut captions = Vec::new();
    for (word, name, place) in listing.variants(stem, "vtt") {
        let lang = match word {
            "" => "und",
            word if grammar::is_lang(word) => word,
            _ => continue,
        };
        match files::check_vtt(place) {
            Ok(place) => captions.push(DraftCaption {
                caption: Caption {
                    lang: lang.to_owned(),
                    label: (lang == "und").then(|| "Captions".to_owned()),
                    kind: None,
                    url: String::new(),
                    default: None,
                },
                place,
            }),
            Err(why) => note(format!("skipped {name}: {why}")),
        }
    }
    captions.truncate(64);
    captions
}
