//! Request bodies: a JSON object with exactly the members that are expected.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::Problem;

/// A body that was read strictly, and its bare JSON.
#[derive(Debug)]
pub struct Json<T> {
    /// What it says.
    pub value: T,
    /// The same, untyped.
    pub raw: Value,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.split(';').next())
            .is_some_and(|v| v.trim().eq_ignore_ascii_case("application/json"));
        if !json {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Send application/json"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|e| match e.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => invalid("the body could not be read"),
        })?;
        read(&body)
    }
}

/// The answer to a body over the limit.
pub fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request body is too large")
}

/// The answer to a request that is not exactly right; `detail` names the member.
pub fn invalid(detail: impl Into<String>) -> Problem {
    let detail: String = detail.into();
    Problem::new(StatusCode::BAD_REQUEST, "invalid-request", "The request is not valid")
        .with("detail", detail.chars().take(300).collect::<String>())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<Json<T>, Problem> {
    // Serde would fill a struct from an array too.
    if body.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(invalid("the body must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    // Typed first: a doubled member is seen here, while a bare value would keep the last of two.
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| invalid(e.to_string()))?;
    reader.end().map_err(|e| invalid(e.to_string()))?;
    let raw = serde_json::from_slice(body).map_err(|e| invalid(e.to_string()))?;
    Ok(Json { value, raw })
}
