//! Finds or makes a compiler for `wasm32-unknown-unknown`.
//!
//! Three ways, in this order: the default toolchain has the target; rustup adds it to that toolchain; Debian's `rustc-web` packages, whose
//! standard library for wasm32 is built from the packaged source once and kept outside the checkout.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::sh::{Sh, which};
use crate::stamp::Fingerprint;
use crate::ui;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "/usr/bin/rust-lld";
const DEBIAN_RUSTLIB: &str = "/usr/lib/rustlib";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std";
/// Part of the cached library's name: raise it when the way it is built changes.
const STD_RECIPE: &str = "1";
const RUSTUP_ADD: &str = "rustup target add wasm32-unknown-unknown";

/// The flags of the smallest release. They need a compiler that takes unstable flags and the source of the standard library.
pub(crate) const SMALLEST: [&str; 6] = [
    "-Zunstable-options",
    "-Zinline-mir=no",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    // A loop that counts in the way its addresses need is a little faster, and has more locals: a hundredth of the player.
    "-Cllvm-args=-disable-lsr",
];

/// A cargo that can build for wasm32.
pub(crate) struct Toolchain {
    cargo: OsString,
    /// The compiler with a prebuilt standard library for wasm32.
    rustc: OsString,
    rustdoc: OsString,
    version: String,
    debian: bool,
}

/// What `CLIFFHANGER_WASM` asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Auto,
    Rustup,
    Debian,
}

impl Choice {
    fn from_env() -> Result<Self> {
        match std::env::var("CLIFFHANGER_WASM").ok().as_deref() {
            None | Some("" | "auto") => Ok(Self::Auto),
            Some("rustup") => Ok(Self::Rustup),
            Some("debian") => Ok(Self::Debian),
            Some(other) => bail!("CLIFFHANGER_WASM={other} is none of auto, rustup, debian"),
        }
    }
}

impl Toolchain {
    /// Gets a toolchain. Takes milliseconds once there is one.
    pub(crate) fn get() -> Result<Self> {
        let choice = Choice::from_env()?;
        if choice != Choice::Debian {
            let default = Self::default_toolchain()?;
            if default.has_std() {
                return Ok(default);
            }
            // A library that is already there beats a download that may not be possible.
            if choice == Choice::Auto
                && let Some(debian) = Self::debian_ready()?
            {
                return Ok(debian);
            }
            let refusal = match rustup_add() {
                Ok(()) if default.has_std() => return Ok(default),
                Ok(()) => anyhow::anyhow!("rustup added {TARGET}, but the default toolchain does not find it"),
                Err(error) => error,
            };
            if choice == Choice::Rustup {
                return Err(refusal.context(format!("the default toolchain cannot build for wasm32; run: {RUSTUP_ADD}")));
            }
            if !apt::available() {
                return Err(
                    refusal.context(format!("no compiler for wasm32; run `{RUSTUP_ADD}`, or use Debian with CLIFFHANGER_WASM=debian"))
                );
            }
            ui::note("rustup cannot add the wasm32 target here: using Debian's packages (CLIFFHANGER_WASM=debian goes there directly)");
        }
        Self::debian()
    }

    /// One line for people and for fingerprints.
    pub(crate) fn describe(&self) -> String {
        format!("{}, {}", self.version, if self.debian { "Debian" } else { "default toolchain" })
    }

    /// Cargo with this toolchain and none of the caller's flags, which would change what is built.
    pub(crate) fn cargo(&self) -> Sh {
        let cargo = Sh::new(&self.cargo).env("RUSTC", &self.rustc).env("RUSTDOC", &self.rustdoc);
        let cargo =
            ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
                .into_iter()
                .fold(cargo, Sh::without_env);
        // Debian's compiler must not load the libraries of the toolchain that runs this program.
        if self.debian { ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"].into_iter().fold(cargo, Sh::without_env) } else { cargo }
    }

    /// True when the standard library can be built anew with [`SMALLEST`].
    pub(crate) fn can_build_smallest(&self) -> bool {
        let source = self.sysroot().join("lib/rustlib/src/rust/library/std").is_dir();
        source
            && Sh::new(&self.rustc).env("RUSTC_BOOTSTRAP", "1").args(SMALLEST).args(["--print", "cfg", "--target", TARGET]).read().is_ok()
    }

    /// True when `cargo clippy` can look at wasm32 code.
    pub(crate) fn has_clippy(&self) -> bool {
        !self.debian && self.cargo().args(["clippy", "--version"]).read().is_ok()
    }

    fn default_toolchain() -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let version = version(&rustc)?;
        Ok(Self { cargo, rustc, rustdoc, version, debian: false })
    }

    /// Debian's toolchain, if nothing needs to be installed or built for it.
    fn debian_ready() -> Result<Option<Self>> {
        if !debian_installed() {
            return Ok(None);
        }
        let sysroot = debian_sysroot()?;
        Ok(if sysroot.is_dir() { Some(Self::of_debian(&sysroot)?) } else { None })
    }

    fn debian() -> Result<Self> {
        if !debian_installed() {
            apt::install(&PACKAGES, "the wasm32 compiler")?;
        }
        let sysroot = debian_sysroot()?;
        if !sysroot.is_dir() {
            build_std(&sysroot)?;
        }
        let toolchain = Self::of_debian(&sysroot)?;
        if !toolchain.has_std() {
            bail!("{} has no standard library for {TARGET}: remove that folder and run this again", sysroot.display());
        }
        Ok(toolchain)
    }

    fn of_debian(sysroot: &Path) -> Result<Self> {
        Ok(Self {
            cargo: DEBIAN_CARGO.into(),
            rustc: sysroot.join("bin/rustc").into(),
            rustdoc: sysroot.join("bin/rustdoc").into(),
            version: version(&DEBIAN_RUSTC.into())?,
            debian: true,
        })
    }

    fn has_std(&self) -> bool {
        let libraries = Sh::new(&self.rustc).args(["--print", "target-libdir", "--target", TARGET]).read();
        libraries.is_ok_and(|folder| rlibs(Path::new(folder.trim())).is_ok_and(|found| found.iter().any(|file| named(file, "libcore-"))))
    }

    fn sysroot(&self) -> PathBuf {
        let sysroot = Sh::new(&self.rustc).args(["--print", "sysroot"]).read();
        sysroot.map(|text| PathBuf::from(text.trim())).unwrap_or_default()
    }
}

fn version(rustc: &OsString) -> Result<String> {
    let text = Sh::new(rustc).install("the instructions of https://rustup.rs").arg("--version").read()?;
    Ok(text.trim().to_owned())
}

fn rustup_add() -> Result<()> {
    if which("rustup").is_none() {
        bail!("there is no rustup");
    }
    ui::step(&format!("adding the wasm32 target: {RUSTUP_ADD}"));
    Sh::new("rustup").args(["target", "add", TARGET]).run()?;
    Ok(())
}

fn debian_installed() -> bool {
    [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_LINKER].iter().all(|file| Path::new(file).is_file()) && Path::new(DEBIAN_SOURCE).is_dir()
}

/// Where the standard library for Debian's present compiler is or goes. The folder appears complete or not at all.
fn debian_sysroot() -> Result<PathBuf> {
    let version = Sh::new(DEBIAN_RUSTC).without_env("LD_LIBRARY_PATH").arg("-vV").read()?;
    let fingerprint = Fingerprint::default().text(&version).text(STD_RECIPE).finish();
    Ok(cache()?.join(format!("wasm-std-{fingerprint}")))
}

/// Where what is built once for this machine is kept.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("CLIFFHANGER_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("cliffhanger")))
        .or_else(|| set("HOME").map(|folder| folder.join(".cache/cliffhanger")))
        .context("no place for the cache: set CLIFFHANGER_CACHE to a folder")?;
    std::path::absolute(&folder).with_context(|| format!("{} is not a path", folder.display()))
}

/// Builds the standard library from Debian's source and puts it into a sysroot of our own.
fn build_std(sysroot: &Path) -> Result<()> {
    let began = std::time::Instant::now();
    ui::step("building the standard library for wasm32, once for this machine (1 to 3 minutes)");
    let version = version(&DEBIAN_RUSTC.into())?;
    let number = version.split(' ').nth(1).unwrap_or_default();
    let work = sysroot.with_extension(format!("{}", std::process::id()));
    let source = work.join("build");
    write(&source.join("src/lib.rs"), "#![no_std]\n")?;
    write(
        &source.join("Cargo.toml"),
        "[package]\nname = \"nothing\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n[profile.release]\nopt-level = 3\ndebug = 0\n",
    )?;
    // Without the bitcode, crates that link this library could not use LTO. The remapping keeps source paths out of panic messages.
    let flags = format!("-Cembed-bitcode=yes\u{1f}--remap-path-prefix=/usr/src/rustc-{number}=/rustc");
    let built =
        ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
            .into_iter()
            .fold(Sh::new(DEBIAN_CARGO), Sh::without_env)
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", source.join("target"))
            .env("CARGO_ENCODED_RUSTFLAGS", flags)
            .args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,test"])
            .current_dir(&source)
            .run()
            .and_then(|_| assemble(sysroot, &work, &source))
            .context("cannot build the standard library for wasm32");
    // What is left over after a failure is of no use to anyone.
    let _ = std::fs::remove_dir_all(&work);
    built?;
    ui::step(&format!("  standard library built in {:.0} s", began.elapsed().as_secs_f64()));
    Ok(())
}

fn assemble(sysroot: &Path, work: &Path, source: &Path) -> Result<()> {
    let made = work.join("sysroot");
    let libraries = made.join(format!("lib/rustlib/{TARGET}/lib"));
    std::fs::create_dir_all(&libraries).with_context(|| format!("cannot make {}", libraries.display()))?;
    for file in rlibs(&source.join(format!("target/{TARGET}/release/deps")))? {
        if let Some(name) = file.file_name()
            && !named(&file, "libnothing-")
        {
            std::fs::copy(&file, libraries.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
        }
    }
    // The host's own libraries stay Debian's: build scripts and macros need them.
    for entry in std::fs::read_dir(DEBIAN_RUSTLIB).with_context(|| format!("cannot list {DEBIAN_RUSTLIB}"))? {
        let entry = entry?;
        if entry.file_name() != TARGET {
            symlink(&entry.path(), &made.join("lib/rustlib").join(entry.file_name()))?;
        }
    }
    // Debian's compiler finds its sysroot from its own library, so a link to it would not do: a wrapper says where to look.
    for program in ["rustc", "rustdoc"] {
        let wrapper = made.join("bin").join(program);
        write(&wrapper, &format!("#!/bin/sh\nexec /usr/bin/{program} --sysroot '{}' \"$@\"\n", sysroot.display()))?;
        make_executable(&wrapper)?;
    }
    match std::fs::rename(&made, sysroot) {
        // Another command was faster: its library is as good.
        Err(_) if sysroot.is_dir() => Ok(()),
        renamed => renamed.with_context(|| format!("cannot make {}", sysroot.display())),
    }
}

fn rlibs(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "rlib") {
            found.push(file);
        }
    }
    Ok(found)
}

fn named(file: &Path, prefix: &str) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(unix)]
fn symlink(from: &Path, to: &Path) -> Result<()> {
    std::os::unix::fs::symlink(from, to).with_context(|| format!("cannot link {}", to.display()))
}

#[cfg(unix)]
fn make_executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", file.display()))
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> Result<()> {
    bail!("Debian's packages work on Debian only")
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    bail!("Debian's packages work on Debian only")
}
