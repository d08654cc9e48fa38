//! `POST /v1/play`: asks for the addresses of one episode. It never writes money; asking costs nothing.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access::{self, Decision, Reason, Source};
use crate::app::Gate;
use crate::authoring::{Caption, Cue, Money, Offer, Rendition, Scope};
use crate::catalog::{Episode, Series};
use crate::manifest::Media;
use crate::problem::Problem;
use crate::random;
use crate::token::play::{self, AUDIENCE, MAX_LIFETIME, PlayClaims};

const INSTANCE: &str = "/v1/play";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    series: String,
    episode: String,
    /// Accepted and, until views are counted, without effect.
    #[serde(rename = "intent")]
    _intent: Option<Intent>,
    #[serde(default)]
    caps: Caps,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Intent {
    Play,
    Preload,
}

/// What the player can use. It narrows the answer, but never empties it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Caps {
    types: Option<Vec<String>>,
    codecs: Option<Vec<String>>,
    max_height: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    server_now_ms: u64,
    grant: Grant<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Grant<'a> {
    id: String,
    episode: &'a str,
    source: &'static str,
    expires_ms: u64,
    refresh_after_ms: u64,
    renditions: Vec<Rendition>,
    captions: Vec<Caption>,
    cues: Vec<Cue>,
}

/// The handler. The body arrives whole: its size is limited by the route.
pub async fn play(State(gate): State<Gate>, headers: HeaderMap, body: Bytes) -> Result<Response, Problem> {
    let ask = read(&headers, &body)?;
    let now_ms = gate.now_ms();
    let catalog = gate.catalog();
    let found = catalog.series.get(&ask.series).and_then(|series| Some((series, series.episode(&ask.episode)?)));
    let Some((series, episode)) = found else {
        return Err(Problem::not_found(INSTANCE));
    };
    match access::decide(series, episode, now_ms) {
        Decision::Unavailable => Err(Problem::not_found(INSTANCE)),
        Decision::Locked(reason) => Err(locked(series, episode, reason, now_ms)),
        Decision::Allowed { source, until_ms } => grant(&gate, series, episode, source, until_ms, now_ms, &ask.caps),
    }
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Ask, Problem> {
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|v| v.trim().eq_ignore_ascii_case("application/json"));
    if !json {
        return Err(
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Send application/json").with("instance", INSTANCE)
        );
    }
    let invalid = |detail: String| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid-request", "The request is not valid")
            .with("instance", INSTANCE)
            .with("detail", detail.chars().take(300).collect::<String>())
    };
    // Serde would fill a struct from an array too.
    if body.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(invalid("the body must be a JSON object".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let ask: Ask = serde_path_to_error::deserialize(&mut reader).map_err(|e| invalid(e.to_string()))?;
    reader.end().map_err(|e| invalid(e.to_string()))?;
    Ok(ask)
}

fn grant(
    gate: &Gate,
    series: &Series,
    episode: &Episode,
    source: Source,
    until_ms: Option<u64>,
    now_ms: u64,
    caps: &Caps,
) -> Result<Response, Problem> {
    let failed = |what: &dyn std::fmt::Display| {
        tracing::error!("a grant cannot be made: {what}");
        Problem::internal().with("instance", INSTANCE)
    };
    let (now_s, ttl) = (now_ms / 1000, lifetime(episode.duration_ms));
    let end = until_ms.map_or(u64::MAX, |ms| ms / 1000);
    let exp = now_s.saturating_add(ttl).min(end).max(now_s.saturating_add(1));
    let id = random::ulid(now_ms).map_err(|e| failed(&e))?;
    // Without a viewer there is nobody to be a pseudonym of: a fresh one each time links nothing.
    let pseudonym = random::bytes::<16>().map_err(|e| failed(&e))?;
    let (name, key) = (series.info.id.as_str(), episode.content_key.as_str());
    let claims = PlayClaims {
        v: 1,
        iss: gate.issuer().to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, pseudonym),
        jti: id.clone(),
        nbf: now_s,
        exp,
        ser: name.to_owned(),
        ep: episode.id.clone(),
        pth: format!("/{name}/{key}/"),
    };
    let token = play::sign(gate.keys(), &claims).map_err(|e| failed(&e))?;
    let media = Media::of(episode, |file| gate.links().granted(&token, name, key, file));
    let refresh_after = exp.saturating_sub((ttl / 3).max(60)).max(now_s);
    let answer = Answer {
        server_now_ms: now_ms,
        grant: Grant {
            id,
            episode: &episode.id,
            source: source.name(),
            expires_ms: exp.saturating_mul(1000),
            refresh_after_ms: refresh_after.saturating_mul(1000),
            renditions: narrowed(media.renditions, caps),
            captions: media.captions,
            cues: media.cues,
        },
    };
    let body = serde_json::to_vec(&answer).map_err(|e| failed(&e))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
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

fn locked(series: &Series, episode: &Episode, reason: Reason, now_ms: u64) -> Problem {
    let offers: Vec<Value> = series
        .offers_of(episode)
        .iter()
        .filter_map(|id| {
            let mut offer = serde_json::to_value(series.offers.get(id)?).ok()?;
            offer.as_object_mut()?.insert("id".into(), json!(id));
            Some(offer)
        })
        .collect();
    let problem = Problem::new(StatusCode::PAYMENT_REQUIRED, "locked", "Episode is locked")
        .with("instance", INSTANCE)
        .with("serverNowMs", now_ms)
        .with("episode", episode.id.as_str())
        .with("reason", reason.name())
        .with("offers", offers);
    match rest(series, now_ms) {
        Some(rest) => problem.with("rest", rest),
        None => problem,
    }
}

/// What the rest of the series would cost in coins; `None` unless every locked episode has a coin price in one currency.
fn rest(series: &Series, now_ms: u64) -> Option<Value> {
    let (mut episodes, mut coins, mut amount) = (0u32, 0u64, 0u64);
    let mut money: Option<&Money> = None;
    let open = |e: &&Episode| matches!(access::decide(series, e, now_ms), Decision::Locked(_));
    for episode in series.episodes.iter().filter(open) {
        let (price, equivalent) = series.offers_of(episode).iter().find_map(|id| match series.offers.get(id)? {
            Offer::Coins { scope: Scope::Episode, coins, money_equivalent, .. } => Some((*coins, money_equivalent)),
            _ => None,
        })?;
        if money.is_some_and(|m| m.currency != equivalent.currency || m.tax_included != equivalent.tax_included) {
            return None;
        }
        money = Some(equivalent);
        episodes = episodes.checked_add(1)?;
        coins = coins.checked_add(u64::from(price))?;
        amount = amount.checked_add(equivalent.amount)?;
    }
    let mut total = money?.clone();
    total.amount = amount;
    Some(json!({ "episodes": episodes, "coins": coins, "moneyEquivalent": total }))
}
