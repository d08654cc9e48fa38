//! Everything one types to build, try and test Cliffhanger: `cargo xtask <command>`.
//!
//! A command brings what it needs (the wasm standard library, node packages, a browser), says what it is doing on standard
//! error and keeps standard output for results. Outside the checkout it may add the wasm32 target
//! to the default toolchain, install Debian packages and fill the caches that `--help` names; it says so when it does.

mod apt;
mod bench;
mod bindgen;
mod browser;
mod demo;
mod engines;
mod gallery;
mod gate;
mod generate;
mod names;
mod node;
mod player;
mod python;
mod relocs;
mod sh;
mod shrink;
mod sim;
mod site;
mod size;
mod split;
mod stamp;
mod test;
mod twice;
mod ui;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Build, try and test Cliffhanger", after_help = ENVIRONMENT)]
struct Cli {
    /// Show the output of every tool as it comes, not only when one fails
    #[arg(long, short, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

const ENVIRONMENT: &str = "\
Environment:
  CLIFFHANGER_WASM   where the wasm32 compiler comes from:
                       auto    the default toolchain, adding its wasm32 target with rustup; else Debian's packages (default)
                       rustup  the default toolchain only: `rustup target add wasm32-unknown-unknown`
                       debian  Debian's rustc-web packages only; their standard library for wasm32 is built once
  CLIFFHANGER_CACHE  where that standard library and geckodriver are kept (default: ~/.cache/cliffhanger)
  CARGO_TARGET_DIR   where everything else is built (default: target/ in the checkout)
  CHROMIUM           the browser for the end-to-end tests (default: chromium or google-chrome of the PATH)";

#[derive(Subcommand)]
enum Command {
    /// Build the npm package into pkg/dist and compare its size with size-budget.json
    Build(BuildArgs),
    /// Build everything and serve the demo series until Ctrl-C
    Demo(DemoArgs),
    /// Write types, custom-elements.json and the reference pages anew from core/src/surface.rs
    Generate,
    /// Build the parts of www that need it: the React and Vue examples, and docs as pages
    Site,
    /// Run every check and test; the last line is `N passed, N failed`
    Test(TestArgs),
    /// Measure the player beside others over slow links, or the gate under load; the table is markdown on standard output
    #[command(after_help = ENVIRONMENT)]
    Bench(bench::BenchArgs),
    /// Run random sessions of the core, or replay one with everything that happens in it
    Sim(sim::SimArgs),
    /// Take a picture of every state of the player, into target/gallery/index.html
    #[command(after_help = ENVIRONMENT)]
    Gallery,
}

#[derive(Args)]
#[command(after_help = ENVIRONMENT)]
struct BuildArgs {
    /// Quick build for development: readable JavaScript, source maps, debug assertions, panic messages
    #[arg(long)]
    dev: bool,
    /// Fail when a size is over budget even if this is a --dev build or one without the smallest-size compiler flags
    #[arg(long)]
    check_size: bool,
    /// Build a release a second time, from nothing in another folder, and fail when a byte differs
    #[arg(long, conflicts_with = "dev")]
    twice: bool,
}

#[derive(Args)]
#[command(after_help = ENVIRONMENT)]
struct DemoArgs {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8787)]
    port: u16,
}

#[derive(Args)]
#[command(after_help = ENVIRONMENT)]
struct TestArgs {
    /// Skip what needs a browser or the release build
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    ui::start(cli.verbose);
    match run(&cli.command) {
        Ok(code) => code,
        Err(error) => {
            ui::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let workspace = workspace::Workspace::find()?;
    match command {
        Command::Build(args) => build(&workspace, args),
        Command::Demo(args) => demo::run(&workspace, args.port).map(|()| ExitCode::SUCCESS),
        Command::Generate => generate::write(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Site => site::build(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Test(args) => Ok(test::run(&workspace, args.quick)),
        Command::Bench(args) => bench::run(&workspace, args),
        Command::Sim(args) => sim::run(&workspace, args),
        Command::Gallery => gallery::run(&workspace),
    }
}

fn build(workspace: &workspace::Workspace, args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let mode = if args.dev { player::Mode::Dev } else { player::Mode::Dist };
    let built = player::build(workspace, mode)?;
    let within = size::report(workspace, &built, args.check_size)?;
    if args.twice {
        twice::check(workspace)?;
    }
    Ok(if within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
