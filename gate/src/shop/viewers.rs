//! Viewers in the database.

use crate::db::sql::{Row, args};
use crate::db::{Db, DbError, Tx};
use crate::problem::Problem;
use crate::random;
use crate::shop::ledger::{self, Account, Booking};

/// A viewer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The id; never shown outside tokens and `/v1/me`.
    pub id: String,
    /// `anonymous` or `host`.
    pub kind: String,
    /// Tokens of an earlier epoch are void.
    pub epoch: u64,
    /// The most coins the viewer wants to spend in a day.
    pub coins_per_day: Option<u64>,
    /// When it was made.
    pub created_ms: u64,
}

/// Makes an anonymous viewer.
pub async fn create(db: &Db, now_ms: u64) -> Result<Stored, DbError> {
    let mut tx = db.begin().await?;
    let viewer = create_in(&mut tx, "anonymous", None, now_ms).await?;
    tx.commit().await?;
    Ok(viewer)
}

/// Makes a viewer; `host` is the issuer and the subject of a host site's login.
pub async fn create_in(tx: &mut Tx, kind: &'static str, host: Option<(&str, &str)>, now_ms: u64) -> Result<Stored, DbError> {
    let id = random::hex(&random::bytes::<16>()?);
    let sql = "INSERT INTO viewer (id, kind, issuer, subject, epoch, created_ms, seen_ms) VALUES ($1, $2, $3, $4, 0, $5, $5) \
               ON CONFLICT (issuer, subject) DO NOTHING";
    tx.run(sql, &args![&id, kind, host.map(|h| h.0), host.map(|h| h.1), now_ms]).await?;
    Ok(Stored { id, kind: kind.to_owned(), epoch: 0, coins_per_day: None, created_ms: now_ms })
}

/// The viewer `id`, unless it was deleted or merged into another.
pub async fn find(db: &Db, id: &str) -> Result<Option<Stored>, DbError> {
    let sql = "SELECT id, kind, epoch, coins_per_day, created_ms FROM viewer WHERE id = $1 AND kind IN ('anonymous', 'host')";
    db.row(sql, &args![id]).await?.map(read).transpose()
}

/// Reads a row of `id, kind, epoch, coins_per_day, created_ms`.
pub fn read(row: Row) -> Result<Stored, DbError> {
    Ok(Stored {
        id: row.text("id")?,
        kind: row.text("kind")?,
        epoch: row.count("epoch")?,
        coins_per_day: row.opt_int("coins_per_day")?.and_then(|n| u64::try_from(n).ok()),
        created_ms: row.count("created_ms")?,
    })
}

/// Voids every token of the viewer.
pub async fn revoke_tokens(tx: &mut Tx, id: &str) -> Result<(), DbError> {
    tx.run("UPDATE viewer SET epoch = epoch + 1 WHERE id = $1", &args![id]).await?;
    Ok(())
}

/// Forgets who the viewer was. The books stay, under a number that leads nowhere; coins that are left are forfeited. The
/// viewer must be locked.
pub async fn forget(tx: &mut Tx, id: &str, now_ms: u64) -> Result<(), Problem> {
    let wallet = ledger::wallet_in(tx, id).await?;
    let coins = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let lines =
        [(Account::Paid(id), -coins(wallet.paid)), (Account::Bonus(id), -coins(wallet.bonus)), (Account::Forfeited, coins(wallet.total()))];
    if wallet.total() > 0 {
        ledger::book(tx, Booking { reason: "forfeit", cause: id, series: None, episode: None, at_ms: now_ms }, &lines).await?;
    }
    let sql = "UPDATE viewer SET kind = 'deleted', issuer = NULL, subject = NULL, coins_per_day = NULL, epoch = epoch + 1 WHERE id = $1";
    tx.run(sql, &args![id]).await?;
    for sql in [
        "DELETE FROM auto_unlock WHERE viewer = $1",
        "DELETE FROM idempotency WHERE viewer = $1",
        "DELETE FROM unlock WHERE viewer = $1",
        "UPDATE checkout SET return_url = NULL, consent = NULL WHERE viewer = $1",
    ] {
        tx.run(sql, &args![id]).await?;
    }
    tx.run("UPDATE entitlement SET revoked_ms = $2 WHERE viewer = $1 AND revoked_ms IS NULL", &args![id, now_ms]).await?;
    Ok(())
}
