//! The operator's commands.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::Path;

use super::{audit, backup, copy, keys};
use crate::cli::{Database, KeyAction, Keys, WithFile};
use crate::clock::{Clock as _, SystemClock};
use crate::db::{self, Db, DbError, Location};

/// Why a command failed, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CommandError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Copy(#[from] copy::CopyError),
    #[error("{0}: {1}")]
    File(String, io::Error),
    #[error("the books do not add up: {0} faults")]
    Faults(usize),
    #[error("there is no key {0} in force, or it is the last one; `keys add` another first")]
    NoKey(String),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

async fn opened(args: &Database) -> Result<Db, CommandError> {
    let location = Location::parse(&args.database)?;
    if let Location::File(path) = &location
        && !path.exists()
        && !args.create
    {
        // A misspelt name must not be audited as an empty, faultless database.
        return Err(CommandError::File(path.display().to_string(), io::ErrorKind::NotFound.into()));
    }
    Ok(db::open(&location).await?)
}

/// `audit`
pub async fn audit(args: Database) -> Result<(), CommandError> {
    let db = opened(&args).await?;
    let report = audit::audit(&db).await?;
    db.close().await;
    let mut out = io::stdout().lock();
    for fault in &report.faults {
        writeln!(out, "{fault}")?;
    }
    let audit::Report { viewers, transactions, entries, faults } = &report;
    writeln!(out, "{viewers} viewers, {transactions} transactions, {entries} entries, {} faults", faults.len())?;
    if faults.is_empty() { Ok(()) } else { Err(CommandError::Faults(faults.len())) }
}

/// `migrate`
pub async fn migrate(args: Database) -> Result<(), CommandError> {
    // Opening brings the schema up to date.
    opened(&Database { create: true, ..args }).await?.close().await;
    writeln!(io::stdout(), "the schema is up to date")?;
    Ok(())
}

/// `backup`
pub async fn backup(args: WithFile) -> Result<(), CommandError> {
    let db = opened(&args.database).await?;
    backup::backup(&db, &args.file).await?;
    db.close().await;
    writeln!(io::stdout(), "written to {}", args.file.display())?;
    Ok(())
}

/// `export`
pub async fn export(args: WithFile) -> Result<(), CommandError> {
    let db = opened(&args.database).await?;
    let mut out = BufWriter::new(private(&args.file)?);
    let count = copy::export(&db, &mut out).await?;
    db.close().await;
    writeln!(io::stdout(), "{count} rows written to {}; the file holds signing keys", args.file.display())?;
    Ok(())
}

/// `import`
pub async fn import(args: WithFile) -> Result<(), CommandError> {
    let file = File::open(&args.file).map_err(|e| CommandError::File(args.file.display().to_string(), e))?;
    let db = opened(&Database { create: true, ..args.database }).await?;
    let count = copy::import(&db, BufReader::new(file)).await?;
    db.close().await;
    writeln!(io::stdout(), "{count} rows read; the books add up")?;
    Ok(())
}

/// `keys`
pub async fn keys(args: Keys) -> Result<(), CommandError> {
    let db = opened(&args.database).await?;
    let now_ms = SystemClock::default().now_ms();
    let mut out = io::stdout().lock();
    match args.action {
        KeyAction::List => {
            for key in keys::list(&db).await? {
                let state = key.retired_ms.map_or("in force".to_owned(), |ms| format!("retired at {ms}"));
                writeln!(out, "{} made at {}, {state}", key.kid, key.created_ms)?;
            }
        }
        KeyAction::Add => writeln!(out, "{}", keys::add(&db, now_ms).await?)?,
        KeyAction::Retire { kid } => {
            if !keys::retire(&db, &kid, now_ms).await? {
                return Err(CommandError::NoKey(kid));
            }
            writeln!(out, "{kid} is retired")?;
        }
    }
    db.close().await;
    Ok(())
}

fn private(path: &Path) -> Result<File, CommandError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| CommandError::File(path.display().to_string(), e))
}
