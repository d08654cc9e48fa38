//! The suites that count their own cases.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Outcome;
use super::count::{self, Tally};
use super::counts;
use crate::apt;
use crate::browser;
use crate::demo;
use crate::engines;
use crate::gate::{Folder, Gate};
use crate::node;
use crate::python;
use crate::sh::{Finished, Sh, cargo, which};
use crate::site;
use crate::ui;
use crate::workspace::Workspace;

/// What schemathesis is told.
const CONTRACT: &str = "tests/contract";
/// Folders of browser tests, and of what the bench makes of its numbers; all run with the node packages of the first.
const END_TO_END: [&str; 3] = ["tests/e2e", "tests/attacks", "tests/bench"];
/// The packed package in its consumers' hands, with node packages of its own.
pub(super) const PACKAGE: &str = "tests/package";

/// `said` becomes what the suite printed, as soon as it ran.
pub(super) fn native(workspace: &Workspace, said: &mut Option<String>) -> Result<Outcome> {
    let numbers = counts::fresh(&workspace.counts())?;
    // The feeder's frames are compared with ffmpeg's, and the gate is tested on both of its databases.
    apt::bring("ffmpeg", "ffmpeg", "the feeder's tests")?;
    if !Path::new("/usr/lib/postgresql").is_dir() {
        apt::bring("initdb", "postgresql", "the gate's tests")?;
    }
    let cargo = || cargo().env(counts::VARIABLE, &numbers);
    if which("cargo-nextest").is_some() {
        let run = cargo().args(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
        return counted(run.current_dir(workspace.root()), |finished| count::nextest(said.insert(finished.output.clone())));
    }
    let run = cargo().args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    counted(run.current_dir(workspace.root()), |finished| count::libtest(said.insert(finished.output.clone())))
}

pub(super) fn documentation(workspace: &Workspace) -> Result<Outcome> {
    let run = cargo().args(["test", "--workspace", "--no-fail-fast", "--doc"]);
    counted(run.current_dir(workspace.root()), |finished| count::libtest(&finished.output))
}

/// `said` becomes what the tests reported, as soon as they ran.
pub(super) fn end_to_end(workspace: &Workspace, said: &mut Option<String>) -> Result<Outcome> {
    site::build(workspace)?;
    browser_tests(workspace, &END_TO_END, "end-to-end", said)
}

/// The packed package under bundlers, frameworks, TypeScript and node; the browser parts use the support of the end-to-end tests. `said`
/// becomes what the tests reported, as soon as they ran.
pub(super) fn package(workspace: &Workspace, said: &mut Option<String>) -> Result<Outcome> {
    node::install(&workspace.path(PACKAGE), "the package's consumers: bundlers and frameworks")?;
    browser_tests(workspace, &[PACKAGE], "package", said)
}

/// Runs the tests in `folders` with node. `name` names the file their count is read from.
fn browser_tests(workspace: &Workspace, folders: &[&str], name: &str, said: &mut Option<String>) -> Result<Outcome> {
    let [home, ..] = END_TO_END;
    let home = workspace.path(home);
    let mut files = Vec::new();
    for folder in folders {
        files.extend(test_files(&workspace.path(folder))?);
    }
    if files.is_empty() {
        bail!("there are no *.test.mjs files in {}", folders.join(", "));
    }
    let chromium = browser::chromium()?;
    node::install(&home, "the end-to-end tests")?;
    let gate = demo::build_gate(workspace)?;
    ui::step(&format!("running {} files of tests in {}", files.len(), chromium.display()));
    let node = node::node().env("CLIFFHANGER_GATE", gate).env("CHROMIUM", chromium);
    node_tests(workspace, node, (name, said), &home, files)
}

/// The same specs in Chromium, Firefox and WebKitGTK.
pub(super) fn three_engines(workspace: &Workspace) -> Result<Outcome> {
    let home = workspace.path("tests/engines");
    let engines = engines::bring()?;
    let node = node::node().env("CHROMIUM", engines.chromium).env("GECKODRIVER", engines.geckodriver);
    node_tests(workspace, node, ("engines", &mut None), &home, test_files(&home)?)
}

/// Runs files of node's tests, one at a time: tests that measure time must not share the processor. `name` names the file their count is
/// read from.
fn node_tests(
    workspace: &Workspace,
    node: Sh,
    (name, said): (&str, &mut Option<String>),
    home: &Path,
    files: Vec<PathBuf>,
) -> Result<Outcome> {
    let tap = workspace.target().join(name).with_extension("tap");
    // What an earlier run counted must not be read again.
    if let Err(error) = std::fs::remove_file(&tap)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error).with_context(|| format!("cannot remove {}", tap.display()));
    }
    let run = node
        .env("CLIFFHANGER_PLAYER", workspace.dist())
        .env(counts::VARIABLE, workspace.counts())
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap"])
        .arg(format!("--test-reporter-destination={}", tap.display()))
        .args(files)
        .current_dir(home)
        .stream();
    counted(run, |_| count::tap(said.insert(std::fs::read_to_string(&tap).ok()?)))
}

/// Thousands of requests made from the contract: no 5xx, and no answer that it does not describe.
pub(super) fn contract(workspace: &Workspace) -> Result<Outcome> {
    let folder = workspace.path(CONTRACT);
    let bin = match python::environment(workspace, &folder.join("requirements.txt")) {
        Ok(bin) => bin,
        Err(error) => return Ok(Outcome::Skipped(format!("schemathesis cannot be had: {error:#}"))),
    };
    let program = demo::build_gate(workspace)?;
    let data = Folder::new("contract")?;
    let gate = Gate::start(&program, &workspace.path(demo::SERIES), &data.0, "sqlite::memory:")?;
    Sh::new(bin.join("schemathesis"))
        .arg("--config-file")
        .arg(folder.join("schemathesis.toml"))
        .args(["run", "--no-color"])
        .arg(format!("http://{}/v1/openapi.json", gate.address))
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // It writes where it runs.
        .current_dir(&data.0)
        .run()?;
    Ok(Outcome::PASSED)
}

/// Runs a tool and believes its count, but never that all is well when it ended badly.
fn counted(run: Sh, count: impl FnOnce(&Finished) -> Option<Tally>) -> Result<Outcome> {
    let streamed = run.streams();
    let finished = run.finish()?;
    let ended_well = finished.status.success();
    if !ended_well && !streamed {
        eprintln!("{}", finished.without_progress());
    }
    match count(&finished) {
        Some(tally) if ended_well || tally.failed > 0 => Ok(Outcome::Counted(tally)),
        Some(tally) => Ok(Outcome::Counted(tally + Tally { passed: 0, failed: 1 })),
        None if ended_well => bail!("the tests ended well but did not say how many they were"),
        None => bail!("the tests could not run ({})", finished.status),
    }
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let file = entry?.path();
        if file.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".test.mjs")) {
            files.push(file);
        }
    }
    files.sort_unstable();
    Ok(files)
}
