//! Grants: the addresses of one episode for some minutes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Source;
use crate::app::Gate;
use crate::authoring::{Caption, Cue, Rendition};
use crate::catalog::{Episode, Series};
use crate::manifest::Media;
use crate::problem::Problem;
use crate::random;
use crate::token::play::{self, AUDIENCE, MAX_LIFETIME, PlayClaims};

/// What opens an episode. Times are milliseconds since the epoch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its id, a ULID.
    pub id: String,
    /// The episode.
    pub episode: String,
    /// Why: `free`, `coins` or `purchase`.
    pub source: &'static str,
    /// The addresses work until here.
    pub expires_ms: u64,
    /// Ask again from here on.
    pub refresh_after_ms: u64,
    /// Encodings, at least one.
    pub renditions: Vec<Rendition>,
    /// Captions.
    pub captions: Vec<Caption>,
    /// Cues.
    pub cues: Vec<Cue>,
}

/// What the player can use. It narrows the answer, but never empties it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Caps {
    /// Kinds of file: `mp4`.
    pub types: Option<Vec<String>>,
    /// Beginnings of video codec strings, such as `avc1`.
    pub codecs: Option<Vec<String>>,
    /// The largest useful height, in pixels.
    pub max_height: Option<u32>,
}

/// A grant of `episode`, because of `source`, at most until `until_ms`.
pub fn mint(
    gate: &Gate,
    viewer: Option<&str>,
    series: &Series,
    episode: &Episode,
    (source, until_ms): (Source, Option<u64>),
    caps: &Caps,
) -> Result<Grant, Problem> {
    let failed = |what: &dyn std::fmt::Display| {
        tracing::error!("a grant cannot be made: {what}");
        Problem::internal()
    };
    let now_ms = gate.now_ms();
    let (now_s, ttl) = (now_ms / 1000, lifetime(episode.duration_ms));
    let end = until_ms.map_or(u64::MAX, |ms| ms / 1000);
    let exp = now_s.saturating_add(ttl).min(end).max(now_s.saturating_add(1));
    let id = random::ulid(now_ms).map_err(|e| failed(&e))?;
    let sub = match viewer {
        Some(viewer) => gate.pseudonym(viewer),
        // Without a viewer there is nobody to be a pseudonym of: a fresh one each time links nothing.
        None => random::base64(&random::bytes::<16>().map_err(|e| failed(&e))?),
    };
    let (name, key) = (series.info.id.as_str(), episode.content_key.as_str());
    let claims = PlayClaims {
        v: 1,
        iss: gate.issuer().to_owned(),
        aud: AUDIENCE.to_owned(),
        sub,
        jti: id.clone(),
        nbf: now_s,
        exp,
        ser: name.to_owned(),
        ep: episode.id.clone(),
        pth: format!("/{name}/{key}/"),
    };
    let token = play::sign(&gate.keys(), &claims).map_err(|e| failed(&e))?;
    let media = Media::of(episode, |file| gate.links().granted(&token, name, key, file));
    let refresh_after = exp.saturating_sub((ttl / 3).max(60)).max(now_s);
    Ok(Grant {
        id,
        episode: episode.id.clone(),
        source: source.name(),
        expires_ms: exp.saturating_mul(1000),
        refresh_after_ms: refresh_after.saturating_mul(1000),
        renditions: narrowed(media.renditions, caps),
        captions: media.captions,
        cues: media.cues,
    })
}

/// Seconds a grant lives: three times the episode and two minutes, from five minutes to four hours.
fn lifetime(duration_ms: Option<u64>) -> u64 {
    let seconds = duration_ms.unwrap_or(180_000) / 1000;
    seconds.saturating_mul(3).saturating_add(120).clamp(300, MAX_LIFETIME)
}

fn narrowed(all: Vec<Rendition>, caps: &Caps) -> Vec<Rendition> {
    let fits = |r: &&Rendition| {
        caps.types.as_ref().is_none_or(|types| types.iter().any(|t| t == "mp4"))
            && caps.max_height.is_none_or(|most| r.height.is_none_or(|h| h <= most))
            && caps.codecs.as_ref().is_none_or(|known| {
                r.codecs.as_ref().is_none_or(|codecs| {
                    let video = codecs.split(',').next().unwrap_or_default().trim();
                    known.iter().any(|k| video.starts_with(k.as_str()))
                })
            })
    };
    let some: Vec<Rendition> = all.iter().filter(fits).cloned().collect();
    if some.is_empty() { all } else { some }
}
