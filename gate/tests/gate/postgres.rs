//! The suite once more, on PostgreSQL: a private server on a Unix socket, for as long as the test runs.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// Set for the second run: the folder of the server's socket.
const SOCKET: &str = "CLIFFHANGER_TEST_POSTGRES";

/// The modules whose tests reach the database.
const SUITE: [&str; 12] = [
    "hosts::",
    "maintenance::",
    "viewers::",
    "unlocks::",
    "races::",
    "checkouts::",
    "plays::",
    "folders::",
    "media_serving::",
    "kills::",
    "fleet::",
    "failures::clocks::",
];

/// The URL of a new, empty database, when the suite runs on PostgreSQL.
pub fn fresh_database() -> Option<String> {
    Some(create_database(Path::new(&std::env::var(SOCKET).ok()?)))
}

fn create_database(socket: &Path) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("gate_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let bin = programs().expect("the server runs, so its programs are there");
    let made = Command::new(bin.join("createdb")).arg("-h").arg(socket).args(["-U", "gate", &name]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    format!("postgres://gate@localhost/{name}?host={}", socket.display())
}

/// Where PostgreSQL's programs are: the newest of Debian's, else beside `postgres` on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin"));
    let beside = std::env::var_os("PATH").into_iter().flat_map(|p| std::env::split_paths(&p).collect::<Vec<_>>());
    versions.chain(beside).filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists() && bin.join("createdb").exists()).max()
}

/// A server of the test's own. Its folder holds its data and its socket.
pub struct Server {
    child: Child,
    dir: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Those that were made to wait would never see that it is gone.
        #[cfg(target_os = "linux")]
        self.all(rustix::process::Signal::CONT);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`.
fn user() -> Option<&'static str> {
    let id = |args: &[&str]| String::from_utf8(Command::new("id").args(args).output().unwrap().stdout).unwrap().trim().to_owned();
    (id(&["-u"]) == "0").then(|| if id(&["-u", "postgres"]).is_empty() { "nobody" } else { "postgres" })
}

fn command(program: &Path, user: Option<&str>) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--clear-groups", "--pdeathsig", "KILL"]).arg(program);
    command
}

impl Server {
    pub fn start() -> Self {
        let Some(bin) = programs() else {
            panic!("PostgreSQL is not installed, so nothing was tested on it. On Debian: apt-get install postgresql");
        };
        let dir = TempDir::new().unwrap();
        let user = user();
        if let Some(user) = user {
            assert!(Command::new("chown").arg(user).arg(dir.path()).status().unwrap().success());
        }
        let made = command(&bin.join("initdb"), user)
            .args(["-A", "trust", "-U", "gate", "-E", "UTF8", "--no-sync", "-D"])
            .arg(dir.path().join("data"))
            .current_dir(dir.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { child: run(&bin, dir.path()), dir }
    }

    /// The URL of a new, empty database.
    pub fn database(&self) -> String {
        create_database(self.socket())
    }

    /// Ends it by a signal, and waits until it is gone.
    #[cfg(unix)]
    pub fn stop(&mut self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
        self.child.wait().unwrap();
    }

    /// Where its socket is.
    pub fn socket(&self) -> &Path {
        self.dir.path()
    }

    /// Sends a signal to it and to every process it has: `STOP` makes it say nothing, without being gone.
    #[cfg(target_os = "linux")]
    pub fn all(&self, signal: rustix::process::Signal) {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        for id in children.split_whitespace().map(|id| id.parse().unwrap()).chain([i32::try_from(id).unwrap()]) {
            // A process that ended in between needs none.
            let _ = rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), signal);
        }
    }

    /// Starts it again, with the data it had.
    #[cfg(unix)]
    pub fn again(&mut self) {
        self.child = run(&programs().unwrap(), self.dir.path());
    }
}

/// Runs the server of the folder `dir`, and waits until it can be asked.
fn run(bin: &Path, dir: &Path) -> Child {
    let mut child = command(&bin.join("postgres"), user())
        .arg("-D")
        .arg(dir.join("data"))
        .arg("-k")
        .arg(dir)
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400"])
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    loop {
        let line = lines.next().unwrap_or_else(|| panic!("PostgreSQL ended:\n{}", said.join("\n"))).unwrap();
        if line.contains("ready to accept connections") {
            break;
        }
        said.push(line);
    }
    // Nobody reads on, but a full pipe would stop the server.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

#[test]
fn the_suite_passes_on_postgresql_too() {
    if std::env::var_os(SOCKET).is_some() {
        return;
    }
    let server = Server::start();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(SUITE)
        .args(["--test-threads", "4"])
        .env(SOCKET, server.socket())
        // What the first runner told this process is not for the second.
        .env_remove("NEXTEST")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "on PostgreSQL:\n{said}\n{}", String::from_utf8_lossy(&run.stderr));
    println!("on PostgreSQL: {}", said.lines().find(|l| l.starts_with("test result")).unwrap_or_default());
}
