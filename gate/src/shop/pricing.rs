//! What an offer opens for this viewer at this moment, and the signed price for it.

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::access::{self, Decision, Owned};
use crate::app::Gate;
use crate::authoring::{Money, Offer, Order, Scope};
use crate::catalog::{Episode, Series};
use crate::problem::Problem;
use crate::random;
use crate::token::quote::{self, AUDIENCE, LIFETIME, QuoteClaims};

/// A coin offer, worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced<'a> {
    /// The offer's id.
    pub offer: &'a str,
    /// How much it opens.
    pub scope: Scope,
    /// The price.
    pub coins: u32,
    /// The same in money.
    pub money: &'a Money,
    /// Exactly the episodes it opens now.
    pub episodes: Vec<String>,
}

/// Whether `order` is sequential and an earlier episode is locked: then this one cannot be bought alone. The answer is
/// the episode to unlock first.
pub fn blocked_by<'a>(series: &'a Series, episode: &Episode, owned: Option<&'a Owned>, now_ms: u64) -> Option<&'a Episode> {
    if series.order != Some(Order::Sequential) {
        return None;
    }
    access::locked(series, owned, now_ms).next().filter(|first| first.n < episode.n)
}

/// The ids of the episodes that an offer of `scope`, taken at `episode`, opens for a viewer who owns `owned`.
pub fn opened(series: &Series, episode: &Episode, scope: Scope, owned: Option<&Owned>, now_ms: u64) -> Vec<String> {
    match scope {
        Scope::Episode => match access::decide_for(series, episode, owned, now_ms) {
            Decision::Locked(_) => vec![episode.id.clone()],
            _ => Vec::new(),
        },
        Scope::Rest | Scope::Series => access::locked(series, owned, now_ms).map(|e| e.id.clone()).collect(),
    }
}

/// Works out the coin offer `id` at `episode`. `None`: it is not an offer of this episode, not for coins, or cannot be
/// taken here.
pub fn priced<'a>(series: &'a Series, episode: &Episode, id: &str, owned: Option<&Owned>, now_ms: u64) -> Option<Priced<'a>> {
    if !series.offers_of(episode).iter().any(|known| known == id) {
        return None;
    }
    let (id, offer) = series.offers.get_key_value(id)?;
    let Offer::Coins { scope, coins, money_equivalent, .. } = offer else { return None };
    if *scope == Scope::Episode && blocked_by(series, episode, owned, now_ms).is_some() {
        return None;
    }
    let episodes = opened(series, episode, *scope, owned, now_ms);
    Some(Priced { offer: id, scope: *scope, coins: *coins, money: money_equivalent, episodes })
}

/// A quote for `viewer`, and its signed form.
pub fn quote(gate: &Gate, viewer: &str, series: &Series, episode: &Episode, priced: &Priced<'_>) -> Result<(QuoteClaims, String), Problem> {
    let now_ms = gate.now_ms();
    let claims = QuoteClaims {
        v: 1,
        iss: gate.issuer().to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: viewer.to_owned(),
        jti: random::ulid(now_ms).map_err(crate::db::DbError::from)?,
        iat_ms: now_ms,
        exp: (now_ms / 1000).saturating_add(LIFETIME),
        ser: series.info.id.clone(),
        ep: episode.id.clone(),
        off: priced.offer.to_owned(),
        sco: priced.scope,
        set: digest(&priced.episodes),
        n: u32::try_from(priced.episodes.len()).unwrap_or(u32::MAX),
        coins: priced.coins,
        amt: priced.money.amount,
        cur: priced.money.currency.clone(),
    };
    let signed = quote::sign(&gate.keys(), &claims).map_err(|error| {
        tracing::error!(%error, "a quote cannot be signed");
        Problem::internal()
    })?;
    Ok((claims, signed))
}

/// A digest of a list of episodes.
pub fn digest(episodes: &[String]) -> String {
    let hash = Sha256::digest(episodes.join("\n"));
    random::hex(hash.get(..12).unwrap_or_default())
}

/// The answer to a quote that no longer holds, with a fresh one where the offer still stands.
pub fn expired(gate: &Gate, viewer: &str, series: &Series, episode: &Episode, offer: &str, owned: &Owned) -> Problem {
    let problem = Problem::new(StatusCode::CONFLICT, "quote-expired", "The quote no longer holds");
    let fresh = priced(series, episode, offer, Some(owned), gate.now_ms()).filter(|p| !p.episodes.is_empty());
    match fresh.map(|p| quote(gate, viewer, series, episode, &p)) {
        Some(Ok((claims, signed))) => problem
            .with("quote", signed)
            .with("coins", claims.coins)
            .with("moneyEquivalent", serde_json::json!({"amount": claims.amt, "currency": claims.cur}))
            .with("expiresMs", claims.exp.saturating_mul(1000)),
        _ => problem,
    }
}
