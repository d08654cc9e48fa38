//! Where the gate keeps its own files: never in the folder it serves.

use std::env;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::db::DbError;
use crate::random;

/// The data folder for the served folder `root` (resolved): one for each, told apart by a hash of its path, under
/// `$XDG_DATA_HOME` (else `~/.local/share`), `~/Library/Application Support`, or `%LOCALAPPDATA%`.
pub fn default_for(root: &Path) -> PathBuf {
    let hash = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let name = random::hex(hash.get(..8).unwrap_or_default());
    base().join("cliffhanger").join(name)
}

fn base() -> PathBuf {
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || env::home_dir().unwrap_or_else(env::temp_dir);
    if cfg!(windows) {
        variable("LOCALAPPDATA").unwrap_or_else(home)
    } else if cfg!(target_os = "macos") {
        home().join("Library/Application Support")
    } else {
        variable("XDG_DATA_HOME").unwrap_or_else(|| home().join(".local/share"))
    }
}

/// Creates `dir` for its owner alone. A folder that exists is left as it is.
pub fn create(dir: &Path) -> Result<(), DbError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| DbError::Create(dir.to_owned(), e))
}
