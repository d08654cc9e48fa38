//! `GET /v1/series/{id}/access`: what this viewer may watch.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::viewer::MaybeViewer;
use super::{Named, json};
use crate::access::{Decision, decide_for};
use crate::app::Gate;
use crate::offers::{Rest, rest};
use crate::problem::Problem;
use crate::shop::auto::{self, Allowance};
use crate::shop::ledger::{self, Wallet};
use crate::shop::rights;

/// What a viewer may watch of one series.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesAccess {
    /// The gate's clock, milliseconds since the epoch.
    pub server_now_ms: u64,
    /// The viewer's coins; zeros without a viewer.
    pub wallet: Wallet,
    /// Every published episode by id.
    pub episodes: BTreeMap<String, EpisodeState>,
    /// What the locked ones cost one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
    /// What the viewer allowed to be unlocked without a tap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_unlock: Option<Allowance>,
}

/// One episode.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EpisodeState {
    /// `free`, `granted` or `locked`.
    pub state: &'static str,
    /// Why it is granted: `coins` or `purchase`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// Why it is locked: `beyond-free` or `locked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// When that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
}

/// What this viewer may watch. Without a token: what anybody may.
#[utoipa::path(get, path = "/v1/series/{id}/access", tag = "viewers", params(("id" = String, Path)), security((), ("viewer" = [])),
    responses((status = 200, body = SeriesAccess), (status = 401, description = "`token-invalid`, `token-expired`"), (status = 404, description = "`not-found`")))]
pub async fn access(State(gate): State<Gate>, MaybeViewer(viewer): MaybeViewer, Named(id): Named) -> Result<Response, Problem> {
    let now_ms = gate.now_ms();
    let series = gate.catalog().series.get(&id).cloned().ok_or_else(|| Problem::not_found("/v1/series"))?;
    let (owned, wallet, auto_unlock) = match &viewer {
        Some(viewer) => (
            rights::owned(gate.db(), &viewer.id, &id).await?,
            ledger::wallet(gate.db(), &viewer.id).await?,
            auto::allowed(gate.db(), &viewer.id, &id).await?,
        ),
        None => Default::default(),
    };
    let mut episodes = BTreeMap::new();
    for episode in &series.episodes {
        let none = EpisodeState { state: "locked", source: None, reason: None, expires_ms: None };
        let state = match decide_for(&series, episode, Some(&owned), now_ms) {
            Decision::Unavailable => continue,
            Decision::Locked(reason) => EpisodeState { reason: Some(reason.name()), ..none },
            Decision::Allowed { source: crate::access::Source::Free, until_ms } => {
                EpisodeState { state: "free", expires_ms: until_ms, ..none }
            }
            Decision::Allowed { source, until_ms } => {
                EpisodeState { state: "granted", source: Some(source.name()), expires_ms: until_ms, ..none }
            }
        };
        episodes.insert(episode.id.clone(), state);
    }
    let rest = rest(&series, Some(&owned), now_ms);
    json(StatusCode::OK, &SeriesAccess { server_now_ms: now_ms, wallet, episodes, rest, auto_unlock })
}
