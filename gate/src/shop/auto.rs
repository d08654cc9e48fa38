//! Unlocking the next episode without a tap, as far as the viewer allowed.
//!
//! It is off until the viewer turns it on for a series, with a number of episodes and of coins. The player shows the charge
//! before it is made and lets the viewer stop it; the gate refuses a charge that comes sooner than that.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::authoring::Scope;
use crate::db::sql::args;
use crate::db::{Db, DbError, Tx};
use crate::problem::Problem;
use crate::token::QuoteClaims;

/// How long a viewer can undo an automatic unlock before it is charged, in milliseconds.
pub const UNDO_MS: u64 = 4_000;
/// The most episodes one permission covers.
pub const MOST_EPISODES: u32 = 100;
/// The most coins one permission covers.
pub const MOST_COINS: u32 = 100_000;

/// What is left of a permission, or what a new one allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// Episodes.
    #[schema(minimum = 1, maximum = 100)]
    pub episodes: u32,
    /// Coins.
    #[schema(minimum = 1, maximum = 100_000)]
    pub coins: u32,
}

/// What `viewer` allowed for `series`, if anything is left of it.
pub async fn allowed(db: &Db, viewer: &str, series: &str) -> Result<Option<Allowance>, DbError> {
    let sql =
        "SELECT episodes_left, coins_left FROM auto_unlock WHERE viewer = $1 AND series = $2 AND episodes_left > 0 AND coins_left > 0";
    let Some(row) = db.row(sql, &args![viewer, series]).await? else { return Ok(None) };
    let number = |name| Ok::<_, DbError>(u32::try_from(row.count(name)?).unwrap_or(u32::MAX));
    Ok(Some(Allowance { episodes: number("episodes_left")?, coins: number("coins_left")? }))
}

/// Sets what `viewer` allows for `series`; `None` turns it off. The viewer must be locked.
pub async fn set(tx: &mut Tx, viewer: &str, series: &str, allowance: Option<Allowance>, now_ms: u64) -> Result<(), DbError> {
    match allowance {
        Some(a) => {
            let sql = "INSERT INTO auto_unlock (viewer, series, episodes_left, coins_left, since_ms) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (viewer, series) DO UPDATE SET episodes_left = excluded.episodes_left, \
                       coins_left = excluded.coins_left, since_ms = excluded.since_ms";
            tx.run(sql, &args![viewer, series, a.episodes, a.coins, now_ms]).await?;
        }
        None => {
            tx.run("DELETE FROM auto_unlock WHERE viewer = $1 AND series = $2", &args![viewer, series]).await?;
        }
    }
    Ok(())
}

/// Takes the price of `quote` from the permission. Refuses where there is none, where it is used up, for anything but one
/// episode, and before the time to undo is over.
pub async fn take(tx: &mut Tx, quote: &QuoteClaims, now_ms: u64) -> Result<(), Problem> {
    let early = quote.iat_ms.saturating_add(UNDO_MS).saturating_sub(now_ms);
    if early > 0 {
        let problem = Problem::new(StatusCode::TOO_EARLY, "too-early", "The viewer can still undo this");
        return Err(problem.with("waitMs", early).retry_after(early.div_ceil(1000)));
    }
    let off = || Problem::new(StatusCode::FORBIDDEN, "auto-unlock-off", "The viewer has not allowed this to be unlocked without a tap");
    if quote.sco != Scope::Episode {
        return Err(off());
    }
    let sql = "UPDATE auto_unlock SET episodes_left = episodes_left - 1, coins_left = coins_left - $3 \
               WHERE viewer = $1 AND series = $2 AND episodes_left >= 1 AND coins_left >= $3";
    if tx.run(sql, &args![&quote.sub, &quote.ser, quote.coins]).await? == 1 { Ok(()) } else { Err(off()) }
}
