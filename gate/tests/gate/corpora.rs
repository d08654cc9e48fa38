//! The committed seeds of the fuzz targets, in every test run.

use std::path::Path;

use crate::fuzz;

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
fn tokens_from_the_corpus_are_refused_or_cover_one_folder() {
    seeds("token", fuzz::token);
}

#[test]
fn paths_from_the_corpus_are_refused_or_have_one_spelling() {
    seeds("path", fuzz::path);
}
