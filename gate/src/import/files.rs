//! Looking at files: listing a folder, probing an MP4, recognising captions and posters.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::draft::{DraftRendition, Picture};
use crate::authoring::Image;
use crate::media::place::Place;
use crate::media::shelf::Objects;
use crate::mp4::{self, Movie, Unplayable};

/// Extensions of posters, in order of preference.
pub(crate) const POSTERS: [&str; 5] = ["avif", "webp", "jpg", "jpeg", "png"];

/// The entries of one folder on the disk and, where it has no file of a name, in the object store; without hidden ones. Keys are names as text: a name that is not UTF-8 has its odd bytes
/// replaced for display, the path stays exact.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: BTreeMap<String, Place>,
    /// (stem, lower-case extension) -> name.
    by_stem: BTreeMap<(String, String), String>,
}

impl Listing {
    fn add(&mut self, name: String, place: Place) {
        if name.starts_with('.') {
            return;
        }
        if let Some((stem, extension)) = split_extension(&name) {
            self.by_stem.insert((stem.to_owned(), extension), name.clone());
        }
        self.entries.insert(name, place);
    }

    /// All entries, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Place)> {
        self.entries.iter().map(|(n, p)| (n.as_str(), p))
    }

    /// The entry with exactly this name.
    pub(crate) fn file(&self, name: &str) -> Option<&Place> {
        self.entries.get(name)
    }

    /// The entry `<stem>.<extension>`, whatever the case of the extension.
    pub(crate) fn beside(&self, stem: &str, extension: &str) -> Option<(&str, &Place)> {
        let name = self.by_stem.get(&(stem.to_owned(), extension.to_owned()))?;
        Some((name, self.file(name)?))
    }

    /// Entries with `extension` whose stem is `stem`, or `stem` followed by a dot and a word; with that word.
    pub(crate) fn variants<'a>(&'a self, stem: &'a str, extension: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Place)> {
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

/// Lists `dir` and `objects`. Hidden entries are left out; among them the `._*` files that macOS leaves on other disks.
pub(crate) fn list(dir: &Path, objects: &Objects) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for (name, object) in objects.iter().filter(|(name, _)| !name.contains('/')) {
        listing.add(name.clone(), Place::Object(object.clone()));
    }
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        listing.add(entry.file_name().to_string_lossy().into_owned(), Place::Disk(entry.path()));
    }
    Ok(listing)
}

/// Splits `name` into stem and lower-case extension.
pub(crate) fn split_extension(name: &str) -> Option<(&str, String)> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty()).then(|| (stem, extension.to_ascii_lowercase()))
}

/// All bytes of a file; `FileTooLarge` when they are more than `most`.
pub(crate) fn bytes(place: &Place, most: u64) -> io::Result<Vec<u8>> {
    let file = open(place).map_err(|e| match e {
        Unopened::NoFile => io::ErrorKind::IsADirectory.into(),
        Unopened::Io(error) => error,
    })?;
    let mut bytes = Vec::new();
    file.bytes.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Reads an MP4 file's header and resolves its place.
pub(crate) fn probe_mp4(place: &Place) -> Result<(Movie, DraftRendition), Unplayable> {
    let File { place, len, mut bytes } = match open(place) {
        Ok(file) => file,
        Err(Unopened::NoFile) => return Err(Unplayable::NotMp4),
        Err(Unopened::Io(error)) => return Err(error.into()),
    };
    let movie = mp4::probe(&mut bytes, len)?;
    drop(bytes);
    let bitrate = movie.duration_ms.and_then(|ms| len.saturating_mul(8000).checked_div(ms)).filter(|b| *b > 0);
    Ok((movie, DraftRendition { place, codecs: None, width: movie.width, height: movie.height, bitrate, bytes: len }))
}

/// Resolves a WebVTT file after looking at its signature (WebVTT, section 4.1).
pub(crate) fn check_vtt(place: &Place) -> Result<Place, String> {
    let File { place, bytes, .. } = not_empty(place)?;
    let mut head = Vec::new();
    bytes.take(9).read_to_end(&mut head).map_err(|e| format!("it cannot be read: {e}"))?;
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    if text.starts_with(b"WEBVTT") { Ok(place) } else { Err("it is not a WebVTT file: the first line must be WEBVTT".to_owned()) }
}

/// Resolves an image file.
pub(crate) fn local_picture(place: &Place, image: Image) -> Result<Picture, String> {
    let File { place, .. } = not_empty(place)?;
    let known = place.extension().is_some_and(|e| POSTERS.contains(&e.as_str()));
    if known { Ok(Picture::Local(place, image)) } else { Err(format!("its extension must be one of {}", POSTERS.join(", "))) }
}

/// A file that is open, and where it really is.
struct File {
    place: Place,
    len: u64,
    bytes: Box<dyn ReadSeek>,
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

enum Unopened {
    /// A folder, a FIFO or the like.
    NoFile,
    Io(io::Error),
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn open(place: &Place) -> Result<File, Unopened> {
    match place {
        Place::Object(object) => Ok(File { place: place.clone(), len: object.len(), bytes: Box::new(object.clone().into_reader()) }),
        Place::Disk(path) => {
            let path = path.canonicalize()?;
            let meta = std::fs::metadata(&path)?;
            if !meta.is_file() {
                // Before it is opened: opening a FIFO would wait for its writer.
                return Err(Unopened::NoFile);
            }
            let bytes = Box::new(std::fs::File::open(&path)?);
            Ok(File { place: Place::Disk(path), len: meta.len(), bytes })
        }
    }
}

fn not_empty(place: &Place) -> Result<File, String> {
    match open(place) {
        Ok(file) if file.len > 0 => Ok(file),
        Ok(_) => Err("the file is empty (0 bytes)".to_owned()),
        Err(Unopened::NoFile) => Err("it is not a file".to_owned()),
        Err(Unopened::Io(error)) if error.kind() == io::ErrorKind::NotFound => Err(format!("it cannot be found: {error}")),
        Err(Unopened::Io(error)) => Err(format!("it cannot be read: {error}")),
    }
}
