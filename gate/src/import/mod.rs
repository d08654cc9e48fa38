//! From a folder to a catalogue.
//!
//! Symbolic links inside the folder are followed once, here, by the operator's own choice: many keep their media
//! elsewhere. The resolved path is what is recorded, and from then on no link is followed (see [`crate::media::open`]).

pub mod draft;
mod files;
mod folder;
mod from_json;
pub mod names;
pub mod store;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::authoring::{Fault, Offer};
use crate::media::shelf::Objects;
use draft::Draft;

/// The name of the authoring manifest inside a folder.
pub const SERIES_JSON: &str = "series.json";
/// Free episodes when nobody says otherwise.
pub const DEFAULT_FREE: u32 = 5;

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It does not exist.
    #[error("{} does not exist; give a folder that holds episodes (*.mp4)", .0.display())]
    Missing(PathBuf),
    /// It is a file or something else.
    #[error("{} is not a folder; give the folder that holds the episodes (*.mp4)", .0.display())]
    NotAFolder(PathBuf),
    /// It cannot be listed.
    #[error("{} cannot be read ({}); the gate needs to list and read it", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// Nothing to play.
    #[error("{} holds no playable episode; put MP4 files (*.mp4) there, or a series.json that names them", .0.display())]
    Empty(PathBuf),
    /// Too much to serve.
    #[error("{} holds {} episodes; at most {} are served as one series", .0.display(), .1, crate::authoring::MAX_EPISODES)]
    TooMany(PathBuf, usize),
    /// `series.json` cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    SeriesFile(PathBuf, io::Error),
    /// `series.json` says something wrong.
    #[error("{}: {}", .0.display(), .1)]
    Series(PathBuf, Fault),
}

/// What the command line decides about an import.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Overrides every other statement about which episodes are free.
    pub free_episodes: Option<u32>,
    /// Adds offers where the series has none.
    pub demo: bool,
}

/// [`read_with`] nothing in an object store.
pub fn read(dir: &Path, options: Options, note: &mut dyn FnMut(String)) -> Result<Draft, ImportError> {
    read_with(dir, &Objects::new(), options, note)
}

/// Reads `dir`; files that are not there may be among `objects`. `note` receives messages for the operator: files skipped, members that are not served.
pub fn read_with(dir: &Path, objects: &Objects, options: Options, note: &mut dyn FnMut(String)) -> Result<Draft, ImportError> {
    let meta = std::fs::metadata(dir).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => ImportError::Missing(dir.to_owned()),
        io::ErrorKind::NotADirectory => ImportError::NotAFolder(dir.to_owned()),
        _ => ImportError::Unreadable(dir.to_owned(), e),
    })?;
    if !meta.is_dir() {
        return Err(ImportError::NotAFolder(dir.to_owned()));
    }
    let root = dir.canonicalize().map_err(|e| ImportError::Unreadable(dir.to_owned(), e))?;
    let listing = files::list(&root, objects).map_err(|e| ImportError::Unreadable(dir.to_owned(), e))?;
    let mut draft = match listing.file(SERIES_JSON) {
        Some(place) => from_json::read(from_json::From { root: &root, objects }, place, note)?,
        None => folder::read(&root, &listing, note),
    };
    if draft.episodes.is_empty() {
        return Err(ImportError::Empty(dir.to_owned()));
    }
    if draft.episodes.len() > crate::authoring::MAX_EPISODES {
        return Err(ImportError::TooMany(dir.to_owned(), draft.episodes.len()));
    }
    if let Some(count) = options.free_episodes {
        override_free_count(&mut draft, count, note);
    }
    if options.demo {
        add_demo_offers(&mut draft);
    }
    Ok(draft)
}

/// The flag decides alone: an operator who lowers the count on the command line must not leave episodes open because
/// the file says `free`.
fn override_free_count(draft: &mut Draft, count: u32, note: &mut dyn FnMut(String)) {
    draft.free_episodes = count;
    let stated = draft.episodes.iter_mut().filter_map(|e| e.state.take()).count();
    if stated > 0 {
        note(format!("--free-episodes {count} overrides the access state that {stated} episodes have in {SERIES_JSON}"));
    }
}

const DEMO_OFFERS: &str = r#"{
 "ep-coins":{"kind":"coins","scope":"episode","coins":30,"moneyEquivalent":{"amount":30,"currency":"EUR","taxIncluded":true}},
 "rest":{"kind":"purchase","scope":"rest","price":{"amount":199,"currency":"EUR","taxIncluded":true}}}"#;

const DEMO_PACKS: &str = r#"{
 "pack-30":{"kind":"pack","coins":30,"price":{"amount":30,"currency":"EUR","taxIncluded":true}},
 "pack-100":{"kind":"pack","coins":100,"price":{"amount":100,"currency":"EUR","taxIncluded":true}},
 "pack-300":{"kind":"pack","coins":300,"bonusCoins":30,"price":{"amount":300,"currency":"EUR","taxIncluded":true}}}"#;

/// A demo has something to buy, and coins to buy it with, whatever the series says.
fn add_demo_offers(draft: &mut Draft) {
    // The texts are constants and a test reads them; an empty map would only mean a demo without offers.
    let offers = |text| serde_json::from_str::<BTreeMap<String, Offer>>(text).unwrap_or_default();
    if draft.offers.is_empty() {
        draft.offers = offers(DEMO_OFFERS);
        draft.default_offers = draft.offers.keys().cloned().collect();
    }
    if !draft.offers.values().any(|offer| matches!(offer, Offer::Pack { .. })) {
        for (id, pack) in offers(DEMO_PACKS) {
            draft.offers.entry(id).or_insert(pack);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_demo_offers_parse() {
        for (text, count) in [(super::DEMO_OFFERS, 2), (super::DEMO_PACKS, 3)] {
            let offers: std::collections::BTreeMap<String, crate::authoring::Offer> = serde_json::from_str(text).unwrap();
            assert_eq!(offers.len(), count);
        }
    }
}
