//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;

use crate::web::cors::parse_origin;

/// The server that makes the paywall real: a locked episode has no URL, and no byte of it leaves the machine.
#[derive(Debug, Parser)]
#[command(name = "cliffhanger-gate", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a folder of episodes: player, series page, API and media
    #[command(after_help = SERVE_HELP)]
    Serve(Box<Serve>),

    /// Check that the books add up; fails when they do not
    Audit(Database),

    /// Bring the schema of a database up to date, making it if needed
    Migrate(Database),

    /// Write a copy of an SQLite database that is in use
    Backup(WithFile),

    /// Write everything in a database to a file, to be imported into another one; stop its gates first
    Export(WithFile),

    /// Read an export into an empty database
    Import(WithFile),

    /// List, add and retire signing keys
    Keys(Keys),
}

/// A database.
#[derive(Debug, Args)]
pub struct Database {
    /// Database: sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL")]
    pub database: String,

    /// Whether an SQLite file that is not there is made.
    #[arg(skip)]
    pub create: bool,
}

/// A database and a file.
#[derive(Debug, Args)]
pub struct WithFile {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub database: Database,

    /// The file; one that is written must not exist yet
    pub file: PathBuf,
}

/// Arguments of `keys`.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub database: Database,

    /// What to do with them
    #[command(subcommand)]
    pub action: KeyAction,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeyAction {
    /// Name all keys
    List,
    /// Add a key; running gates sign with it ten seconds later, the old ones go on verifying
    Add,
    /// Make every token that a key signed void, on every gate, within five seconds
    Retire {
        /// The key
        kid: String,
    },
}

const SERVE_HELP: &str = "\
DIR may hold:
  *.mp4                     episodes, in the order of their names (e2 before e10)
  NAME.jpg .png .webp ...   the poster of NAME.mp4 (else ffmpeg makes one, if installed)
  NAME.vtt, NAME.en.vtt     captions of NAME.mp4
  series.json               titles, prices, offers, windows; it then decides what is served

Nothing is written into DIR. Episodes keep their ids when files are added.
CLIFFHANGER_LOG=debug logs every request (routes only, never tokens).

Examples:
  cliffhanger-gate serve ./my-series
  cliffhanger-gate serve ./my-series --free-episodes 3 --addr 0.0.0.0:8080 --public-url https://drama.example";

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The folder that holds the episodes
    pub dir: PathBuf,

    /// How many episodes are free [default: 5, or what series.json says]; overrides every state in series.json
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub free_episodes: Option<u32>,

    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8787")]
    pub addr: String,

    /// Where files lie that are not in DIR: s3://BUCKET/FOLDER of an S3-compatible store, with the environment of the AWS tools
    #[arg(long, value_name = "URL")]
    pub media: Option<String>,

    /// Database: sqlite:FILE, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME [default: gate.sqlite in the data folder]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,

    /// Folder for the gate's own files: database, keys, posters [default: one per DIR in the user's data folder]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// The URL under which the world sees this gate, when that differs from --addr
    #[arg(long, value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// A page origin that may call the API (repeatable); without it any page may while the gate is on a loopback address and
    /// has no --public-url
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = parse_origin)]
    pub allow_origins: Vec<String>,

    /// A proxy whose X-Forwarded-For is believed, as an address or a network (repeatable); without it every client behind a
    /// proxy shares one limit
    #[arg(long = "trust-proxy", value_name = "NET", value_parser = network)]
    pub trust_proxies: Vec<IpNet>,

    /// A file that names the host sites whose logins are believed, with their public keys: see docs/gate.md
    #[arg(long, value_name = "FILE")]
    pub hosts: Option<PathBuf>,

    /// Address of a second listener for the operator: /metrics (Prometheus) and /healthz; keep it private
    #[arg(long, value_name = "HOST:PORT")]
    pub admin: Option<String>,

    /// Serve as a demo: adds example offers where the series has none
    #[arg(long)]
    pub demo: bool,

    /// A static site to serve at / instead of the series page
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,

    /// The built player to serve at /cliffhanger/ [default: pkg/dist of the checkout]
    #[arg(long, value_name = "DIR")]
    pub player: Option<PathBuf>,
}

fn network(text: &str) -> Result<IpNet, String> {
    let one = text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>().or(one).map_err(|_| "must be an address such as 10.0.0.7 or a network such as 10.0.0.0/8".to_owned())
}

fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    if crate::grammar::is_absolute_url(url) && crate::grammar::is_url(url) {
        Ok(url.to_owned())
    } else {
        Err("must be like https://drama.example (http only for this machine)".to_owned())
    }
}
