//! Sends a file: conditional requests, one range, streaming in chunks.

use std::io::{self, Seek as _, SeekFrom};
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

use super::open::{Opened, open_regular};
use super::range::{self, ByteRange, Wanted};

/// How much is read at once, in bytes.
const CHUNK: usize = 128 * 1024;

/// What to send and how to label it.
#[derive(Debug)]
pub struct FileReply {
    /// Absolute path without symbolic links.
    pub path: PathBuf,
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
    Whole(Opened, String),
    Part(Opened, String, ByteRange),
}

/// Answers a GET or HEAD for a file. `Err` when it cannot be opened, which means 404 to the client.
pub async fn send(method: &Method, headers: &HeaderMap, reply: FileReply) -> io::Result<Response> {
    let head = method == Method::HEAD;
    let FileReply { path, tag, cache_control, content_type } = reply;
    let headers = headers.clone();
    let plan = tokio::task::spawn_blocking(move || plan(&path, &tag, &headers, head)).await.map_err(io::Error::other)??;
    let mut response = match plan {
        Plan::NotModified(etag) => labelled(StatusCode::NOT_MODIFIED, Body::empty(), &etag),
        Plan::Unsatisfiable(len) => {
            let mut response = super::refusal(StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable");
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{len}"));
            return Ok(response);
        }
        Plan::Whole(opened, etag) => {
            let len = opened.len;
            let body = if head { Body::empty() } else { stream_body(opened, len) };
            let mut response = labelled(StatusCode::OK, body, &etag);
            set(&mut response, header::CONTENT_LENGTH, &len.to_string());
            response
        }
        Plan::Part(opened, etag, range) => {
            let content_range = format!("bytes {}-{}/{}", range.first, range.last, opened.len);
            let mut response = labelled(StatusCode::PARTIAL_CONTENT, stream_body(opened, range.length()), &etag);
            set(&mut response, header::CONTENT_RANGE, &content_range);
            set(&mut response, header::CONTENT_LENGTH, &range.length().to_string());
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

fn plan(path: &std::path::Path, tag: &str, headers: &HeaderMap, head: bool) -> io::Result<Plan> {
    let mut opened = open_regular(path)?;
    let etag = format!("\"{tag}-{:x}-{:x}\"", opened.len, opened.modified_ms);
    if not_modified(headers, &etag) {
        return Ok(Plan::NotModified(etag));
    }
    // RFC 9110, 14.2: Range means something for GET alone; 13.1.5: and only while If-Range still matches.
    let whole = head || headers.get(header::IF_RANGE).is_some_and(|v| v.as_bytes() != etag.as_bytes());
    if whole {
        return Ok(Plan::Whole(opened, etag));
    }
    Ok(match range::wanted(headers, opened.len) {
        Wanted::Whole => Plan::Whole(opened, etag),
        Wanted::Unsatisfiable => Plan::Unsatisfiable(opened.len),
        Wanted::Part(range) => {
            opened.file.seek(SeekFrom::Start(range.first))?;
            Plan::Part(opened, etag, range)
        }
    })
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
