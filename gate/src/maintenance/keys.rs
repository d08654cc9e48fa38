//! Signing keys: adding one, retiring one.

use crate::db::sql::args;
use crate::db::{Db, DbError};
use crate::random;

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Listed {
    pub kid: String,
    pub created_ms: u64,
    pub retired_ms: Option<u64>,
}

/// All keys, oldest first.
pub async fn list(db: &Db) -> Result<Vec<Listed>, DbError> {
    let rows = db.rows("SELECT kid, created_ms, retired_ms FROM signing_key ORDER BY created_ms, kid", &[]).await?;
    rows.into_iter()
        .map(|row| {
            let retired_ms = row.opt_int("retired_ms")?.and_then(|ms| u64::try_from(ms).ok());
            Ok(Listed { kid: row.text("kid")?, created_ms: row.count("created_ms")?, retired_ms })
        })
        .collect()
}

/// Adds a key. Running gates verify with it at once and sign with it ten seconds later; the old ones go on verifying.
pub async fn add(db: &Db, now_ms: u64) -> Result<String, DbError> {
    let kid = format!("k{}", random::hex(&random::bytes::<4>()?));
    let seed = random::bytes::<32>()?;
    let sql = "INSERT INTO signing_key (kid, seed, created_ms) VALUES ($1, $2, $3)";
    db.begin_and_run(sql, &args![&kid, seed.as_slice(), now_ms]).await?;
    Ok(kid)
}

/// Retires `kid`: every token it signed is void on every gate within five seconds. The last key stays. `false`: there is no
/// such key, or it is the last.
pub async fn retire(db: &Db, kid: &str, now_ms: u64) -> Result<bool, DbError> {
    let sql = "UPDATE signing_key SET retired_ms = $2 WHERE kid = $1 AND retired_ms IS NULL \
               AND (SELECT COUNT(*) FROM signing_key WHERE retired_ms IS NULL) > 1";
    Ok(db.begin_and_run(sql, &args![kid, now_ms]).await? == 1)
}
