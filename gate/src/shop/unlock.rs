//! Spending coins.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::idempotency::{Kept, Once};
use super::ledger::{self, Account, Booked, Booking, Wallet};
use super::rights::{self, NewRight};
use super::{auto, pricing};
use crate::access::{self, Decision};
use crate::app::Gate;
use crate::authoring::Scope;
use crate::catalog::{Episode, Series};
use crate::db::Tx;
use crate::db::sql::args;
use crate::problem::Problem;
use crate::random;
use crate::telemetry;
use crate::token::QuoteClaims;

/// What was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Its id; the ledger has a line of the same id, unless nothing was charged.
    pub id: String,
    /// The series.
    pub series: String,
    /// The episodes that were opened.
    pub episodes: Vec<String>,
    /// Coins charged.
    pub coins: u32,
    /// Where they came from: bonus coins first.
    pub from: Wallet,
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// Everything was owned before; nothing was charged.
    pub already_owned: bool,
}

/// Carries out the purchase that `quote` names, at most once for `once`. `answer` makes the reply from the receipt and the
/// wallet after it; it is kept with the purchase.
pub async fn unlock(
    gate: &Gate,
    quote: &QuoteClaims,
    automatic: bool,
    once: &Once,
    answer: impl FnOnce(&Series, &Episode, &Receipt, Wallet, Decision) -> Result<Kept, Problem>,
) -> Result<Kept, Problem> {
    let viewer = quote.sub.as_str();
    let mut tx = gate.db().begin().await?;
    let now_ms = gate.now_ms();
    if !ledger::lock(&mut tx, viewer, now_ms).await? {
        return Err(Problem::viewer_gone());
    }
    if let Some(kept) = once.claim(&mut tx, viewer, now_ms).await? {
        return Ok(kept);
    }
    let catalog = gate.catalog();
    let found = catalog.series.get(&quote.ser).and_then(|series| Some((series, series.episode(&quote.ep)?)));
    let Some((series, episode)) = found else { return Err(Problem::not_found("/v1/unlocks")) };
    let mut owned = rights::owned_in(&mut tx, viewer, &quote.ser).await?;
    if access::decide_for(series, episode, Some(&owned), now_ms) == Decision::Unavailable {
        return Err(Problem::not_found("/v1/unlocks"));
    }
    let episodes = pricing::opened(series, episode, quote.sco, Some(&owned), now_ms);
    let receipt = if episodes.is_empty() {
        // Another tab was faster, or the episode has become free. Nothing is left to charge for.
        Receipt {
            id: random::ulid(now_ms).map_err(crate::db::DbError::from)?,
            series: quote.ser.clone(),
            episodes: vec![quote.ep.clone()],
            coins: 0,
            from: Wallet::default(),
            at_ms: now_ms,
            already_owned: true,
        }
    } else {
        let stale = quote.is_over(now_ms) || quote.set != pricing::digest(&episodes) || !use_up(&mut tx, quote, now_ms).await?;
        if stale {
            return Err(pricing::expired(gate, viewer, series, episode, &quote.off, &owned));
        }
        if automatic {
            auto::take(&mut tx, quote, now_ms).await?;
        }
        let receipt = charge(&mut tx, series, quote, episodes, now_ms).await?;
        owned = rights::owned_in(&mut tx, viewer, &quote.ser).await?;
        receipt
    };
    let wallet = ledger::wallet_in(&mut tx, viewer).await?;
    let decision = access::decide_for(series, episode, Some(&owned), now_ms);
    let kept = answer(series, episode, &receipt, wallet, decision)?;
    once.keep(&mut tx, viewer, &kept).await?;
    tx.commit().await?;
    if receipt.coins > 0 {
        telemetry::unlocked(receipt.coins);
    }
    Ok(kept)
}

/// `false` when the quote was used before.
async fn use_up(tx: &mut Tx, quote: &QuoteClaims, now_ms: u64) -> Result<bool, Problem> {
    let sql = "INSERT INTO quote_used (jti, at_ms) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING";
    Ok(tx.run(sql, &args![&quote.jti, now_ms]).await? == 1)
}

async fn charge(tx: &mut Tx, series: &Series, quote: &QuoteClaims, episodes: Vec<String>, now_ms: u64) -> Result<Receipt, Problem> {
    let viewer = quote.sub.as_str();
    within_limit(tx, quote, now_ms).await?;
    let wallet = ledger::wallet_in(tx, viewer).await?;
    let short = || {
        let packs = crate::offers::packs(series);
        ledger::insufficient(quote.coins, wallet).with("packs", packs)
    };
    let price = u64::from(quote.coins);
    let bonus = price.min(wallet.bonus);
    let from = Wallet { bonus, paid: price - bonus };
    let coins = |n: u64| i64::try_from(n).map_err(|_| Problem::internal());
    let lines =
        [(Account::Bonus(viewer), -coins(from.bonus)?), (Account::Paid(viewer), -coins(from.paid)?), (Account::Spent, coins(price)?)];
    let booking = Booking { reason: "unlock", cause: &quote.jti, series: Some(&quote.ser), episode: Some(&quote.ep), at_ms: now_ms };
    let id = match ledger::book(tx, booking, &lines).await? {
        Booked::Done(id) => id,
        Booked::Short => return Err(short()),
        Booked::Before => return Err(Problem::new(StatusCode::CONFLICT, "quote-expired", "The quote no longer holds")),
    };
    let right = NewRight {
        viewer,
        series: &quote.ser,
        scope: scope_name(quote.sco),
        source: "coins",
        cause: &id,
        // The whole series is one right, with what is still to come; the rest is this list.
        episodes: if quote.sco == Scope::Series { &[] } else { &episodes },
        now_ms,
    };
    let added = rights::give(tx, right).await?;
    if quote.sco != Scope::Series && added != u64::from(quote.n) {
        // Cannot happen while the viewer is locked. If it does, nobody pays for it.
        tracing::error!(added, expected = quote.n, "an unlock met episodes that were owned");
        return Err(Problem::internal());
    }
    Ok(Receipt { id, series: quote.ser.clone(), episodes, coins: quote.coins, from, at_ms: now_ms, already_owned: false })
}

/// The word of the schema.
pub fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Episode => "episode",
        Scope::Rest => "rest",
        Scope::Series => "series",
    }
}

/// A day in milliseconds.
const DAY_MS: u64 = 86_400_000;

/// Holds the viewer to the limit they set for themselves.
async fn within_limit(tx: &mut Tx, quote: &QuoteClaims, now_ms: u64) -> Result<(), Problem> {
    let row = tx.row("SELECT coins_per_day FROM viewer WHERE id = $1", &args![&quote.sub]).await?;
    let limit = row.map(|r| r.opt_int("coins_per_day")).transpose()?.flatten().and_then(|n| u64::try_from(n).ok());
    let Some(limit) = limit else { return Ok(()) };
    let spent = ledger::spent_since(tx, &quote.sub, now_ms.saturating_sub(DAY_MS)).await?;
    if spent.saturating_add(u64::from(quote.coins)) <= limit {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "limit-reached", "This would exceed the spending limit you set")
        .with("coinsPerDay", limit)
        .with("spent", spent)
        .with("needed", quote.coins))
}
