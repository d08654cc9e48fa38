//! `/v1/me`: the viewer's own affairs.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Json, invalid};
use super::viewer::Viewer;
use super::{Named, json};
use crate::app::Gate;
use crate::db::Tx;
use crate::db::sql::args;
use crate::problem::Problem;
use crate::shop::auto::{self, Allowance, MOST_COINS, MOST_EPISODES};
use crate::shop::ledger::{self, Entry, Wallet};
use crate::shop::{revocations, viewers};

/// What the gate knows of a viewer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The viewer's id.
    pub viewer: String,
    /// `anonymous` or `host`.
    pub kind: String,
    /// The viewer's coins.
    pub wallet: Wallet,
    /// The viewer's own limits.
    pub limits: Limits,
    /// Since when, milliseconds since the epoch.
    pub created_ms: u64,
}

/// Limits that a viewer sets for themselves.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Limits {
    /// The most coins to be spent in any 24 hours; `null` for no limit.
    #[schema(maximum = 1_000_000)]
    pub coins_per_day: Option<u32>,
}

/// A page of the statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statement {
    /// The viewer's coins now.
    pub wallet: Wallet,
    /// Lines, newest first.
    pub entries: Vec<Entry>,
    /// Pass it as `before` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Lines, 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Only lines older than this one.
    #[param(pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    before: Option<String>,
}

/// What the gate knows of the viewer.
#[utoipa::path(get, path = "/v1/me", tag = "me", security(("viewer" = [])),
    responses((status = 200, body = Me), (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`")))]
pub async fn me(State(gate): State<Gate>, Viewer(viewer): Viewer) -> Result<Response, Problem> {
    let wallet = ledger::wallet(gate.db(), &viewer.id).await?;
    let limits = Limits { coins_per_day: viewer.coins_per_day.and_then(|n| u32::try_from(n).ok()) };
    json(StatusCode::OK, &Me { viewer: viewer.id, kind: viewer.kind, wallet, limits, created_ms: viewer.created_ms })
}

/// The viewer's statement, newest first.
#[utoipa::path(get, path = "/v1/me/ledger", tag = "me", params(Page), security(("viewer" = [])),
    responses((status = 200, body = Statement), (status = 400, description = "`invalid-request`"),
        (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`")))]
pub async fn statement(
    State(gate): State<Gate>,
    Viewer(viewer): Viewer,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(page) = page.map_err(|e| invalid(e.body_text()))?;
    let limit = page.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(invalid("limit must be between 1 and 100"));
    }
    if page.before.as_ref().is_some_and(|b| b.parse::<ulid::Ulid>().is_err()) {
        return Err(invalid("before must be the id of a line"));
    }
    let mut entries = ledger::statement(gate.db(), &viewer.id, page.before.as_deref(), limit.saturating_add(1)).await?;
    let more = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        entries.pop();
    }
    let next = more.then(|| entries.last().map(|e| e.id.clone())).flatten();
    let wallet = ledger::wallet(gate.db(), &viewer.id).await?;
    json(StatusCode::OK, &Statement { wallet, entries, next })
}

/// Sets the viewer's own limits.
#[utoipa::path(put, path = "/v1/me/limits", tag = "me", request_body = Limits, security(("viewer" = [])),
    responses((status = 200, body = Limits), (status = 400, description = "`invalid-request`"),
        (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`")))]
pub async fn limits(State(gate): State<Gate>, Viewer(viewer): Viewer, ask: Json<Limits>) -> Result<Response, Problem> {
    if ask.value.coins_per_day.is_some_and(|n| n > 1_000_000) {
        return Err(invalid("coinsPerDay: at most 1000000"));
    }
    let mut tx = locked(&gate, &viewer.id).await?;
    let limit = ask.value.coins_per_day.map(u64::from);
    tx.run("UPDATE viewer SET coins_per_day = $2 WHERE id = $1", &args![&viewer.id, limit]).await?;
    tx.commit().await?;
    json(StatusCode::OK, &ask.value)
}

/// Allows episodes of a series to be unlocked without a tap, up to a number of episodes and of coins.
#[utoipa::path(put, path = "/v1/me/auto-unlock/{series}", tag = "me", request_body = Allowance, params(("series" = String, Path)), security(("viewer" = [])),
    responses((status = 200, body = Allowance), (status = 400, description = "`invalid-request`"),
        (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`"), (status = 404, description = "`not-found`")))]
pub async fn allow_auto(
    State(gate): State<Gate>,
    Viewer(viewer): Viewer,
    Named(series): Named,
    ask: Json<Allowance>,
) -> Result<Response, Problem> {
    if !gate.catalog().series.contains_key(&series) {
        return Err(Problem::not_found("/v1/me/auto-unlock"));
    }
    let allowance = ask.value;
    if !(1..=MOST_EPISODES).contains(&allowance.episodes) || !(1..=MOST_COINS).contains(&allowance.coins) {
        return Err(invalid(format!("episodes: 1 to {MOST_EPISODES}; coins: 1 to {MOST_COINS}")));
    }
    let mut tx = locked(&gate, &viewer.id).await?;
    auto::set(&mut tx, &viewer.id, &series, Some(allowance), gate.now_ms()).await?;
    tx.commit().await?;
    json(StatusCode::OK, &allowance)
}

/// Turns unlocking without a tap off.
#[utoipa::path(delete, path = "/v1/me/auto-unlock/{series}", tag = "me", params(("series" = String, Path)), security(("viewer" = [])),
    responses((status = 204), (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`")))]
pub async fn stop_auto(State(gate): State<Gate>, Viewer(viewer): Viewer, Named(series): Named) -> Result<StatusCode, Problem> {
    let mut tx = locked(&gate, &viewer.id).await?;
    auto::set(&mut tx, &viewer.id, &series, None, gate.now_ms()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the viewer: every token is void, coins that are left are forfeited, and the books keep only numbers.
#[utoipa::path(delete, path = "/v1/me", tag = "me", security(("viewer" = [])),
    responses((status = 202), (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`")))]
pub async fn delete(State(gate): State<Gate>, Viewer(viewer): Viewer) -> Result<StatusCode, Problem> {
    let mut tx = locked(&gate, &viewer.id).await?;
    viewers::forget(&mut tx, &viewer.id, gate.now_ms()).await?;
    revocations::add(&mut tx, &gate.pseudonym(&viewer.id), "", "", gate.now_ms()).await?;
    tx.commit().await?;
    gate.reload_revocations().await?;
    Ok(StatusCode::ACCEPTED)
}

async fn locked(gate: &Gate, viewer: &str) -> Result<Tx, Problem> {
    let mut tx = gate.db().begin().await?;
    if ledger::lock(&mut tx, viewer, gate.now_ms()).await? { Ok(tx) } else { Err(Problem::viewer_gone()) }
}
