//! Random sessions: whatever happens, in whatever order, the invariants hold at every step, and a session whose faults
//! stop ends up playing or says why it does not.

#![allow(clippy::panic)]

use std::fmt::Write as _;

/// The same seeds in every run, so that a failure belongs to the change at hand. To look further:
/// `cargo xtask sim --sessions 1000000`.
const SEEDS: std::ops::Range<u64> = 0..100_000;

#[test]
fn a_hundred_thousand_sessions_keep_every_invariant() {
    let tally = cliffhanger_sim::run(SEEDS);
    count("simulated sessions", tally.sessions);
    let mut story = String::new();
    for failure in &tally.failures {
        let seed = failure.seed;
        let _ = writeln!(story, "seed {seed} fails: {}\nto replay it: cargo xtask sim --seed {seed}\n", failure.message);
    }
    assert!(story.is_empty(), "\n{story}");
    assert_eq!(tally.sessions, SEEDS.end - SEEDS.start);
}

/// Seeds of which each once broke something. What they broke has a scenario in `core/tests`; here they stay because they
/// lead where little else does.
const FOUND: &[(u64, &str)] = &[
    (32, "an element taken out before its manifest came woke up without end"),
    (52, "bytes beyond the end of a small file were asked for, and the refusal stopped it"),
    (80, "the wall opened again without having closed"),
    (7_032, "a finger on the old series started a video of the new one"),
    (16_538, "a video that failed once counted as unsupported for good"),
    (1_371_413, "a question about a broken video was answered long after the viewer had come back to it"),
    (5_161_377, "\"try again\" asked the gate once more and left the broken video as it was"),
];

#[test]
fn seeds_that_once_broke_something_stay_whole() {
    for (seed, what) in FOUND {
        if let (log, Some(broke)) = cliffhanger_sim::replay(*seed) {
            panic!("seed {seed} breaks again, once it was: {what}\n{broke}\n{log}");
        }
    }
}

/// Tells `cargo xtask test` how many there were.
fn count(what: &str, number: u64) {
    println!("{what}: {number}");
    if let Some(folder) = std::env::var_os("CLIFFHANGER_COUNTS") {
        let file = std::path::Path::new(&folder).join(format!("{what}.sim"));
        std::fs::write(file, number.to_string()).unwrap_or_else(|error| panic!("cannot tell the number of {what}: {error}"));
    }
}
