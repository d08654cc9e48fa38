//! From a provider's message to what was bought, or back.
//!
//! ```text
//! pending, failed, expired --paid--> paid --refunded--> refunded
//! pending --failed--> failed        pending --expired--> expired
//! pending, failed, expired --refunded--> refunded      a payment that went back before we heard of it gives nothing
//! ```
//!
//! Every other message changes nothing, so they may come twice and in any order.

use axum::http::StatusCode;

use super::checkout::{self, Checkout};
use super::{Event, EventKind};
use crate::app::Gate;
use crate::db::Tx;
use crate::db::sql::args;
use crate::problem::Problem;
use crate::shop::ledger::{self, Account, Booking};
use crate::shop::revocations;
use crate::shop::rights::{self, NewRight};

/// What a message did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It changed the checkout.
    Applied,
    /// It was known, or came too late to matter.
    Nothing,
}

/// Takes in one verified message of `provider`.
pub async fn take_in(gate: &Gate, provider: &str, event: &Event) -> Result<Outcome, Problem> {
    let now_ms = gate.now_ms();
    let mut tx = gate.db().begin().await?;
    let checkout = locked(&mut tx, provider, &event.checkout, now_ms).await?;
    let sql = "INSERT INTO webhook_event (provider, event_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT (provider, event_id) DO NOTHING";
    if tx.run(sql, &args![provider, &event.id, now_ms]).await? == 0 {
        return Ok(Outcome::Nothing);
    }
    let moves_money = matches!(event.kind, EventKind::Paid | EventKind::Refunded);
    if moves_money && (event.amount != checkout.amount || event.currency != checkout.currency) {
        tracing::error!(checkout = checkout.id, "a payment is not of the amount that was asked for");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "amount-mismatch", "Not the amount or the currency of the checkout"));
    }
    let (next, outcome) = match (checkout.state.as_str(), event.kind) {
        ("pending" | "failed" | "expired", EventKind::Paid) => ("paid", Outcome::Applied),
        ("pending", EventKind::Failed) => ("failed", Outcome::Applied),
        ("pending", EventKind::Expired) => ("expired", Outcome::Applied),
        ("pending" | "failed" | "expired" | "paid", EventKind::Refunded) => ("refunded", Outcome::Applied),
        (state, _) => (state, Outcome::Nothing),
    };
    let mut shortfall = 0;
    if outcome == Outcome::Applied {
        match (checkout.state.as_str(), event.kind) {
            (_, EventKind::Paid) => give(&mut tx, &checkout, now_ms).await?,
            ("paid", EventKind::Refunded) => shortfall = take_back(gate, &mut tx, &checkout, now_ms).await?,
            _ => {}
        }
        let sql = "UPDATE checkout SET state = $2, shortfall = $3, changed_ms = $4 WHERE id = $1";
        tx.run(sql, &args![&checkout.id, next, shortfall, now_ms]).await?;
    }
    tx.commit().await?;
    if outcome == Outcome::Applied {
        crate::telemetry::payment(event.kind.name());
        tracing::info!(checkout = checkout.id, state = next, "a checkout changed");
    }
    gate.reload_revocations().await?;
    Ok(outcome)
}

/// The checkout, with its viewer locked. A checkout moves with a viewer who is merged into another, so it is read again
/// under the lock.
async fn locked(tx: &mut Tx, provider: &str, id: &str, now_ms: u64) -> Result<Checkout, Problem> {
    let missing = || Problem::not_found("/v1/callbacks/webhook");
    let mut checkout = checkout::find_in(tx, id).await?.filter(|c| c.provider == provider).ok_or_else(missing)?;
    for _ in 0..3 {
        // Of a viewer who was deleted too: the money is real all the same.
        let sql = "UPDATE viewer SET seen_ms = CASE WHEN $2 > seen_ms THEN $2 ELSE seen_ms + 1 END WHERE id = $1";
        tx.run(sql, &args![&checkout.viewer, now_ms]).await?;
        let again = checkout::find_in(tx, id).await?.ok_or_else(missing)?;
        if again.viewer == checkout.viewer {
            return Ok(again);
        }
        checkout = again;
    }
    Err(Problem::new(StatusCode::CONFLICT, "in-flight", "The checkout is changing hands").retry_after(1))
}

async fn give(tx: &mut Tx, checkout: &Checkout, now_ms: u64) -> Result<(), Problem> {
    let viewer = checkout.viewer.as_str();
    if !ledger::lock(tx, viewer, now_ms).await? {
        tracing::error!(checkout = checkout.id, "paid by a viewer who was deleted: nothing was given, refund it");
        return Ok(());
    }
    match checkout.scope.as_deref() {
        None => {
            let (paid, bonus) = (signed(checkout.coins)?, signed(checkout.bonus)?);
            let lines = [(Account::Paid(viewer), paid), (Account::Bonus(viewer), bonus), (Account::Issued, -(paid + bonus))];
            ledger::book(tx, booking("pack", checkout, now_ms), &lines).await?;
        }
        Some(scope) => {
            let scope = match scope {
                "episode" => "episode",
                "series" => "series",
                _ => "rest",
            };
            let episodes: &[String] = if scope == "series" { &[] } else { &checkout.episodes };
            let right = NewRight { viewer, series: &checkout.series, scope, source: "purchase", cause: &checkout.id, episodes, now_ms };
            rights::give(tx, right).await?;
        }
    }
    Ok(())
}

/// Takes back what `checkout` gave, and nothing else. The answer is the coins that were spent already: they are not
/// taken from other coins, the operator sees them on the checkout.
async fn take_back(gate: &Gate, tx: &mut Tx, checkout: &Checkout, now_ms: u64) -> Result<u64, Problem> {
    let viewer = checkout.viewer.as_str();
    if checkout.scope.is_none() {
        let wallet = ledger::wallet_in(tx, viewer).await?;
        let (paid, bonus) = (checkout.coins.min(wallet.paid), checkout.bonus.min(wallet.bonus));
        let (p, b) = (signed(paid)?, signed(bonus)?);
        if p + b > 0 {
            let lines = [(Account::Paid(viewer), -p), (Account::Bonus(viewer), -b), (Account::Issued, p + b)];
            ledger::book(tx, booking("refund", checkout, now_ms), &lines).await?;
        }
        return Ok((checkout.coins + checkout.bonus).saturating_sub(paid + bonus));
    }
    if let Some(episodes) = rights::revoke(tx, "purchase", &checkout.id, now_ms).await? {
        let pseudonym = gate.pseudonym(viewer);
        if checkout.scope.as_deref() == Some("series") {
            revocations::add(tx, &pseudonym, &checkout.series, "", now_ms).await?;
        }
        for episode in episodes {
            revocations::add(tx, &pseudonym, &checkout.series, &episode, now_ms).await?;
        }
    }
    Ok(0)
}

fn booking<'a>(reason: &'static str, checkout: &'a Checkout, at_ms: u64) -> Booking<'a> {
    Booking { reason, cause: &checkout.id, series: Some(&checkout.series), episode: None, at_ms }
}

fn signed(coins: u64) -> Result<i64, Problem> {
    // Packs are capped on import far below this.
    i64::try_from(coins).ok().filter(|n| *n < i64::MAX / 4).ok_or_else(Problem::internal)
}
