//! The embedded database (SQLite).

pub mod keys;

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Not a database this version knows.
    #[error("--database {0}: {1}")]
    Unsupported(String, &'static str),
    /// The folder or file cannot be made.
    #[error("cannot create {}: {}; choose another place with --data DIR", .0.display(), .1)]
    Create(PathBuf, std::io::Error),
    /// SQLite says no.
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

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In memory: gone when the gate stops.
    Memory,
    /// In a file.
    File(PathBuf),
}

impl Location {
    /// Reads a `--database` URL.
    pub fn parse(url: &str) -> Result<Self, DbError> {
        let refuse = |why| Err(DbError::Unsupported(scheme_only(url), why));
        let Some(rest) = url.strip_prefix("sqlite:") else {
            return if url.starts_with("postgres://") || url.starts_with("postgresql://") {
                refuse("PostgreSQL is not in this version; use sqlite:FILE or sqlite::memory:")
            } else {
                refuse("not a database URL; use sqlite:FILE or sqlite::memory:")
            };
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

/// The migrations, in order. They are part of the binary.
fn migrator() -> Migrator {
    let migration = |version, name: &'static str, sql: &'static str| {
        let sql = sqlx::SqlSafeStr::into_sql_str(sql);
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(vec![migration(1, "catalogue", include_str!("../../migrations/0001_catalogue.sql"))])
}

/// Opens the database and brings its schema up to date.
pub async fn open(location: &Location) -> Result<SqlitePool, DbError> {
    let (options, pool) = match location {
        Location::Memory => (
            SqliteConnectOptions::from_str("sqlite::memory:")?,
            // Each connection would have a memory of its own, and a closed one would take it along.
            SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None),
        ),
        Location::File(path) => {
            create_private(path)?;
            let options =
                SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
            (options, SqlitePoolOptions::new().max_connections(8))
        }
    };
    let options = options.foreign_keys(true).busy_timeout(Duration::from_secs(5));
    let name = match location {
        Location::Memory => "in memory".to_owned(),
        Location::File(path) => path.display().to_string(),
    };
    let pool = pool.connect_with(options).await.map_err(|e| DbError::Open(name, e))?;
    migrator().run(&pool).await?;
    Ok(pool)
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
