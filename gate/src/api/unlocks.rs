//! `POST /v1/unlocks`: the one request that spends.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Json;
use super::json_text;
use super::viewer::Viewer;
use crate::access::Decision;
use crate::app::Gate;
use crate::authoring::Money;
use crate::grant::{self, Caps, Grant};
use crate::problem::Problem;
use crate::shop::idempotency::{Kept, Once};
use crate::shop::ledger::Wallet;
use crate::shop::unlock::{self, Receipt};
use crate::token::{QuoteClaims, quote};

/// A purchase with coins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockRequest {
    /// The quote from `/v1/play` or `/v1/quotes`.
    pub quote: String,
    /// What the viewer saw when they agreed.
    #[serde(default)]
    pub confirm: Confirm,
}

/// What the viewer saw when they agreed. What is said here must be what the quote says.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Confirm {
    /// The price in coins that was shown.
    pub shown_coins: Option<u32>,
    /// The price in money that was shown.
    pub shown_money: Option<Money>,
    /// No tap was made: the viewer allowed it before, and could undo it.
    #[serde(default)]
    pub auto: bool,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlockAnswer {
    /// The gate's clock, milliseconds since the epoch.
    pub server_now_ms: u64,
    /// The receipt.
    pub receipt: Receipt,
    /// The wallet after it.
    pub wallet: Wallet,
    /// The way to the episode at which the viewer stands.
    pub grant: Option<Grant>,
}

/// Spends coins on what a quote names.
///
/// The same key and body give the same answer for a day, without a second charge.
#[utoipa::path(post, path = "/v1/unlocks", tag = "coins", request_body = UnlockRequest, security(("viewer" = [])),
    params(("Idempotency-Key" = String, Header, description = "One for each tap", pattern = "^[A-Za-z0-9_-]{16,64}$")),
    responses((status = 201, body = UnlockAnswer),
        (status = 400, description = "`quote-invalid`, `idempotency-key-required`, `invalid-request`"),
        (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`"),
        (status = 402, description = "`insufficient-coins`"),
        (status = 403, description = "`limit-reached`, `auto-unlock-off`"),
        (status = 404, description = "`not-found`"),
        (status = 409, description = "`quote-expired`, with a fresh quote"),
        (status = 422, description = "`idempotency-conflict`, `price-mismatch`"),
        (status = 425, description = "`too-early`")))]
pub async fn unlock(
    State(gate): State<Gate>,
    Viewer(viewer): Viewer,
    headers: HeaderMap,
    ask: Json<UnlockRequest>,
) -> Result<Response, Problem> {
    let once = Once::read(&headers, "/v1/unlocks", &ask.raw)?;
    let claims = quote::verify(&gate.keys(), gate.issuer(), &ask.value.quote)
        .ok()
        .filter(|claims| claims.sub == viewer.id)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "quote-invalid", "This is not a quote for this viewer"))?;
    agreed(&claims, &ask.value.confirm)?;
    let id = viewer.id.as_str();
    let kept = unlock::unlock(&gate, &claims, ask.value.confirm.auto, &once, |series, episode, receipt, wallet, decision| {
        let grant = match decision {
            Decision::Allowed { source, until_ms } => {
                Some(grant::mint(&gate, Some(id), series, episode, (source, until_ms), &Caps::default())?)
            }
            _ => None,
        };
        let answer = UnlockAnswer { server_now_ms: gate.now_ms(), receipt: receipt.clone(), wallet, grant };
        let body = serde_json::to_string(&answer).map_err(|_| Problem::internal())?;
        Ok(Kept { status: StatusCode::CREATED, body })
    })
    .await?;
    Ok(json_text(kept.status, kept.body))
}

fn agreed(claims: &QuoteClaims, confirm: &Confirm) -> Result<(), Problem> {
    let coins = confirm.shown_coins.is_none_or(|shown| shown == claims.coins);
    let money = confirm.shown_money.as_ref().is_none_or(|shown| shown.amount == claims.amt && shown.currency == claims.cur);
    if coins && money {
        return Ok(());
    }
    let problem =
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "price-mismatch", "The price that was shown is not the price of the quote");
    Err(problem.with("coins", claims.coins))
}
