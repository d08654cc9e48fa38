//! `POST /v1/quotes`: a fresh price for one offer. It binds nobody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Json;
use super::json;
use super::viewer::Viewer;
use crate::access::{Decision, decide_for};
use crate::app::Gate;
use crate::authoring::Money;
use crate::problem::Problem;
use crate::shop::ledger::Wallet;
use crate::shop::{ledger, pricing, rights};

const INSTANCE: &str = "/v1/quotes";

/// What is to be priced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// The series.
    pub series: String,
    /// The episode at which the viewer stands.
    pub episode: String,
    /// The offer's id, one for coins.
    pub offer: String,
}

/// A price, good once, for this viewer, for five minutes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuoteAnswer {
    /// Send this to `/v1/unlocks`.
    pub quote: String,
    /// The offer.
    pub offer: String,
    /// The episodes it opens.
    pub lines: Vec<String>,
    /// The price.
    pub total: Total,
    /// Whether the wallet covers it.
    pub affordable: bool,
    /// The viewer's coins.
    pub wallet: Wallet,
    /// It holds until here, milliseconds since the epoch.
    pub expires_ms: u64,
}

/// A price.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// In coins.
    pub coins: u32,
    /// The same in money.
    pub money_equivalent: Money,
}

/// A fresh price for one offer.
#[utoipa::path(post, path = "/v1/quotes", tag = "coins", request_body = QuoteRequest, security(("viewer" = [])),
    responses((status = 200, body = QuoteAnswer), (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`"),
        (status = 404, description = "`not-found`: the series, the episode or the offer"), (status = 409, description = "`already-owned`: nothing is left to unlock")))]
pub async fn quote(State(gate): State<Gate>, Viewer(viewer): Viewer, ask: Json<QuoteRequest>) -> Result<Response, Problem> {
    let ask = ask.value;
    let now_ms = gate.now_ms();
    let catalog = gate.catalog();
    let found = catalog.series.get(&ask.series).and_then(|series| Some((series, series.episode(&ask.episode)?)));
    let Some((series, episode)) = found else { return Err(Problem::not_found(INSTANCE)) };
    let owned = rights::owned(gate.db(), &viewer.id, &ask.series).await?;
    if decide_for(series, episode, Some(&owned), now_ms) == Decision::Unavailable {
        return Err(Problem::not_found(INSTANCE));
    }
    let priced = pricing::priced(series, episode, &ask.offer, Some(&owned), now_ms).ok_or_else(|| Problem::not_found(INSTANCE))?;
    if priced.episodes.is_empty() {
        return Err(Problem::new(StatusCode::CONFLICT, "already-owned", "Nothing is left to unlock"));
    }
    let wallet = ledger::wallet(gate.db(), &viewer.id).await?;
    let (claims, signed) = pricing::quote(&gate, &viewer.id, series, episode, &priced)?;
    let answer = QuoteAnswer {
        quote: signed,
        offer: claims.off,
        affordable: wallet.total() >= u64::from(priced.coins),
        total: Total { coins: priced.coins, money_equivalent: priced.money.clone() },
        lines: priced.episodes,
        wallet,
        expires_ms: claims.exp.saturating_mul(1000),
    };
    json(StatusCode::OK, &answer)
}
