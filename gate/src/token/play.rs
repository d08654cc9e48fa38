//! The playback token: what lets a browser fetch one episode's media for some minutes.

use serde::{Deserialize, Serialize};

use super::jws::{self, Refusal};
use super::keys::KeyRing;
use crate::media::path;

/// `typ` of playback tokens.
pub const TYP: &str = "cliff-play+jwt";
/// `aud` of playback tokens.
pub const AUDIENCE: &str = "cliffhanger:media";
/// The longest lifetime a verifier accepts, in seconds.
pub const MAX_LIFETIME: u64 = 14_400;
/// How far another server's clock may be ahead of ours, in seconds.
pub const CLOCK_SKEW: u64 = 5;

/// The claims of a playback token. All are required, no other is allowed, none may appear twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayClaims {
    /// Version, 1.
    pub v: u8,
    /// The gate's public URL, or its name.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// A pseudonym of the viewer, different for every site; never the account id.
    pub sub: String,
    /// The grant's id (ULID), for audit and revocation.
    pub jti: String,
    /// Valid from, seconds since the epoch.
    pub nbf: u64,
    /// Invalid from, seconds since the epoch.
    pub exp: u64,
    /// The series.
    pub ser: String,
    /// The episode.
    pub ep: String,
    /// The directory this token opens: `/<series>/<content-key>/`.
    pub pth: String,
}

impl PlayClaims {
    /// Whether these claims open `path`, the canonical request path after `/p/<token>`.
    pub fn covers(&self, path: &str) -> bool {
        // The prefix ends in "/", so "/s/e017/" does not cover "/s/e0179/x".
        path.starts_with(&self.pth)
    }

    /// Seconds until expiry.
    pub fn remaining(&self, now_s: u64) -> u64 {
        self.exp.saturating_sub(now_s)
    }
}

/// Signs `claims`.
pub fn sign(keys: &KeyRing, claims: &PlayClaims) -> serde_json::Result<String> {
    jws::sign(keys, TYP, claims)
}

/// Verifies a playback token issued by `issuer`, at `now_s` seconds since the epoch.
///
/// Everything is checked except the requested path: use [`PlayClaims::covers`] for that.
pub fn verify(keys: &KeyRing, issuer: &str, token: &str, now_s: u64) -> Result<PlayClaims, Refusal> {
    let claims: PlayClaims = jws::verify(keys, TYP, token)?;
    if claims.v != 1 || claims.iss != issuer || claims.aud != AUDIENCE || !is_directory(&claims.pth) {
        return Err(Refusal::Claims);
    }
    if claims.exp <= claims.nbf || claims.exp - claims.nbf > MAX_LIFETIME {
        return Err(Refusal::Claims);
    }
    if now_s >= claims.exp {
        return Err(Refusal::Expired);
    }
    if now_s.saturating_add(CLOCK_SKEW) < claims.nbf {
        return Err(Refusal::NotYet);
    }
    Ok(claims)
}

/// Exactly `/<series>/<content-key>/`, canonical.
fn is_directory(path: &str) -> bool {
    path.strip_prefix('/')
        .and_then(|p| p.strip_suffix('/'))
        .is_some_and(|p| p.split('/').count() == 2 && p.split('/').all(path::is_segment))
}
