//! Media over HTTP: `/p/<token>/...`, `/free/...`, `/poster/...`.
//!
//! The order is fixed: method, raw path grammar, token, prefix, asset table, range, stream. Nothing is opened before the
//! last but one, and no text from the URL ever becomes a file name.

pub mod open;
pub mod path;
pub mod place;
pub mod range;
pub mod send;
pub mod shelf;

use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use crate::access::{self, Decision};
use crate::app::Gate;
use crate::catalog::{Asset, AssetKind, Catalog};
use crate::token::{Refusal, play};
use send::FileReply;

/// Names the problem of a media answer, whose body is always empty.
pub const PROBLEM_HEADER: HeaderName = HeaderName::from_static("cliff-problem");

/// `/p/<token>/<series>/<content-key>/<file>`: media opened by a token.
pub async fn granted(State(gate): State<Gate>, request: Parts) -> Response {
    guard(&request, |raw, method, headers| {
        let parsed = path::parse_token_path(raw).ok_or(Refused::NOT_FOUND)?;
        let now_s = gate.now_ms() / 1000;
        let claims = play::verify(&gate.keys(), gate.issuer(), parsed.token, now_s).map_err(|e| match e {
            Refusal::Expired => Refused(StatusCode::UNAUTHORIZED, "token-expired"),
            _ => Refused(StatusCode::UNAUTHORIZED, "token-invalid"),
        })?;
        if !claims.covers(parsed.path) {
            return Err(Refused(StatusCode::FORBIDDEN, "path-not-granted"));
        }
        if gate.revocations().cover(&claims) {
            return Err(Refused(StatusCode::FORBIDDEN, "grant-revoked"));
        }
        let catalog = gate.catalog();
        let asset = find(&catalog, parsed.path, AssetKind::Media)?;
        let age = claims.remaining(now_s).min(3600);
        Ok((method, headers, reply(asset, parsed.path, format!("private, max-age={age}, no-transform"))))
    })
    .await
}

/// `/free/<series>/<content-key>/<file>`: media of an episode that is free at this moment.
pub async fn free(State(gate): State<Gate>, request: Parts) -> Response {
    guard(&request, |raw, method, headers| {
        let path = path::parse_plain_path("/free", raw).ok_or(Refused::NOT_FOUND)?;
        let catalog = gate.catalog();
        let asset = find(&catalog, path, AssetKind::Media)?;
        let Some(Decision::Allowed { until_ms, .. }) = decision(&catalog, asset, gate.now_ms()) else {
            return Err(Refused::NOT_FOUND);
        };
        let left = until_ms.map_or(3600, |until| until.saturating_sub(gate.now_ms()) / 1000);
        let age = left.min(3600);
        Ok((method, headers, reply(asset, path, format!("public, max-age={age}, no-transform"))))
    })
    .await
}

/// `/poster/<series>/<file>`: a poster of anything that is published.
pub async fn poster(State(gate): State<Gate>, request: Parts) -> Response {
    guard(&request, |raw, method, headers| {
        let path = path::parse_plain_path("/poster", raw).ok_or(Refused::NOT_FOUND)?;
        let catalog = gate.catalog();
        let asset = find(&catalog, path, AssetKind::Poster)?;
        if decision(&catalog, asset, gate.now_ms()) == Some(Decision::Unavailable) {
            return Err(Refused::NOT_FOUND);
        }
        Ok((method, headers, reply(asset, path, "public, max-age=3600".to_owned())))
    })
    .await
}

struct Refused(StatusCode, &'static str);

impl Refused {
    const NOT_FOUND: Self = Self(StatusCode::NOT_FOUND, "not-found");
}

type Planned<'a> = Result<(&'a Method, &'a HeaderMap, FileReply), Refused>;

/// Method first, then `plan`, then the file; and the headers that every media answer carries.
async fn guard<'a>(request: &'a Parts, plan: impl FnOnce(&'a str, &'a Method, &'a HeaderMap) -> Planned<'a>) -> Response {
    let mut response = match request.method {
        Method::GET | Method::HEAD => match plan(request.uri.path(), &request.method, &request.headers) {
            Ok((method, headers, reply)) => send::send(method, headers, reply).await.unwrap_or_else(|error| {
                // The path is the operator's, not the client's; there is no token in it.
                tracing::warn!(%error, "a file of the catalogue cannot be opened");
                refusal(StatusCode::NOT_FOUND, "not-found")
            }),
            Err(Refused(status, problem)) => {
                crate::telemetry::media_refused(problem);
                refusal(status, problem)
            }
        },
        // A preflight says nothing about the path, so it is answered before anything is looked at.
        Method::OPTIONS => preflight(),
        _ => {
            let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            response
        }
    };
    add_headers(response.headers_mut());
    response
}

fn find<'a>(catalog: &'a Catalog, path: &str, kind: AssetKind) -> Result<&'a Asset, Refused> {
    path.strip_prefix('/').and_then(|address| catalog.assets.get(address)).filter(|asset| asset.kind == kind).ok_or(Refused::NOT_FOUND)
}

/// What access says about the episode of `asset`; `None` when it belongs to no episode.
fn decision(catalog: &Catalog, asset: &Asset, now_ms: u64) -> Option<Decision> {
    let episode = asset.episode.as_ref()?;
    let series = catalog.series.get(&asset.series)?;
    let episode = series.episode(episode)?;
    Some(access::decide(series, episode, now_ms))
}

fn reply(asset: &Asset, path: &str, cache_control: String) -> FileReply {
    let address = path.strip_prefix('/').unwrap_or(path);
    FileReply {
        place: asset.place.clone(),
        tag: address.split_once('/').map_or(address, |(_, rest)| rest).to_owned(),
        cache_control,
        content_type: content_type(path),
    }
}

/// By the extension in the address, which the gate chose itself. Never by content.
pub fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "mp4" => "video/mp4",
        "m4s" => "video/iso.segment",
        "m3u8" => "application/vnd.apple.mpegurl",
        "ts" => "video/mp2t",
        "vtt" => "text/vtt; charset=utf-8",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

/// An answer without a body; the problem is in a header, because a media element cannot read a body.
pub fn refusal(status: StatusCode, problem: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(PROBLEM_HEADER, HeaderValue::from_static(problem));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("range"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

fn add_headers(headers: &mut HeaderMap) {
    let fixed = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "content-range, content-length, accept-ranges, etag, cliff-problem"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
