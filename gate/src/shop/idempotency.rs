//! The same request twice is one purchase: the first answer is kept and given again.
//!
//! The row is written in the transaction of the purchase itself. A request that arrives while its twin is at work waits for
//! it and gets its answer; a request whose twin failed starts afresh.

use axum::http::{HeaderMap, HeaderName, StatusCode};
use sha2::{Digest as _, Sha256};

use crate::db::Tx;
use crate::db::sql::args;
use crate::problem::Problem;

/// The header that names a request.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// How long an answer is kept, in milliseconds.
pub const KEPT_MS: u64 = 24 * 3_600_000;

/// A request that is not to be done twice.
#[derive(Debug, Clone)]
pub struct Once {
    key: String,
    digest: [u8; 32],
}

/// An answer given before.
#[derive(Debug)]
pub struct Kept {
    /// Its status.
    pub status: StatusCode,
    /// Its JSON.
    pub body: String,
}

impl Once {
    /// Reads `Idempotency-Key`; `route` and `body` are what the key stands for.
    pub fn read(headers: &HeaderMap, route: &'static str, body: &serde_json::Value) -> Result<Self, Problem> {
        let mut values = headers.get_all(HEADER).iter();
        let key = match (values.next().map(|v| v.to_str()), values.next()) {
            (Some(Ok(key)), None) if is_key(key) => key.to_owned(),
            _ => {
                return Err(Problem::new(
                    StatusCode::BAD_REQUEST,
                    "idempotency-key-required",
                    "Send one Idempotency-Key of 16 to 64 letters, digits, - or _",
                ));
            }
        };
        // Members are in one order in a `Value`, so the spelling of the body does not matter.
        let digest = Sha256::new().chain_update(route).chain_update([0]).chain_update(body.to_string()).finalize().into();
        Ok(Self { key, digest })
    }

    /// Claims the key for this transaction, or tells what was answered before. The viewer must be locked.
    pub async fn claim(&self, tx: &mut Tx, viewer: &str, now_ms: u64) -> Result<Option<Kept>, Problem> {
        let sql = "INSERT INTO idempotency (viewer, key, body_sha256, status, body, at_ms) VALUES ($1, $2, $3, 0, '', $4) \
                   ON CONFLICT (viewer, key) DO NOTHING";
        if tx.run(sql, &args![viewer, &self.key, self.digest.as_slice(), now_ms]).await? == 1 {
            return Ok(None);
        }
        let sql = "SELECT body_sha256, status, body FROM idempotency WHERE viewer = $1 AND key = $2";
        let Some(row) = tx.row(sql, &args![viewer, &self.key]).await? else {
            return Err(Problem::internal());
        };
        if row.blob("body_sha256")? != self.digest {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-conflict",
                "This Idempotency-Key was used for another request",
            ));
        }
        let status = u16::try_from(row.int("status")?).ok().and_then(|s| StatusCode::from_u16(s).ok()).ok_or_else(Problem::internal)?;
        Ok(Some(Kept { status, body: row.text("body")? }))
    }

    /// Keeps the answer.
    pub async fn keep(&self, tx: &mut Tx, viewer: &str, kept: &Kept) -> Result<(), Problem> {
        let sql = "UPDATE idempotency SET status = $3, body = $4 WHERE viewer = $1 AND key = $2";
        tx.run(sql, &args![viewer, &self.key, i64::from(kept.status.as_u16()), &kept.body]).await?;
        Ok(())
    }
}

fn is_key(key: &str) -> bool {
    (16..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
