//! `cargo xtask bench`: brings what the benchmark needs, measures the core, and hands over to `tests/bench/run.mjs`. The gate
//! is measured by itself.

mod gate;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::sh::cargo;
use crate::workspace::Workspace;
use crate::{apt, browser, node, player, ui};

const FOLDER: &str = "tests/bench";
const FFMPEG: &str = "ffmpeg";
/// The row that Criterion measures, and the one of what is heavy in the wasm.
const CORE: &str = "core";
const WASM: &str = "wasm";

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Measure the gate instead: requests per second and waiting, on SQLite and PostgreSQL
    #[arg(long, conflicts_with_all = ["only", "variant", "profile"])]
    gate: bool,
    /// Some minutes instead of some two hours: the fast link, fewer players, fewer repetitions; less time for each row
    #[arg(long)]
    quick: bool,
    /// Write what was measured into docs/
    #[arg(long)]
    write: bool,
    /// Only these rows: cold, human, flings, work, scale, drift, core, wasm
    #[arg(long, value_name = "ROW,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Only these players: bare, pool, swiper, rvf, xgplayer, hls, adopted, cliffhanger
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    variant: Vec<String>,
    /// Only these links: fast, slow
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    profile: Vec<String>,
}

/// The table goes to standard output, progress to standard error, every sample to `bench/bench.json` in the target folder.
pub(crate) fn run(workspace: &Workspace, args: &BenchArgs) -> Result<ExitCode> {
    if args.gate {
        return gate::run(workspace, args.quick, args.write);
    }
    let folder = workspace.path(FOLDER);
    node::install(&folder, "the benchmark")?;
    apt::bring(FFMPEG, FFMPEG, "the benchmark's episodes")?;
    let chromium = browser::chromium()?;
    player::build(workspace, player::Mode::Dist)?;
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|row| row == name);
    if wanted(WASM) {
        player::build(workspace, player::Mode::Unopened)?;
        player::build(workspace, player::Mode::Unfed)?;
    }
    if wanted(CORE) {
        measure_core(workspace, args.quick)?;
    }
    let status = runner(workspace, &folder, args, &chromium).status().context("cannot run node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measure_core(workspace: &Workspace, quick: bool) -> Result<()> {
    ui::step("measuring the core");
    let cargo = cargo().args(["bench", "--package", "cliffhanger-core", "--bench", "handle"]).current_dir(workspace.root());
    let cargo = if quick { cargo.args(["--", "--quick"]) } else { cargo };
    cargo.run().map(drop)
}

/// Its output goes where ours goes.
fn runner(workspace: &Workspace, folder: &Path, args: &BenchArgs, chromium: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(folder.join("run.mjs"));
    command.arg("--target").arg(workspace.target()).arg("--dist").arg(workspace.dist());
    for without in [player::Mode::Unopened, player::Mode::Unfed] {
        command.arg(format!("--{}", without.name())).arg(without.out(workspace));
    }
    command.arg("--docs").arg(workspace.path("docs")).arg("--chromium").arg(chromium);
    for (flag, on) in [("--quick", args.quick), ("--write", args.write)] {
        command.args(on.then_some(flag));
    }
    for (option, names) in [("--only", &args.only), ("--variant", &args.variant), ("--profile", &args.profile)] {
        if !names.is_empty() {
            command.arg(option).arg(names.join(","));
        }
    }
    command
}
