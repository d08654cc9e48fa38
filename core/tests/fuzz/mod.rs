//! What is fuzzed of the core: bytes in, nothing but promises out. `fuzz/` runs these for hours, `corpora.rs` on every
//! committed seed.

use cliffhanger_core::config::parse_fragment;
use cliffhanger_core::feeder::{Fault, Micros, Source};
use cliffhanger_core::manifest::Manifest;
use cliffhanger_core::{Config, Target, url};

const BASE: &str = "https://a.example/s/main.json";
/// A resource is read in at most so many ranges.
const ROUNDS: usize = 2_000;

/// Any URL that comes out has passed the check. Schemes and hosts have no case (RFC 3986, sections 3.1 and 3.2.2).
fn checked(url: &str) {
    let small = url.to_ascii_lowercase();
    let allowed = ["https://", "http://localhost", "http://127.0.0.1", "http://[::1]"];
    assert!(allowed.iter().any(|start| small.starts_with(start)), "{url} was let through");
}

/// A manifest.
pub fn manifest(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if serde_json::from_str::<serde_json::Value>(text).is_err() {
        return;
    }
    let Ok((manifest, _)) = Manifest::read(&cliffhanger_sim::json(text), BASE) else { return };
    assert!(!manifest.episodes.is_empty());
    for episode in &manifest.episodes {
        episode.renditions.iter().for_each(|rendition| checked(&rendition.url));
        episode.captions.iter().for_each(|caption| checked(&caption.url));
        episode.poster.iter().for_each(|poster| checked(poster));
        assert_eq!(manifest.episodes.iter().filter(|other| other.id == episode.id).count(), 1);
        let _ = manifest.offers_for(episode);
    }
    manifest.related.iter().for_each(|related| checked(&related.href));
}

/// Attributes, one on a line: `name=value`.
pub fn config(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let value = |name: &str| text.lines().find_map(|line| line.split_once('=').filter(|(key, _)| *key == name)).map(|(_, v)| v.to_owned());
    let (config, warnings) = Config::read(&value);
    assert!(warnings.len() <= 2, "each value that cannot be read warns once");
    assert_eq!(config.src.is_some(), value("src").is_some_and(|src| !src.trim_ascii().is_empty()));
    assert_eq!(Config::read(&value).0, config);
}

/// `#e=7&t=12`
pub fn link(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Some((target, seconds)) = parse_fragment(text) {
        assert!(seconds >= 0.0 && seconds.is_finite());
        assert!(target != Target::Id(String::new()));
    }
    if let Ok(absolute) = url::resolve(BASE, text) {
        checked(&absolute);
    }
}

/// Serves a source from `files` until it has ended, or for so many rounds.
fn serve(source: &mut Source, files: &[&[u8]], chunk: usize) -> Result<(), Fault> {
    let drain = |source: &mut Source| {
        while let Some(segment) = source.take(1) {
            assert!(segment.bytes.iter().any(|bytes| !bytes.is_empty()) && segment.start <= segment.end);
        }
    };
    for _ in 0..ROUNDS {
        let Some(want) = source.want(Micros::END, 1 << 16, &[]) else { break };
        assert!(want.range.start < want.range.end);
        let file = files.get(want.resource as usize % files.len().max(1)).copied().unwrap_or_default();
        if let Some((uri, _)) = source.uri(want.resource)
            && let Ok(absolute) = url::resolve(BASE, uri)
        {
            checked(&absolute);
        }
        let (from, until) = (want.range.start.min(file.len() as u64), want.range.end.min(file.len() as u64));
        source.push(want.resource, from, &[], Some(file.len() as u64))?;
        if from == until {
            break;
        }
        let mut at = from;
        for bytes in file[from as usize..until as usize].chunks(chunk) {
            source.push(want.resource, at, bytes, Some(file.len() as u64))?;
            at += bytes.len() as u64;
            drain(source);
        }
    }
    drain(source);
    Ok(())
}

/// The first two bytes say how it is read: in what pieces, and where a viewer jumps to.
fn read(mut source: Source, how: &[u8], files: &[&[u8]]) {
    let [pieces, jump] = *how else { return };
    if serve(&mut source, files, 1 + usize::from(pieces) * 16).is_err() {
        assert!(source.want(Micros::END, 1 << 16, &[]).is_none(), "a faulty source wants nothing more");
        return;
    }
    let to = Micros(u64::from(jump) * 100_000);
    source.seek(to);
    source.forget_before(to);
    let _ = serve(&mut source, files, 4096);
    if let Some(info) = source.info() {
        assert!(info.mimes.iter().all(|mime| mime.contains("/mp4; codecs=\"") && mime.is_ascii()));
    }
    let _ = source.bytes_for(Micros(0), Micros::END);
}

/// Two bytes of how, then an MP4 file.
pub fn mp4(data: &[u8]) {
    if let Some((how, file)) = data.split_at_checked(2) {
        read(Source::mp4(), how, &[file]);
    }
}

/// Two bytes of how, then a playlist and the files it names, with a line of `%%` between them.
pub fn playlist(data: &[u8]) {
    let Some((how, mut rest)) = data.split_at_checked(2) else { return };
    let mut files = Vec::new();
    while let Some(at) = rest.windows(4).position(|window| window == b"\n%%\n").filter(|_| files.len() < 8) {
        files.push(&rest[..=at]);
        rest = &rest[at + 4..];
    }
    files.push(rest);
    read(Source::hls(1_000_000), how, &files);
}
