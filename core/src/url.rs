//! URLs from outside: checked by grammar before anything uses them (invariant 12).
//!
//! Allowed: absolute `https:`, absolute `http:` on loopback, or a reference relative to a base. Resolution
//! follows RFC 3986 section 5.2 for that subset; everything with blanks, controls, backslashes, quotes,
//! angle brackets, user info or another scheme is refused, so no browser reads it differently.

use crate::text::{before, cut, first_of, pieces};

/// Why a URL was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// Empty, or longer than 2,048 characters.
    Length,
    /// Holds a character that has no place in a URL.
    Character,
    /// A scheme other than `https:` (or `http:` on loopback).
    Scheme,
    /// `//host` without a scheme, or user info before the host.
    Host,
}

impl UrlError {
    /// What would be right, for messages.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Length => "use 1 to 2048 characters",
            Self::Character => "remove blanks, backslashes, quotes and angle brackets",
            Self::Scheme => "use https:, or a relative URL (http: only on localhost)",
            Self::Host => "write the scheme (https://...) and no user name",
        }
    }
}

/// Checks `reference` and resolves it against the absolute URL `base`.
///
/// # Errors
/// [`UrlError`] when the reference is not one of the allowed forms. `base` is trusted.
pub fn resolve(base: &str, reference: &str) -> Result<String, UrlError> {
    if reference.is_empty() || reference.len() > 2048 {
        return Err(UrlError::Length);
    }
    if reference.chars().any(|c| c <= ' ' || matches!(c, '\\' | '"' | '<' | '>' | '\u{7f}') || c.is_control()) {
        return Err(UrlError::Character);
    }
    if reference.starts_with("//") {
        return Err(UrlError::Host);
    }
    if let Some((scheme, rest)) = scheme_of(reference) {
        let authority = rest.strip_prefix("//").ok_or(UrlError::Scheme)?;
        let host_end = first_of(authority, "/?#");
        let host = authority.get(..host_end).unwrap_or_default();
        if host.is_empty() || cut(host, b'@').is_some() {
            return Err(UrlError::Host);
        }
        let allowed = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") && is_loopback(host);
        return if allowed { Ok(reference.to_owned()) } else { Err(UrlError::Scheme) };
    }
    Ok(join(base, reference))
}

/// The scheme of an absolute URL and what follows its colon.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = cut(text, b':')?;
    let mut letters = scheme.bytes();
    let starts = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    (starts && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))).then_some((scheme, rest))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix("[") {
        Some(v6) => return before(v6, b']') == "::1",
        None => before(host, b':'),
    };
    name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1"
}

fn join(base: &str, reference: &str) -> String {
    let (origin, path) = split_origin(base);
    let path = path.get(..first_of(path, "?#")).unwrap_or_default();
    if reference.starts_with("?") || reference.starts_with("#") {
        return [origin, path, reference].concat();
    }
    let (ref_path, tail) = reference.split_at_checked(first_of(reference, "?#")).unwrap_or((reference, ""));
    let mut segments: Vec<&str> = Vec::new();
    if !ref_path.starts_with("/") {
        let from = path.bytes().take_while(|byte| *byte == b'/').count();
        segments.extend(pieces(path.get(from..).unwrap_or_default(), b'/'));
        segments.pop();
    }
    // "." and ".." at the end leave a directory: an empty last segment, unless another follows.
    let mut open = false;
    for piece in pieces(ref_path.strip_prefix("/").unwrap_or(ref_path), b'/') {
        if open {
            segments.pop();
        }
        open = piece == "." || piece == "..";
        if piece == ".." {
            segments.pop();
        }
        segments.push(if open { "" } else { piece });
    }
    [origin, "/", &segments.join("/"), tail].concat()
}

/// Splits an absolute URL into `scheme://authority` and the rest.
fn split_origin(url: &str) -> (&str, &str) {
    let after_scheme = cut(url, b':').and_then(|(scheme, rest)| rest.starts_with("//").then_some(scheme.len() + 3)).unwrap_or(0);
    let end = after_scheme + first_of(url.get(after_scheme..).unwrap_or_default(), "/?#");
    url.split_at_checked(end).unwrap_or((url, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://a.example/series/x/main.json?v=1#f";

    #[test]
    fn relative_references_resolve_as_in_rfc_3986() {
        for (reference, expected) in [
            ("e1.mp4", "https://a.example/series/x/e1.mp4"),
            ("./e1.mp4", "https://a.example/series/x/e1.mp4"),
            ("../e1.mp4?q=1", "https://a.example/series/e1.mp4?q=1"),
            ("/e1.mp4#t", "https://a.example/e1.mp4#t"),
            ("../../../../e1.mp4", "https://a.example/e1.mp4"),
            ("a/b/../c/./d", "https://a.example/series/x/a/c/d"),
            ("?v=2", "https://a.example/series/x/main.json?v=2"),
            (".", "https://a.example/series/x/"),
            ("..", "https://a.example/series/"),
            ("a//b.mp4", "https://a.example/series/x/a//b.mp4"),
            ("a/./", "https://a.example/series/x/a/"),
            ("https://b.example/x", "https://b.example/x"),
            ("http://localhost:8787/x", "http://localhost:8787/x"),
            ("http://[::1]:8787/x", "http://[::1]:8787/x"),
            ("e1:2.mp4/x", "refused"),
        ] {
            let got = resolve(BASE, reference).unwrap_or_else(|_| "refused".into());
            assert_eq!(got, expected, "{reference}");
        }
        assert_eq!(resolve("http://127.0.0.1:8787", "x").as_deref(), Ok("http://127.0.0.1:8787/x"));
    }

    #[test]
    fn dangerous_references_are_refused() {
        for reference in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "blob:https://a/x",
            "file:///etc/passwd",
            "//evil.example/x",
            "\\\\evil\\x",
            "https:\\\\evil",
            "https://good@evil/x",
            "http://a.example/x",
            "http://localhost.evil.example/x",
            "http://127.0.0.1.evil.example/",
            "https:evil",
            "a b",
            "a<b",
            "a\"b",
            "a\u{0}b",
        ] {
            assert!(resolve(BASE, reference).is_err(), "{reference:?} was accepted");
        }
        assert!(resolve(BASE, &"a".repeat(2049)).is_err());
    }
}
