//! A gate to measure and to test, with a folder of its own. Both end with their values.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// A folder in the system's temporary folder that is removed afterwards: PostgreSQL's own user must reach it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("cliffhanger-{}-{name}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A process that ends with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A gate on a free port of this machine.
pub(crate) struct Gate {
    process: Running,
    pub(crate) address: SocketAddr,
    /// From the start of the program to its address.
    pub(crate) start: Duration,
}

impl Gate {
    /// Starts `program` with the series in `series`, its data in `data`.
    pub(crate) fn start(program: &Path, series: &Path, data: &Path, database: &str) -> Result<Self> {
        let began = Instant::now();
        let mut command = Command::new(program);
        command.arg("serve").arg(series).args(["--demo", "--free-episodes", "5", "--addr", "127.0.0.1:0", "--trust-proxy", "127.0.0.1"]);
        command.arg("--data").arg(data).args(["--database", database, "--player"]).arg(data);
        let child = command.env("CLIFFHANGER_LOG", "error").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut process = Running(child.with_context(|| format!("cannot run {}", program.display()))?);
        let mut line = String::new();
        let output = process.0.stdout.take().context("the gate has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().trim_end_matches('/').parse();
        let address = address.with_context(|| format!("the gate did not start on {database}: it said {line:?}"))?;
        Ok(Self { process, address, start: began.elapsed() })
    }

    /// The most memory it has had, in bytes. `None` elsewhere than on Linux.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    }
}
