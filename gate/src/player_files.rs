//! Finds the built player, and builds it in a fresh checkout.

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
    if let Some(dir) = given {
        if !is_built(dir) {
            note(format!("--player {}: there is no cliffhanger.js there", dir.display()));
        }
        return dir.canonicalize().ok();
    }
    let checkout = checkout();
    let places = [checkout.as_ref().map(|c| c.join("pkg/dist")), Some(PathBuf::from("pkg/dist"))];
    if let Some(found) = places.iter().flatten().find(|dir| is_built(dir)) {
        return found.canonicalize().ok();
    }
    let Some(checkout) = checkout else {
        note("the built player was not found; name it with --player DIR (API and media work without it)".to_owned());
        return None;
    };
    note("the player is not built yet: running `cargo xtask build --dev` once".to_owned());
    let dist = checkout.join("pkg/dist");
    if !build(&checkout).await || !is_built(&dist) {
        note(format!("the player could not be built; run `cargo xtask build` in {} (API and media work without it)", checkout.display()));
    }
    dist.canonicalize().ok()
}

fn is_built(dir: &Path) -> bool {
    dir.join("cliffhanger.js").is_file()
}

async fn build(checkout: &Path) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
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
