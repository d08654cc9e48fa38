//! Secrets that every gate on one database shares.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::sql::args;
use super::{Db, DbError};
use crate::random;

/// 32 random bytes. It never reaches a log.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A secret made of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The secret for `purpose`, made at the first question.
pub async fn load_or_create(db: &Db, purpose: &str) -> Result<Secret, DbError> {
    let fresh = random::bytes::<32>()?;
    db.begin_and_run("INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", &args![purpose, fresh.as_slice()])
        .await?;
    let row = db.row("SELECT value FROM secret WHERE name = $1", &args![purpose]).await?.ok_or(DbError::Damaged("secret"))?;
    row.blob("value")?.try_into().map(Secret).map_err(|_| DbError::Damaged("secret"))
}

/// HMAC-SHA256 of `message`.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length (RFC 2104); the zero fallback is unreachable.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mac| mac.chain_update(message).finalize().into_bytes().into())
}

/// Whether `tag` is the HMAC-SHA256 of `message`, compared in constant time.
pub fn hmac_matches(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    Hmac::<Sha256>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
}
