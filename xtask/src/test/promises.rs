//! docs/reliability.md against the tests: every promise names a test that exists.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::Outcome;
use super::threats::collect;
use crate::workspace::Workspace;

const PAGE: &str = "docs/reliability.md";
/// Where tests lie.
const SOURCES: [&str; 5] = ["core/tests", "gate/tests", "sim/tests", "tests/attacks", "tests/e2e"];

/// Fails when a row names no test, or one that does not exist.
pub(super) fn kept(workspace: &Workspace) -> Result<Outcome> {
    let page = std::fs::read_to_string(workspace.path(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    let mut tests = BTreeMap::new();
    for folder in SOURCES {
        collect(workspace.root(), &workspace.path(folder), &mut tests)?;
    }
    let broken = broken(&page, &tests);
    if broken.is_empty() { Ok(Outcome::PASSED) } else { bail!("{PAGE} promises what no test holds:\n  {}", broken.join("\n  ")) }
}

/// The rows whose test does not exist.
fn broken<'a>(page: &'a str, tests: &BTreeMap<String, Vec<String>>) -> Vec<&'a str> {
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| fault "));
    let held = |row: &&str| {
        let named = row.trim_end_matches('|').rsplit('|').next().and_then(|cell| cell.trim().strip_prefix('`')?.split_once("`: "));
        named.is_some_and(|(file, name)| tests.get(file).is_some_and(|names| names.iter().any(|known| known == name)))
    };
    rows.filter(|row| !held(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_without_its_test_is_named() {
        let names = ["a video that is gone is told", "it goes on"].map(str::to_owned).to_vec();
        let tests = BTreeMap::from([(String::from("tests/a.test.mjs"), names)]);
        let page = "| fault | promise | test |\n|---|---|---|\n| x | y | `tests/a.test.mjs`: a video that is gone is told |\n\
                    | x | y | `tests/a.test.mjs`: it went on |\n| x | y | by hand |\n";
        assert_eq!(broken(page, &tests), ["| x | y | `tests/a.test.mjs`: it went on |", "| x | y | by hand |"]);
    }
}
