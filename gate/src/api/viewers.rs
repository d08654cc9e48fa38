//! `POST /v1/viewers`: an anonymous viewer. The player makes one when somebody first meets the wall, never before.
//! `POST /v1/viewers/exchange`: a viewer whom a host site knows.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Json;
use super::json;
use super::viewer::{MaybeViewer, Viewer};
use crate::app::Gate;
use crate::problem::Problem;
use crate::shop::viewers::{self, Stored};
use crate::shop::{ledger, merge, revocations};
use crate::token::{ViewerClaims, viewer as token};

/// A viewer's token. Keep it; send it as `Authorization: Bearer`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewViewer {
    /// The token.
    pub viewer_token: String,
    /// It expires here unless it is used, milliseconds since the epoch.
    pub expires_ms: u64,
}

/// A token for `viewer`.
pub fn token_for(gate: &Gate, viewer: &Stored) -> Result<NewViewer, Problem> {
    let claims = ViewerClaims::new(gate.issuer(), &viewer.id, viewer.epoch, gate.now_ms() / 1000);
    let viewer_token = token::sign(&gate.keys(), &claims).map_err(|error| {
        tracing::error!(%error, "a viewer token cannot be signed");
        Problem::internal()
    })?;
    Ok(NewViewer { viewer_token, expires_ms: claims.exp.saturating_mul(1000) })
}

/// Makes an anonymous viewer.
#[utoipa::path(post, path = "/v1/viewers", tag = "viewers",
    responses((status = 201, body = NewViewer), (status = 401, description = "`token-invalid`, `token-expired`"), (status = 429, description = "`rate-limited`")))]
pub async fn create(State(gate): State<Gate>) -> Result<Response, Problem> {
    let viewer = viewers::create(gate.db(), gate.now_ms()).await?;
    json(StatusCode::CREATED, &token_for(&gate, &viewer)?)
}

/// A host site's login.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExchangeRequest {
    /// A JWT of a host site that the operator wrote down.
    pub host_jwt: String,
}

/// The host site's viewer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exchanged {
    /// The token to use from now on.
    #[serde(flatten)]
    pub token: NewViewer,
    /// Whether the anonymous viewer who asked was merged into it; that viewer's own token is void then.
    pub merged: bool,
}

/// Exchanges a host site's login for a viewer token. An anonymous viewer whose token is sent along is merged into the host's
/// viewer: coins, episodes and payments move.
#[utoipa::path(post, path = "/v1/viewers/exchange", tag = "viewers", request_body = ExchangeRequest, security((), ("viewer" = [])),
    responses((status = 200, body = Exchanged), (status = 400, description = "`invalid-request`"),
        (status = 401, description = "`host-login-invalid`, `token-invalid`, `token-expired`"), (status = 409, description = "`in-flight`")))]
pub async fn exchange(State(gate): State<Gate>, MaybeViewer(guest): MaybeViewer, ask: Json<ExchangeRequest>) -> Result<Response, Problem> {
    let now_ms = gate.now_ms();
    let Some(login) = gate.hosts().login(&ask.value.host_jwt, now_ms / 1000) else {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "host-login-invalid", "This is not a login of a host this gate believes"));
    };
    let (viewer, merged) = merge::log_in(gate.db(), &login.issuer, &login.subject, guest.as_ref(), now_ms).await?;
    json(StatusCode::OK, &Exchanged { token: token_for(&gate, &viewer)?, merged })
}

/// Voids every token of the viewer: this one, those on other devices, and the addresses they opened.
#[utoipa::path(post, path = "/v1/viewers/revoke", tag = "viewers", security(("viewer" = [])),
    responses((status = 204), (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`")))]
pub async fn revoke(State(gate): State<Gate>, Viewer(viewer): Viewer) -> Result<StatusCode, Problem> {
    let now_ms = gate.now_ms();
    let mut tx = gate.db().begin().await?;
    if !ledger::lock(&mut tx, &viewer.id, now_ms).await? {
        return Err(Problem::viewer_gone());
    }
    viewers::revoke_tokens(&mut tx, &viewer.id).await?;
    revocations::add(&mut tx, &gate.pseudonym(&viewer.id), "", "", now_ms).await?;
    tx.commit().await?;
    gate.reload_revocations().await?;
    Ok(StatusCode::NO_CONTENT)
}
