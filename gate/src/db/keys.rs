//! Signing keys in the database.

use super::sql::args;
use super::{Db, DbError};
use crate::random;
use crate::token::keys::{KeyRing, StoredKey};

/// Loads the keys in force, making the first one when there is none.
pub async fn load_or_create(db: &Db, now_ms: u64) -> Result<KeyRing, DbError> {
    let mut stored = load(db).await?;
    if stored.is_empty() {
        let kid = format!("k{}", random::hex(&random::bytes::<4>()?));
        let seed = random::bytes::<32>()?;
        // Two gates that start at once on one database may each make one; both then hold both, see `KeyRing::at`.
        db.begin_and_run(
            "INSERT INTO signing_key (kid, seed, created_ms) SELECT $1, $2, $3 \
             WHERE NOT EXISTS (SELECT 1 FROM signing_key WHERE retired_ms IS NULL)",
            &args![&kid, seed.as_slice(), now_ms],
        )
        .await?;
        stored = load(db).await?;
    }
    KeyRing::at(&stored, now_ms).ok_or(DbError::Damaged("signing_key"))
}

/// The keys that are not retired.
pub async fn load(db: &Db) -> Result<Vec<StoredKey>, DbError> {
    let rows = db.rows("SELECT kid, seed, created_ms FROM signing_key WHERE retired_ms IS NULL", &[]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredKey {
                kid: row.text("kid")?,
                seed: row.blob("seed")?.try_into().map_err(|_| DbError::Damaged("signing_key"))?,
                created_ms: row.count("created_ms")?,
            })
        })
        .collect()
}
