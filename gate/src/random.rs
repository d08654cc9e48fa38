//! Randomness from the operating system. There is no fallback: without it the gate refuses to act.

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

/// A fresh content key: 96 random bits, so that a path cannot be guessed even by someone who knows the series.
pub fn content_key() -> Result<String, NoRandomness> {
    Ok(hex(&bytes::<12>()?))
}

/// A fresh ULID for the time `now_ms`.
pub fn ulid(now_ms: u64) -> Result<String, NoRandomness> {
    let random = u128::from_le_bytes(bytes()?);
    Ok(ulid::Ulid::from_parts(now_ms, random).to_string())
}
