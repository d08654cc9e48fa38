//! `cargo xtask bench --gate`: what the gate bears, on each of its databases.

mod http;
mod load;
mod postgres;
mod report;
mod scene;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use self::load::{Load, Measured};
use self::postgres::Postgres;
use self::report::{About, Row, Table, Token};
use self::scene::Scene;
use crate::demo::SERIES;
use crate::gate::{Folder, Gate};
use crate::sh::cargo;
use crate::workspace::Workspace;
use crate::{apt, ui};

const PROFILE: &str = "server";
const TOKENS: [&str; 7] = ["bench", "--profile", PROFILE, "--package", "cliffhanger-gate", "--bench", "tokens"];
/// Requests per second at which waiting is measured: what a gate is planned for, well below what it can do.
const STEADY: u32 = 300;
/// The same for purchases.
const STEADY_UNLOCKS: u32 = 50;

/// How long each measurement takes, and how many viewers there are.
#[derive(Clone, Copy)]
struct Scale {
    time: Duration,
    viewers: usize,
}

/// The table goes to standard output and, with `write`, into docs/performance.md.
pub(super) fn run(workspace: &Workspace, quick: bool, write: bool) -> Result<ExitCode> {
    if !Path::new("/usr/lib/postgresql").is_dir() {
        apt::bring("initdb", "postgresql", "the benchmark")?;
    }
    ui::step("building the gate as it is run");
    // This builds the program too, for benches may run it: one build serves both.
    cargo().args(TOKENS).arg("--no-run").current_dir(workspace.root()).run()?;
    let program = workspace.target().join(PROFILE).join("cliffhanger-gate").with_extension(std::env::consts::EXE_EXTENSION);
    let scale =
        if quick { Scale { time: Duration::from_secs(2), viewers: 80 } } else { Scale { time: Duration::from_secs(10), viewers: 400 } };
    let began = Instant::now();
    let before = load_average();
    let tokens = tokens(workspace, quick)?;
    let mut tables = Vec::new();
    for name in ["SQLite", "PostgreSQL"] {
        ui::step(&format!("measuring the gate on {name}"));
        tables.push(measure(workspace, &program, name, scale).with_context(|| format!("on {name}"))?);
    }
    let about = About { quick, seconds: began.elapsed().as_secs(), loads: [before, load_average()] };
    let text = report::markdown(&about, &tables, &tokens);
    println!("{text}");
    if write {
        report::write(&workspace.path("docs/performance.md"), &text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(workspace: &Workspace, program: &Path, name: &'static str, scale: Scale) -> Result<Table> {
    let data = Folder::new("data")?;
    let postgres = if name == "SQLite" { None } else { Some(Postgres::start()?) };
    let database = postgres.as_ref().map_or_else(|| format!("sqlite:{}", data.0.join("gate.sqlite").display()), Postgres::url);
    let gate = Gate::start(program, &workspace.path(SERIES), &data.0, &database)?;
    let scene = Scene::set(gate.address, scale.viewers)?;
    let again = |requests, status| Load { requests, status, again: true, time: scale.time };
    let row = |what: &'static str, load: &Load<'_>, steady: u32| -> Result<Row> {
        let most = load.at_full_speed(gate.address).context(what)?;
        let steady = (steady, load.at(gate.address, steady).context(what)?);
        Ok(Row { what, most, steady })
    };
    let mut rows = vec![
        row("`/v1/play`, a free episode", &again(&scene.play_free, 200), STEADY)?,
        row("`/v1/play`, a locked one: 402 with its quote", &again(&scene.play_locked, 402), STEADY)?,
        row("media, the first byte of 256 KiB", &again(&scene.media, 206), STEADY)?,
        row("media with a forged token: 401", &again(&scene.forged, 401), STEADY)?,
    ];
    // Each purchase can be made once: one half at full speed, the other at a steady rate.
    let (fast, steady) = scene.unlocks.split_at(scene.unlocks.len() / 2);
    let once = |requests| Load { requests, status: 201, again: false, time: Duration::from_secs(60) };
    let steady: &[_] = steady.get(..steady.len().min(STEADY_UNLOCKS as usize * scale.time.as_secs() as usize)).unwrap_or_default();
    let most: Measured = once(fast).at_full_speed(gate.address).context("unlocks")?;
    rows.push(Row {
        what: "`/v1/unlocks`",
        most,
        steady: (STEADY_UNLOCKS, once(steady).at(gate.address, STEADY_UNLOCKS).context("unlocks")?),
    });
    rows.insert(2, row("`/v1/play`, an episode that was bought", &again(&scene.play_owned, 200), STEADY)?);
    Ok(Table { name, rows, start: gate.start, memory: gate.memory() })
}

/// What each step with a token takes, as Criterion measures it.
fn tokens(workspace: &Workspace, quick: bool) -> Result<Vec<Token>> {
    ui::step("measuring tokens");
    let bench = cargo().args(TOKENS);
    let bench = if quick { bench.args(["--", "--quick"]) } else { bench };
    bench.current_dir(workspace.root()).run()?;
    let folder = workspace.target().join("criterion/token");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let new = entry?.path().join("new");
        let read = |name: &str| -> Option<Value> { serde_json::from_slice(&std::fs::read(new.join(name)).ok()?).ok() };
        let (Some(about), Some(estimates), Some(sample)) = (read("benchmark.json"), read("estimates.json"), read("sample.json")) else {
            continue;
        };
        let numbers = |name: &str| sample.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64);
        let quickest = numbers("times").zip(numbers("iters")).map(|(time, count)| time / count).reduce(f64::min);
        let median = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
        if let (Some(name), Some(quickest), Some(median)) = (about.get("function_id").and_then(Value::as_str), quickest, median) {
            found.push(Token { name: name.to_owned(), quickest_us: quickest / 1000.0, median_us: median / 1000.0 });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Processes that want the processor, over the last minute. `None` elsewhere than on Linux.
fn load_average() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}
