//! One set of statements for two databases.
//!
//! Every statement of the gate is written once, with `$1` parameters and in the common ground of SQLite and PostgreSQL;
//! these types carry it to whichever is there. A statement is `&'static str`: no text of a request can become one.

use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::DbError;

/// A parameter.
#[derive(Debug, Clone)]
pub enum Value {
    /// `INTEGER` or `BIGINT`.
    Int(Option<i64>),
    /// `TEXT`.
    Text(Option<String>),
    /// `BLOB` or `BYTEA`.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Value {
    /// Saturates: no time or amount of the gate comes near the limit.
    fn from(value: u64) -> Self {
        Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<Option<u64>> for Value {
    fn from(value: Option<u64>) -> Self {
        value.map_or(Self::Int(None), Self::from)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_owned())
    }
}

/// The parameters of a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::db::sql::Value::from($value)),*] };
}
pub(crate) use args;

/// A row of an answer.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident, $type:ty) => {
        $(#[$doc])*
        pub fn $name(&self, column: &str) -> Result<$type, DbError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    getter!(
        /// An integer.
        int, i64
    );
    getter!(
        /// An integer or null.
        opt_int, Option<i64>
    );
    getter!(
        /// A text.
        text, String
    );
    getter!(
        /// A text or null.
        opt_text, Option<String>
    );
    getter!(
        /// Bytes.
        blob, Vec<u8>
    );

    /// An integer that is never negative.
    pub fn count(&self, column: &str) -> Result<u64, DbError> {
        Ok(u64::try_from(self.int(column)?).unwrap_or(0))
    }
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// SQLite, and the queue of those who want to write: it has one writer at a time.
    Sqlite(SqlitePool, Arc<Semaphore>),
    /// PostgreSQL.
    Postgres(PgPool),
}

macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $values {
            query = match value {
                Value::Int(v) => query.bind(*v),
                Value::Text(v) => query.bind(v.clone()),
                Value::Blob(v) => query.bind(v.clone()),
            };
        }
        query
    }};
}

impl Db {
    /// All rows of a question.
    pub async fn rows(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        Ok(match self {
            Self::Sqlite(pool, _) => bound!(sql, values).fetch_all(pool).await?.into_iter().map(Row::Sqlite).collect(),
            Self::Postgres(pool) => bound!(sql, values).fetch_all(pool).await?.into_iter().map(Row::Postgres).collect(),
        })
    }

    /// The first row of a question.
    pub async fn row(&self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Begins to write. What the transaction reads stays true until it ends only where it locks first; see
    /// [`crate::shop::ledger::lock`].
    pub async fn begin(&self) -> Result<Tx, DbError> {
        match self {
            Self::Sqlite(pool, writers) => {
                // Waiting here is fair and costs nothing; SQLite itself would sleep and try again.
                let turn = Arc::clone(writers).acquire_owned().await.map_err(|_| DbError::Query(sqlx::Error::PoolClosed))?;
                // IMMEDIATE: a transaction that reads first and writes later would fail with "busy" instead of waiting.
                Ok(Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?, turn))
            }
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// One statement as a transaction of its own; the answer is the number of rows it changed.
    pub async fn begin_and_run(&self, sql: &'static str, values: &[Value]) -> Result<u64, DbError> {
        let mut tx = self.begin().await?;
        let changed = tx.run(sql, values).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Ends all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool, _) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A transaction. Dropped without [`Tx::commit`] it leaves nothing behind.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite, with its turn to write.
    Sqlite(Transaction<'static, Sqlite>, OwnedSemaphorePermit),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Runs a statement; the answer is the number of rows it changed.
    pub async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, DbError> {
        Ok(match self {
            Self::Sqlite(tx, _) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// All rows of a question.
    pub async fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        Ok(match self {
            Self::Sqlite(tx, _) => bound!(sql, values).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect(),
            Self::Postgres(tx) => bound!(sql, values).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect(),
        })
    }

    /// The first row of a question.
    pub async fn row(&mut self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx, turn) => {
                tx.commit().await?;
                drop(turn);
            }
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
