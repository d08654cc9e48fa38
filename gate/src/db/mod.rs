//! The database: SQLite in a file, or PostgreSQL for many gates.

pub mod keys;
pub mod secrets;
pub mod sql;

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteError, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr as _};
use tokio::sync::Semaphore;

pub use sql::{Db, Tx};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Not a database this version knows.
    #[error("--database {0}: {1}")]
    Unsupported(String, &'static str),
    /// The folder or file cannot be made.
    #[error("cannot create {}: {}; choose another place with --data DIR", .0.display(), .1)]
    Create(PathBuf, std::io::Error),
    /// It cannot be reached or opened.
    #[error("the database {0} cannot be used: {1}")]
    Open(String, sqlx::Error),
    /// A statement failed.
    #[error("the database failed: {0}")]
    Query(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database schema cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row holds something no version of the gate wrote.
    #[error("the database holds a damaged row in {0}")]
    Damaged(&'static str),
    /// No random bytes for a new key.
    #[error(transparent)]
    Random(#[from] crate::random::NoRandomness),
}

impl DbError {
    /// Whether the same request may succeed later without anybody's doing: the database is away, busy, full or starting up.
    pub fn passes(&self) -> bool {
        let Self::Query(error) = self else { return false };
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => true,
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                if error.try_downcast_ref::<SqliteError>().is_some() { sqlite_passes(&code) } else { postgres_passes(&code) }
            }
            _ => false,
        }
    }
}

/// By the primary result code (<https://sqlite.org/rescode.html>), which is the low byte of the extended one.
fn sqlite_passes(code: &str) -> bool {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const NOMEM: i32 = 7;
    const READONLY: i32 = 8;
    const IOERR: i32 = 10;
    const FULL: i32 = 13;
    const CANTOPEN: i32 = 14;
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, BUSY | LOCKED | NOMEM | READONLY | IOERR | FULL | CANTOPEN))
}

/// By SQLSTATE (PostgreSQL's appendix A).
fn postgres_passes(code: &str) -> bool {
    // Connections, transactions that met another, resources such as the disk, an operator who stops it, the system under it.
    let class = ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class));
    // A server that only reads for now; a row that somebody holds.
    class || matches!(code, "25006" | "55P03")
}

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In memory: gone when the gate stops.
    Memory,
    /// In a file.
    File(PathBuf),
    /// A PostgreSQL server. The URL may hold a password.
    Postgres(String),
}

impl Location {
    /// Reads a `--database` URL.
    pub fn parse(url: &str) -> Result<Self, DbError> {
        let refuse = |why| Err(DbError::Unsupported(scheme_only(url), why));
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return match PgConnectOptions::from_str(url) {
                Ok(_) => Ok(Self::Postgres(url.to_owned())),
                Err(_) => refuse("not a PostgreSQL URL; use postgres://USER:PASSWORD@HOST/NAME"),
            };
        }
        let Some(rest) = url.strip_prefix("sqlite:") else {
            return refuse("not a database URL; use sqlite:FILE, sqlite::memory: or postgres://...");
        };
        let path = rest.strip_prefix("//").unwrap_or(rest);
        match path {
            "" => refuse("names no file; use sqlite:FILE or sqlite::memory:"),
            ":memory:" => Ok(Self::Memory),
            path if path.contains('?') => refuse("options after ? are not supported"),
            path => Ok(Self::File(PathBuf::from(path))),
        }
    }
}

/// A database URL may carry a password: only its scheme is repeated in a message.
fn scheme_only(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://..."),
        None => url.chars().take(40).collect(),
    }
}

/// The two kinds of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// The migrations, in order. They are part of the binary.
fn migrator(dialect: Dialect) -> Migrator {
    let migration = |version, name: &'static str, sql: &'static str| {
        // The tables are written down once. Constants of this binary: nothing from outside is in them.
        let sql = match dialect {
            Dialect::Sqlite => sql.into_sql_str(),
            Dialect::Postgres => AssertSqlSafe(for_postgres(sql)).into_sql_str(),
        };
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    let append_only = match dialect {
        Dialect::Sqlite => include_str!("../../migrations/0003_append_only.sqlite.sql"),
        Dialect::Postgres => include_str!("../../migrations/0003_append_only.postgres.sql"),
    };
    Migrator::with_migrations(vec![
        migration(1, "catalogue", include_str!("../../migrations/0001_catalogue.sql")),
        migration(2, "shop", include_str!("../../migrations/0002_shop.sql")),
        migration(3, "append only", append_only),
    ])
}

fn for_postgres(sql: &str) -> String {
    sql.replace(" INTEGER", " BIGINT").replace(" BLOB", " BYTEA").replace(") STRICT;", ");")
}

/// Opens the database and brings its schema up to date.
pub async fn open(location: &Location) -> Result<Db, DbError> {
    match location {
        Location::Memory => {
            // Each connection would have a memory of its own, and a closed one would take it along.
            let pool = SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
            open_sqlite(SqliteConnectOptions::from_str("sqlite::memory:")?, pool, "in memory".to_owned()).await
        }
        Location::File(path) => {
            create_private(path)?;
            // FULL: a payment that was acknowledged must survive the loss of power, not only of the process.
            let options =
                SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
            let pool = SqlitePoolOptions::new().max_connections(8).after_release(|connection, _| Box::pin(is_whole(connection)));
            open_sqlite(options, pool, path.display().to_string()).await
        }
        Location::Postgres(url) => {
            let name = || scheme_only(url);
            let options = PgConnectOptions::from_str(url).map_err(|e| DbError::Open(name(), e))?.application_name("cliffhanger-gate");
            let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
            let pool = pool.connect_with(options).await.map_err(|e| DbError::Open(name(), e))?;
            migrator(Dialect::Postgres).run(&pool).await?;
            Ok(Db::Postgres(pool))
        }
    }
}

/// Whether a connection that comes back can be used again. On a full disk SQLite itself ends the transaction; sqlx goes on
/// counting one that is not there, and begins none on this connection ever after.
async fn is_whole(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Behind the rollback that a dropped transaction has asked for.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_sqlite(options: SqliteConnectOptions, pool: SqlitePoolOptions, name: String) -> Result<Db, DbError> {
    let options = options.foreign_keys(true).busy_timeout(Duration::from_secs(5));
    let pool = pool.connect_with(options).await.map_err(|e| DbError::Open(name, e))?;
    migrator(Dialect::Sqlite).run(&pool).await?;
    Ok(Db::Sqlite(pool, Arc::new(Semaphore::new(1))))
}

/// Makes the file readable by its owner alone: it holds the signing seeds. SQLite gives its side files the same mode.
fn create_private(path: &Path) -> Result<(), DbError> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        crate::data_dir::create(parent)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|e| DbError::Create(path.to_owned(), e))
}
