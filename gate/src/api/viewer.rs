//! Who asks: `Authorization: Bearer <viewer token>`.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::Gate;
use crate::problem::Problem;
use crate::shop::viewers::{self, Stored};
use crate::token::{Refusal, ViewerClaims, viewer as token};

/// Carries a fresh token when the one that was sent is past half its life.
pub const RENEWED: HeaderName = HeaderName::from_static("cliff-viewer-token");

/// The viewer who asks; 401 without one.
#[derive(Debug, Clone)]
pub struct Viewer(pub Stored);

/// The viewer who asks, if any. A token that is sent must be good: a bad one is 401 here too.
#[derive(Debug, Clone)]
pub struct MaybeViewer(pub Option<Stored>);

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "viewer-required", "Send a viewer token: Authorization: Bearer ..."))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeViewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Viewer>().map(|v| v.0.clone())))
    }
}

/// Finds out who asks, before any handler runs.
pub async fn identify(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let Some(header) = request.headers().get(header::AUTHORIZATION) else {
        return next.run(request).await;
    };
    let token = header.to_str().ok().and_then(bearer).map(str::to_owned);
    let (claims, stored) = match known(&gate, token.as_deref()).await {
        Ok(known) => known,
        Err(problem) => return problem.into_response(),
    };
    if let Err(problem) = gate.limits().viewer(&stored.id) {
        return problem.into_response();
    }
    let id = stored.id.clone();
    request.extensions_mut().insert(Viewer(stored));
    let mut response = next.run(request).await;
    // Answers without a body too: they may carry a token.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let now_s = gate.now_ms() / 1000;
    // Not after a request that made the viewer's tokens void.
    if claims.is_worn(now_s) && response.status().is_success() && still(&gate, &id, claims.epo).await {
        let fresh = token::sign(&gate.keys(), &ViewerClaims::new(gate.issuer(), &id, claims.epo, now_s));
        let value = fresh.ok().and_then(|token| HeaderValue::from_str(&token).ok());
        response.headers_mut().extend(value.map(|value| (RENEWED, value)));
    }
    response
}

/// The token in `Bearer <token>`.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

async fn known(gate: &Gate, token: Option<&str>) -> Result<(ViewerClaims, Stored), Problem> {
    let invalid = || Problem::new(StatusCode::UNAUTHORIZED, "token-invalid", "The viewer token is not valid");
    let claims = token::verify(&gate.keys(), gate.issuer(), token.ok_or_else(invalid)?, gate.now_ms() / 1000).map_err(|e| match e {
        Refusal::Expired => Problem::new(StatusCode::UNAUTHORIZED, "token-expired", "The viewer token has expired"),
        _ => invalid(),
    })?;
    let stored = viewers::find(gate.db(), &claims.sub).await?.filter(|v| v.epoch == claims.epo).ok_or_else(Problem::viewer_gone)?;
    Ok((claims, stored))
}

async fn still(gate: &Gate, id: &str, epoch: u64) -> bool {
    matches!(viewers::find(gate.db(), id).await, Ok(Some(viewer)) if viewer.epoch == epoch)
}
