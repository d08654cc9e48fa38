//! The public manifest over HTTP, kept ready until the clock or the catalogue changes it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use crate::app::Gate;
use crate::catalog::Series;
use crate::problem::Problem;
use crate::{access, manifest, media, random};

/// Rendered manifests by series.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<String, Rendered>>);

#[derive(Clone)]
struct Rendered {
    /// The series it was made from: compared by address.
    of: Arc<Series>,
    made_ms: u64,
    /// The clock alone changes it at this time.
    until_ms: u64,
    body: Bytes,
    etag: String,
}

/// `GET /series/{id}.json`
pub async fn by_file(gate: State<Gate>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    match file.strip_suffix(".json") {
        Some(id) => by_id(gate, Path(id.to_owned()), headers).await,
        None => Problem::not_found("/series").into_response(),
    }
}

/// `GET /v1/series/{id}`
pub async fn by_id(State(gate): State<Gate>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let now_ms = gate.now_ms();
    let Some(series) = gate.catalog().series.get(&id).cloned() else {
        return Problem::not_found("/v1/series").into_response();
    };
    let rendered = match rendered(&gate, series, now_ms) {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::error!(%error, "a manifest cannot be written");
            return Problem::internal().into_response();
        }
    };
    let age = (rendered.until_ms.saturating_sub(now_ms) / 1000).min(60);
    let cache_control = format!("public, max-age={age}");
    let head = [(header::ETAG, HeaderValue::from_str(&rendered.etag)), (header::CACHE_CONTROL, HeaderValue::from_str(&cache_control))];
    let mut response = if media::send::not_modified(&headers, &rendered.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (kind, rendered.body).into_response()
    };
    for (name, value) in head {
        response.headers_mut().extend(value.ok().map(|value| (name, value)));
    }
    response
}

fn rendered(gate: &Gate, series: Arc<Series>, now_ms: u64) -> serde_json::Result<Rendered> {
    let mut cache = gate.manifests().0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = cache.get(&series.info.id) {
        let fresh = Arc::ptr_eq(&found.of, &series) && (found.made_ms..found.until_ms).contains(&now_ms);
        if fresh {
            return Ok(found.clone());
        }
    }
    let body = manifest::render(&series, now_ms, gate.links())?;
    let hash = Sha256::digest(&body);
    let made = Rendered {
        made_ms: now_ms,
        until_ms: access::next_change(&series, now_ms).unwrap_or(u64::MAX),
        etag: format!("\"{}\"", random::hex(hash.get(..12).unwrap_or_default())),
        body: body.into(),
        of: series,
    };
    cache.insert(made.of.info.id.clone(), made.clone());
    Ok(made)
}
