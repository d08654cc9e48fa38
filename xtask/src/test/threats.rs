//! SECURITY.md against the tests: every threat is held by tests that exist and ran, or it says why not.

mod names;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::table::{Gap, Table};
use super::{Outcome, suites};
use crate::ui;
use crate::workspace::Workspace;

/// How many threats there are; SECURITY.md has each of them.
const THREATS: u32 = 60;
const PAGE: &str = "SECURITY.md";
/// Where a test may carry a threat's number in its name.
const SOURCES: [&str; 8] = ["core/src", "core/tests", "gate/src", "gate/tests", "sim/tests", "tests/attacks", "tests/e2e", suites::PACKAGE];

/// What the suites printed; `None` for one that did not run.
#[derive(Default)]
pub(super) struct Ran {
    pub(super) native: Option<String>,
    pub(super) browser: Option<String>,
    pub(super) package: Option<String>,
}

impl Ran {
    /// Whether the test passed; true when its suite did not run.
    fn passed(&self, file: &str, name: &str) -> bool {
        let (said, passed): (_, fn(&str, &str) -> bool) = if file.ends_with(".rs") {
            (&self.native, names::passed_native)
        } else if Path::new(file).starts_with(suites::PACKAGE) {
            (&self.package, names::passed_browser)
        } else {
            (&self.browser, names::passed_browser)
        };
        said.as_deref().is_none_or(|said| said.lines().any(|line| passed(line, name)))
    }
}

/// Prints how many threats are covered by how many tests, and the rest with the reason. Fails when SECURITY.md and the tests disagree.
pub(super) fn covered(workspace: &Workspace, ran: &Ran) -> Result<Outcome> {
    let page = std::fs::read_to_string(workspace.path(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    let mut tests = BTreeMap::new();
    for folder in SOURCES {
        collect(workspace.root(), &workspace.path(folder), &mut tests)?;
    }
    let table = Table::read(&page);
    let (held, mut faults) = table.compare(&tests, THREATS);
    for (file, name) in held.values().flatten() {
        if !ran.passed(file, name) {
            faults.push(format!("{file}: {name:?} did not run or did not pass"));
        }
    }
    if !faults.is_empty() {
        bail!("{PAGE} and the tests disagree:\n  {}", faults.join("\n  "));
    }
    let names: BTreeSet<_> = held.values().flatten().collect();
    let in_part = |gap: &Gap| gap.numbers.iter().all(|number| held.contains_key(number));
    let parts = table.gaps.iter().filter(|gap| in_part(gap)).count();
    ui::step(&format!("  {} of {THREATS} threats are covered, {parts} of them in part, by {} named tests", held.len(), names.len()));
    for gap in &table.gaps {
        let how = if in_part(gap) { "covered in part" } else { "not covered" };
        ui::step(&format!("  {how}: {} ({}): {}", gap.number, gap.attack, gap.why));
    }
    Ok(Outcome::PASSED)
}

/// The names of the tests in each file below `folder`, by the file's path from `root`.
pub(super) fn collect(root: &Path, folder: &Path, tests: &mut BTreeMap<String, Vec<String>>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "node_modules" {
                collect(root, &path, tests)?;
            }
            continue;
        }
        let read: fn(&str) -> Vec<String> = match name {
            name if name.ends_with(".rs") => names::in_rust,
            name if name.ends_with(".test.mjs") => names::in_script,
            _ => continue,
        };
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        tests.insert(file, read(&text));
    }
    Ok(())
}
