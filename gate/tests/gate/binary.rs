//! The real program, started on a free port.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use crate::support::{Folder, mp4, mp4_with};

pub fn command(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cliffhanger-gate"));
    command.args(["serve", "--player", "."]).arg("--data").arg(folder.beside("data")).stdin(Stdio::null()).env("CLIFFHANGER_LOG", "trace");
    command
}

pub struct Running {
    pub child: Child,
    pub address: String,
    line: String,
}

impl Running {
    /// One request on a connection of its own to `address`; the whole answer.
    pub fn ask_at(address: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub fn start(command: &mut Command) -> Self {
        let mut child = command.args(["--addr", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().trim_end_matches('/').to_owned();
        Self { child, address, line }
    }

    /// One request on a connection of its own; the whole answer.
    pub fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{}", request.replace("HOST", &self.address)).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n"))
    }

    /// Asks it to stop as a terminal would; its exit code and what it wrote to standard error.
    #[cfg(unix)]
    pub fn stop(mut self) -> (Option<i32>, String) {
        let pid = i32::try_from(self.child.id()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (status.code(), errors)
    }
}

fn failed(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(stdout.is_empty());
    let text = String::from_utf8(stderr).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    (status.code(), text)
}

#[cfg(unix)]
#[test]
fn threat_54_the_program_serves_a_folder_stops_when_told_and_logs_no_token() {
    let folder = Folder::new(&[("e2.mp4", mp4(2000)), ("e10.mp4", mp4(10_000)), ("-x y.mp4", mp4(1000)), ("broken.mp4", b"no".to_vec())]);
    let gate = Running::start(command(&folder).arg(&folder.path).args(["--free-episodes", "2"]));
    assert_eq!(gate.line, format!("Cliffhanger gate: http://{}/\n", gate.address));
    assert!(gate.get("/healthz").ends_with("ok"));
    assert!(gate.get("/").contains("<cliffhanger-player"));
    let manifest = gate.get("/series/neon-vows.json");
    assert!(manifest.contains("\"id\":\"e003\"") && manifest.contains("\"durationMs\":10000"), "{manifest}");
    let play = |episode: &str| {
        let body = format!(r#"{{"series":"neon-vows","episode":"{episode}"}}"#);
        gate.ask(&format!(
            "POST /v1/play HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    assert!(play("e003").starts_with("HTTP/1.1 402"));
    let grant = play("e001");
    let url = grant.split("\"url\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(url.starts_with("/p/eyJ"), "{url}");
    assert!(gate.get(url).starts_with("HTTP/1.1 200"));
    // The raw target is what is judged: no client library in between.
    assert!(gate.get(&url.replace("/v1.mp4", "/%76%31.mp4")).starts_with("HTTP/1.1 404"));
    assert!(gate.get(&url.replace("/v1.mp4", "//v1.mp4")).starts_with("HTTP/1.1 404"));
    assert!(gate.get(&url.replace("/p/eyJ", "/p/eyK")).starts_with("HTTP/1.1 401"));
    let (code, errors) = gate.stop();
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.contains("broken.mp4"), "{errors}");
    assert!(errors.contains("/p/{*rest}"), "the route is logged: {errors}");
    assert!(!errors.contains("eyJ"), "a token is in the log: {errors}");
}

#[cfg(unix)]
#[test]
fn a_gate_can_be_told_to_stop_from_the_moment_it_says_where_it_is() {
    let folder = Folder::new(&[("e1.mp4", mp4(2000))]);
    for _ in 0..5 {
        assert_eq!(Running::start(command(&folder).arg(&folder.path)).stop().0, Some(0));
    }
}

#[cfg(unix)]
#[test]
fn a_gate_that_is_told_to_stop_lets_transfers_end_and_takes_no_new_ones() {
    let folder = Folder::new(&[("e1.mp4", mp4_with(b"vide", 2000, &vec![7; 32 << 20]))]);
    let mut gate = Running::start(command(&folder).env("CLIFFHANGER_LOG", "error").arg(&folder.path));
    let manifest = gate.get("/series/neon-vows.json");
    let url = manifest.split("\"url\":\"").find(|part| part.starts_with("/free/")).unwrap().split('"').next().unwrap().to_owned();
    let mut film = TcpStream::connect(&gate.address).unwrap();
    write!(film, "GET {url} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut first = [0; 1000];
    film.read_exact(&mut first).unwrap();
    let mut idle = TcpStream::connect(&gate.address).unwrap();
    let pid = i32::try_from(gate.child.id()).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::TERM).unwrap();
    // An idle connection is closed, and nobody else gets one.
    assert_eq!(idle.read(&mut [0; 1]).unwrap_or(0), 0);
    assert!(TcpStream::connect(&gate.address).is_err(), "the port is free for the next gate");
    let mut rest = Vec::new();
    film.read_to_end(&mut rest).unwrap();
    let whole = std::fs::metadata(folder.path.join("e1.mp4")).unwrap().len();
    let head = String::from_utf8_lossy(&first).split("\r\n\r\n").next().unwrap().len() + 4;
    assert_eq!((first.len() + rest.len() - head) as u64, whole, "the film that was under way arrives whole");
    assert_eq!(gate.child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_demo_says_so_and_keeps_its_ids_over_a_restart() {
    let folder = Folder::new(&[("e2.mp4", mp4(2000))]);
    let start = || Running::start(command(&folder).arg(&folder.path).arg("--demo"));
    let gate = start();
    assert_eq!(gate.line, format!("Cliffhanger demo: http://{}/\n", gate.address));
    let before = gate.get("/series/neon-vows.json");
    assert!(before.contains("\"ep-coins\""), "{before}");
    assert_eq!(gate.stop().0, Some(0));
    folder.write("e1.mp4", &mp4(1000));
    let gate = start();
    let after = gate.get("/series/neon-vows.json");
    assert!(after.contains("{\"id\":\"e002\",\"n\":1,") && after.contains("{\"id\":\"e001\",\"n\":2,"), "{after}");
    let key = |text: &str| text.split("/free/neon-vows/").find(|p| p.contains("\"bytes\"") && p.len() > 24).unwrap()[..24].to_owned();
    assert!(after.contains(&key(before.split_once("/free/").map(|(_, r)| r).map(|r| format!("/free/{r}")).as_deref().unwrap())));
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &str| std::fs::metadata(folder.beside(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/gate.sqlite")), (0o700, 0o600));
    gate.stop();
}

#[cfg(unix)]
#[test]
fn the_operators_listener_counts_and_the_public_one_does_not_tell() {
    let folder = Folder::new(&[("e1.mp4", mp4(2000))]);
    let admin = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let gate = Running::start(command(&folder).arg(&folder.path).args(["--admin", &admin]));
    assert!(gate.get("/v1/series/neon-vows/access").starts_with("HTTP/1.1 200"));
    assert!(gate.get("/metrics").starts_with("HTTP/1.1 404"));
    assert!(Running::ask_at(&admin, "/healthz").ends_with("ok"));
    let metrics = Running::ask_at(&admin, "/metrics");
    let line = r#"cliffhanger_requests_total{route="/v1/series/{id}/access",status="200"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
    gate.stop();
}

#[test]
fn what_is_wrong_is_said_and_the_program_fails() {
    let folder = Folder::episodes(1);
    let missing = folder.beside("missing");
    let (code, text) = failed(command(&folder).arg(&missing));
    assert_eq!(code, Some(1));
    assert!(text.contains(&missing.display().to_string()) && text.contains("does not exist"), "{text}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, text) = failed(command(&folder).arg(&folder.path).args(["--addr", &address]));
    assert!(code == Some(1) && text.contains(&address) && text.contains("--addr"), "{text}");

    let (code, text) = failed(command(&folder).arg(&folder.path).args(["--addr", "nonsense"]));
    assert!(code == Some(1) && text.contains("nonsense") && text.contains("127.0.0.1:8787"), "{text}");

    let (code, text) = failed(command(&folder).arg(&folder.path).args(["--database", "postgres://user:pass@127.0.0.1:9/x"]));
    assert!(code == Some(1) && text.contains("cannot be used") && !text.contains("pass"), "{text}");

    let (code, text) = failed(command(&folder).arg(&folder.path).args(["--free-episodes", "many"]));
    assert!(code == Some(2) && text.contains("--free-episodes"), "{text}");

    folder.write("series.json", br#"{"cliffhanger":"1","nonsense":true}"#);
    let (code, text) = failed(command(&folder).arg(&folder.path));
    assert!(code == Some(1) && text.contains("series.json: $.nonsense: unknown field"), "{text}");
}

#[test]
fn help_names_every_flag() {
    let output = Command::new(env!("CARGO_BIN_EXE_cliffhanger-gate")).args(["serve", "--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for flag in [
        "--free-episodes",
        "--addr",
        "--database",
        "--data",
        "--public-url",
        "--allow-origin",
        "--demo",
        "--site",
        "--player",
        "series.json",
    ] {
        assert!(text.contains(flag), "{flag}: {text}");
    }
}
