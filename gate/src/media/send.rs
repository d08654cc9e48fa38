//! Sends a file: conditional requests, one range, streaming in chunks.

use std::io::{self, Seek as _, SeekFrom};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

use super::open::{Opened, open_regular};
use super::place::Place;
use super::range::{self, ByteRange, Wanted};
use super::shelf::{Object, Unread};

/// How much is read at once, in bytes.
const CHUNK: usize = 128 * 1024;

/// What to send and how to label it.
#[derive(Debug)]
pub struct FileReply {
    /// Where it is; a path without symbolic links.
    pub place: Place,
    /// First part of the `ETag`; length and time of change follow.
    pub tag: String,
    /// `Cache-Control`.
    pub cache_control: String,
    /// `Content-Type`.
    pub content_type: &'static str,
}

enum Plan {
    NotModified(String),
    Unsatisfiable(u64),
    Send { source: Source, len: u64, etag: String, range: Option<ByteRange> },
}

enum Source {
    /// Open, and at the first byte that is wanted.
    File(Opened),
    Object(Object),
}

impl Plan {
    /// What `headers` ask for, of a file that is `len` long and whose tag is `etag`.
    fn of(headers: &HeaderMap, head: bool, source: Source, len: u64, etag: String) -> Self {
        if not_modified(headers, &etag) {
            return Self::NotModified(etag);
        }
        // RFC 9110, 14.2: Range means something for GET alone; 13.1.5: and only while If-Range still matches.
        let whole = head || headers.get(header::IF_RANGE).is_some_and(|v| v.as_bytes() != etag.as_bytes());
        match if whole { Wanted::Whole } else { range::wanted(headers, len) } {
            Wanted::Whole => Self::Send { source, len, etag, range: None },
            Wanted::Part(range) => Self::Send { source, len, etag, range: Some(range) },
            Wanted::Unsatisfiable => Self::Unsatisfiable(len),
        }
    }
}

/// Answers a GET or HEAD for a file. `Err` when it cannot be opened, which means 404 to the client.
pub async fn send(method: &Method, headers: &HeaderMap, reply: FileReply) -> io::Result<Response> {
    let head = method == Method::HEAD;
    let FileReply { place, tag, cache_control, content_type } = reply;
    let etag = move |len: u64, modified_ms: u64| format!("\"{tag}-{len:x}-{modified_ms:x}\"");
    let plan = match place {
        Place::Disk(path) => {
            let headers = headers.clone();
            let open = move || {
                let opened = open_regular(&path)?;
                let (len, etag) = (opened.len, etag(opened.len, opened.modified_ms));
                let mut plan = Plan::of(&headers, head, Source::File(opened), len, etag);
                if let Plan::Send { source: Source::File(opened), range: Some(range), .. } = &mut plan {
                    opened.file.seek(SeekFrom::Start(range.first))?;
                }
                Ok::<_, io::Error>(plan)
            };
            tokio::task::spawn_blocking(open).await.map_err(io::Error::other)??
        }
        Place::Object(object) => {
            let (len, etag) = (object.len(), etag(object.len(), object.modified_ms()));
            Plan::of(headers, head, Source::Object(object), len, etag)
        }
    };
    let mut response = match plan {
        Plan::NotModified(etag) => labelled(StatusCode::NOT_MODIFIED, Body::empty(), &etag),
        Plan::Unsatisfiable(len) => {
            let mut response = super::refusal(StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable");
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{len}"));
            return Ok(response);
        }
        Plan::Send { source, len, etag, range } => {
            let length = range.map_or(len, ByteRange::length);
            let body = match source {
                _ if head => Body::empty(),
                Source::File(opened) => stream_body(opened, length),
                Source::Object(object) => match object.stream(range).await {
                    Ok(stream) => Body::from_stream(stream),
                    Err(error @ Unread::Gone) => return Err(io::Error::new(io::ErrorKind::NotFound, error)),
                    Err(error @ Unread::Away(_)) => {
                        tracing::warn!(%error, key = object.key(), "an object cannot be read");
                        return Ok(away());
                    }
                },
            };
            let mut response = labelled(range.map_or(StatusCode::OK, |_| StatusCode::PARTIAL_CONTENT), body, &etag);
            if let Some(ByteRange { first, last }) = range {
                set(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{len}"));
            }
            set(&mut response, header::CONTENT_LENGTH, &length.to_string());
            response
        }
    };
    set(&mut response, header::CACHE_CONTROL, &cache_control);
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if response.status() != StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    Ok(response)
}

/// The object store does not answer.
fn away() -> Response {
    let mut response = super::refusal(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// RFC 9110, 13.1.2: weak comparison with each listed tag.
pub fn not_modified(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .any(|v| v == "*" || v.strip_prefix("W/").unwrap_or(v) == etag)
}

fn stream_body(opened: Opened, length: u64) -> Body {
    let file = tokio::fs::File::from_std(opened.file);
    Body::from_stream(stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let want = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut buffer = vec![0; want];
        let got = file.read(&mut buffer).await?;
        if got == 0 {
            // The file became shorter under us: break the connection, so that nobody takes this for the end.
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        buffer.truncate(got);
        let left = left.saturating_sub(got as u64);
        Ok(Some((Bytes::from(buffer), (file, left))))
    }))
}

fn labelled(status: StatusCode, body: Body, etag: &str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set(&mut response, header::ETAG, etag);
    response
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    // All values are made here from grammar-checked names and numbers.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
