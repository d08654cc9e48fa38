//! The committed seeds of the fuzz targets, in every test run.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub)]

mod fuzz;

use std::path::Path;

/// Runs every seed of a target; at least one.
fn seeds(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        run(&std::fs::read(entry.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files > 0, "{} is empty", folder.display());
}

#[test]
fn manifests_from_the_corpus_are_read_or_refused() {
    seeds("manifest", fuzz::manifest);
}

#[test]
fn attributes_from_the_corpus_are_read_or_fall_back() {
    seeds("config", fuzz::config);
}

#[test]
fn links_from_the_corpus_lead_to_an_episode_or_nowhere() {
    seeds("link", fuzz::link);
}

#[test]
fn playlists_from_the_corpus_are_read_or_have_a_fault() {
    seeds("playlist", fuzz::playlist);
}

#[test]
fn files_from_the_corpus_are_read_or_have_a_fault() {
    seeds("mp4", fuzz::mp4);
}
