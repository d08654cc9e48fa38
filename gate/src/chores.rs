//! What a gate does beside answering: learning what other gates changed, and throwing away what is over.

use std::time::Duration;

use tokio::time::timeout;

use crate::app::Gate;
use crate::db::DbError;
use crate::db::sql::args;
use crate::shop::{idempotency, revocations};
use crate::web::ANSWER;

/// How often the database is asked for void tokens and new keys. A refund is known to every gate within five seconds.
const CATCH_UP: Duration = Duration::from_secs(2);
/// How often what is over is thrown away.
const SWEEP: Duration = Duration::from_secs(600);

/// Runs until it is aborted.
pub async fn run(gate: Gate) {
    let mut catch_up = tokio::time::interval(CATCH_UP);
    let mut sweeping = tokio::time::interval(SWEEP);
    loop {
        // Not without end: a round that hangs on a connection nobody answers would be the last one.
        let result = tokio::select! {
            _ = catch_up.tick() => timeout(ANSWER, gate.catch_up()).await,
            _ = sweeping.tick() => timeout(ANSWER, sweep(&gate)).await,
        };
        // What is known stays in force; the next round tries again.
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the database cannot be asked what is new"),
            Err(_) => tracing::warn!("the database does not say what is new"),
        }
    }
}

/// Throws away what no request can ask for any more.
pub async fn sweep(gate: &Gate) -> Result<(), DbError> {
    gate.limits().prune();
    let (db, now_ms) = (gate.db(), gate.now_ms());
    let day = now_ms.saturating_sub(idempotency::KEPT_MS);
    db.begin_and_run("DELETE FROM idempotency WHERE at_ms < $1", &args![day]).await?;
    // A quote lives for five minutes.
    db.begin_and_run("DELETE FROM quote_used WHERE at_ms < $1", &args![day]).await?;
    db.begin_and_run("DELETE FROM revocation WHERE before_ms < $1", &args![revocations::oldest(now_ms)]).await?;
    Ok(())
}
