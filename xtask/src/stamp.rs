//! Skips work whose inputs have not changed: a fingerprint of the inputs beside the output.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Grows with every input; equal inputs in equal order make equal fingerprints.
#[derive(Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    pub(crate) fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        bytes.hash(&mut self.0);
        self
    }

    /// The content of one file.
    pub(crate) fn file(mut self, file: &Path) -> Result<Self> {
        read(file)?.hash(&mut self.0);
        Ok(self)
    }

    /// Names and content of a file, or of every file below a folder. What does not exist counts as such. Names count from
    /// `root`, so that a moved checkout stays as it was.
    pub(crate) fn path(mut self, root: &Path, relative: &str) -> Result<Self> {
        for file in files(&root.join(relative))? {
            file.strip_prefix(root).unwrap_or(&file).hash(&mut self.0);
            read(&file)?.hash(&mut self.0);
        }
        Ok(self)
    }

    pub(crate) fn finish(self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// True when `stamp` says that the output was made from these inputs.
pub(crate) fn fresh(stamp: &Path, fingerprint: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint)
}

/// Remembers what the output was made from. Written last, so that an interrupted step runs again.
pub(crate) fn write(stamp: &Path, fingerprint: &str) -> Result<()> {
    std::fs::write(stamp, fingerprint).with_context(|| format!("cannot write {}", stamp.display()))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// A file, or every file below a folder, in order.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    gather(path, &mut files)?;
    files.sort_unstable();
    Ok(files)
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in std::fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
            gather(&entry?.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_follows_names_and_content() {
        let root = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let folder = root.join("src");
        std::fs::create_dir_all(&folder).unwrap();
        let print = || Fingerprint::default().path(&root, "src").unwrap().finish();
        let empty = print();
        std::fs::write(folder.join("a"), "1").unwrap();
        let one = print();
        std::fs::rename(folder.join("a"), folder.join("b")).unwrap();
        let renamed = print();
        std::fs::write(folder.join("b"), "2").unwrap();
        let changed = print();
        std::fs::remove_dir_all(&root).unwrap();
        let all = [&empty, &one, &renamed, &changed];
        assert!(all.iter().enumerate().all(|(at, a)| all.iter().skip(at + 1).all(|b| a != b)), "{all:?}");
    }
}
