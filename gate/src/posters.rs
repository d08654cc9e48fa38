//! Posters for episodes that have none: one frame, made by `ffmpeg` when it is installed, kept in the data folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::db::Db;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::app::Gate;
use crate::catalog::{Asset, Poster};
use crate::import::draft::{Draft, Picture};
use crate::import::store::{bare_image, store_poster};
use crate::media::place::Place;
use crate::{data_dir, random};

/// How long one frame may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often new posters become visible while more are being made.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// A poster to be made: for which episode (its place in the series), from which file, into which file.
#[derive(Debug)]
pub struct Job {
    index: usize,
    source: PathBuf,
    target: PathBuf,
}

/// Gives every episode without a poster the one made for it earlier; returns what is still to be made.
pub fn attach(draft: &mut Draft, folder: &Path) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (index, episode) in draft.episodes.iter_mut().enumerate() {
        let Some(source) = episode.renditions.first().and_then(|r| r.place.path()).map(Path::to_owned) else { continue };
        if episode.poster.is_some() {
            continue;
        }
        let target = folder.join(cache_name(&source));
        match target.canonicalize() {
            Ok(found) => episode.poster = Some(Picture::Local(Place::Disk(found), bare_image())),
            Err(_) => jobs.push(Job { index, source, target }),
        }
    }
    jobs
}

/// Depends on the file's path, length and time of change: another file, another poster.
fn cache_name(source: &Path) -> String {
    let mut hash = Sha256::new();
    hash.update(source.as_os_str().as_encoded_bytes());
    if let Ok(meta) = std::fs::metadata(source) {
        hash.update(meta.len().to_le_bytes());
        if let Ok(time) = meta.modified() {
            hash.update(format!("{time:?}"));
        }
    }
    let hash = hash.finalize();
    format!("{}.jpg", random::hex(hash.get(..12).unwrap_or_default()))
}

/// Makes the posters of series `series`, one after the other, and publishes them. Without ffmpeg nothing happens.
pub async fn make(gate: Gate, db: Db, series: String, jobs: Vec<Job>) {
    let Some(first) = jobs.first() else { return };
    let Some(folder) = first.target.parent() else { return };
    if let Err(error) = data_dir::create(folder) {
        tracing::warn!(%error, "no posters are made");
        return;
    }
    let mut made = Vec::new();
    let mut published = Instant::now();
    for job in &jobs {
        match frame(&job.source, &job.target).await {
            Ok(true) => match record(&gate, &db, &series, job).await {
                Ok(entry) => made.extend(entry),
                Err(error) => tracing::warn!(%error, "a poster cannot be recorded"),
            },
            Ok(false) => tracing::debug!(index = job.index, "ffmpeg made no poster"),
            // Not installed: posters are a courtesy.
            Err(error) => {
                tracing::debug!(%error, "ffmpeg cannot be run; no posters are made");
                break;
            }
        }
        if published.elapsed() >= PUBLISH_EVERY {
            publish(&gate, &series, &mut made);
            published = Instant::now();
        }
    }
    publish(&gate, &series, &mut made);
}

/// `Ok(false)` when ffmpeg ran and made nothing.
async fn frame(source: &Path, target: &Path) -> std::io::Result<bool> {
    let partial = target.with_extension("partial.jpg");
    // An absolute path behind "file:" is neither an option nor another protocol, whatever the file is called.
    let mut input = std::ffi::OsString::from("file:");
    input.push(source);
    let mut command = Command::new("ffmpeg");
    command
        .args(["-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-i"])
        .arg(input)
        // The most typical of the first frames: close to the start, but not the black it may fade in from.
        .args(["-vf", "thumbnail=24,scale='min(720,iw)':-2", "-frames:v", "1", "-q:v", "4"])
        .arg(&partial)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let finished = tokio::time::timeout(PATIENCE, child.wait()).await;
    let ok = matches!(finished, Ok(Ok(status)) if status.success())
        && std::fs::metadata(&partial).is_ok_and(|m| m.len() > 0)
        && std::fs::rename(&partial, target).is_ok();
    if !ok {
        let _ = std::fs::remove_file(&partial);
    }
    Ok(ok)
}

type Made = (usize, String, Asset);

async fn record(gate: &Gate, db: &Db, series: &str, job: &Job) -> Result<Option<Made>, crate::db::DbError> {
    let catalog = gate.catalog();
    let Some(episode) = catalog.series.get(series).and_then(|s| s.episodes.get(job.index)) else {
        return Ok(None);
    };
    let Ok(path) = job.target.canonicalize() else { return Ok(None) };
    let file = format!("{}.jpg", random::content_key()?);
    let asset = store_poster(db, series, &episode.id, &file, Place::Disk(path)).await?;
    Ok(Some((job.index, file, asset)))
}

fn publish(gate: &Gate, series: &str, made: &mut Vec<Made>) {
    if made.is_empty() {
        return;
    }
    let current = gate.catalog();
    let Some(old) = current.series.get(series) else { return };
    let mut entry = old.as_ref().clone();
    let mut assets = current.assets.clone();
    for (index, file, asset) in made.drain(..) {
        if let Some(episode) = entry.episodes.get_mut(index) {
            assets.insert(format!("{series}/{file}"), asset);
            episode.poster = Some(Poster::Local(file, bare_image()));
        }
    }
    let mut all = current.series.clone();
    all.insert(series.to_owned(), Arc::new(entry));
    gate.set_catalog(crate::catalog::Catalog { series: all, assets });
}
