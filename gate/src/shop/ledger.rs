//! The double-entry ledger. Coins are integers, entries are never changed, and each transaction sums to zero.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::sql::{Row, args};
use crate::db::{Db, DbError, Tx};
use crate::problem::Problem;
use crate::random;

/// Coins of a viewer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wallet {
    /// Coins that were paid for.
    pub paid: u64,
    /// Coins that were given; they are spent first.
    pub bonus: u64,
}

impl Wallet {
    /// All coins.
    pub fn total(self) -> u64 {
        self.paid.saturating_add(self.bonus)
    }
}

/// Where coins are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account<'a> {
    /// Coins a viewer paid for.
    Paid(&'a str),
    /// Coins a viewer was given.
    Bonus(&'a str),
    /// The source of all coins.
    Issued,
    /// Coins that became unlocked episodes.
    Spent,
    /// Coins of viewers who left.
    Forfeited,
}

impl Account<'_> {
    fn parts(self) -> (String, Option<String>, &'static str) {
        let own = |kind: &'static str| (format!("gate:{kind}"), None, kind);
        match self {
            Self::Paid(viewer) => (format!("{viewer}:paid"), Some(viewer.to_owned()), "paid"),
            Self::Bonus(viewer) => (format!("{viewer}:bonus"), Some(viewer.to_owned()), "bonus"),
            Self::Issued => own("issued"),
            Self::Spent => own("spent"),
            Self::Forfeited => own("forfeited"),
        }
    }
}

/// A transaction to book.
#[derive(Debug, Clone, Copy)]
pub struct Booking<'a> {
    /// What kind of event: a word of the schema.
    pub reason: &'static str,
    /// What caused it. The same cause is booked once.
    pub cause: &'a str,
    /// The series it concerns.
    pub series: Option<&'a str>,
    /// The episode it concerns.
    pub episode: Option<&'a str>,
    /// When.
    pub at_ms: u64,
}

/// What became of a booking.
#[derive(Debug, PartialEq, Eq)]
pub enum Booked {
    /// Written, under this id.
    Done(String),
    /// This cause is in the books already; nothing was written.
    Before,
    /// An account would have become negative. The transaction must be dropped.
    Short,
}

/// Locks `viewer`'s books until `tx` ends. `false`: there is no such viewer any more.
///
/// Each lock is later than the one before, whatever the clock says: what is booked under it stands after it in the books.
pub async fn lock(tx: &mut Tx, viewer: &str, now_ms: u64) -> Result<bool, DbError> {
    let sql = "UPDATE viewer SET seen_ms = CASE WHEN $2 > seen_ms THEN $2 ELSE seen_ms + 1 END \
               WHERE id = $1 AND kind IN ('anonymous', 'host')";
    Ok(tx.run(sql, &args![viewer, now_ms]).await? == 1)
}

/// The time of an id that comes after everything in the books of the viewers of `lines`, who are locked: `at_ms`, unless
/// this gate's clock is behind another's or behind what it was.
async fn order(tx: &mut Tx, at_ms: u64, lines: &[(Account<'_>, i64)]) -> Result<u64, DbError> {
    let mut latest = at_ms;
    for (account, _) in lines {
        if let Account::Paid(viewer) = account
            && let Some(row) = tx.row("SELECT seen_ms FROM viewer WHERE id = $1", &args![*viewer]).await?
        {
            latest = latest.max(row.count("seen_ms")?);
        }
    }
    Ok(latest)
}

/// Books `lines`, whose deltas must sum to zero. Lines of zero are left out.
pub async fn book(tx: &mut Tx, booking: Booking<'_>, lines: &[(Account<'_>, i64)]) -> Result<Booked, Problem> {
    let sum = lines.iter().try_fold(0i64, |sum, (_, delta)| sum.checked_add(*delta));
    if sum != Some(0) {
        tracing::error!(reason = booking.reason, "a booking does not sum to zero");
        return Err(Problem::internal());
    }
    let id = random::ulid_in_order(order(tx, booking.at_ms, lines).await?).map_err(DbError::from)?;
    let sql = "INSERT INTO ledger_tx (id, reason, ref, series, episode, at_ms) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (reason, ref) DO NOTHING";
    let written = tx.run(sql, &args![&id, booking.reason, booking.cause, booking.series, booking.episode, booking.at_ms]).await?;
    if written == 0 {
        return Ok(Booked::Before);
    }
    for (account, delta) in lines.iter().filter(|(_, delta)| *delta != 0) {
        let (account, viewer, kind) = account.parts();
        let sql = "INSERT INTO account (id, viewer, kind, balance) VALUES ($1, $2, $3, 0) ON CONFLICT (id) DO NOTHING";
        tx.run(sql, &args![&account, viewer.as_deref(), kind]).await?;
        if viewer.is_some() {
            // The one statement that moves coins: it reads and writes at once, so no two can both see the same balance.
            let sql = "UPDATE account SET balance = balance + $2 WHERE id = $1 AND balance + $2 >= 0";
            if tx.run(sql, &args![&account, *delta]).await? != 1 {
                return Ok(Booked::Short);
            }
        }
        tx.run("INSERT INTO ledger_entry (tx, account, delta) VALUES ($1, $2, $3)", &args![&id, &account, *delta]).await?;
    }
    Ok(Booked::Done(id))
}

const WALLET: &str = "SELECT kind, balance FROM account WHERE viewer = $1";

/// The wallet of `viewer`.
pub async fn wallet(db: &Db, viewer: &str) -> Result<Wallet, DbError> {
    read_wallet(db.rows(WALLET, &args![viewer]).await?)
}

/// The wallet of `viewer` inside a transaction.
pub async fn wallet_in(tx: &mut Tx, viewer: &str) -> Result<Wallet, DbError> {
    read_wallet(tx.rows(WALLET, &args![viewer]).await?)
}

fn read_wallet(rows: Vec<Row>) -> Result<Wallet, DbError> {
    let mut wallet = Wallet::default();
    for row in rows {
        match row.text("kind")?.as_str() {
            "paid" => wallet.paid = row.count("balance")?,
            "bonus" => wallet.bonus = row.count("balance")?,
            _ => return Err(DbError::Damaged("account")),
        }
    }
    Ok(wallet)
}

/// Coins that `viewer` spent on unlocks since `from_ms`.
pub async fn spent_since(tx: &mut Tx, viewer: &str, from_ms: u64) -> Result<u64, DbError> {
    let sql = "SELECT CAST(COALESCE(SUM(-e.delta), 0) AS BIGINT) AS spent FROM ledger_entry e \
               JOIN account a ON a.id = e.account JOIN ledger_tx t ON t.id = e.tx \
               WHERE a.viewer = $1 AND t.reason = 'unlock' AND t.at_ms > $2";
    tx.row(sql, &args![viewer, from_ms]).await?.map_or(Ok(0), |row| row.count("spent"))
}

/// One line of a viewer's statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The transaction: the receipt's id for an unlock.
    pub id: String,
    /// `pack`, `refund`, `unlock`, `merge` or `forfeit`.
    pub reason: String,
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// Coins gained, negative for coins spent.
    pub delta: i64,
    /// Of these, paid coins.
    pub paid: i64,
    /// Of these, bonus coins.
    pub bonus: i64,
    /// The series it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// The episode it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episode: Option<String>,
}

/// The newest `limit` lines of `viewer`'s statement that are older than the transaction `before`.
pub async fn statement(db: &Db, viewer: &str, before: Option<&str>, limit: u32) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT t.id, t.reason, t.series, t.episode, t.at_ms, \
                 CAST(SUM(CASE WHEN a.kind = 'paid' THEN e.delta ELSE 0 END) AS BIGINT) AS paid, \
                 CAST(SUM(CASE WHEN a.kind = 'bonus' THEN e.delta ELSE 0 END) AS BIGINT) AS bonus \
               FROM ledger_entry e JOIN account a ON a.id = e.account JOIN ledger_tx t ON t.id = e.tx \
               WHERE a.viewer = $1 AND ($2 = '' OR t.id < $2) \
               GROUP BY t.id, t.reason, t.series, t.episode, t.at_ms ORDER BY t.id DESC LIMIT $3";
    let rows = db.rows(sql, &args![viewer, before.unwrap_or_default(), limit]).await?;
    rows.into_iter()
        .map(|row| {
            let (paid, bonus) = (row.int("paid")?, row.int("bonus")?);
            Ok(Entry {
                id: row.text("id")?,
                reason: row.text("reason")?,
                at_ms: row.count("at_ms")?,
                delta: paid.saturating_add(bonus),
                paid,
                bonus,
                series: row.opt_text("series")?,
                episode: row.opt_text("episode")?,
            })
        })
        .collect()
}

/// The answer to a price that the wallet does not cover.
pub fn insufficient(needed: u32, wallet: Wallet) -> Problem {
    Problem::new(StatusCode::PAYMENT_REQUIRED, "insufficient-coins", "There are not enough coins")
        .with("needed", needed)
        .with("have", wallet.total())
        .with("wallet", serde_json::json!(wallet))
}
