//! Errors of the API: `application/problem+json` (RFC 9457). `code` is the stable name that programs compare.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// One problem.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
}

impl Problem {
    /// A problem with the stable name `code`.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        let mut members = Map::new();
        members.insert("type".into(), json!(format!("urn:cliffhanger:problem:{code}")));
        members.insert("title".into(), json!(title));
        members.insert("status".into(), json!(status.as_u16()));
        members.insert("code".into(), json!(code));
        Self { status, members }
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }

    /// The one answer for what does not exist and for what may not be known to exist.
    pub fn not_found(instance: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here").with("instance", instance)
    }

    /// A fault of ours. The cause goes to the log, not to the client.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The gate failed")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(Value::Object(self.members).to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
