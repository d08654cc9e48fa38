//! Signing keys in the database.

use sqlx::{Row as _, SqlitePool};

use super::DbError;
use crate::random;
use crate::token::keys::{KeyRing, StoredKey};

/// Loads the keys in force, making the first one when there is none.
pub async fn load_or_create(pool: &SqlitePool, now_ms: u64) -> Result<KeyRing, DbError> {
    let mut stored = load(pool).await?;
    if stored.is_empty() {
        let kid = format!("k{}", random::hex(&random::bytes::<4>()?));
        let seed = random::bytes::<32>()?;
        let now = i64::try_from(now_ms).unwrap_or(i64::MAX);
        // Two gates that start at once on one database: the second finds the first one's key.
        sqlx::query(
            "INSERT INTO signing_key (kid, seed, created_ms) SELECT ?, ?, ? \
             WHERE NOT EXISTS (SELECT 1 FROM signing_key WHERE retired_ms IS NULL)",
        )
        .bind(kid)
        .bind(seed.as_slice())
        .bind(now)
        .execute(pool)
        .await?;
        stored = load(pool).await?;
    }
    KeyRing::new(&stored).ok_or(DbError::Damaged("signing_key"))
}

async fn load(pool: &SqlitePool) -> Result<Vec<StoredKey>, DbError> {
    let rows = sqlx::query("SELECT kid, seed, created_ms FROM signing_key WHERE retired_ms IS NULL").fetch_all(pool).await?;
    rows.into_iter()
        .map(|row| {
            let seed: Vec<u8> = row.try_get("seed")?;
            let created: i64 = row.try_get("created_ms")?;
            Ok(StoredKey {
                kid: row.try_get("kid")?,
                seed: seed.try_into().map_err(|_| DbError::Damaged("signing_key"))?,
                created_ms: u64::try_from(created).unwrap_or(0),
            })
        })
        .collect()
}
