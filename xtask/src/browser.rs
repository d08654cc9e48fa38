//! The browser of the end-to-end tests.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::sh::which;

/// Names under which distributions and vendors install it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where a Chromium is; installs Debian's when there is none. `CHROMIUM` decides when set.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(set) = std::env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(set);
        if !path.is_file() {
            bail!("CHROMIUM is {}, which is no file", path.display());
        }
        return Ok(path);
    }
    if let Some(found) = find() {
        return Ok(found);
    }
    // The fonts are only recommended by the package; without any, pages have no text.
    apt::install(&["chromium", "fonts-liberation"], "the end-to-end tests")?;
    find().context("Debian's chromium is installed but not in the PATH: set CHROMIUM to its path")
}

fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| which(name))
}
