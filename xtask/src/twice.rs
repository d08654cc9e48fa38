//! The release, built once more from nothing in another folder: whoever has the sources can tell whether a published file was made of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::player::{self, Mode};
use crate::stamp;
use crate::ui;
use crate::workspace::Workspace;

/// What cargo and the build of the player read: every member of the workspace must be there, also those that are not built.
const SOURCES: [&str; 9] = ["Cargo.toml", "Cargo.lock", "build.rs", "src", "core", "gate", "sim", "xtask", "pkg"];
/// What is made and not written, wherever it lies.
const MADE: [&str; 3] = ["node_modules", "dist", "target"];

/// Fails when any byte of `pkg/dist` differs from that of a second build. A copy that differs stays, for a closer look.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let copy = Workspace::at(workspace.target().join("twice"));
    remove(copy.root())?;
    for source in SOURCES {
        copy_sources(&workspace.path(source), &copy.path(source))?;
    }
    ui::step("building the release once more, in another folder");
    player::build(&copy, Mode::Dist)?;
    let different = different(&workspace.dist(), &copy.dist())?;
    if !different.is_empty() {
        bail!("a second build from the same sources differs in {}; the second is in {}", different.join(", "), copy.dist().display());
    }
    remove(copy.root())
}

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        let folder = to.parent().unwrap_or(to);
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
        return Ok(());
    }
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let name = entry?.file_name();
        if !MADE.iter().any(|made| name == *made) {
            copy_sources(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}

/// The files, by their names from the folders, that are not in both or not the same in both.
fn different(one: &Path, other: &Path) -> Result<Vec<String>> {
    let mut names = BTreeSet::new();
    for folder in [one, other] {
        let files = stamp::files(folder)?;
        names.extend(files.iter().filter_map(|file| file.strip_prefix(folder).ok()).map(Path::to_path_buf));
    }
    let same = |name: &PathBuf| matches!((std::fs::read(one.join(name)), std::fs::read(other.join(name))), (Ok(a), Ok(b)) if a == b);
    Ok(names.into_iter().filter(|name| !same(name)).map(|name| name.display().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_other_or_missing_is_named_and_what_is_made_is_not_copied() {
        let root = std::env::temp_dir().join(format!("xtask-twice-{}", std::process::id()));
        let (one, other) = (root.join("one"), root.join("other"));
        for name in ["same.js", "lang/es.txt", "node_modules/x.js"] {
            let file = one.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, name).unwrap();
        }
        copy_sources(&one, &other).unwrap();
        let lacks = different(&one, &other).unwrap();
        std::fs::write(other.join("lang/es.txt"), "lang/es.txu").unwrap();
        std::fs::write(other.join("more.js"), "").unwrap();
        let more = different(&one, &other).unwrap();
        remove(&root).unwrap();
        assert_eq!(lacks, ["node_modules/x.js"]);
        assert_eq!(more, ["lang/es.txt", "more.js", "node_modules/x.js"]);
    }
}
