//! Everything in a database as lines of JSON, to be read into another one: from SQLite to PostgreSQL or back.
//!
//! The file holds the signing seeds. Each line is `{"table": ..., "row": [...]}` with blobs in hexadecimal.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::audit;
use crate::db::sql::{Row, Value};
use crate::db::{Db, DbError};
use crate::random;

/// Why a copy failed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CopyError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("the file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    #[error("line {0} is not a line of an export")]
    Line(usize),
    #[error("the database is not empty; import into a new one")]
    NotEmpty,
    #[error("the books do not add up: {0}")]
    Faults(String),
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Kind {
    Int,
    Text,
    Blob,
}
use Kind::{Blob, Int, Text};

struct Table {
    name: &'static str,
    select: &'static str,
    insert: &'static str,
    columns: &'static [(&'static str, Kind)],
}

macro_rules! table {
    ($name:literal, $columns:literal, $values:literal, [$(($column:literal, $kind:expr)),* $(,)?] $(, order by $order:literal)?) => {
        Table {
            name: $name,
            select: concat!("SELECT ", $columns, " FROM ", $name $(, " ORDER BY ", $order)?),
            insert: concat!("INSERT INTO ", $name, " (", $columns, ") VALUES (", $values, ")"),
            columns: &[$(($column, $kind)),*],
        }
    };
}

/// In an order in which nothing points at what is not there yet.
const TABLES: [Table; 16] = [
    table!("series", "id, title, updated_ms", "$1, $2, $3", [("id", Text), ("title", Text), ("updated_ms", Int)]),
    table!(
        "episode",
        "series, id, source, content_key, created_ms",
        "$1, $2, $3, $4, $5",
        [("series", Text), ("id", Text), ("source", Text), ("content_key", Text), ("created_ms", Int)]
    ),
    table!(
        "asset",
        "series, content_key, file, kind, episode, path",
        "$1, $2, $3, $4, $5, $6",
        [("series", Text), ("content_key", Text), ("file", Text), ("kind", Text), ("episode", Text), ("path", Blob)]
    ),
    table!(
        "signing_key",
        "kid, seed, created_ms, retired_ms",
        "$1, $2, $3, $4",
        [("kid", Text), ("seed", Blob), ("created_ms", Int), ("retired_ms", Int)]
    ),
    table!("secret", "name, value", "$1, $2", [("name", Text), ("value", Blob)]),
    table!(
        "viewer",
        "id, kind, issuer, subject, epoch, merged_into, coins_per_day, created_ms, seen_ms",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9",
        [
            ("id", Text),
            ("kind", Text),
            ("issuer", Text),
            ("subject", Text),
            ("epoch", Int),
            ("merged_into", Text),
            ("coins_per_day", Int),
            ("created_ms", Int),
            ("seen_ms", Int)
        ], order by "CASE WHEN merged_into IS NULL THEN 0 ELSE 1 END"
    ),
    table!("account", "id, viewer, kind, balance", "$1, $2, $3, $4", [("id", Text), ("viewer", Text), ("kind", Text), ("balance", Int)]),
    table!(
        "ledger_tx",
        "id, reason, ref, series, episode, at_ms",
        "$1, $2, $3, $4, $5, $6",
        [("id", Text), ("reason", Text), ("ref", Text), ("series", Text), ("episode", Text), ("at_ms", Int)]
    ),
    table!("ledger_entry", "tx, account, delta", "$1, $2, $3", [("tx", Text), ("account", Text), ("delta", Int)]),
    table!(
        "entitlement",
        "id, viewer, series, scope, source, ref, starts_ms, ends_ms, revoked_ms",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9",
        [
            ("id", Text),
            ("viewer", Text),
            ("series", Text),
            ("scope", Text),
            ("source", Text),
            ("ref", Text),
            ("starts_ms", Int),
            ("ends_ms", Int),
            ("revoked_ms", Int)
        ]
    ),
    table!(
        "unlock",
        "viewer, series, episode, entitlement",
        "$1, $2, $3, $4",
        [("viewer", Text), ("series", Text), ("episode", Text), ("entitlement", Text)]
    ),
    table!(
        "auto_unlock",
        "viewer, series, episodes_left, coins_left, since_ms",
        "$1, $2, $3, $4, $5",
        [("viewer", Text), ("series", Text), ("episodes_left", Int), ("coins_left", Int), ("since_ms", Int)]
    ),
    table!(
        "checkout",
        "id, viewer, series, offer, label, scope, episodes, coins, bonus, provider, amount, currency, state, shortfall, consent, return_url, at_ms, changed_ms",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18",
        [
            ("id", Text),
            ("viewer", Text),
            ("series", Text),
            ("offer", Text),
            ("label", Text),
            ("scope", Text),
            ("episodes", Text),
            ("coins", Int),
            ("bonus", Int),
            ("provider", Text),
            ("amount", Int),
            ("currency", Text),
            ("state", Text),
            ("shortfall", Int),
            ("consent", Text),
            ("return_url", Text),
            ("at_ms", Int),
            ("changed_ms", Int)
        ]
    ),
    table!("webhook_event", "provider, event_id, at_ms", "$1, $2, $3", [("provider", Text), ("event_id", Text), ("at_ms", Int)]),
    table!("quote_used", "jti, at_ms", "$1, $2", [("jti", Text), ("at_ms", Int)]),
    table!(
        "revocation",
        "pseudonym, series, episode, before_ms",
        "$1, $2, $3, $4",
        [("pseudonym", Text), ("series", Text), ("episode", Text), ("before_ms", Int)]
    ),
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    table: String,
    row: Vec<Json>,
}

/// Writes everything except kept answers, which are over in a day. The answer is the number of rows. No gate may run.
pub async fn export(db: &Db, out: &mut impl Write) -> Result<usize, CopyError> {
    let mut count = 0;
    for table in &TABLES {
        for row in db.rows(table.select, &[]).await? {
            let row = table.columns.iter().map(|(name, kind)| to_json(&row, name, *kind)).collect::<Result<_, _>>()?;
            let line = json!(Line { table: table.name.to_owned(), row });
            writeln!(out, "{line}")?;
            count += 1;
        }
    }
    out.flush()?;
    Ok(count)
}

fn to_json(row: &Row, name: &str, kind: Kind) -> Result<Json, DbError> {
    Ok(match kind {
        Int => json!(row.opt_int(name)?),
        Text => json!(row.opt_text(name)?),
        Blob => json!(random::hex(&row.blob(name)?)),
    })
}

/// Reads an export into an empty database, all of it or nothing, and audits it.
pub async fn import(db: &Db, from: impl BufRead) -> Result<usize, CopyError> {
    for table in &TABLES {
        if !db.rows(table.select, &[]).await?.is_empty() {
            return Err(CopyError::NotEmpty);
        }
    }
    let mut tx = db.begin().await?;
    let mut count = 0;
    for (i, line) in from.lines().enumerate() {
        let broken = || CopyError::Line(i + 1);
        let line: Line = serde_json::from_str(&line?).map_err(|_| broken())?;
        let table = TABLES.iter().find(|t| t.name == line.table).filter(|t| t.columns.len() == line.row.len()).ok_or_else(broken)?;
        let values: Option<Vec<Value>> = line.row.iter().zip(table.columns).map(|(json, (_, kind))| to_value(json, *kind)).collect();
        tx.run(table.insert, &values.ok_or_else(broken)?).await?;
        count += 1;
    }
    tx.commit().await?;
    let report = audit::audit(db).await?;
    if report.faults.is_empty() { Ok(count) } else { Err(CopyError::Faults(report.faults.join("; "))) }
}

fn to_value(json: &Json, kind: Kind) -> Option<Value> {
    match (kind, json) {
        (Int, Json::Null) => Some(Value::Int(None)),
        (Int, Json::Number(n)) => n.as_i64().map(|n| Value::Int(Some(n))),
        (Text, Json::Null) => Some(Value::Text(None)),
        (Text, Json::String(s)) => Some(Value::Text(Some(s.clone()))),
        (Blob, Json::String(s)) => unhex(s).map(Value::Blob),
        _ => None,
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok());
    pairs.collect()
}
