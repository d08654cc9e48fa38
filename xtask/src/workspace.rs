//! Where things are in the checkout.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The checkout this command works on.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout around the working folder, else the one this program was built from.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir().context("cannot tell the working folder")?;
        let built_from = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = here
            .ancestors()
            .chain(built_from.iter().flat_map(|folder| folder.ancestors()))
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .context("no Cliffhanger checkout around the working folder: run this inside one")?
            .to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(folder).context("CARGO_TARGET_DIR is not a path")?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The checkout in `root`, with everything that is built below it.
    pub(crate) fn at(root: PathBuf) -> Self {
        let target = root.join("target");
        Self { root, target }
    }

    /// A file or folder of the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder for everything that is built and not published.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The folder into which tests write how many there were of what is many within one test.
    pub(crate) fn counts(&self) -> PathBuf {
        self.target.join("counts")
    }

    /// The folder that is published: the npm package's built files.
    pub(crate) fn dist(&self) -> PathBuf {
        self.path("pkg/dist")
    }
}

/// Where cargo keeps what it downloads.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CARGO_HOME").or_else(|| set("HOME").map(|folder| folder.join(".cargo")))
}
