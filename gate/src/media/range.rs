//! The `Range` header (RFC 9110, section 14), narrowed to one range of bytes.

use axum::http::{HeaderMap, header};

/// Bytes `first..=last` of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// Offset of the first byte.
    pub first: u64,
    /// Offset of the last byte, inclusive, inside the file.
    pub last: u64,
}

impl ByteRange {
    /// Number of bytes; at least 1.
    pub fn length(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// No `Range`: the whole file.
    Whole,
    /// One satisfiable range.
    Part(ByteRange),
    /// A range that is malformed, multiple or outside the file: 416. The RFC lets a server ignore such a header; we do
    /// not, so that no client takes a whole file for the part it asked for.
    Unsatisfiable,
}

/// Reads `Range` from `headers` for a file of `len` bytes.
pub fn wanted(headers: &HeaderMap, len: u64) -> Wanted {
    let mut values = headers.get_all(header::RANGE).iter();
    match (values.next(), values.next()) {
        (None, _) => Wanted::Whole,
        (Some(value), None) => value.to_str().ok().and_then(|v| parse(v, len)).map_or(Wanted::Unsatisfiable, Wanted::Part),
        (Some(_), Some(_)) => Wanted::Unsatisfiable,
    }
}

fn parse(value: &str, len: u64) -> Option<ByteRange> {
    let (unit, spec) = value.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = spec.trim_matches([' ', '\t']).split_once('-')?;
    let end = len.checked_sub(1)?;
    let range = match (first, last) {
        ("", suffix) => {
            let suffix = digits(suffix)?;
            let first = len.saturating_sub(suffix);
            ByteRange { first, last: end }
        }
        (first, "") => ByteRange { first: digits(first)?, last: end },
        (first, last) => {
            let (first, last) = (digits(first)?, digits(last)?);
            if first > last {
                return None;
            }
            ByteRange { first, last: last.min(end) }
        }
    };
    // Covers "-0" (first == len) and everything past the end.
    (range.first < len).then_some(range)
}

/// A run of digits; a number too large for the type means "beyond any file".
fn digits(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().unwrap_or(u64::MAX))
}
