//! A folder with a `series.json`: the file decides, and every file it names must be there.

use std::io;
use std::path::{Path, PathBuf};

use super::draft::{Draft, DraftCaption, DraftEpisode, DraftRendition, Picture};
use super::{ImportError, files};
use crate::authoring::{self, Caption, Document, Episode, Fault, Image, MediaType, Mode, Rendition};
use crate::media::place::Place;
use crate::media::shelf::Objects;
use crate::{grammar, percent};

/// Where the files that a `series.json` names may be.
#[derive(Clone, Copy)]
pub(crate) struct From<'a> {
    pub(crate) root: &'a Path,
    /// Of what is not there.
    pub(crate) objects: &'a Objects,
}

/// Reads the `series.json` at `place`.
pub(crate) fn read(from: From<'_>, place: &Place, note: &mut dyn FnMut(String)) -> Result<Draft, ImportError> {
    let shown = place.path().map_or_else(|| PathBuf::from(super::SERIES_JSON), Path::to_owned);
    let fault = |f| ImportError::Series(shown.clone(), f);
    let json = files::bytes(place, authoring::MAX_BYTES).map_err(|e| match e.kind() {
        io::ErrorKind::FileTooLarge => fault(Fault::at("$", format!("is larger than {} bytes", authoring::MAX_BYTES))),
        _ => ImportError::SeriesFile(shown.clone(), e),
    })?;
    let document = authoring::parse(&json).map_err(fault)?;
    drafted(from, document, note).map_err(fault)
}

fn drafted(from: From<'_>, doc: Document, note: &mut dyn FnMut(String)) -> Result<Draft, Fault> {
    if doc.access.mode != Mode::Gate {
        let said = if doc.access.mode == Mode::Open { "open" } else { "host" };
        note(format!("$.access.mode is \"{said}\"; `serve` enforces access itself and publishes the series as \"gate\""));
    }
    let mut info = doc.series;
    let poster = picture(from, "$.series.poster", info.poster.take())?;
    let mut episodes = Vec::new();
    for (i, episode) in doc.episodes.into_iter().enumerate() {
        episodes.extend(drafted_episode(from, &format!("$.episodes[{i}]"), episode, note)?);
    }
    episodes.sort_by_key(|e| e.n);
    let mut related = Vec::new();
    for (i, mut entry) in doc.related.into_iter().enumerate() {
        let poster = picture(from, &format!("$.related[{i}].poster"), entry.poster.take())?;
        related.push((entry, poster));
    }
    Ok(Draft {
        info,
        poster,
        free_episodes: doc.access.free_episodes,
        order: doc.access.order,
        tenant: doc.access.gate.and_then(|g| g.tenant),
        default_offers: doc.access.offers,
        offers: doc.offers,
        legal: doc.access.legal,
        related,
        episodes,
    })
}

/// `None` when none of its files can be played in this version; the operator is told.
fn drafted_episode(from: From<'_>, at: &str, episode: Episode, note: &mut dyn FnMut(String)) -> Result<Option<DraftEpisode>, Fault> {
    let mut renditions = Vec::new();
    let mut duration_ms = None;
    for (i, rendition) in episode.renditions.into_iter().enumerate() {
        let at = format!("{at}.renditions[{i}]");
        if let Some((probed, ms)) = drafted_rendition(from, &at, rendition, note)? {
            duration_ms = duration_ms.or(ms);
            renditions.push(probed);
        }
    }
    if renditions.is_empty() {
        note(format!("skipped episode {:?}: none of its files can be played", episode.id));
        return Ok(None);
    }
    let mut captions = Vec::new();
    for (i, caption) in episode.captions.into_iter().enumerate() {
        let at = format!("{at}.captions[{i}].url");
        let place = inside(from, &at, &caption.url)?;
        match files::check_vtt(&place) {
            Ok(place) => captions.push(DraftCaption { caption: Caption { url: String::new(), ..caption }, place }),
            Err(why) => note(format!("skipped {}: {why}", caption.url)),
        }
    }
    let mut cues = Vec::new();
    for (i, mut cue) in episode.cues.into_iter().enumerate() {
        let image = picture(from, &format!("{at}.cues[{i}].image"), cue.image.take())?;
        cues.push(match image {
            Some(Picture::Remote(image)) => {
                cue.image = Some(image);
                (cue, None)
            }
            Some(Picture::Local(place, image)) => {
                cue.image = Some(image);
                (cue, Some(place))
            }
            None => (cue, None),
        });
    }
    if episode.storyboard.is_some() || episode.access.preview.is_some() {
        note(format!("{at}: storyboards and previews are not served in this version"));
    }
    let time = |t: &Option<String>| t.as_deref().and_then(grammar::parse_time);
    Ok(Some(DraftEpisode {
        source: String::new(),
        poster: picture(from, &format!("{at}.poster"), episode.poster)?,
        id: Some(episode.id),
        n: episode.n,
        title: episode.title,
        duration_ms: episode.duration_ms.or(duration_ms),
        state: episode.access.state,
        free_after_ms: time(&episode.access.free_after),
        offers: episode.access.offers,
        from_ms: time(&episode.window.from),
        until_ms: time(&episode.window.until),
        renditions,
        captions,
        cues,
    }))
}

fn drafted_rendition(
    from: From<'_>,
    at: &str,
    rendition: Rendition,
    note: &mut dyn FnMut(String),
) -> Result<Option<(DraftRendition, Option<u64>)>, Fault> {
    let place = inside(from, &format!("{at}.url"), &rendition.url)?;
    if rendition.media_type == MediaType::Hls {
        note(format!("skipped {}: HLS is not served in this version", rendition.url));
        return Ok(None);
    }
    match files::probe_mp4(&place) {
        Ok((movie, probed)) => {
            if !movie.complete {
                note(format!("{} is cut short: it will stop before its end", rendition.url));
            }
            let drafted = DraftRendition {
                codecs: rendition.codecs,
                width: rendition.width.or(probed.width),
                height: rendition.height.or(probed.height),
                bitrate: rendition.bitrate.or(probed.bitrate),
                ..probed
            };
            Ok(Some((drafted, movie.duration_ms)))
        }
        Err(why) => {
            note(format!("skipped {}: {why}", rendition.url));
            Ok(None)
        }
    }
}

fn picture(from: From<'_>, at: &str, image: Option<Image>) -> Result<Option<Picture>, Fault> {
    let Some(mut image) = image else { return Ok(None) };
    if grammar::is_absolute_url(&image.url) {
        return Ok(Some(Picture::Remote(image)));
    }
    let at = format!("{at}.url");
    let place = inside(from, &at, &image.url)?;
    image.url.clear();
    files::local_picture(&place, image).map(Some).map_err(|why| Fault::at(at, why))
}

/// The file that the relative URL `url` names. It must exist.
fn inside(from: From<'_>, at: &str, url: &str) -> Result<Place, Fault> {
    // The text as it stands first: people write file names, not URLs.
    let given = url.strip_prefix("./").unwrap_or(url);
    let decoded = percent::decode(given).filter(|d| d != given);
    for name in std::iter::once(given).chain(decoded.as_deref()) {
        let plain = !name.starts_with('/') && name.split('/').all(|s| !s.is_empty() && s != "." && s != ".." && !s.contains('\0'));
        if !plain {
            return Err(Fault::at(at, format!("{url:?} must name a file inside the folder, without . or ..")));
        }
        let path = from.root.join(name);
        if path.exists() {
            return Ok(Place::Disk(path));
        }
        if let Some(object) = from.objects.get(name) {
            return Ok(Place::Object(object.clone()));
        }
    }
    Err(Fault::at(at, format!("there is no file {url:?} in the folder")))
}
