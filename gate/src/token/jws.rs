//! JWS compact serialisation with one algorithm: the part every kind of token shares.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::KeyRing;

/// The longest token that is looked at, in bytes.
pub const MAX_LENGTH: usize = 1024;

/// Why a token was refused. Callers tell the world only "expired" or "invalid"; the rest is for tests and counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too long, not three parts, or not canonical base64url without padding.
    #[error("the token is not well formed")]
    Shape,
    /// Header members other than exactly `alg`, `kid`, `typ`; or another algorithm or kind.
    #[error("the token's header is not acceptable")]
    Header,
    /// No key of that name is in force.
    #[error("the token's key is unknown")]
    Key,
    /// The signature does not verify (RFC 8032 strict: no small-order keys, canonical S).
    #[error("the token's signature does not verify")]
    Signature,
    /// The claims are not exactly the expected members with acceptable values.
    #[error("the token's claims are not acceptable")]
    Claims,
    /// `nbf` is further ahead than clocks may differ.
    #[error("the token is not valid yet")]
    NotYet,
    /// `exp` has been reached. There is no leeway.
    #[error("the token has expired")]
    Expired,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    typ: &'a str,
}

/// Signs `claims` as a token of kind `typ` with the newest key.
pub fn sign<T: Serialize>(keys: &KeyRing, typ: &str, claims: &T) -> serde_json::Result<String> {
    let (kid, key) = keys.signer();
    // "EdDSA" is what today's verifiers know; RFC 9864 will make "Ed25519" the name to emit.
    let header = serde_json::to_vec(&Header { alg: "EdDSA", kid, typ })?;
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
    let signature = key.sign(token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
    Ok(token)
}

/// Verifies a token of kind `typ` and returns its claims. The caller still judges what the claims say.
pub fn verify<T: DeserializeOwned>(keys: &KeyRing, typ: &str, token: &str) -> Result<T, Refusal> {
    if token.len() > MAX_LENGTH {
        return Err(Refusal::Shape);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Shape)?;
    let (header, payload) = signed.split_once('.').ok_or(Refusal::Shape)?;
    // A fourth part would leave a dot in the payload, which is not in the alphabet; the engine also refuses padding
    // and non-zero trailing bits, so each token has exactly one spelling.
    let header = decode(header)?;
    let payload = decode(payload)?;
    let signature: [u8; 64] = decode(signature)?.try_into().map_err(|_| Refusal::Shape)?;

    let header: Header<'_> = object(&header).ok_or(Refusal::Header)?;
    if header.typ != typ || !matches!(header.alg, "EdDSA" | "Ed25519") {
        return Err(Refusal::Header);
    }
    let key = keys.verifier(header.kid).ok_or(Refusal::Key)?;
    key.verify_strict(signed.as_bytes(), &Signature::from_bytes(&signature)).map_err(|_| Refusal::Signature)?;
    object(&payload).ok_or(Refusal::Claims)
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Shape)
}

/// Parses a JSON object. Serde would also fill a struct from an array, by position: that spelling is refused.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    (json.first() == Some(&b'{')).then(|| serde_json::from_slice(json).ok()).flatten()
}
