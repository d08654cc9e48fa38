//! Python programs of a test, in an environment of their own below the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sh::Sh;
use crate::stamp::{self, Fingerprint};
use crate::ui;
use crate::workspace::Workspace;

/// The folder of programs of an environment with what `requirements` lists. Nothing to do when it is already there.
pub(crate) fn environment(workspace: &Workspace, requirements: &Path) -> Result<PathBuf> {
    let (folder, name) = requirements.parent().zip(requirements.file_name()).context("the list of requirements has no folder")?;
    let home = workspace.target().join("python");
    let (bin, stamp) = (home.join("bin"), home.join(".xtask-stamp"));
    let fingerprint = Fingerprint::default().path(folder, &name.to_string_lossy())?.finish();
    if !stamp::fresh(&stamp, &fingerprint) {
        ui::step("getting Python packages");
        Sh::new("python3").install("apt-get install python3-venv").args(["-m", "venv", "--clear"]).arg(&home).run()?;
        Sh::new(bin.join("pip")).args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements).run()?;
        stamp::write(&stamp, &fingerprint)?;
    }
    Ok(bin)
}
