//! Runs the sessions of some seeds, or one with everything that happens in it: `cargo xtask sim`.

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let numbers: Vec<Option<u64>> = std::env::args().skip(1).map(|text| text.parse().ok()).collect();
    match numbers.as_slice() {
        [Some(seed)] | [Some(seed), Some(1)] => one(*seed),
        [Some(seed), Some(sessions)] => many(*seed, *sessions),
        _ => {
            eprintln!("usage: cliffhanger-sim SEED [SESSIONS]");
            ExitCode::FAILURE
        }
    }
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
        println!("seed {} fails: {}\n  to replay it: cargo xtask sim --seed {}\n", failure.seed, failure.message, failure.seed);
    }
    println!(
        "{} sessions from seed {seed} on, {} events, {} failed, in {:.1} s",
        tally.sessions,
        tally.events,
        tally.failures.len(),
        began.elapsed().as_secs_f64()
    );
    if tally.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
