//! The keys tokens are signed and verified with.

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::{SigningKey, VerifyingKey};

/// A key as it is stored.
pub struct StoredKey {
    /// Its public name, `^[a-z0-9]{4,16}$`.
    pub kid: String,
    /// The Ed25519 seed (RFC 8032, section 5.1.5).
    pub seed: [u8; 32],
    /// When it was made; the newest signs.
    pub created_ms: u64,
}

/// The keys in force: the newest signs, every one verifies. Rotation adds a key and retires the old one after the
/// longest token lifetime.
///
/// A `kid` is only ever looked up in this map. It is never a file, a URL or part of a query.
pub struct KeyRing {
    signer_kid: String,
    signer: SigningKey,
    verifiers: BTreeMap<String, VerifyingKey>,
}

impl KeyRing {
    /// Builds the ring. `None` when `keys` is empty or a `kid` breaks the grammar.
    pub fn new(keys: &[StoredKey]) -> Option<Self> {
        if !keys.iter().all(|k| is_kid(&k.kid)) {
            return None;
        }
        let newest = keys.iter().max_by_key(|k| k.created_ms)?;
        let verifiers = keys.iter().map(|k| (k.kid.clone(), SigningKey::from_bytes(&k.seed).verifying_key())).collect();
        Some(Self { signer_kid: newest.kid.clone(), signer: SigningKey::from_bytes(&newest.seed), verifiers })
    }

    pub(super) fn signer(&self) -> (&str, &SigningKey) {
        (&self.signer_kid, &self.signer)
    }

    pub(super) fn verifier(&self, kid: &str) -> Option<&VerifyingKey> {
        self.verifiers.get(kid)
    }
}

impl fmt::Debug for KeyRing {
    /// Names only: seeds never reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("kids", &self.verifiers.keys()).finish_non_exhaustive()
    }
}

/// Whether `kid` fits `^[a-z0-9]{4,16}$`.
pub fn is_kid(kid: &str) -> bool {
    (4..=16).contains(&kid.len()) && kid.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}
