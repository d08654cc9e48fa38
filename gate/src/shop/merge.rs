//! An anonymous viewer who logs in becomes the viewer they were before elsewhere.

use axum::http::StatusCode;

use super::ledger::{self, Account, Booked, Booking};
use super::viewers::{self, Stored};
use crate::db::sql::args;
use crate::db::{Db, DbError, Tx};
use crate::problem::Problem;

/// The viewer that `issuer` calls `subject`, made at the first login. What the anonymous viewer `guest` has - coins,
/// episodes, payments - moves to it, and `guest` is no more. The answer also says whether anything moved.
pub async fn log_in(db: &Db, issuer: &str, subject: &str, guest: Option<&Stored>, now_ms: u64) -> Result<(Stored, bool), Problem> {
    let mut tx = db.begin().await?;
    let host = match find(&mut tx, issuer, subject).await? {
        Some(host) => host,
        None => {
            viewers::create_in(&mut tx, "host", Some((issuer, subject)), now_ms).await?;
            // Whoever made it first.
            find(&mut tx, issuer, subject).await?.ok_or_else(Problem::internal)?
        }
    };
    let guest = guest.filter(|guest| guest.kind == "anonymous" && guest.id != host.id);
    if let Some(guest) = guest {
        // In one order, whoever is merged into whom.
        let mut both = [guest.id.as_str(), host.id.as_str()];
        both.sort_unstable();
        for id in both {
            if !ledger::lock(&mut tx, id, now_ms).await? {
                return Err(Problem::viewer_gone());
            }
        }
        merge(&mut tx, &guest.id, &host.id, now_ms).await?;
    }
    tx.commit().await?;
    Ok((host, guest.is_some()))
}

async fn find(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<Stored>, DbError> {
    let sql = "SELECT id, kind, epoch, coins_per_day, created_ms FROM viewer WHERE issuer = $1 AND subject = $2";
    tx.row(sql, &args![issuer, subject]).await?.map(viewers::read).transpose()
}

/// Moves everything. Both viewers must be locked.
async fn merge(tx: &mut Tx, from: &str, to: &str, now_ms: u64) -> Result<(), Problem> {
    let wallet = ledger::wallet_in(tx, from).await?;
    let coins = |n: u64| i64::try_from(n).map_err(|_| Problem::internal());
    let (paid, bonus) = (coins(wallet.paid)?, coins(wallet.bonus)?);
    if wallet.total() > 0 {
        let lines = [(Account::Paid(from), -paid), (Account::Bonus(from), -bonus), (Account::Paid(to), paid), (Account::Bonus(to), bonus)];
        // A viewer is merged once: the cause is the viewer.
        let booking = Booking { reason: "merge", cause: from, series: None, episode: None, at_ms: now_ms };
        if !matches!(ledger::book(tx, booking, &lines).await?, Booked::Done(_)) {
            return Err(Problem::new(StatusCode::CONFLICT, "in-flight", "The viewer is being merged").retry_after(1));
        }
    }
    for sql in [
        // An episode that both own stays with the right the host's viewer has.
        "DELETE FROM unlock WHERE viewer = $1 AND EXISTS \
         (SELECT 1 FROM unlock o WHERE o.viewer = $2 AND o.series = unlock.series AND o.episode = unlock.episode)",
        "UPDATE unlock SET viewer = $2 WHERE viewer = $1",
        "UPDATE entitlement SET viewer = $2 WHERE viewer = $1",
        "UPDATE checkout SET viewer = $2 WHERE viewer = $1",
        "UPDATE viewer SET kind = 'merged', merged_into = $2, epoch = epoch + 1 WHERE id = $1",
    ] {
        tx.run(sql, &args![from, to]).await?;
    }
    tx.run("DELETE FROM auto_unlock WHERE viewer = $1", &args![from]).await?;
    Ok(())
}
