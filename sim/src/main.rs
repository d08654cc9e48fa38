//! `cargo xtask sim`: runs sessions, or one with everything that happens in it.

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

fn main() -> ExitCode {
    let numbers: Vec<Option<u64>> = std::env::args().skip(1).map(|text| text.parse().ok()).collect();
    let fresh = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let (seed, sessions) = match numbers.as_slice() {
        [] => (fresh(), 100_000),
        [Some(seed)] => (*seed, 1),
        [Some(seed), Some(sessions)] => (*seed, *sessions),
        _ => {
            eprintln!("usage: cliffhanger-sim [SEED [SESSIONS]]");
            return ExitCode::FAILURE;
        }
    };
    if sessions == 1 { one(seed) } else { many(seed, sessions) }
}

fn one(seed: u64) -> ExitCode {
    let (log, broke) = cliffhanger_sim::replay(seed);
    print!("{log}");
    match broke {
        Some(why) => {
            println!("seed {seed} fails: {why}");
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}

fn many(seed: u64, sessions: u64) -> ExitCode {
    let began = Instant::now();
    let tally = cliffhanger_sim::run(seed..seed.saturating_add(sessions));
    for failure in &tally.failures {
        println!("seed {} fails: {}\n", failure.seed, failure.message);
    }
    let (first, last) = (seed, seed.saturating_add(tally.sessions).saturating_sub(1));
    println!(
        "{} sessions from seed {first} to {last}, {} events, {} failed, in {:.1} s",
        tally.sessions,
        tally.events,
        tally.failures.len(),
        began.elapsed().as_secs_f64()
    );
    if tally.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
