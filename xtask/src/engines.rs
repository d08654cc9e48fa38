//! The browsers and drivers of the tests in three engines.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sh::{cargo, which};
use crate::{apt, browser, ui, wasm};

const PURPOSE: &str = "the tests in three engines";
/// Programs, and the Debian packages that bring them.
const PROGRAMS: [(&str, &str); 4] =
    [("chromedriver", "chromium-driver"), ("firefox-esr", "firefox-esr"), ("WebKitWebDriver", "webkit2gtk-driver"), ("Xvfb", "xvfb")];
/// What WebKitGTK plays MP4 with. Firefox takes ffmpeg's libraries.
const CODECS: [&str; 4] = ["gstreamer1.0-libav", "gstreamer1.0-plugins-bad", "gstreamer1.0-plugins-good", "ffmpeg"];
/// Debian packages no geckodriver.
const GECKODRIVER: &str = "geckodriver";

/// Where the browsers and drivers are that the tests do not find by themselves.
pub(crate) struct Engines {
    pub(crate) chromium: PathBuf,
    pub(crate) geckodriver: PathBuf,
}

/// Brings what is missing.
pub(crate) fn bring() -> Result<Engines> {
    let chromium = browser::chromium()?;
    let mut missing: Vec<&str> = PROGRAMS.iter().filter(|(program, _)| which(program).is_none()).map(|(_, package)| *package).collect();
    if !plays_mp4() {
        missing.extend(CODECS);
    }
    if !missing.is_empty() {
        apt::install(&missing, PURPOSE)?;
    }
    Ok(Engines { chromium, geckodriver: geckodriver()? })
}

/// Whether GStreamer has its wrapper of ffmpeg.
fn plays_mp4() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path().join("gstreamer-1.0/libgstlibav.so")).any(|plugin| plugin.is_file())
}

/// Of the path, else built once and kept in the cache.
fn geckodriver() -> Result<PathBuf> {
    if let Some(found) = which(GECKODRIVER) {
        return Ok(found);
    }
    let folder = wasm::cache()?.join(GECKODRIVER);
    let program = folder.join("bin").join(GECKODRIVER);
    if !program.is_file() {
        build(&folder)?;
    }
    Ok(program)
}

fn build(folder: &Path) -> Result<()> {
    ui::step("building geckodriver, once (some minutes)");
    let install = cargo().args(["install", GECKODRIVER, "--quiet", "--root"]).arg(folder);
    install.run().context("cannot build geckodriver; by hand: cargo install geckodriver").map(drop)
}
