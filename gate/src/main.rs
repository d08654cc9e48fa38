//! `cliffhanger-gate`: see `cliffhanger-gate --help`.

use std::process::ExitCode;

use clap::Parser as _;
use cliffhanger_gate::cli::{Cli, Command};
use cliffhanger_gate::{log, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start();
    let result = match cli.command {
        Command::Serve(args) => serve::serve(args).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cliffhanger-gate: {error}");
            ExitCode::FAILURE
        }
    }
}
