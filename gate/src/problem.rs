//! Errors of the API: `application/problem+json` (RFC 9457). `code` is the stable name that programs compare.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::db::DbError;

/// One problem.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
    /// Seconds.
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with the stable name `code`.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        let mut members = Map::new();
        members.insert("type".into(), json!(format!("urn:cliffhanger:problem:{code}")));
        members.insert("title".into(), json!(title));
        members.insert("status".into(), json!(status.as_u16()));
        members.insert("code".into(), json!(code));
        Self { status, members, retry_after: None }
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }

    /// Adds the members of a JSON object.
    #[must_use]
    pub fn with_all(mut self, object: impl Serialize) -> Self {
        if let Ok(Value::Object(members)) = serde_json::to_value(object) {
            self.members.extend(members);
        }
        self
    }

    /// Says when to come again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The one answer for what does not exist and for what may not be known to exist.
    pub fn not_found(instance: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here").with("instance", instance)
    }

    /// The viewer was deleted or has become another one.
    pub fn viewer_gone() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "token-invalid", "The viewer token is not valid")
    }

    /// What the answer needs is away for now. Nothing was done, or a repeated request finds out what was.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The gate cannot answer now").retry_after(2)
    }

    /// A fault of ours. The cause goes to the log, not to the client.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The gate failed")
    }
}

impl From<DbError> for Problem {
    /// The cause goes to the log. A database that is away, busy or full may be back soon.
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "the database failed");
        if error.passes() { Self::unavailable() } else { Self::internal() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(Value::Object(self.members).to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
