//! What a viewer owns, in the database.

use crate::access::{Owned, Right, Source};
use crate::db::sql::{Row, args};
use crate::db::{Db, DbError, Tx};
use crate::random;

const OWNED: &str = "SELECT e.scope, e.source, e.ends_ms, u.episode FROM entitlement e \
     LEFT JOIN unlock u ON u.entitlement = e.id \
     WHERE e.viewer = $1 AND e.series = $2 AND e.revoked_ms IS NULL";

/// Everything `viewer` owns of `series`. A right holds from when it is written, whatever the clock said then: nobody asks
/// for money again because another gate's clock is behind.
pub async fn owned(db: &Db, viewer: &str, series: &str) -> Result<Owned, DbError> {
    read(db.rows(OWNED, &args![viewer, series]).await?)
}

/// The same inside a transaction.
pub async fn owned_in(tx: &mut Tx, viewer: &str, series: &str) -> Result<Owned, DbError> {
    read(tx.rows(OWNED, &args![viewer, series]).await?)
}

fn read(rows: Vec<Row>) -> Result<Owned, DbError> {
    let mut owned = Owned::default();
    for row in rows {
        let source = match row.text("source")?.as_str() {
            "coins" => Source::Coins,
            "purchase" => Source::Purchase,
            _ => return Err(DbError::Damaged("entitlement")),
        };
        let right = Right { source, ends_ms: row.opt_int("ends_ms")?.and_then(|ms| u64::try_from(ms).ok()) };
        match row.opt_text("episode")? {
            Some(episode) => owned.add_episode(episode, right),
            None if row.text("scope")? == "series" => owned.add_series(right),
            None => {}
        }
    }
    Ok(owned)
}

/// A right to record.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct NewRight<'a> {
    pub viewer: &'a str,
    pub series: &'a str,
    /// `episode`, `rest` or `series`.
    pub scope: &'static str,
    /// `coins` or `purchase`.
    pub source: &'static str,
    /// The receipt or the checkout; one right each.
    pub cause: &'a str,
    /// The episodes it opens by name.
    pub episodes: &'a [String],
    pub now_ms: u64,
}

/// Records a right and the episodes it opens. Episodes that the viewer owns already stay with the right they have. The
/// viewer must be locked. The answer is how many episodes were new.
pub async fn give(tx: &mut Tx, right: NewRight<'_>) -> Result<u64, DbError> {
    let id = random::ulid(right.now_ms)?;
    let sql = "INSERT INTO entitlement (id, viewer, series, scope, source, ref, starts_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, &args![&id, right.viewer, right.series, right.scope, right.source, right.cause, right.now_ms]).await?;
    let mut added = 0;
    for episode in right.episodes {
        let sql = "INSERT INTO unlock (viewer, series, episode, entitlement) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        added += tx.run(sql, &args![right.viewer, right.series, episode, &id]).await?;
    }
    Ok(added)
}

/// Ends the right that `cause` gave. The answer is the episodes it had opened, to be revoked; `None` when there is none.
pub async fn revoke(tx: &mut Tx, source: &'static str, cause: &str, now_ms: u64) -> Result<Option<Vec<String>>, DbError> {
    let sql = "SELECT id FROM entitlement WHERE source = $1 AND ref = $2 AND revoked_ms IS NULL";
    let Some(row) = tx.row(sql, &args![source, cause]).await? else {
        return Ok(None);
    };
    let id = row.text("id")?;
    tx.run("UPDATE entitlement SET revoked_ms = $2 WHERE id = $1", &args![&id, now_ms]).await?;
    let rows = tx.rows("SELECT episode FROM unlock WHERE entitlement = $1", &args![&id]).await?;
    let episodes = rows.iter().map(|row| row.text("episode")).collect::<Result<_, _>>()?;
    // They can be bought again.
    tx.run("DELETE FROM unlock WHERE entitlement = $1", &args![&id]).await?;
    Ok(Some(episodes))
}
