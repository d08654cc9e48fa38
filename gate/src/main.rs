//! `cliffhanger-gate`: see `cliffhanger-gate --help`.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use cliffhanger_gate::cli::{Cli, Command};
use cliffhanger_gate::maintenance::run;
use cliffhanger_gate::{log, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start();
    let result: Result<(), Box<dyn Error>> = match cli.command {
        Command::Serve(args) => serve::serve(*args).await.map_err(Into::into),
        Command::Audit(args) => run::audit(args).await.map_err(Into::into),
        Command::Migrate(args) => run::migrate(args).await.map_err(Into::into),
        Command::Backup(args) => run::backup(args).await.map_err(Into::into),
        Command::Export(args) => run::export(args).await.map_err(Into::into),
        Command::Import(args) => run::import(args).await.map_err(Into::into),
        Command::Keys(args) => run::keys(args).await.map_err(Into::into),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cliffhanger-gate: {error}");
            ExitCode::FAILURE
        }
    }
}
