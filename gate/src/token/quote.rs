//! The quote: a price the gate has named, signed, so that no other can be named back.

use serde::{Deserialize, Serialize};

use super::jws::{self, Refusal};
use super::keys::KeyRing;
use super::play::CLOCK_SKEW;
use crate::authoring::Scope;

/// `typ` of quotes.
pub const TYP: &str = "cliff-quote+jwt";
/// `aud` of quotes.
pub const AUDIENCE: &str = "cliffhanger:quote";
/// Lifetime in seconds.
pub const LIFETIME: u64 = 300;

/// The claims of a quote. It is good once, for one viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteClaims {
    /// Version, 1.
    pub v: u8,
    /// The gate's public URL, or its name.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The viewer's id.
    pub sub: String,
    /// The quote's id, used once.
    pub jti: String,
    /// Made at, milliseconds since the epoch.
    pub iat_ms: u64,
    /// Invalid from, seconds since the epoch.
    pub exp: u64,
    /// The series.
    pub ser: String,
    /// The episode at which the viewer stands.
    pub ep: String,
    /// The offer's id.
    pub off: String,
    /// How much it opens.
    pub sco: Scope,
    /// A digest of exactly the episodes it opens.
    pub set: String,
    /// How many they are.
    pub n: u32,
    /// The price in coins.
    pub coins: u32,
    /// The price in money, minor units, as shown.
    pub amt: u64,
    /// Its currency.
    pub cur: String,
}

impl QuoteClaims {
    /// Whether its time is over, or has not come: a clock that was set back would give it more than its five minutes.
    pub fn is_over(&self, now_ms: u64) -> bool {
        now_ms / 1000 >= self.exp || self.iat_ms > now_ms.saturating_add(CLOCK_SKEW * 1000)
    }
}

/// Signs `claims`.
pub fn sign(keys: &KeyRing, claims: &QuoteClaims) -> serde_json::Result<String> {
    jws::sign(keys, TYP, claims)
}

/// Verifies that `issuer` made this quote. Its time is judged by [`QuoteClaims::is_over`], because a repeated request is
/// answered from memory even when its quote is over.
pub fn verify(keys: &KeyRing, issuer: &str, token: &str) -> Result<QuoteClaims, Refusal> {
    let claims: QuoteClaims = jws::verify(keys, TYP, token)?;
    let lives = claims.exp.checked_sub(claims.iat_ms / 1000) == Some(LIFETIME);
    if claims.v != 1 || claims.iss != issuer || claims.aud != AUDIENCE || claims.coins == 0 || !lives {
        return Err(Refusal::Claims);
    }
    Ok(claims)
}
