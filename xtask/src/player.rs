//! Builds the player: Rust to wasm, glue, and the files of the npm package.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bindgen::{self, GLUE};
use crate::node;
use crate::relocs;
use crate::sh::Sh;
use crate::shrink;
use crate::split;
use crate::stamp::{self, Fingerprint};
use crate::ui;
use crate::wasm::{self, Toolchain};
use crate::workspace::{Workspace, cargo_home};

/// The root crate: the browser shell.
const CRATE: &str = "cliffhanger";
/// Everything the built files are made from.
const SOURCES: [&str; 11] = [
    "build.rs",
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "core/Cargo.toml",
    "core/src",
    "pkg/src",
    "pkg/build.mjs",
    "pkg/package.json",
    "pkg/package-lock.json",
    "xtask/src",
];
/// In the folder of a finished build: what it was made of.
const STAMP: &str = ".built";
/// Names in `pkg/dist` the package cannot do without.
const REQUIRED: [&str; 4] = ["cliffhanger.js", "glue.js", "cliffhanger.wasm", "cliffhanger-later.wasm"];

/// The ways to build. Each has its own folders, so that none undoes another's work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For work on the player: built in seconds, readable, every check on.
    Dev,
    /// For release: as small as the toolchain allows.
    Dist,
    /// As the release, but without the opener: what that weighs is what is missing here. For nobody to play with.
    Unopened,
    /// The same without the feeder too.
    Unfed,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Dist => "dist",
            Self::Unopened => "unopened",
            Self::Unfed => "unfed",
        }
    }

    /// Where the finished files go.
    pub(crate) fn out(self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Dev | Self::Dist => workspace.dist(),
            Self::Unopened | Self::Unfed => workspace.target().join(self.name()),
        }
    }
}

/// A finished build.
pub(crate) struct Built {
    pub(crate) mode: Mode,
    /// Built with every flag of the smallest release.
    pub(crate) smallest: bool,
}

/// Brings `pkg/dist`, or where else this is built, up to date. Takes under a second when nothing has changed.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<Built> {
    let work = workspace.target().join("player").join(mode.name());
    std::fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    let lock = Lock::take(workspace)?;
    let toolchain = Toolchain::get()?;
    let smallest = mode != Mode::Dev && toolchain.can_build_smallest();
    let fingerprint = fingerprint(workspace, &toolchain, mode, smallest)?;
    let built = Built { mode, smallest };
    let out = mode.out(workspace);
    if is_current(&out, &fingerprint) {
        ui::step(&format!("{} is up to date ({})", out.strip_prefix(workspace.root()).unwrap_or(&out).display(), mode.name()));
        return Ok(built);
    }
    let tools = workspace.path("pkg");
    node::install(&tools, "the build")?;
    let module = compile(workspace, &toolchain, mode, smallest)?;
    glue(workspace, &tools, &module, &work, mode, smallest)?;
    ui::step("bundling JavaScript");
    node::node().arg(tools.join("build.mjs")).arg(mode.name()).arg(&work).arg(&out).run()?;
    stamp::write(&out.join(STAMP), &fingerprint)?;
    drop(lock);
    Ok(built)
}

/// The build in `pkg/dist` if it is an up-to-date release, else a development build: what serves best soonest.
pub(crate) fn build_soon(workspace: &Workspace) -> Result<Built> {
    let toolchain = Toolchain::get()?;
    let smallest = toolchain.can_build_smallest();
    if is_current(&workspace.dist(), &fingerprint(workspace, &toolchain, Mode::Dist, smallest)?) {
        return Ok(Built { mode: Mode::Dist, smallest });
    }
    build(workspace, Mode::Dev)
}

fn fingerprint(workspace: &Workspace, toolchain: &Toolchain, mode: Mode, smallest: bool) -> Result<String> {
    let described = format!("{} {} {smallest}", toolchain.describe(), mode.name());
    let start = Ok(Fingerprint::default().text(&described));
    let all: Result<Fingerprint> = SOURCES.iter().fold(start, |sum, source| sum?.path(workspace.root(), source));
    Ok(all?.finish())
}

fn is_current(out: &Path, fingerprint: &str) -> bool {
    stamp::fresh(&out.join(STAMP), fingerprint) && REQUIRED.iter().all(|file| out.join(file).is_file())
}

/// Compiles the shell; the answer is where the module is.
fn compile(workspace: &Workspace, toolchain: &Toolchain, mode: Mode, smallest: bool) -> Result<PathBuf> {
    let folder = workspace.target().join(format!("wasm-{}", mode.name()));
    ui::step(&format!("compiling the player for wasm32 ({}: {})", mode.name(), toolchain.describe()));
    // Cargo leaves LTO out of a library that is also built for Rust (rlib): a third larger. Hence this one type.
    let cargo = toolchain
        .cargo()
        .args(["rustc", "--package", CRATE, "--lib", "--crate-type", "cdylib"])
        .args(["--target", wasm::TARGET, "--target-dir"])
        .arg(&folder)
        .current_dir(workspace.root());
    let cargo = match mode {
        Mode::Dev => dev(cargo),
        _ if smallest => smallest_release(cargo, mode),
        _ => {
            ui::note(
                "this toolchain cannot build the standard library for size (it lacks its source or the flags): the result is about a tenth larger",
            );
            cargo.env("CARGO_ENCODED_RUSTFLAGS", without_paths(workspace, mode)).arg("--release")
        }
    };
    // Tells what refers to which data, for the splitter; nothing of it is shipped.
    cargo.args(["--", "-Clink-arg=--emit-relocs"]).run()?;
    let profile = if mode == Mode::Dev { "debug" } else { "release" };
    Ok(folder.join(wasm::TARGET).join(profile).join(format!("{CRATE}.wasm")))
}

/// A little optimisation makes the module a fifth of the size and quicker to generate glue for than none.
fn dev(cargo: Sh) -> Sh {
    cargo.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_PANIC", "abort")
}

/// Flags that keep the paths of this machine out of panic messages; the smallest release has none.
fn without_paths(workspace: &Workspace, mode: Mode) -> String {
    let home = cargo_home().map(|folder| (folder, "/cargo"));
    let all = home.into_iter().chain([(workspace.root().to_path_buf(), "/cliffhanger")]);
    let flags = all.map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    let flags: Vec<String> = flags.chain(without(mode).iter().map(|flag| (*flag).to_owned())).collect();
    flags.join("\u{1f}")
}

/// The flags that leave things out. Each in one word, as both lists of flags can hold it.
fn without(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Dev | Mode::Dist => &[],
        Mode::Unopened => &["--cfg=cliffhanger_unopened"],
        Mode::Unfed => &["--cfg=cliffhanger_unopened", "--cfg=cliffhanger_unfed"],
    }
}

/// `panic = "abort"`, LTO and the rest are in the release profile of Cargo.toml: a plain `cargo build --release` has them too.
fn smallest_release(cargo: Sh, mode: Mode) -> Sh {
    let flags: Vec<&str> = wasm::SMALLEST.iter().chain(without(mode)).copied().collect();
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags.join(" ")).args([
        "--release",
        "-Zbuild-std=std,panic_abort",
        "-Zbuild-std-features=optimize_for_size",
    ])
}

/// Makes glue and wasm in `work`, unless they are there for this very module.
fn glue(workspace: &Workspace, tools: &Path, module: &Path, work: &Path, mode: Mode, smallest: bool) -> Result<()> {
    let fingerprint = Fingerprint::default()
        .file(module)?
        // How it is made counts as well: the generator, the flags of wasm-opt and its version.
        .path(workspace.root(), "xtask/src")?
        .path(workspace.root(), "Cargo.lock")?
        .path(workspace.root(), "pkg/package-lock.json")?
        .finish();
    let stamp = work.join(".stamp");
    if stamp::fresh(&stamp, &fingerprint) && work.join(format!("{GLUE}_bg.wasm")).is_file() {
        return Ok(());
    }
    std::fs::remove_dir_all(work)
        .and_then(|()| std::fs::create_dir_all(work))
        .with_context(|| format!("cannot empty {}", work.display()))?;
    ui::step("generating the glue");
    let linked = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let bare = relocs::without(&linked)?;
    match mode {
        Mode::Dev => bindgen::generate(bare, work)?,
        Mode::Dist | Mode::Unopened | Mode::Unfed => {
            let raw = work.join("raw");
            bindgen::generate(bare, &raw)?;
            ui::step("shrinking the wasm");
            shrink::shrink(tools, &raw, work)?;
            // Snippets are imported by the glue beside them.
            let snippets = raw.join("snippets");
            if snippets.is_dir() {
                std::fs::rename(&snippets, work.join("snippets")).context("cannot move the snippets")?;
            }
        }
    }
    let parts = split::split(work, &linked, without(mode).is_empty(), !smallest)?;
    if mode != Mode::Dev {
        shrink::parts(tools, &parts)?;
    }
    stamp::write(&stamp, &fingerprint)
}

/// Keeps a second command in the same checkout from building into the same folders. Released when dropped.
struct Lock {
    _file: File,
}

impl Lock {
    fn take(workspace: &Workspace) -> Result<Self> {
        let path = workspace.target().join("player/.lock");
        let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        if file.try_lock().is_err() {
            ui::step("waiting for another build of the player to end");
            file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        }
        Ok(Self { _file: file })
    }
}
