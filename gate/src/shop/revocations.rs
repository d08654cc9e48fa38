//! Playback tokens that are void before they expire.
//!
//! A token is not recorded when it is made. What is recorded is that a viewer's tokens for an episode, a series or
//! everything are void when they are older than a moment; every gate holds these few rows in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::db::sql::args;
use crate::db::{Db, DbError, Tx};
use crate::token::PlayClaims;
use crate::token::play::MAX_LIFETIME;

/// The rows in force.
#[derive(Debug, Default)]
pub struct Revocations(RwLock<HashMap<String, Vec<Rule>>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    series: String,
    episode: String,
    before_ms: u64,
}

impl Revocations {
    /// Whether the token with `claims` is void.
    pub fn cover(&self, claims: &PlayClaims) -> bool {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(rules) = rules.get(&claims.sub) else { return false };
        // The id carries the time it was made, to the millisecond.
        let made_ms = claims.jti.parse::<ulid::Ulid>().map_or(0, |id| id.timestamp_ms());
        let fits = |name: &str, claim: &str| name.is_empty() || name == claim;
        rules.iter().any(|r| made_ms <= r.before_ms && fits(&r.series, &claims.ser) && fits(&r.episode, &claims.ep))
    }

    /// Reads the rows anew.
    pub async fn reload(&self, db: &Db, now_ms: u64) -> Result<(), DbError> {
        let sql = "SELECT pseudonym, series, episode, before_ms FROM revocation WHERE before_ms > $1";
        let rows = db.rows(sql, &args![oldest(now_ms)]).await?;
        let mut rules: HashMap<String, Vec<Rule>> = HashMap::new();
        for row in rows {
            let rule = Rule { series: row.text("series")?, episode: row.text("episode")?, before_ms: row.count("before_ms")? };
            rules.entry(row.text("pseudonym")?).or_default().push(rule);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rules;
        Ok(())
    }
}

/// Rows older than this cover no token that has not expired.
pub fn oldest(now_ms: u64) -> u64 {
    now_ms.saturating_sub(MAX_LIFETIME * 1000 + 60_000)
}

/// Voids what `pseudonym` holds for `episode` (empty: all) of `series` (empty: all). Every gate knows within five seconds.
pub async fn add(tx: &mut Tx, pseudonym: &str, series: &str, episode: &str, now_ms: u64) -> Result<(), DbError> {
    // Never to an earlier moment: this gate's clock may be behind another's, or behind what it was.
    let sql = "INSERT INTO revocation (pseudonym, series, episode, before_ms) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (pseudonym, series, episode) DO UPDATE SET before_ms = excluded.before_ms \
               WHERE revocation.before_ms < excluded.before_ms";
    tx.run(sql, &args![pseudonym, series, episode, now_ms]).await?;
    Ok(())
}
