//! What search engines read: schema.org's TVSeries, TVEpisode and VideoObject as JSON-LD.
//!
//! It says no more than the public manifest: only an episode that anyone may watch now has a `contentUrl`.

use serde_json::{Map, Value, json};

use crate::access::{self, Decision};
use crate::catalog::{Episode, Series};
use crate::links::Links;
use crate::manifest;

/// Most episodes that a page describes; the manifest has them all.
const EPISODES: usize = 12;

/// The `<script>` for a page of `series`, which opens at `chosen`.
pub fn script(links: &Links, series: &Series, chosen: Option<&Episode>, now_ms: u64) -> String {
    let id = series.info.id.as_str();
    let first = chosen.map_or(0, |e| e.n);
    let visible = series.episodes.iter().filter(|e| access::decide(series, e, now_ms) != Decision::Unavailable);
    let total = series.info.total_episodes.map_or_else(|| visible.clone().count(), |total| total as usize);
    let episodes: Vec<Value> = visible.filter(|e| e.n >= first).take(EPISODES).map(|e| episode(links, series, e, now_ms)).collect();
    let mut all = Map::new();
    all.insert("@context".into(), "https://schema.org".into());
    all.insert("@type".into(), "TVSeries".into());
    all.insert("name".into(), series.info.title.as_str().into());
    all.insert("url".into(), links.to(&format!("/watch/{id}")).into());
    all.insert("numberOfEpisodes".into(), total.into());
    if series.info.lang != "und" {
        all.insert("inLanguage".into(), series.info.lang.as_str().into());
    }
    let poster = series.poster.as_ref().map(|p| manifest::image(links, id, p).url);
    put(&mut all, "description", series.info.synopsis.as_deref().map(Value::from));
    put(&mut all, "image", poster.map(Value::from));
    put(&mut all, "contentRating", series.info.age_rating.map(|age| format!("{age}+").into()));
    all.insert("episode".into(), episodes.into());
    format!("  <script type=\"application/ld+json\">{}</script>\n", harmless(&Value::Object(all).to_string()))
}

fn episode(links: &Links, series: &Series, e: &Episode, now_ms: u64) -> Value {
    let id = series.info.id.as_str();
    let page = links.to(&format!("/watch/{id}/{}", e.n));
    let free = matches!(access::decide(series, e, now_ms), Decision::Allowed { .. });
    let name = e.title.clone().unwrap_or_else(|| format!("Episode {}", e.n));
    let picture = e.poster.as_ref().or(series.poster.as_ref()).map(|p| manifest::image(links, id, p).url);
    let media = e.renditions.first().filter(|_| free).map(|r| links.free(id, &e.content_key, &r.file));
    let mut video = Map::new();
    video.insert("@type".into(), "VideoObject".into());
    video.insert("name".into(), format!("{}: {name}", series.info.title).into());
    video.insert("embedUrl".into(), page.as_str().into());
    video.insert("isAccessibleForFree".into(), free.into());
    put(&mut video, "description", series.info.synopsis.as_deref().map(Value::from));
    put(&mut video, "thumbnailUrl", picture.map(Value::from));
    put(&mut video, "uploadDate", series.info.updated_at.as_deref().map(Value::from));
    put(&mut video, "duration", e.duration_ms.map(|ms| format!("PT{}S", ms.div_ceil(1000)).into()));
    put(&mut video, "contentUrl", media.map(Value::from));
    json!({ "@type": "TVEpisode", "episodeNumber": e.n, "name": name, "url": page, "isAccessibleForFree": free, "video": video })
}

fn put(map: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value);
    }
}

/// JSON that cannot end the element it stands in, nor open a comment.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\'', "\\u0027")
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_in_the_json_ends_its_element() {
        let json = harmless(&serde_json::json!({ "name": "</script><!--<script>&" }).to_string());
        assert!(!json.contains(['<', '>', '&']), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["name"], "</script><!--<script>&");
    }
}
