//! The built-in page: one series, full screen.
//!
//! It is plain HTML first: the video of a free episode starts without any script, and the links work without it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::html::escape;
use super::schema;
use crate::access::{self, Decision};
use crate::app::Gate;
use crate::catalog::{Episode, Series};
use crate::links::Links;
use crate::manifest;

/// Scripts and styles from here alone; pictures and media also from elsewhere over https, as manifests may name them.
/// Any page may frame this one: it is made to be embedded, and it spends nothing on one click.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' https: data: blob:; media-src 'self' https: blob:; connect-src 'self' https:; font-src 'self'; \
    worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// How many of the following episodes the page links to.
const LINKS: usize = 12;

/// `GET /` without a site: the only series, or the first.
pub fn front(gate: &Gate) -> Response {
    match gate.catalog().series.values().next() {
        Some(series) => render(gate, series, None),
        None => missing(),
    }
}

/// `GET /watch/{series}`
pub async fn series(State(gate): State<Gate>, Path(id): Path<String>) -> Response {
    match gate.catalog().series.get(&id) {
        Some(series) => render(&gate, series, None),
        None => missing(),
    }
}

/// `GET /watch/{series}/{n}`: opens at the episode with this ordinal.
pub async fn episode(State(gate): State<Gate>, Path((id, n)): Path<(String, String)>) -> Response {
    let now_ms = gate.now_ms();
    let catalog = gate.catalog();
    let found = catalog.series.get(&id).and_then(|series| {
        let episode = series.episodes.iter().find(|e| e.n.to_string() == n)?;
        (access::decide(series, episode, now_ms) != Decision::Unavailable).then_some((series, episode))
    });
    match found {
        Some((series, episode)) => render(&gate, series, Some(episode)),
        None => missing(),
    }
}

/// `GET /watch.js`: the way out of the browsers of other apps.
pub async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("../../../www/elsewhere.js")).into_response()
}

/// `GET /watch.css`
pub async fn stylesheet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("watch.css")).into_response()
}

fn render(gate: &Gate, series: &Series, chosen: Option<&Episode>) -> Response {
    let (links, now_ms, id) = (gate.links(), gate.now_ms(), series.info.id.as_str());
    let decision = |e: &Episode| access::decide(series, e, now_ms);
    let visible = || series.episodes.iter().filter(|e| decision(e) != Decision::Unavailable);
    let start = chosen.or_else(|| visible().next());
    let title = match chosen {
        Some(episode) => format!("{} - {}", name(episode), series.info.title),
        None => series.info.title.clone(),
    };
    let lang = match series.info.lang.as_str() {
        // Undetermined: the page's own words are English.
        "und" => "en",
        lang => lang,
    };
    let to = |path: &str| escape(&links.to(path));
    let manifest = escape(&links.manifest(id));
    let video = start.filter(|e| matches!(decision(e), Decision::Allowed { .. })).map(|e| video(gate, id, e));
    let at = chosen.map(|e| format!(" episode=\"{}\"", escape(&e.id)));
    let after = start.map_or(0, |e| e.n);
    let mut anchors = String::new();
    for e in visible().filter(|e| e.n > after).take(LINKS) {
        let href = to(&format!("/watch/{id}/{}", e.n));
        anchors.push_str(&format!("    <a href=\"{href}\">{}</a>\n", escape(&name(e))));
    }
    let notice = match gate.player() {
        Some(root) if root.join("cliffhanger.js").is_file() => "",
        _ => NO_PLAYER,
    };
    // A video in the page has the link to itself until it shows something.
    let preloads = match video {
        Some(_) => String::new(),
        None => format!(
            "  <link rel=\"modulepreload\" href=\"{glue}\">\n  \
             <link rel=\"preload\" as=\"fetch\" crossorigin href=\"{wasm}\" type=\"application/wasm\">\n  \
             <link rel=\"preload\" as=\"fetch\" crossorigin href=\"{manifest}\" type=\"application/json\">\n",
            glue = to("/cliffhanger/glue.js"),
            wasm = to("/cliffhanger/cliffhanger.wasm"),
        ),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n  <meta charset=\"utf-8\">\n  \
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n  \
         <meta name=\"theme-color\" content=\"#000000\">\n  <title>{title}</title>\n  \
         <link rel=\"icon\" href=\"data:,\">\n  \
         <link rel=\"stylesheet\" href=\"{css}\">\n  \
         <link rel=\"modulepreload\" href=\"{js}\">\n{preloads}  \
         <script type=\"module\" src=\"{elsewhere}\"></script>\n  \
         <script type=\"module\" src=\"{js}\"></script>\n{about}{oembed}</head>\n<body>\n{notice}  \
         <cliffhanger-player src=\"{manifest}\"{at} autoplay deep-link>\n{video}{anchors}  \
         </cliffhanger-player>\n</body>\n</html>\n",
        lang = escape(lang),
        about = schema::script(links, series, chosen, now_ms),
        oembed = discovery(links, id, chosen),
        title = escape(&title),
        css = to("/watch.css"),
        elsewhere = to("/watch.js"),
        js = to("/cliffhanger/cliffhanger.js"),
        at = at.unwrap_or_default(),
        video = video.unwrap_or_default(),
    );
    page(StatusCode::OK, html)
}

/// The episode that plays before any script runs; the player takes the element over.
fn video(gate: &Gate, series: &str, episode: &Episode) -> String {
    let links = gate.links();
    let Some(rendition) = episode.renditions.first() else {
        return String::new();
    };
    let src = escape(&links.free(series, &episode.content_key, &rendition.file));
    let poster = episode.poster.as_ref().map(|p| manifest::image(links, series, p).url);
    let poster = poster.map(|url| format!(" poster=\"{}\"", escape(&url)));
    format!("    <video muted autoplay playsinline src=\"{src}\"{}></video>\n", poster.unwrap_or_default())
}

/// Where other sites learn how to embed this page. Only a gate that knows its public address can say.
fn discovery(links: &Links, series: &str, chosen: Option<&Episode>) -> String {
    if links.base() == "/" {
        return String::new();
    }
    let page = links.to(&format!("/watch/{series}{}", chosen.map(|e| format!("/{}", e.n)).unwrap_or_default()));
    let address = links.to(&format!("/oembed?url={}", page.replace(':', "%3A").replace('/', "%2F")));
    format!("  <link rel=\"alternate\" type=\"application/json+oembed\" href=\"{}\">\n", escape(&address))
}

fn name(episode: &Episode) -> String {
    match &episode.title {
        Some(title) => title.clone(),
        None => format!("Episode {}", episode.n),
    }
}

const NO_PLAYER: &str = "  <p class=\"notice\" role=\"alert\">The player is not built, so only the first episode plays. \
    Run <code>cargo xtask build</code> in the checkout and start again, or name a built one with <code>--player DIR</code>.</p>\n";

fn missing() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Not found</title>\n\
         <link rel=\"stylesheet\" href=\"/watch.css\">\n<p class=\"notice\">There is nothing here.</p>\n"
            .to_owned(),
    )
}

fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, html).into_response()
}
