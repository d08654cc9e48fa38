//! The grammar of media paths, checked on the raw request target before anything is decoded, verified or opened.
//!
//! ```text
//! path = "/p/" token "/" seg *( "/" seg )        2..6 segments after the token
//! seg  = 1*64( a-z 0-9 "-" "_" "." )             not starting or ending with ".", no ".."
//! ```
//!
//! Nothing is normalised. `%`, upper case, `;`, `\`, an empty segment, a trailing slash: not a media path.
//! Two components with two opinions about one path is the classic bypass; here there is one spelling for each file.

/// The parts of `/p/<token>/<series>/<content-key>/<file...>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenPath<'a> {
    /// The token, not yet looked at: not empty, from the alphabet of base64url and dots.
    pub token: &'a str,
    /// `/<series>/<content-key>/<file...>`, with its leading slash: what a token's prefix is compared with.
    pub path: &'a str,
}

/// Reads `/p/<token>/...`. `None` when it breaks the grammar.
pub fn parse_token_path(raw: &str) -> Option<TokenPath<'_>> {
    let rest = raw.strip_prefix("/p/")?;
    let slash = rest.find('/')?;
    let (token, path) = rest.split_at_checked(slash)?;
    let token_ok = !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (token_ok && is_asset_path(path)).then_some(TokenPath { token, path })
}

/// Reads `<prefix>/<series>/<key>...` and returns the part after `prefix`, with its leading slash.
pub fn parse_plain_path<'a>(prefix: &str, raw: &'a str) -> Option<&'a str> {
    raw.strip_prefix(prefix).filter(|path| is_asset_path(path))
}

fn is_asset_path(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|p| (2..=6).contains(&p.split('/').count()) && p.split('/').all(is_segment))
}

/// Whether `segment` is a canonical path segment.
pub fn is_segment(segment: &str) -> bool {
    (1..=64).contains(&segment.len())
        && !segment.starts_with('.')
        && !segment.ends_with('.')
        && !segment.contains("..")
        && segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
}
