//! Finds the built player, and builds it in a fresh checkout.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The checkout this binary was built from, if it is still there.
fn checkout() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    root.join("xtask").is_dir().then(|| root.to_owned())
}

/// The folder of the built player. `given` is `--player`. Messages go to `note`.
///
/// A missing player stops nothing: API and media do not need it, and the page says what to run.
pub(crate) async fn find(given: Option<&Path>, note: &mut dyn FnMut(String)) -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    find_with(given, checkout(), &cargo, note).await
}

async fn find_with(given: Option<&Path>, checkout: Option<PathBuf>, cargo: &OsStr, note: &mut dyn FnMut(String)) -> Option<PathBuf> {
    if let Some(dir) = given {
        if !is_built(dir) {
            note(format!("--player {}: there is no cliffhanger.js there", dir.display()));
        }
        return dir.canonicalize().ok();
    }
    let dist = checkout.as_deref().unwrap_or(Path::new("")).join("pkg/dist");
    if is_built(&dist) {
        return dist.canonicalize().ok();
    }
    let Some(checkout) = checkout else {
        note("the built player was not found; name it with --player DIR (API and media work without it)".to_owned());
        return None;
    };
    note("the player is not built yet: running `cargo xtask build --dev` once".to_owned());
    if !build(&checkout, cargo).await || !is_built(&dist) {
        note(format!("the player could not be built; run `cargo xtask build` in {} (API and media work without it)", checkout.display()));
    }
    dist.canonicalize().ok()
}

fn is_built(dir: &Path) -> bool {
    dir.join("cliffhanger.js").is_file()
}

async fn build(checkout: &Path, cargo: &OsStr) -> bool {
    let status = tokio::process::Command::new(cargo)
        .args(["xtask", "build", "--dev"])
        .current_dir(checkout)
        .stdin(Stdio::null())
        // Standard output is ours: one line, when the gate answers.
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .status()
        .await;
    status.is_ok_and(|s| s.success())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A checkout whose `cargo` is this script.
    async fn found(script: &str) -> (Option<PathBuf>, String) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("xtask")).unwrap();
        let cargo = root.join("cargo.sh");
        std::fs::write(&cargo, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&cargo, PermissionsExt::from_mode(0o755)).unwrap();
        let mut notes = Vec::new();
        let found = find_with(None, Some(root.clone()), cargo.as_os_str(), &mut |n| notes.push(n)).await;
        (found.map(|f| f.strip_prefix(&root).unwrap().to_owned()), notes.join("\n"))
    }

    #[tokio::test]
    async fn a_fresh_checkout_builds_its_player_once_and_says_why() {
        let script = r#"[ "$*" = "xtask build --dev" ] && mkdir -p pkg/dist && : > pkg/dist/cliffhanger.js"#;
        let (dir, notes) = found(script).await;
        assert_eq!(dir, Some(PathBuf::from("pkg/dist")));
        assert!(notes.contains("cargo xtask build --dev") && !notes.contains("could not"), "{notes}");
    }

    #[tokio::test]
    async fn a_build_that_fails_is_told_and_stops_nothing() {
        let (dir, notes) = found("exit 1").await;
        assert_eq!(dir, None);
        assert!(notes.contains("could not be built; run `cargo xtask build`"), "{notes}");
    }
}
