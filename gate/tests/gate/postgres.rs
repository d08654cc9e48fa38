//! The suite once more, on PostgreSQL: a private server on a Unix socket, for as long as the test runs.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// Set for the second run: the folder of the server's socket.
const SOCKET: &str = "CLIFFHANGER_TEST_POSTGRES";

/// The modules whose tests reach the database.
const SUITE: [&str; 11] = [
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
];

/// The URL of a new, empty database, when the suite runs on PostgreSQL.
pub fn fresh_database() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let socket = std::env::var(SOCKET).ok()?;
    let name = format!("gate_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let bin = programs().expect("the server runs, so its programs are there");
    let made = Command::new(bin.join("createdb")).args(["-h", &socket, "-U", "gate", &name]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some(format!("postgres://gate@localhost/{name}?host={socket}"))
}

/// Where PostgreSQL's programs are: the newest of Debian's, else beside `postgres` on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin"));
    let beside = std::env::var_os("PATH").into_iter().flat_map(|p| std::env::split_paths(&p).collect::<Vec<_>>());
    versions.chain(beside).filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists() && bin.join("createdb").exists()).max()
}

struct Server {
    child: Child,
    _dir: TempDir,
    socket: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
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
    fn start(bin: &Path) -> Self {
        let dir = TempDir::new().unwrap();
        let (data, user) = (dir.path().join("data"), user());
        if let Some(user) = user {
            assert!(Command::new("chown").arg(user).arg(dir.path()).status().unwrap().success());
        }
        let made = command(&bin.join("initdb"), user)
            .args(["-A", "trust", "-U", "gate", "-E", "UTF8", "--no-sync", "-D"])
            .arg(&data)
            .current_dir(dir.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut child = command(&bin.join("postgres"), user)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(dir.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400"])
            .current_dir(dir.path())
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
        let socket = dir.path().to_owned();
        Self { child, _dir: dir, socket }
    }
}

#[test]
fn the_suite_passes_on_postgresql_too() {
    if std::env::var_os(SOCKET).is_some() {
        return;
    }
    let Some(bin) = programs() else {
        panic!("PostgreSQL is not installed, so nothing was tested on it. On Debian: apt-get install postgresql");
    };
    let server = Server::start(&bin);
    let run = Command::new(std::env::current_exe().unwrap())
        .args(SUITE)
        .args(["--test-threads", "4"])
        .env(SOCKET, &server.socket)
        // What the first runner told this process is not for the second.
        .env_remove("NEXTEST")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "on PostgreSQL:\n{said}\n{}", String::from_utf8_lossy(&run.stderr));
    println!("on PostgreSQL: {}", said.lines().find(|l| l.starts_with("test result")).unwrap_or_default());
}
