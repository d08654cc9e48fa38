//! Node, and the development packages of a folder.

use std::path::Path;

use anyhow::{Result, bail};

use crate::sh::Sh;
use crate::stamp::{self, Fingerprint};
use crate::ui;

/// The oldest node that has what the build and the tests use.
const OLDEST: u32 = 20;
const INSTALL: &str = "apt-get install nodejs npm   (Debian 13 and later; else see https://nodejs.org/)";

/// A node script or node option to run.
pub(crate) fn node() -> Sh {
    Sh::new("node").install(INSTALL)
}

/// Brings `folder/node_modules` to what its lock file says. Nothing to do when it is already there.
///
/// Install scripts of packages do not run: none of ours needs one, and some download browsers.
pub(crate) fn install(folder: &Path, purpose: &str) -> Result<()> {
    version()?;
    let fingerprint = Fingerprint::default().path(folder, "package.json")?.path(folder, "package-lock.json")?.finish();
    let stamp = folder.join("node_modules/.xtask-stamp");
    if stamp::fresh(&stamp, &fingerprint) {
        return Ok(());
    }
    ui::step(&format!("getting node packages for {purpose}"));
    Sh::new("npm")
        .install(INSTALL)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"])
        .current_dir(folder)
        .run()?;
    stamp::write(&stamp, &fingerprint)
}

fn version() -> Result<()> {
    let text = node().arg("--version").read()?;
    let major = text.trim().trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    match major {
        Some(major) if major < OLDEST => bail!("node {} is too old, {OLDEST} or later is needed; install it with: {INSTALL}", text.trim()),
        _ => Ok(()),
    }
}
