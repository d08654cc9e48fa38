//! Addresses the gate hands out.

/// Builds addresses: relative to the origin, or absolute when the gate knows its public URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    base: String,
}

impl Links {
    /// Addresses below `public_url`, or path-absolute ones.
    pub fn new(public_url: Option<&str>) -> Self {
        Self { base: public_url.unwrap_or_default().trim_end_matches('/').to_owned() }
    }

    /// The gate's base URL as the manifest names it.
    pub fn base(&self) -> &str {
        if self.base.is_empty() { "/" } else { &self.base }
    }

    /// The address of a path of ours, which begins with `/`.
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The manifest of a series.
    pub fn manifest(&self, series: &str) -> String {
        self.to(&format!("/series/{series}.json"))
    }

    /// A file of a free episode.
    pub fn free(&self, series: &str, key: &str, file: &str) -> String {
        self.to(&format!("/free/{series}/{key}/{file}"))
    }

    /// A file opened by a token.
    pub fn granted(&self, token: &str, series: &str, key: &str, file: &str) -> String {
        self.to(&format!("/p/{token}/{series}/{key}/{file}"))
    }

    /// A poster.
    pub fn poster(&self, series: &str, file: &str) -> String {
        self.to(&format!("/poster/{series}/{file}"))
    }
}
