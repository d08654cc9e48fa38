//! The size of what pages load, against the promises of `size-budget.json`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::node;
use crate::player::{Built, Mode};
use crate::ui;
use crate::workspace::Workspace;

const BUDGET: &str = "size-budget.json";
/// Prints `{"<file>": {"raw", "gzip", "brotli"}}` for the files of a folder, as strong as a careful server compresses.
const MEASURE: &str = r"
const fs = require('node:fs'), path = require('node:path'), zlib = require('node:zlib');
const [folder, ...files] = process.argv.slice(1);
const sizes = {};
for (const file of files) {
  const raw = fs.readFileSync(path.join(folder, file));
  sizes[file] = {
    raw: raw.length,
    gzip: zlib.gzipSync(raw, { level: 9 }).length,
    brotli: zlib.brotliCompressSync(raw, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: raw.length, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } }).length,
  };
}
console.log(JSON.stringify(sizes));
";

/// What a set of files may weigh together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    files: Vec<String>,
    /// Bytes after `brotli -q 11`.
    brotli: u64,
    /// What the promise is for.
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Deserialize, Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl std::ops::Add for Size {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

/// Prints the sizes. The answer is false when a budget is exceeded that this build must keep: the smallest release always
/// must, any build when `strict`.
pub(crate) fn report(workspace: &Workspace, built: &Built, strict: bool) -> Result<bool> {
    if built.mode == Mode::Dev && !strict {
        return Ok(true);
    }
    let budgets = budgets(&workspace.path(BUDGET))?;
    let sizes = measure(&workspace.dist(), &budgets)?;
    print!("{}", table(&budgets, &sizes));
    let over = over(&budgets, &sizes);
    let must = strict || built.smallest;
    for line in &over {
        if must {
            eprintln!("error: {line}");
        } else {
            ui::note(line);
        }
    }
    Ok(over.is_empty() || !must)
}

fn budgets(path: &Path) -> Result<BTreeMap<String, Budget>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a budget", path.display()))
}

fn measure(folder: &Path, budgets: &BTreeMap<String, Budget>) -> Result<BTreeMap<String, Size>> {
    let mut files: Vec<&String> = budgets.values().flat_map(|budget| &budget.files).collect();
    files.sort_unstable();
    files.dedup();
    let printed = node::node().args(["-e", MEASURE]).arg(folder).args(files).read().context("cannot measure the built files")?;
    serde_json::from_str(&printed).context("cannot read the measured sizes")
}

fn total(budget: &Budget, sizes: &BTreeMap<String, Size>) -> Size {
    budget.files.iter().filter_map(|file| sizes.get(file)).fold(Size::default(), |sum, size| sum + *size)
}

fn table(budgets: &BTreeMap<String, Budget>, sizes: &BTreeMap<String, Size>) -> String {
    let mut text = format!("{:<34} {:>9} {:>9} {:>9} {:>9}\n", "bytes", "raw", "gzip", "brotli", "budget");
    for (file, size) in sizes {
        text.push_str(&format!("{file:<34} {:>9} {:>9} {:>9}\n", size.raw, size.gzip, size.brotli));
    }
    for (name, budget) in budgets {
        let size = total(budget, sizes);
        let title = format!("{name} ({} file{})", budget.files.len(), if budget.files.len() == 1 { "" } else { "s" });
        text.push_str(&format!("{title:<34} {:>9} {:>9} {:>9} {:>9}\n", size.raw, size.gzip, size.brotli, budget.brotli));
    }
    text
}

/// One line for each budget that is exceeded.
fn over(budgets: &BTreeMap<String, Budget>, sizes: &BTreeMap<String, Size>) -> Vec<String> {
    budgets
        .iter()
        .map(|(name, budget)| (name, budget, total(budget, sizes).brotli))
        .filter(|(_, budget, size)| *size > budget.brotli)
        .map(|(name, budget, size)| {
            let more = size - budget.brotli;
            format!("{name} ({}) is {size} bytes brotli, {more} over its budget of {} in {BUDGET}", budget.files.join(" + "), budget.brotli)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_counts_its_files_together_and_names_what_is_too_big() {
        let budgets: BTreeMap<String, Budget> = serde_json::from_str(
            r#"{"embed": {"why": "x", "files": ["a", "b"], "brotli": 30}, "script": {"why": "x", "files": ["a"], "brotli": 10}}"#,
        )
        .unwrap();
        let size = |brotli| Size { raw: 100, gzip: 50, brotli };
        let sizes = BTreeMap::from([(String::from("a"), size(10)), (String::from("b"), size(25))]);
        assert_eq!(over(&budgets, &sizes), ["embed (a + b) is 35 bytes brotli, 5 over its budget of 30 in size-budget.json"]);
    }
}
