//! Public keys of host sites, and the one algorithm that each is for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// How a login may be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// Ed25519 (RFC 8032, strict); `EdDSA` is the older name.
    Ed25519,
    /// ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4).
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
    Rs256,
}

impl Algorithm {
    /// The algorithm of this name (RFC 7518, RFC 9864). There is no other: none with a shared secret, and not `none`.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::Ed25519),
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}

/// A key as the operator writes it down (RFC 7517, RFC 7518 section 6, RFC 8037 section 2): exactly the members of its type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jwk {
    pub(super) kid: String,
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// A public key. Which algorithm checks a signature is the key's own affair.
#[derive(Debug, Clone)]
pub(super) enum Key {
    Ed25519(Box<VerifyingKey>),
    /// An uncompressed point (SEC 1, section 2.3.3).
    P256([u8; 65]),
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
}

impl Jwk {
    /// The key that is written here; `None` when it is none that logins can be checked with.
    pub(super) fn key(&self) -> Option<Key> {
        let key = match (self.kty.as_str(), self.crv.as_deref(), &self.x, &self.y, &self.n, &self.e) {
            ("OKP", Some("Ed25519"), Some(x), None, None, None) => {
                let key = VerifyingKey::from_bytes(&decode(x)?.try_into().ok()?).ok()?;
                (!key.is_weak()).then(|| Key::Ed25519(Box::new(key)))?
            }
            ("EC", Some("P-256"), Some(x), Some(y), None, None) => {
                let (x, y): ([u8; 32], [u8; 32]) = (decode(x)?.try_into().ok()?, decode(y)?.try_into().ok()?);
                Key::P256([[4].as_slice(), &x, &y].concat().try_into().ok()?)
            }
            ("RSA", None, None, None, Some(n), Some(e)) => {
                let (n, e) = (decode(n)?, decode(e)?);
                // From 2048 to 8192 bits, and odd, as every product of two primes is; the exponent everybody uses, or a larger one.
                let modulus = (256..=1024).contains(&n.len()) && n.first() >= Some(&0x80) && n.last().is_some_and(|last| last % 2 == 1);
                let exponent = (3..=5).contains(&e.len()) && e.first() != Some(&0) && e.last().is_some_and(|last| last % 2 == 1);
                (modulus && exponent).then_some(Key::Rsa(RsaPublicKeyComponents { n, e }))?
            }
            _ => return None,
        };
        let purpose = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let algorithm = self.alg.as_deref().is_none_or(|name| Algorithm::named(name) == Some(key.algorithm()));
        (purpose && algorithm).then_some(key)
    }
}

impl Key {
    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::P256(_) => Algorithm::Es256,
            Self::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// Whether `signature` is this key's over `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature).is_ok_and(|s| key.verify_strict(message, &s).is_ok()),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok(),
            Self::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok(),
        }
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
