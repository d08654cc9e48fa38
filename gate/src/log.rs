//! The log. It names routes, never addresses: an address under `/p/` is a key to an episode.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::EnvFilter;

use crate::telemetry;

/// Writes the log to standard error. `CLIFFHANGER_LOG` sets the level, for example `debug`;
/// `CLIFFHANGER_LOG_FORMAT=json` writes one JSON object a line, with the time.
pub fn start() {
    let filter = EnvFilter::try_from_env("CLIFFHANGER_LOG").unwrap_or_else(|_| EnvFilter::new("warn,cliffhanger_gate=info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Fails only when a log is already set up, as in tests.
    let _ = match std::env::var("CLIFFHANGER_LOG_FORMAT").as_deref() {
        Ok("json") => lines.json().try_init(),
        _ => lines.without_time().try_init(),
    };
}

/// One line for each request: method, route, status, time to the head of the answer.
pub async fn requests(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
    let response = next.run(request).await;
    let route = route.as_deref().unwrap_or("(site)");
    telemetry::answered(route, response.status().as_u16(), started.elapsed().as_secs_f64());
    tracing::debug!(
        %method,
        route,
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}
