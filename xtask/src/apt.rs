//! Debian packages, for what neither cargo nor npm can bring.

use anyhow::{Context, Result, bail};

use crate::sh::{Sh, which};
use crate::ui;

/// True where `apt-get` is.
pub(crate) fn available() -> bool {
    which("apt-get").is_some()
}

/// Installs packages, as root or through sudo. `purpose` completes "for ...".
pub(crate) fn install(packages: &[&str], purpose: &str) -> Result<()> {
    let by_hand = format!("apt-get update && apt-get install --no-install-recommends {}", packages.join(" "));
    if !available() {
        bail!("{purpose} needs packages that only Debian's apt-get brings here; there: {by_hand}");
    }
    let sudo = !is_root()?;
    if sudo && which("sudo").is_none() {
        bail!("{purpose} needs Debian packages and there is no sudo; as root run: {by_hand}");
    }
    ui::step(&format!("installing Debian packages for {purpose}: {}", packages.join(" ")));
    let attempt = || -> Result<()> {
        apt(sudo).args(["update", "-qq"]).run()?;
        apt(sudo).args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages).run()?;
        Ok(())
    };
    attempt().with_context(|| format!("cannot install what {purpose} needs; by hand, as root: {by_hand}"))
}

fn apt(sudo: bool) -> Sh {
    let program = if sudo { Sh::new("sudo").with_stdin().args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]) } else { Sh::new("apt-get") };
    // Another apt-get may be at work, as on a machine that has just started.
    program.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=120"])
}

fn is_root() -> Result<bool> {
    Ok(Sh::new("id").arg("-u").read()?.trim() == "0")
}

/// Installs `package` unless `program` is on the path.
pub(crate) fn bring(program: &str, package: &str, purpose: &str) -> Result<()> {
    if which(program).is_none() { install(&[package], purpose) } else { Ok(()) }
}
