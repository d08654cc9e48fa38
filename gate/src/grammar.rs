//! The small grammars of the manifest: ids, language tags, URLs, times.

/// `^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`
pub fn is_slug(s: &str) -> bool {
    (1..=64).contains(&s.len())
        && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !s.starts_with('-')
        && !s.ends_with('-')
}

/// `^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`
pub fn is_lang(s: &str) -> bool {
    let mut parts = s.split('-');
    parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
        && s.len() <= 64
}

/// `^P[0-9]{1,3}[DWMY]$`
pub fn is_period(s: &str) -> bool {
    s.strip_prefix('P')
        .and_then(|s| s.strip_suffix(['D', 'W', 'M', 'Y']))
        .is_some_and(|d| (1..=3).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
}

/// Absolute https, http to this machine, or relative to the manifest. Never another scheme, `//host`, or user info.
pub fn is_url(s: &str) -> bool {
    if s.is_empty() || s.len() > 2048 {
        return false;
    }
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\\' | '"' | '<' | '>');
    if s.contains(bad) {
        return false;
    }
    if let Some(rest) = s.strip_prefix("https://") {
        return is_authority(rest, |host| !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')));
    }
    if let Some(rest) = s.strip_prefix("http://") {
        return is_authority(rest, |host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    }
    !s.starts_with("//") && !has_scheme(s)
}

/// Whether `s`, a URL by [`is_url`], names a host.
pub fn is_absolute_url(s: &str) -> bool {
    s.starts_with("https://") || s.starts_with("http://")
}

fn is_authority(rest: &str, host_ok: impl Fn(&str) -> bool) -> bool {
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    host_ok(host) && port.is_none_or(|p| (1..=5).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// RFC 3986, section 3.1: a letter, then letters, digits, `+`, `-`, `.`, before the first colon.
fn has_scheme(s: &str) -> bool {
    s.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Milliseconds since the epoch of an RFC 3339 time. Times before 1970 read as 0.
pub fn parse_time(s: &str) -> Option<u64> {
    let time: jiff::Timestamp = s.parse().ok()?;
    Some(u64::try_from(time.as_millisecond()).unwrap_or(0))
}
