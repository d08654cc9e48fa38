//! The demo: the gate with the demo series, the site and the player just built.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::player;
use crate::sh::cargo;
use crate::site;
use crate::ui;
use crate::workspace::Workspace;

pub(crate) const SERIES: &str = "www/series/neon-vows";
const GATE: &str = "cliffhanger-gate";

/// Builds what the demo needs and becomes the gate. Returns only when something is in the way.
///
/// The gate takes this process over, so whatever ends this command - Ctrl-C, a closed terminal, `kill` - ends the gate.
pub(crate) fn run(workspace: &Workspace, port: u16) -> Result<()> {
    free(port)?;
    player::build_soon(workspace)?;
    if let Err(error) = site::build(workspace) {
        // The rest of the demo does not need them.
        ui::note(&format!("the React and Vue examples and the documentation are not built: {error:#}"));
    }
    let gate = build_gate(workspace)?;
    let data = workspace.target().join("demo");
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    free(port)?;
    ui::step("starting the gate");
    let mut command = Command::new(&gate);
    command
        .arg("serve")
        .arg(workspace.path(SERIES))
        .arg("--demo")
        .arg("--site")
        .arg(workspace.path("www"))
        .arg("--player")
        .arg(workspace.dist())
        .args(["--addr", &format!("127.0.0.1:{port}")])
        .arg("--data")
        .arg(&data)
        .arg("--database")
        .arg(format!("sqlite:{}", data.join("gate.sqlite").display()));
    become_it(command).with_context(|| format!("cannot run {}", gate.display()))
}

/// Builds the gate; the answer is where it is.
pub(crate) fn build_gate(workspace: &Workspace) -> Result<PathBuf> {
    ui::step("building the gate");
    // The features of the whole workspace, as the tests build it: one build serves both.
    cargo().args(["build", "--workspace", "--bin", GATE]).current_dir(workspace.root()).run()?;
    Ok(workspace.target().join("debug").join(GATE).with_extension(std::env::consts::EXE_EXTENSION))
}

fn free(port: u16) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is in use: end what uses it, or take another with --port {}", port.saturating_add(1))
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
    }
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { bail!("the gate ended with {status}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_told_with_another_to_take() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = free(port).unwrap_err().to_string();
        assert!(message.contains(&format!("port {port} is in use")) && message.contains("--port"), "{message}");
        drop(taken);
        assert!(free(port).is_ok());
    }
}
