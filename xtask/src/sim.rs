//! `cargo xtask sim`: hands over to the simulator.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::sh::cargo;
use crate::ui;
use crate::workspace::Workspace;

const SIMULATOR: &str = "cliffhanger-sim";

#[derive(Args)]
pub(crate) struct SimArgs {
    /// Where to begin; without it, somewhere new
    #[arg(long)]
    seed: Option<u64>,
    /// How many sessions; a single one is logged event by event. Default: 1 with a seed, else 100,000
    #[arg(long)]
    sessions: Option<u64>,
}

/// The log and the result go to standard output; fails when a session does.
pub(crate) fn run(workspace: &Workspace, args: &SimArgs) -> Result<ExitCode> {
    ui::step("building the simulator");
    cargo().args(["build", "--workspace", "--bin", SIMULATOR]).current_dir(workspace.root()).run()?;
    let simulator = workspace.target().join("debug").join(SIMULATOR).with_extension(std::env::consts::EXE_EXTENSION);
    let seed = args.seed.unwrap_or_else(fresh);
    let sessions = args.sessions.unwrap_or(if args.seed.is_some() { 1 } else { 100_000 });
    let status = Command::new(&simulator).args([seed.to_string(), sessions.to_string()]).status();
    let status = status.with_context(|| format!("cannot run {}", simulator.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A seed that nobody has tried.
fn fresh() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs() * 1_000_000)
}
