//! Runs other programs: says what it runs, keeps what they print and shows it when they fail.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, PipeReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::ui;

/// How often the last line of a tool whose output is kept is shown, as a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long output may still arrive after the tool itself has ended: something it started may hold the pipe for ever.
const DRAIN: Duration = Duration::from_secs(2);
/// How often the end of a tool is looked for while it prints nothing.
const POLL: Duration = Duration::from_millis(50);

/// One program to run, and what to tell people about it.
pub(crate) struct Sh {
    command: Command,
    shown: String,
    install: Option<&'static str>,
    stream: bool,
}

/// What a program printed, both streams in order, and how it ended.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

impl Finished {
    /// The output without cargo's lines about what it compiles, which bury the message one looks for.
    pub(crate) fn without_progress(&self) -> String {
        let words = ["Blocking", "Checking", "Compiling", "Downloaded", "Downloading", "Locking", "Updating"];
        let progress = |line: &&str| line.trim_start().split(' ').next().is_some_and(|word| words.contains(&word));
        let lines: Vec<&str> = self.output.lines().filter(|line| !progress(line)).collect();
        lines.join("\n").trim_end().to_owned()
    }
}

impl Sh {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let shown = program.as_ref().to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command, shown, install: None, stream: ui::verbose() }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn current_dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The command that gets the program where it is missing.
    pub(crate) fn install(mut self, command: &'static str) -> Self {
        self.install = Some(command);
        self
    }

    /// Shows the output as it comes even without `--verbose`.
    pub(crate) fn stream(mut self) -> Self {
        self.stream = true;
        self
    }

    /// The command itself, for what must go on running.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    /// True when the output is shown as it comes.
    pub(crate) fn streams(&self) -> bool {
        self.stream
    }

    /// Lets the program ask its user, as sudo does.
    pub(crate) fn with_stdin(mut self) -> Self {
        self.command.stdin(Stdio::inherit());
        self
    }

    /// Runs to a good end, or fails with everything the program printed.
    pub(crate) fn run(self) -> Result<String> {
        let streamed = self.stream;
        let shown = self.shown.clone();
        let finished = self.finish()?;
        if finished.status.success() {
            return Ok(finished.output);
        }
        let output = if streamed { String::new() } else { finished.without_progress() };
        bail!("`{shown}` failed ({}){}{output}", finished.status, if output.is_empty() { "" } else { ":\n" })
    }

    /// Runs to whatever end; fails only when the program cannot be started.
    pub(crate) fn finish(mut self) -> Result<Finished> {
        let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
        let also = writer.try_clone().context("cannot make a pipe")?;
        self.command.stdout(writer).stderr(also);
        let mut child = self.spawn()?;
        let Self { command, shown, stream, .. } = self;
        drop(command); // It holds the writing ends: the reader would wait for them.
        let output = collect(&mut child, reader, &shown, stream)?;
        let status = child.wait().with_context(|| format!("lost `{shown}`"))?;
        Ok(Finished { status, output })
    }

    /// Standard output alone, when the program ends well.
    pub(crate) fn read(mut self) -> Result<String> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = self.spawn()?.wait_with_output().with_context(|| format!("lost `{}`", self.shown))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed ({}):\n{}", self.shown, output.status, text.trim_end());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn spawn(&mut self) -> Result<Child> {
        self.command.spawn().map_err(|error| {
            let hint = match self.install {
                Some(command) if error.kind() == std::io::ErrorKind::NotFound => {
                    format!("; install it with: {command}")
                }
                _ => String::new(),
            };
            anyhow::anyhow!("cannot run `{}`: {error}{hint}", self.shown)
        })
    }
}

/// Reads what the child prints until it has ended.
fn collect(child: &mut Child, reader: PipeReader, shown: &str, stream: bool) -> Result<String> {
    let lines = lines(reader);
    let began = Instant::now();
    let mut spoke = Instant::now();
    let mut ended: Option<Instant> = None;
    let mut output = String::new();
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                if stream {
                    eprint!("{line}");
                    spoke = Instant::now();
                }
                output.push_str(&line);
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(output),
            Err(RecvTimeoutError::Timeout) => {
                if ended.is_none() && child.try_wait().with_context(|| format!("lost `{shown}`"))?.is_some() {
                    ended = Some(Instant::now());
                }
                if ended.is_some_and(|at| at.elapsed() > DRAIN) {
                    return Ok(output);
                }
                if spoke.elapsed() > HEARTBEAT {
                    spoke = Instant::now();
                    let last = output.lines().rfind(|line| !line.trim().is_empty());
                    let doing: String = last.unwrap_or(shown).trim().chars().take(80).collect();
                    ui::step(&format!("  {} s: {doing}", began.elapsed().as_secs()));
                }
            }
        }
    }
}

fn lines(reader: PipeReader) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        loop {
            let mut line = Vec::new();
            match reader.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() => {
                    break;
                }
                Ok(_) => {}
            }
        }
    });
    receiver
}

/// Cargo of the default toolchain, for everything native.
pub(crate) fn cargo() -> Sh {
    Sh::new("cargo").install("the instructions of https://rustup.rs")
}

/// Where a program of the `PATH` is.
pub(crate) fn which(program: &str) -> Option<std::path::PathBuf> {
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
