//! oEmbed 1.0: other sites turn the address of a watch page into an iframe of it.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::html::escape;
use crate::access::{self, Decision};
use crate::app::Gate;
use crate::catalog::{Episode, Series};
use crate::links::Links;
use crate::manifest;
use crate::problem::Problem;

/// Size of an embed that nothing limits: 9:16.
const WIDTH: u32 = 360;
const HEIGHT: u32 = 640;
/// An iframe narrower than this cannot hold the sheets.
const NARROWEST: u32 = 160;

/// The consumer's question.
#[derive(Debug, Deserialize)]
pub struct Question {
    url: Option<String>,
    format: Option<String>,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

/// `GET /oembed?url=<watch page>`
pub async fn oembed(State(gate): State<Gate>, headers: HeaderMap, Query(question): Query<Question>) -> Response {
    if question.format.as_deref().is_some_and(|format| format != "json") {
        return Problem::new(StatusCode::NOT_IMPLEMENTED, "format", "Only format=json is answered").into_response();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let url = question.url.as_deref().unwrap_or_default();
    let Some((base, path)) = ours(gate.links(), host, url) else { return unknown() };
    let catalog = gate.catalog();
    let Some((series, episode)) = find(&gate, &catalog.series, path) else { return unknown() };
    let (width, height) = size(question.maxwidth, question.maxheight);
    let id = series.info.id.as_str();
    let (title, page) = match episode {
        Some(e) => {
            let name = e.title.clone().unwrap_or_else(|| format!("Episode {}", e.n));
            (format!("{}: {name}", series.info.title), format!("{base}/watch/{id}/{}", e.n))
        }
        None => (series.info.title.clone(), format!("{base}/watch/{id}")),
    };
    let html = format!(
        "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" style=\"border:0\" title=\"{}\" \
         allow=\"autoplay; fullscreen; picture-in-picture; web-share\" allowfullscreen></iframe>",
        escape(&page),
        escape(&title)
    );
    let mut answer = json!({
        "version": "1.0", "type": "video", "provider_name": "Cliffhanger", "provider_url": format!("{base}/"),
        "title": title, "html": html, "width": width, "height": height, "cache_age": 3600,
    });
    let picture = episode.and_then(|e| e.poster.as_ref()).or(series.poster.as_ref()).map(|p| manifest::image(gate.links(), id, p));
    // The three belong together: without a size there is no thumbnail.
    if let Some((image, width, height)) = picture.and_then(|image| Some((image.url.clone(), image.width?, image.height?)))
        && let Some(map) = answer.as_object_mut()
    {
        let url = if image.starts_with('/') { format!("{base}{image}") } else { image };
        map.insert("thumbnail_url".to_owned(), url.into());
        map.insert("thumbnail_width".to_owned(), width.into());
        map.insert("thumbnail_height".to_owned(), height.into());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, answer.to_string()).into_response()
}

/// The base of this gate and the path, when `url` is an address of ours: below the public URL, else on the host that was asked.
fn ours<'a>(links: &Links, host: &str, url: &'a str) -> Option<(String, &'a str)> {
    let base = match links.base() {
        "/" => {
            let scheme = ["https://", "http://"].into_iter().find(|scheme| url.starts_with(scheme) && !host.is_empty())?;
            format!("{scheme}{host}")
        }
        base => base.to_owned(),
    };
    let path = url.strip_prefix(&base)?;
    path.starts_with('/').then_some((base, path.split(['?', '#']).next().unwrap_or_default()))
}

type Shelf = std::collections::BTreeMap<String, std::sync::Arc<Series>>;

fn find<'a>(gate: &Gate, shelf: &'a Shelf, path: &str) -> Option<(&'a Series, Option<&'a Episode>)> {
    let rest = path.strip_prefix("/watch/")?;
    let (id, n) = rest.split_once('/').map_or((rest, None), |(id, n)| (id, Some(n)));
    let series = shelf.get(id)?;
    let Some(n) = n else { return Some((series, None)) };
    let episode = series.episodes.iter().find(|e| e.n.to_string() == n)?;
    (access::decide(series, episode, gate.now_ms()) != Decision::Unavailable).then_some((series, Some(episode)))
}

/// The largest 9:16 within what the consumer allows, not larger than ours.
fn size(maxwidth: Option<u32>, maxheight: Option<u32>) -> (u32, u32) {
    let by_height = maxheight.map_or(WIDTH, |height| u32::try_from(u64::from(height) * 9 / 16).unwrap_or(u32::MAX));
    let width = WIDTH.min(maxwidth.unwrap_or(WIDTH)).min(by_height).max(NARROWEST);
    (width, if width == WIDTH { HEIGHT } else { width * 16 / 9 })
}

fn unknown() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "not-found", "This is not the address of a watch page of this gate").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embed_keeps_its_shape_within_what_is_allowed() {
        assert_eq!(size(None, None), (360, 640));
        assert_eq!(size(Some(1000), Some(2000)), (360, 640));
        assert_eq!(size(Some(270), None), (270, 480));
        assert_eq!(size(None, Some(320)), (180, 320));
        assert_eq!(size(Some(0), Some(0)), (160, 284));
        assert_eq!(size(Some(u32::MAX), Some(u32::MAX)), (360, 640));
    }

    #[test]
    fn only_addresses_of_this_gate_are_ours() {
        let public = Links::new(Some("https://drama.example/gate"));
        assert_eq!(ours(&public, "x", "https://drama.example/gate/watch/a"), Some(("https://drama.example/gate".into(), "/watch/a")));
        for other in
            ["https://drama.example/watch/a", "https://drama.example/gateway/watch/a", "http://drama.example/gate/watch/a", "/watch/a", ""]
        {
            assert_eq!(ours(&public, "drama.example", other), None, "{other}");
        }
        let local = Links::new(None);
        assert_eq!(
            ours(&local, "127.0.0.1:8787", "http://127.0.0.1:8787/watch/a?x=1#e=2"),
            Some(("http://127.0.0.1:8787".into(), "/watch/a"))
        );
        for other in [
            "http://evil.example/watch/a",
            "http://127.0.0.1:87870/watch/a",
            "javascript:alert(1)",
            "http://127.0.0.1:8787@evil.example/watch/a",
        ] {
            assert_eq!(ours(&local, "127.0.0.1:8787", other), None, "{other}");
        }
        assert_eq!(ours(&local, "", "http:///watch/a"), None);
    }
}
