//! A private PostgreSQL on a Unix socket.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::gate::{Folder, Running};
use crate::sh::Sh;

/// A private PostgreSQL on a Unix socket. It syncs to the disk, as a shop's would.
pub(super) struct Postgres {
    _process: Running,
    folder: Folder,
}

impl Postgres {
    pub(super) fn start() -> Result<Self> {
        let bin = programs().context("there is no PostgreSQL; on Debian: apt-get install postgresql")?;
        let folder = Folder::new("postgres")?;
        let (data, user) = (folder.0.join("data"), user()?);
        if let Some(user) = user {
            Sh::new("chown").arg(user).arg(&folder.0).run()?;
        }
        let as_user = |program: &str| match user {
            Some(user) => Sh::new("setpriv").args(["--reuid", user, "--clear-groups", "--pdeathsig", "KILL"]).arg(bin.join(program)),
            None => Sh::new(bin.join(program)),
        };
        as_user("initdb").args(["-A", "trust", "-U", "gate", "-E", "UTF8", "-D"]).arg(&data).current_dir(&folder.0).run()?;
        let mut command = as_user("postgres").arg("-D").arg(&data).arg("-k").arg(&folder.0).current_dir(&folder.0).into_command();
        command.args(["-c", "listen_addresses="]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = Running(command.spawn().context("cannot run postgres")?);
        let mut lines = BufReader::new(process.0.stderr.take().context("postgres has no output")?).lines();
        let mut said = String::new();
        loop {
            match lines.next() {
                Some(Ok(line)) if line.contains("ready to accept connections") => break,
                Some(Ok(line)) => said.push_str(&format!("{line}\n")),
                _ => bail!("PostgreSQL ended:\n{said}"),
            }
        }
        // Nobody reads on, but a full pipe would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { _process: process, folder })
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://gate@localhost/postgres?host={}", self.folder.0.display())
    }
}

/// The newest of Debian's.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin"));
    versions.filter(|bin| bin.join("postgres").exists()).max()
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`.
fn user() -> Result<Option<&'static str>> {
    let root = Sh::new("id").arg("-u").read()?.trim() == "0";
    Ok(root.then(|| if Sh::new("id").args(["-u", "postgres"]).read().is_ok() { "postgres" } else { "nobody" }))
}
