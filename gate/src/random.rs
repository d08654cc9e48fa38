//! Randomness from the operating system. There is no fallback: without it the gate refuses to act.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

/// `N` random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut out = [0u8; N];
    getrandom::fill(&mut out)?;
    Ok(out)
}

/// Lower-case hexadecimal of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// base64url of `bytes`, without padding.
pub fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes)
}

/// A fresh content key: 96 random bits, so that a path cannot be guessed even by someone who knows the series.
pub fn content_key() -> Result<String, NoRandomness> {
    Ok(hex(&bytes::<12>()?))
}

/// A fresh ULID for the time `now_ms`.
pub fn ulid(now_ms: u64) -> Result<String, NoRandomness> {
    let random = u128::from_le_bytes(bytes()?);
    Ok(ulid::Ulid::from_parts(now_ms, random).to_string())
}

/// A fresh ULID for the time `now_ms`, later than every other this process made with this function for the same
/// millisecond: what is read in order of such ids is read in the order in which it happened.
pub fn ulid_in_order(now_ms: u64) -> Result<String, NoRandomness> {
    /// The latest id of each recent millisecond: a clock that is set back comes to some of them again.
    static LAST: Mutex<BTreeMap<u64, ulid::Ulid>> = Mutex::new(BTreeMap::new());
    const RECENT: usize = 1024;
    let fresh = ulid::Ulid::from_parts(now_ms, u128::from_le_bytes(bytes()?));
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let next = last.get(&now_ms).map(|id| ulid::Ulid(id.0.saturating_add(1))).filter(|next| next.timestamp_ms() == now_ms);
    let id = next.map_or(fresh, |next| fresh.max(next));
    last.insert(now_ms, id);
    while last.len() > RECENT {
        last.pop_first();
    }
    Ok(id.to_string())
}
