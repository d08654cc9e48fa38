//! A copy of an SQLite database while it is in use.

use std::path::Path;

use crate::db::{Db, DbError};

/// Writes a copy to the new file `to`, readable by its owner alone.
pub async fn backup(db: &Db, to: &Path) -> Result<(), DbError> {
    let Db::Sqlite(pool, _) = db else {
        return Err(DbError::Unsupported("postgres://...".to_owned(), "PostgreSQL has its own tool: pg_dump"));
    };
    let failed = |e| DbError::Create(to.to_owned(), e);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Made empty first, so that it never is readable by others: SQLite fills an empty file.
    options.open(to).map_err(failed)?;
    let name = to.to_str().ok_or_else(|| failed(std::io::ErrorKind::InvalidFilename.into()))?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(pool).await?;
    Ok(())
}
