//! Looking at files: listing a folder, probing an MP4, recognising captions and posters.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::draft::{DraftRendition, Picture};
use crate::authoring::Image;
use crate::mp4::{self, Movie, Unplayable};

/// Extensions of posters, in order of preference.
pub(crate) const POSTERS: [&str; 5] = ["avif", "webp", "jpg", "jpeg", "png"];

/// The entries of one folder, without hidden ones. Keys are names as text: a name that is not UTF-8 has its odd bytes
/// replaced for display, the path stays exact.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: BTreeMap<String, PathBuf>,
    /// (stem, lower-case extension) -> name.
    by_stem: BTreeMap<(String, String), String>,
}

impl Listing {
    /// All entries, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.entries.iter().map(|(n, p)| (n.as_str(), p.as_path()))
    }

    /// The path of the entry with exactly this name.
    pub(crate) fn file(&self, name: &str) -> Option<&Path> {
        self.entries.get(name).map(PathBuf::as_path)
    }

    /// The entry `<stem>.<extension>`, whatever the case of the extension.
    pub(crate) fn beside(&self, stem: &str, extension: &str) -> Option<(&str, &Path)> {
        let name = self.by_stem.get(&(stem.to_owned(), extension.to_owned()))?;
        Some((name, self.file(name)?))
    }

    /// Entries with `extension` whose stem is `stem`, or `stem` followed by a dot and a word; with that word.
    pub(crate) fn variants<'a>(&'a self, stem: &'a str, extension: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Path)> {
        self.by_stem
            .range((stem.to_owned(), String::new())..)
            .take_while(move |((s, _), _)| s.starts_with(stem))
            .filter(move |((_, e), _)| e == extension)
            .filter_map(move |((s, _), name)| {
                let word = match s.strip_prefix(stem)? {
                    "" => "",
                    tail => tail.strip_prefix('.')?,
                };
                Some((word, name.as_str(), self.file(name)?))
            })
    }
}

/// Lists `dir`. Hidden entries are left out; among them the `._*` files that macOS leaves on other disks.
pub(crate) fn list(dir: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            if let Some((stem, extension)) = split_extension(&name) {
                let key = (stem.to_owned(), extension);
                listing.by_stem.insert(key, name.clone());
            }
            listing.entries.insert(name, entry.path());
        }
    }
    Ok(listing)
}

/// Splits `name` into stem and lower-case extension.
pub(crate) fn split_extension(name: &str) -> Option<(&str, String)> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty()).then(|| (stem, extension.to_ascii_lowercase()))
}

/// Reads an MP4 file's header and resolves its path.
pub(crate) fn probe_mp4(path: &Path) -> Result<(PathBuf, Movie, DraftRendition), Unplayable> {
    let path = path.canonicalize()?;
    let meta = std::fs::metadata(&path)?;
    if !meta.is_file() {
        // Before it is opened: opening a FIFO would wait for its writer.
        return Err(Unplayable::NotMp4);
    }
    let mut file = File::open(&path)?;
    let movie = mp4::probe(&mut file, meta.len())?;
    let bitrate = movie.duration_ms.and_then(|ms| meta.len().saturating_mul(8000).checked_div(ms)).filter(|b| *b > 0);
    let rendition =
        DraftRendition { path: path.clone(), codecs: None, width: movie.width, height: movie.height, bitrate, bytes: meta.len() };
    Ok((path, movie, rendition))
}

/// Resolves a WebVTT file after looking at its signature (WebVTT, section 4.1).
pub(crate) fn check_vtt(path: &Path) -> Result<PathBuf, String> {
    let path = regular(path)?;
    let mut head = Vec::new();
    File::open(&path).and_then(|f| f.take(9).read_to_end(&mut head)).map_err(|e| format!("it cannot be read: {e}"))?;
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    if text.starts_with(b"WEBVTT") { Ok(path) } else { Err("it is not a WebVTT file: the first line must be WEBVTT".to_owned()) }
}

/// Resolves an image file.
pub(crate) fn local_picture(path: &Path, image: Image) -> Result<Picture, String> {
    let path = regular(path)?;
    let known = path.extension().and_then(|e| e.to_str()).is_some_and(|e| POSTERS.contains(&e.to_ascii_lowercase().as_str()));
    if known { Ok(Picture::Local(path, image)) } else { Err(format!("its extension must be one of {}", POSTERS.join(", "))) }
}

fn regular(path: &Path) -> Result<PathBuf, String> {
    let path = path.canonicalize().map_err(|e| format!("it cannot be found: {e}"))?;
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_file() && meta.len() > 0 => Ok(path),
        Ok(meta) if meta.is_file() => Err("the file is empty (0 bytes)".to_owned()),
        Ok(_) => Err("it is not a file".to_owned()),
        Err(e) => Err(format!("it cannot be read: {e}")),
    }
}
