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

/// How long a new key only verifies before it signs, milliseconds: longer than a gate takes to see it.
pub const SETTLE_MS: u64 = 10_000;

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
        Self::at(keys, u64::MAX)
    }

    /// Builds the ring as of `now_ms`: a key signs only when every other gate on the database has had time to learn it.
    /// Where there is none that old, the oldest signs.
    pub fn at(keys: &[StoredKey], now_ms: u64) -> Option<Self> {
        if !keys.iter().all(|k| is_kid(&k.kid)) {
            return None;
        }
        let known = |k: &&StoredKey| k.created_ms.saturating_add(SETTLE_MS) <= now_ms;
        let order = |k: &&StoredKey| (k.created_ms, k.kid.clone());
        let newest = keys.iter().filter(known).max_by_key(order).or_else(|| keys.iter().min_by_key(order))?;
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
