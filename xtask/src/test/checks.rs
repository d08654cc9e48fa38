//! The checks that pass or fail as a whole.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::player::{self, Built, Mode};
use crate::sh::{cargo, which};
use crate::size;
use crate::twice;
use crate::wasm::{TARGET, Toolchain};
use crate::workspace::{Workspace, cargo_home};

/// All that may be linked into the core. Macros of serde run in the compiler and do not count.
const CORE_MAY_USE: [&str; 3] = ["cliffhanger-core", "serde", "serde_core"];
/// Paths of the standard library that would give the core a clock, randomness or I/O.
const CORE_MUST_NOT_NAME: [&str; 9] = [
    "std::time::Instant",
    "std::time::SystemTime",
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::hash::RandomState",
];

pub(super) fn formatting(workspace: &Workspace) -> Result<Outcome> {
    cargo().args(["fmt", "--all", "--check"]).current_dir(workspace.root()).run().context("to mend it: cargo fmt --all")?;
    Ok(Outcome::PASSED)
}

pub(super) fn lints(workspace: &Workspace) -> Result<Outcome> {
    cargo().args(["clippy", "--workspace", "--all-targets", "--keep-going", "--", "-Dwarnings"]).current_dir(workspace.root()).run()?;
    Ok(Outcome::PASSED)
}

/// Clippy where the wasm32 toolchain has it, else the compiler's own warnings (Debian packages no clippy for it).
pub(super) fn wasm_lints(workspace: &Workspace) -> Result<Outcome> {
    let toolchain = Toolchain::get()?;
    let tool = if toolchain.has_clippy() { "clippy" } else { "check" };
    let folder = workspace.target().join("wasm-lint");
    toolchain
        .cargo()
        .env("RUSTFLAGS", "-Dwarnings")
        .args([tool, "--package", "cliffhanger", "--lib", "--target", TARGET, "--target-dir"])
        .arg(folder)
        .current_dir(workspace.root())
        .run()?;
    Ok(Outcome::PASSED)
}

/// What stands in for the feeder and the opener where those are weighed: seldom built, so it is looked at here.
pub(super) fn unfed(workspace: &Workspace) -> Result<Outcome> {
    for package in ["cliffhanger-core", "cliffhanger"] {
        let cargo = cargo().args(["rustc", "--package", package, "--lib", "--profile", "check"]);
        cargo.args(["--", "--cfg=cliffhanger_unopened", "--cfg=cliffhanger_unfed"]).current_dir(workspace.root()).run()?;
    }
    Ok(Outcome::PASSED)
}

pub(super) fn core_is_pure(workspace: &Workspace) -> Result<Outcome> {
    let tree = cargo()
        .args(["tree", "--package", "cliffhanger-core", "--edges", "normal,no-proc-macro", "--target", "all", "--prefix", "none"])
        .current_dir(workspace.root())
        .read()?;
    let foreign = foreign(&tree);
    if !foreign.is_empty() {
        bail!("cliffhanger-core may depend on nothing but {}; it depends on {}", CORE_MAY_USE.join(", "), foreign.join(", "));
    }
    let mut impure = Vec::new();
    for file in rust_files(&workspace.path("core/src"))? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        impure.extend(
            forbidden(&text).map(|name| format!("{} names {name}", file.strip_prefix(workspace.root()).unwrap_or(&file).display())),
        );
    }
    if !impure.is_empty() {
        bail!("the core has no clock, no randomness and no I/O, but {}", impure.join("; "));
    }
    Ok(Outcome::PASSED)
}

pub(super) fn dependencies(workspace: &Workspace) -> Result<Outcome> {
    if which("cargo-deny").is_none() {
        return Ok(Outcome::Skipped("there is no cargo-deny; to have it: cargo install --locked cargo-deny".to_owned()));
    }
    let mut checks = vec!["licenses", "bans", "sources"];
    // The database of advisories comes by git: without network an old one is still worth asking.
    if cargo_home().is_some_and(|home| home.join("advisory-dbs").is_dir()) {
        checks.push("advisories");
    }
    cargo().args(["deny", "--offline", "check", "--hide-inclusion-graph"]).args(checks).current_dir(workspace.root()).run()?;
    Ok(Outcome::PASSED)
}

pub(super) fn player(workspace: &Workspace, quick: bool) -> Result<Built> {
    player::build(workspace, if quick { Mode::Dev } else { Mode::Dist })
}

pub(super) fn size(workspace: &Workspace, player: &Built) -> Result<Outcome> {
    if player.mode == Mode::Dev {
        return Ok(Outcome::Skipped("this is a development build".to_owned()));
    }
    if !size::report(workspace, player, false)? {
        bail!("the player is larger than size-budget.json allows");
    }
    Ok(Outcome::PASSED)
}

pub(super) fn the_same_again(workspace: &Workspace) -> Result<Outcome> {
    twice::check(workspace)?;
    Ok(Outcome::PASSED)
}

/// Packages of a `cargo tree` that the core may not use.
fn foreign(tree: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty() && !CORE_MAY_USE.contains(name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn forbidden(source: &str) -> impl Iterator<Item = &'static str> {
    CORE_MUST_NOT_NAME.into_iter().filter(move |name| source.lines().map(code).any(|line| line.contains(name)))
}

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn rust_files(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_of_the_core_beyond_serde_is_named() {
        let tree = "cliffhanger-core v0.1.0 (core)\nserde v1.0.1\nserde_core v1.0.1\n";
        assert!(foreign(tree).is_empty());
        assert_eq!(foreign(&format!("{tree}web-sys v0.3.1\njs-sys v0.3.1\njs-sys v0.3.1 (*)\n")), ["js-sys", "web-sys"]);
    }

    #[test]
    fn a_clock_in_the_core_is_named_and_a_comment_is_not() {
        assert_eq!(forbidden("// unlike std::time::Instant\nuse std::fs;\n").collect::<Vec<_>>(), ["std::fs"]);
    }
}
