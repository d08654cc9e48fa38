//! Cross-origin rules. Nothing here ever allows credentials: the gate sets no cookie, so a page can only use what it
//! was given.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::Gate;
use crate::problem::Problem;

/// Which pages may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Every page: for a gate that only this machine can reach.
    Any,
    /// The gate's own pages and exactly these origins.
    Listed(Vec<String>),
}

/// Reads an `--allow-origin` value: scheme, host and port as a browser sends them, nothing else.
pub fn parse_origin(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    });
    if plain {
        Ok(text.to_owned())
    } else {
        Err("must be an origin in lower case such as https://drama.example, without a path".to_owned())
    }
}

/// For what anyone may read: manifests and the player's files.
pub async fn open(request: Request, next: Next) -> Response {
    let mut response =
        if request.method() == Method::OPTIONS { preflight_answer("GET, HEAD", "if-none-match, range") } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    response
}

/// For the API: answers preflights, refuses pages that are not allowed, labels answers for those that are.
pub async fn guard_api(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        // Not a browser, or the same origin in a method without Origin.
        return next.run(request).await;
    };
    let allowed = allowed(gate.origins(), &origin, request.headers());
    let preflight = request.method() == Method::OPTIONS;
    let mut response = match (&allowed, preflight) {
        (None, _) => Problem::new(StatusCode::FORBIDDEN, "origin-not-allowed", "This page may not use this gate").into_response(),
        (Some(_), true) => preflight_answer("GET, POST, PUT, DELETE", API_HEADERS),
        (Some(_), false) => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(value) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("cliff-viewer-token, retry-after, etag"));
    }
    response
}

/// The `Access-Control-Allow-Origin` value for `origin`, if it may call.
fn allowed(origins: &Origins, origin: &HeaderValue, headers: &HeaderMap) -> Option<HeaderValue> {
    match origins {
        Origins::Any => Some(HeaderValue::from_static("*")),
        Origins::Listed(list) => {
            let text = origin.to_str().ok()?;
            let listed = list.iter().any(|o| o == text);
            // A browser sends Origin to its own origin too. Host cannot be set by a page.
            let own = headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
                .is_some_and(|host| text.split_once("://").is_some_and(|(_, authority)| authority == host));
            (listed || own).then(|| origin.clone())
        }
    }
}

const API_HEADERS: &str = "authorization, content-type, idempotency-key, cliff-protocol";

fn preflight_answer(methods: &'static str, allowed: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}
