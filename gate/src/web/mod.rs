//! Everything that is neither API nor media: the page, static files, CORS.

pub mod cors;
pub mod files;
pub mod html;
pub mod oembed;
pub mod page;
pub mod schema;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use crate::problem::Problem;

/// 405 for an API route that takes only `allow`.
pub fn method_not_allowed(allow: &'static str) -> Response {
    let mut response =
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This method is not for this address").into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

/// How long an API request may take, its body included.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of that may be the gate's own doing: less than the player waits.
pub const ANSWER: Duration = Duration::from_secs(8);

/// Since when the gate has all it asked the client for; `None` while it waits for the client.
type Since = Arc<Mutex<Option<Instant>>>;

/// Ends an API request that takes too long. A client that sends its body a byte at a time is told so; where the gate
/// itself waits, for a database that does not answer, it says that. A purchase that is cut off happened wholly or not at
/// all.
pub async fn in_time(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let since: Since = Arc::new(Mutex::new(Some(began)));
    let watched = Arc::clone(&since);
    let request = match request.body().is_end_stream() {
        true => request,
        false => request.map(|body| Body::from_stream(watch(body, watched))),
    };
    let mut answer = std::pin::pin!(next.run(request));
    let mut end = began + ANSWER;
    loop {
        if let Ok(response) = timeout_at(end, &mut answer).await {
            return response;
        }
        let now = Instant::now();
        let working = *since.lock().unwrap_or_else(PoisonError::into_inner);
        end = working.map_or(began + PATIENCE, |since| since + ANSWER);
        if end <= now {
            break match working {
                None => Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The request took too long"),
                Some(_) => {
                    tracing::error!("a request was not answered in time");
                    Problem::unavailable()
                }
            }
            .into_response();
        }
    }
}

/// The data of `body`; `since` tells whether it is waited for.
fn watch(body: Body, since: Since) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let mut data = body.into_data_stream();
    stream::poll_fn(move |context| {
        let polled = data.poll_next_unpin(context);
        *since.lock().unwrap_or_else(PoisonError::into_inner) = polled.is_ready().then(Instant::now);
        polled
    })
}
