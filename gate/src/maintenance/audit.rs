//! Whether the books add up.

use crate::db::{Db, DbError};

/// What was looked at, and what is wrong.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Viewers.
    pub viewers: u64,
    /// Ledger transactions.
    pub transactions: u64,
    /// Ledger entries.
    pub entries: u64,
    /// One line for each fault: what, and where.
    pub faults: Vec<String>,
}

/// Each question answers with the ids that break a rule.
const RULES: [(&str, &str); 11] = [
    ("a transaction does not sum to zero", "SELECT tx AS id FROM ledger_entry GROUP BY tx HAVING SUM(delta) <> 0"),
    (
        "a transaction has fewer than two entries",
        "SELECT t.id FROM ledger_tx t LEFT JOIN ledger_entry e ON e.tx = t.id GROUP BY t.id HAVING COUNT(e.tx) < 2",
    ),
    (
        "a balance is not the sum of its entries",
        "SELECT a.id FROM account a LEFT JOIN ledger_entry e ON e.account = a.id WHERE a.viewer IS NOT NULL \
         GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(SUM(e.delta), 0)",
    ),
    ("an account of the gate has a balance", "SELECT id FROM account WHERE viewer IS NULL AND balance <> 0"),
    (
        "a viewer who left or was merged has coins",
        "SELECT a.id FROM account a JOIN viewer v ON v.id = a.viewer WHERE v.kind IN ('deleted', 'merged') AND a.balance <> 0",
    ),
    (
        "an episode is open without a right in force",
        "SELECT u.episode AS id FROM unlock u JOIN entitlement e ON e.id = u.entitlement \
         WHERE e.viewer <> u.viewer OR e.series <> u.series OR e.revoked_ms IS NOT NULL",
    ),
    (
        "coins were spent and nothing was given",
        "SELECT t.id FROM ledger_tx t LEFT JOIN entitlement e ON e.source = 'coins' AND e.ref = t.id WHERE t.reason = 'unlock' AND e.id IS NULL",
    ),
    (
        "something was given and no coins were spent",
        "SELECT e.id FROM entitlement e LEFT JOIN ledger_tx t ON t.id = e.ref AND t.reason = 'unlock' WHERE e.source = 'coins' AND t.id IS NULL",
    ),
    (
        "a pack was paid for and not given",
        "SELECT c.id FROM checkout c JOIN viewer v ON v.id = c.viewer LEFT JOIN ledger_tx t ON t.reason = 'pack' AND t.ref = c.id \
         WHERE c.state = 'paid' AND c.scope IS NULL AND t.id IS NULL AND v.kind <> 'deleted'",
    ),
    (
        "a purchase was paid for and not given",
        "SELECT c.id FROM checkout c JOIN viewer v ON v.id = c.viewer LEFT JOIN entitlement e ON e.source = 'purchase' AND e.ref = c.id \
         WHERE c.state = 'paid' AND c.scope IS NOT NULL AND e.id IS NULL AND v.kind <> 'deleted'",
    ),
    (
        "something was given that is not paid for",
        "SELECT c.id FROM checkout c JOIN entitlement e ON e.source = 'purchase' AND e.ref = c.id WHERE c.state <> 'paid' AND e.revoked_ms IS NULL",
    ),
];

/// Checks every rule.
pub async fn audit(db: &Db) -> Result<Report, DbError> {
    let mut report = Report {
        viewers: count(db, "SELECT COUNT(*) AS n FROM viewer").await?,
        transactions: count(db, "SELECT COUNT(*) AS n FROM ledger_tx").await?,
        entries: count(db, "SELECT COUNT(*) AS n FROM ledger_entry").await?,
        faults: Vec::new(),
    };
    for (fault, sql) in RULES {
        for row in db.rows(sql, &[]).await? {
            report.faults.push(format!("{fault}: {}", row.text("id")?));
        }
    }
    Ok(report)
}

async fn count(db: &Db, sql: &'static str) -> Result<u64, DbError> {
    db.row(sql, &[]).await?.map_or(Ok(0), |row| row.count("n"))
}
