//! `POST /v1/callbacks/webhook/{provider}`: where providers speak. No browser has business here.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::fulfil::{self, Outcome};
use crate::api::body::{invalid, too_large};
use crate::api::{Named, json};
use crate::app::Gate;
use crate::problem::Problem;

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// Whether it changed anything; a repeated message does not.
    pub applied: bool,
}

/// Takes in a provider's message. It is signed over its raw bytes: `Cliff-Signature: t=<seconds>,v1=<HMAC-SHA256 in hex>`.
#[utoipa::path(post, path = "/v1/callbacks/webhook/{provider}", tag = "payments", params(("provider" = String, Path)), request_body = String,
    responses((status = 200, body = Received), (status = 400, description = "`signature-invalid`, `invalid-request`"), (status = 404, description = "`not-found`"),
        (status = 409, description = "`in-flight`"), (status = 422, description = "`amount-mismatch`")))]
pub async fn webhook(
    State(gate): State<Gate>,
    Named(provider): Named,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => invalid("the body could not be read"),
    })?;
    receive(&gate, &provider, &headers, &body).await
}

/// The same, without a connection.
pub async fn receive(gate: &Gate, provider: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response, Problem> {
    let provider = gate.provider(Some(provider)).ok_or_else(|| Problem::not_found("/v1/callbacks/webhook"))?;
    let event = provider.read(headers, body, gate.wall_ms())?;
    let outcome = fulfil::take_in(gate, provider.name(), &event).await?;
    json(StatusCode::OK, &Received { applied: outcome == Outcome::Applied })
}
