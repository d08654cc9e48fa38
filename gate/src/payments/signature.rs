//! Signed messages: `Cliff-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]`, HMAC-SHA256 over `<seconds>.<raw body>`.

use axum::http::{HeaderMap, HeaderName};

use crate::db::secrets::{Secret, hmac_matches, hmac_sha256};
use crate::random;

/// The header.
pub const HEADER: HeaderName = HeaderName::from_static("cliff-signature");
/// How old or how far ahead a message may be, in seconds.
pub const WINDOW: u64 = 300;

/// The header's value for `body`, sent at `now_s`.
pub fn sign(secret: &Secret, now_s: u64, body: &[u8]) -> String {
    format!("t={now_s},v1={}", random::hex(&hmac_sha256(secret.bytes(), &signed(now_s, body))))
}

/// Whether `headers` carry a signature of `body` by one of `secrets`, not older than [`WINDOW`]. Several secrets hold while
/// one is being replaced.
pub fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now_s: u64) -> bool {
    let mut values = headers.get_all(HEADER).iter();
    let (Some(Ok(value)), None) = (values.next().map(|v| v.to_str()), values.next()) else { return false };
    let mut at = None;
    let mut tags = Vec::new();
    for part in value.split(',').take(8) {
        match part.trim().split_once('=') {
            Some(("t", digits)) if at.is_none() => at = digits.parse::<u64>().ok(),
            Some(("v1", hex)) => tags.extend(unhex(hex)),
            _ => return false,
        }
    }
    let Some(at) = at.filter(|at| at.abs_diff(now_s) <= WINDOW) else { return false };
    let message = signed(at, body);
    secrets.iter().any(|secret| tags.iter().any(|tag| hmac_matches(secret.bytes(), &message, tag)))
}

fn signed(at: u64, body: &[u8]) -> Vec<u8> {
    [format!("{at}.").as_bytes(), body].concat()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(out)
}
