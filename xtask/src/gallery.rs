//! A picture of every state of the player, on one page.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{browser, node, player, ui};

const TESTS: &str = "tests/e2e";

/// Writes `gallery/index.html` into the target folder.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let folder = workspace.path(TESTS);
    node::install(&folder, "the gallery")?;
    let chromium = browser::chromium()?;
    player::build_soon(workspace)?;
    ui::step("taking a picture of every state");
    let status = Command::new("node")
        .arg(folder.join("gallery.mjs"))
        .arg(workspace.target().join("gallery"))
        .env("CHROMIUM", chromium)
        .env("CLIFFHANGER_PLAYER", workspace.dist())
        .status()
        .context("cannot run node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
