//! Where a file is.

use std::path::{Path, PathBuf};

use super::shelf::Object;

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the disk.
    Disk(PathBuf),
    /// In the object store.
    Object(Object),
}

impl Place {
    /// The path, on the disk.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Disk(path) => Some(path),
            Self::Object(_) => None,
        }
    }

    /// The lower-case extension of its name, as far as it is text.
    pub fn extension(&self) -> Option<String> {
        let name = match self {
            Self::Disk(path) => path,
            Self::Object(object) => Path::new(object.key()),
        };
        name.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase)
    }

    /// What stands for it in the database. Paths are absolute, so a key is none of them.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Disk(path) => path.as_os_str().as_encoded_bytes().to_vec(),
            Self::Object(object) => format!("s3:{}", object.key()).into_bytes(),
        }
    }
}
