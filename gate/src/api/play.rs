//! `POST /v1/play`: asks for the addresses of one episode. It never writes money; asking costs nothing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Json;
use super::json;
use super::viewer::MaybeViewer;
use crate::access::{self, Decision};
use crate::app::Gate;
use crate::grant::{self, Caps, Grant};
use crate::offers::{self, Standing};
use crate::problem::Problem;
use crate::shop::{auto, ledger, rights};

const INSTANCE: &str = "/v1/play";

/// A wish to watch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlayRequest {
    /// The series.
    pub series: String,
    /// The episode's id.
    pub episode: String,
    /// A preload is answered like a play, but a locked episode without quotes.
    #[serde(default)]
    pub intent: Intent,
    /// What the player can use.
    #[serde(default)]
    pub caps: Caps,
}

/// What the addresses are for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Intent {
    /// To be watched now.
    #[default]
    Play,
    /// To be prepared.
    Preload,
}

/// The way to the media.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayAnswer {
    /// The gate's clock, milliseconds since the epoch.
    pub server_now_ms: u64,
    /// The addresses.
    pub grant: Grant,
}

/// Asks for the addresses of one episode.
#[utoipa::path(post, path = "/v1/play", tag = "play", request_body = PlayRequest, security((), ("viewer" = [])),
    responses((status = 200, body = PlayAnswer), (status = 402, description = "`locked`", body = super::openapi::Locked, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`"), (status = 404, description = "`not-found`")))]
pub async fn play(State(gate): State<Gate>, MaybeViewer(viewer): MaybeViewer, ask: Json<PlayRequest>) -> Result<Response, Problem> {
    let ask = ask.value;
    let now_ms = gate.now_ms();
    let catalog = gate.catalog();
    let found = catalog.series.get(&ask.series).and_then(|series| Some((series, series.episode(&ask.episode)?)));
    let Some((series, episode)) = found else {
        return Err(Problem::not_found(INSTANCE));
    };
    let mut decision = access::decide(series, episode, now_ms);
    let mut standing = Standing::default();
    // Only a locked episode needs the database: what is free stays free when it is away.
    if let (Decision::Locked(_), Some(viewer)) = (decision, &viewer) {
        standing.owned = rights::owned(gate.db(), &viewer.id, &ask.series).await?;
        decision = access::decide_for(series, episode, Some(&standing.owned), now_ms);
    }
    crate::telemetry::play(&decision);
    match decision {
        Decision::Unavailable => Err(Problem::not_found(INSTANCE)),
        Decision::Locked(reason) => {
            if let Some(viewer) = &viewer {
                standing.wallet = ledger::wallet(gate.db(), &viewer.id).await?;
                standing.auto = auto::allowed(gate.db(), &viewer.id, &ask.series).await?;
            }
            standing.viewer = viewer.map(|v| v.id);
            Err(offers::locked(&gate, series, episode, reason, &standing, ask.intent == Intent::Preload)?)
        }
        Decision::Allowed { source, until_ms } => {
            let viewer = viewer.as_ref().map(|v| v.id.as_str());
            let grant = grant::mint(&gate, viewer, series, episode, (source, until_ms), &ask.caps)?;
            json(StatusCode::OK, &PlayAnswer { server_now_ms: now_ms, grant })
        }
    }
}
