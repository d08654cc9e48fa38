//! The viewer token: who asks. Anonymous until a host site says more.

use serde::{Deserialize, Serialize};

use super::jws::{self, Refusal};
use super::keys::KeyRing;

/// `typ` of viewer tokens.
pub const TYP: &str = "cliff-viewer+jwt";
/// `aud` of viewer tokens.
pub const AUDIENCE: &str = "cliffhanger:api";
/// Lifetime in seconds: thirty days, renewed while it is used.
pub const LIFETIME: u64 = 30 * 86_400;

/// The claims of a viewer token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewerClaims {
    /// Version, 1.
    pub v: u8,
    /// The gate's public URL, or its name.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The viewer's id.
    pub sub: String,
    /// The viewer's epoch when it was made: raising the viewer's voids every earlier token.
    pub epo: u64,
    /// Made at, seconds since the epoch.
    pub iat: u64,
    /// Invalid from, seconds since the epoch.
    pub exp: u64,
}

impl ViewerClaims {
    /// Claims for `viewer` from `now_s` on.
    pub fn new(issuer: &str, viewer: &str, epoch: u64, now_s: u64) -> Self {
        Self {
            v: 1,
            iss: issuer.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: viewer.to_owned(),
            epo: epoch,
            iat: now_s,
            exp: now_s.saturating_add(LIFETIME),
        }
    }

    /// Whether half its life is over: time for a new one.
    pub fn is_worn(&self, now_s: u64) -> bool {
        now_s.saturating_sub(self.iat) >= LIFETIME / 2
    }
}

/// Signs `claims`.
pub fn sign(keys: &KeyRing, claims: &ViewerClaims) -> serde_json::Result<String> {
    jws::sign(keys, TYP, claims)
}

/// Verifies a viewer token issued by `issuer`, at `now_s`. Whether the viewer still stands is for the database to say.
pub fn verify(keys: &KeyRing, issuer: &str, token: &str, now_s: u64) -> Result<ViewerClaims, Refusal> {
    let claims: ViewerClaims = jws::verify(keys, TYP, token)?;
    if claims.v != 1 || claims.iss != issuer || claims.aud != AUDIENCE || claims.exp.checked_sub(claims.iat) != Some(LIFETIME) {
        return Err(Refusal::Claims);
    }
    if now_s >= claims.exp {
        return Err(Refusal::Expired);
    }
    Ok(claims)
}
