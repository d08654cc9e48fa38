//! Makes the released wasm small: wasm-opt, then short names on both sides of the border.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bindgen::GLUE;
use crate::names;
use crate::node;
use crate::relocs;
use crate::split;

/// What the compiler may have used, all of it in every browser the player supports.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
];
/// Never `--traps-never-happen`: a failed bounds check is a trap here, and that flag would let it be deleted.
/// `--low-memory-unused` holds because the stack lies first in memory: nothing valid is below its end.
const OPTIMISE: [&str; 13] = [
    "--low-memory-unused",
    // A large function with one caller stays on its own: its locals do not crowd the caller's.
    "--one-caller-inline-max-function-size=50",
    "-Oz",
    "--flatten",
    "--local-cse",
    "--rereloop",
    "-Oz",
    "--code-folding",
    "--merge-similar-functions",
    "-Oz",
    "--converge",
    "--strip-producers",
    // Function names, until the wasm has been split by them.
    "--debuginfo",
];

/// Once more for each part of a wasm that has been split: what one part alone uses is simpler than what the whole does. Large functions stay apart here
/// too: a browser compiles a function when it is first called, and what is seldom called then waits.
const PARTS: [&str; 11] = [
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=50",
    "-Oz",
    "--flatten",
    "--simplify-locals-notee-nostructure",
    "--reorder-locals",
    "--coalesce-locals",
    "--vacuum",
    "-Oz",
    "--converge",
    "--debuginfo",
];

/// Shrinks the glue and wasm of the folder `from` into the folder `to`. `tools` is the node package that brings wasm-opt.
pub(crate) fn shrink(tools: &Path, from: &Path, to: &Path) -> Result<()> {
    let wasm = format!("{GLUE}_bg.wasm");
    let glue = format!("{GLUE}.js");
    let optimised = from.join("optimised.wasm");
    let wasm_opt = tools.join("node_modules/binaryen/bin/wasm-opt");
    // What others call of the second wasm must stay a call.
    let doors = split::doors(&from.join(&wasm))?;
    let doors = doors.iter().map(|door| format!("--no-inline={door}"));
    node::node().arg(&wasm_opt).args(FEATURES).args(doors).args(OPTIMISE).arg(from.join(&wasm)).arg("-o").arg(&optimised).run()?;
    // In a run of its own: with --converge the renames would be printed once for every round.
    let printed = node::node()
        .arg(&wasm_opt)
        .args(FEATURES)
        .args(["--debuginfo", "--strip-target-features", "--minify-imports-and-exports-and-modules"])
        .arg(&optimised)
        .arg("-o")
        .arg(to.join(&wasm))
        .read()?;
    let renames = serde_json::from_str(&printed).context("wasm-opt did not print its renames as JSON")?;
    let source = from.join(&glue);
    let text = std::fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let renamed = names::rename(&text, &renames).context("cannot shorten the names of the glue")?;
    std::fs::write(to.join(&glue), renamed).context("cannot write the glue")
}

/// Shrinks the parts of a split wasm, in place. The names of their functions go into a file beside each, for whoever measures what is shipped.
pub(crate) fn parts(tools: &Path, parts: &[PathBuf]) -> Result<()> {
    let wasm_opt = tools.join("node_modules/binaryen/bin/wasm-opt");
    for part in parts {
        node::node().arg(&wasm_opt).args(FEATURES).args(PARTS).arg(part).arg("-o").arg(part).run()?;
        let named = std::fs::read(part).with_context(|| format!("cannot read {}", part.display()))?;
        let (bare, names) = relocs::without_names(&named)?;
        std::fs::write(part.with_extension("names"), names)
            .and_then(|()| std::fs::write(part, bare))
            .with_context(|| format!("cannot write {}", part.display()))?;
    }
    Ok(())
}
