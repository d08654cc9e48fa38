//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    Serve(Serve),
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

    /// Database: sqlite:FILE or sqlite::memory: [default: gate.sqlite in the data folder]
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

fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    if crate::grammar::is_absolute_url(url) && crate::grammar::is_url(url) {
        Ok(url.to_owned())
    } else {
        Err("must be like https://drama.example (http only for this machine)".to_owned())
    }
}
