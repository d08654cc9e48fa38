//! Static files: the built player under `/cliffhanger/`, and the operator's public site.
//!
//! Unlike paid media these are found by name. A path is decoded once, each segment is checked, hidden files and links
//! are never served. A site folder may well hold the folder of episodes: nothing of that, or of the gate's own data, is
//! served here.

use std::path::{Path, PathBuf};

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use crate::app::Gate;
use crate::media::send::{self, FileReply};
use crate::percent;

/// `GET /cliffhanger/<file>`
pub async fn player(State(gate): State<Gate>, request: Parts) -> Response {
    let path = request.uri.path().strip_prefix("/cliffhanger").unwrap_or_default();
    match (gate.player(), relative(path)) {
        (Some(root), Some(relative)) => file(&gate, root, &relative, &request).await,
        _ => not_found(),
    }
}

/// Everything no other route takes: the site when there is one, else the series page at `/`.
pub async fn site(State(gate): State<Gate>, request: Parts) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = request.uri.path();
    let Some(root) = gate.site() else {
        return if path == "/" { page::front(&gate) } else { not_found() };
    };
    let Some(mut target) = relative(path) else {
        return not_found();
    };
    if path.ends_with('/') {
        target.push("index.html");
        if path == "/" && !exists(root.join(&target)).await {
            return page::front(&gate);
        }
    } else if is_dir(root.join(&target)).await {
        // Relative links of its page need the slash. The path begins with one "/" and has no empty segment: ours.
        return Redirect::permanent(&format!("{path}/")).into_response();
    }
    file(&gate, root, &target, &request).await
}

async fn exists(path: PathBuf) -> bool {
    tokio::fs::symlink_metadata(path).await.is_ok()
}

async fn is_dir(path: PathBuf) -> bool {
    tokio::fs::symlink_metadata(path).await.is_ok_and(|m| m.is_dir())
}

async fn file(gate: &Gate, root: &Path, relative: &Path, request: &Parts) -> Response {
    let path = root.join(relative);
    // The one true spelling: on a disk that ignores case, another one would slip past the guard.
    let resolved = tokio::fs::canonicalize(&path).await;
    if !resolved.is_ok_and(|r| r == path) || gate.is_guarded(&path) {
        return not_found();
    }
    let content_type = content_type(relative);
    let reply = FileReply {
        place: crate::media::place::Place::Disk(path),
        tag: String::new(),
        // Always asked again, answered with 304: a new build is seen at once.
        cache_control: "no-cache".to_owned(),
        content_type,
    };
    let result = send::send(&request.method, &request.headers, reply).await;
    let mut response = result.unwrap_or_else(|_| not_found());
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The relative path that `path` names: `None` for empty, hidden, upward or otherwise odd segments.
fn relative(path: &str) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    let inner = path.strip_prefix('/')?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    if inner.is_empty() {
        return Some(out);
    }
    for segment in inner.split('/') {
        let decoded = percent::decode(segment)?;
        let odd = decoded.is_empty() || decoded.starts_with('.') || decoded.contains(['/', '\\', '\0', ':']);
        if odd {
            return None;
        }
        out.push(decoded);
    }
    Some(out)
}

fn not_found() -> Response {
    let text = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
    (StatusCode::NOT_FOUND, text, "Not found\n").into_response()
}

fn content_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "m4s" => "video/iso.segment",
        "m3u8" => "application/vnd.apple.mpegurl",
        "vtt" => "text/vtt; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn threat_16_site_paths_never_leave_the_folder_or_name_hidden_files() {
        for bad in [
            "/../x",
            "/a/../x",
            "/%2e%2e/x",
            "/.git/config",
            "/%2egit",
            "//x",
            "/a//b",
            "/a/./b",
            "/a%2fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/%",
            "/%2",
            "/%zz",
            "x",
            "",
            "/c:/x",
            "/%ff",
        ] {
            assert_eq!(relative(bad), None, "{bad}");
        }
        assert_eq!(relative("/a%20b/c.mp4").unwrap().to_str(), Some("a b/c.mp4"));
        assert_eq!(relative("/").unwrap().to_str(), Some(""));
    }
}
