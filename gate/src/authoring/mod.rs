//! The authoring manifest: what an operator writes in `series.json`.
//!
//! The shape is the public series manifest with `renditions` on every episode, locked ones included, naming files inside
//! the folder. Reading is strict: an unknown member, a wrong type or a value outside its range is an error that names its
//! place, because a misspelt `freeAfter` would otherwise silently lock or open an episode.

mod check;
mod offers;
mod types;

pub use check::check;
pub use offers::*;
pub use types::*;

/// The largest `series.json` that is read, in bytes.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// The most episodes one document may hold.
pub const MAX_EPISODES: usize = 10_000;

/// What is wrong with a document, and where (`$.episodes[3].title`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Fault {
    /// JSON path of the offending value.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Fault {
    /// A fault at `path`.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// Parses and checks an authoring manifest.
pub fn parse(json: &[u8]) -> Result<Document, Fault> {
    // Editors on Windows write a byte order mark; RFC 8259, section 8.1 lets a parser ignore it.
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    // Serde would fill the document from an array too, by position.
    if json.iter().any(|b| !b.is_ascii_whitespace()) && json.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Fault::at("$", "must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    let document: Document = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let path = e.path().to_string();
        let path = if path == "." { "$".to_owned() } else { format!("$.{path}") };
        Fault::at(path, e.into_inner().to_string())
    })?;
    reader.end().map_err(|e| Fault::at("$", e.to_string()))?;
    check(&document)?;
    Ok(document)
}
