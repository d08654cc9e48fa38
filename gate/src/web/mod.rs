//! Everything that is neither API nor media: the page, static files, CORS.

pub mod cors;
pub mod files;
pub mod html;
pub mod oembed;
pub mod page;
pub mod schema;

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// 405 for an API route that takes only `allow`.
pub fn method_not_allowed(allow: &'static str) -> Response {
    let mut response =
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This method is not for this address").into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

/// How long an API request may take, its body included. A purchase that is cut off happened wholly or not at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends an API request that takes too long: a client that sends its body a byte at a time.
pub async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The request took too long").into_response(),
    }
}
