//! The answer for a locked episode: the ways to go on, what they cost this viewer, and what is left to pay to the end.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::access::{self, Owned, Reason};
use crate::app::Gate;
use crate::authoring::{Money, Offer, Scope};
use crate::catalog::{Episode, Series};
use crate::problem::Problem;
use crate::shop::auto::{Allowance, UNDO_MS};
use crate::shop::ledger::Wallet;
use crate::shop::pricing;

/// What is known of who asks.
#[derive(Debug, Default)]
pub struct Standing {
    /// The viewer, if there is one.
    pub viewer: Option<String>,
    /// What they own of the series.
    pub owned: Owned,
    /// Their coins.
    pub wallet: Wallet,
    /// What they allowed to be unlocked without a tap.
    pub auto: Option<Allowance>,
}

/// What it costs to unlock every episode that is still locked, one by one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rest {
    /// How many they are.
    pub episodes: u32,
    /// Their coins.
    pub coins: u64,
    /// The same in money.
    pub money_equivalent: Money,
}

/// An automatic unlock that the viewer allowed: show it, wait `undo_ms`, then send the quote with `confirm.auto`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoOffer {
    /// The offer.
    pub offer: String,
    /// Its price.
    pub coins: u32,
    /// How long the viewer must be able to stop it, milliseconds.
    pub undo_ms: u64,
    /// What is left of the permission.
    pub left: Allowance,
}

/// The 402 for `episode`.
pub fn locked(
    gate: &Gate,
    series: &Series,
    episode: &Episode,
    reason: Reason,
    standing: &Standing,
    preload: bool,
) -> Result<Problem, Problem> {
    let now_ms = gate.now_ms();
    let owned = Some(&standing.owned);
    let blocked = pricing::blocked_by(series, episode, owned, now_ms);
    let mut offers = Vec::new();
    for (id, offer) in series.offers_of(episode).iter().filter_map(|id| series.offers.get_key_value(id)) {
        if blocked.is_some() && scope_of(offer) == Some(Scope::Episode) {
            continue;
        }
        let mut shown = with_id(id, offer);
        let priced = pricing::priced(series, episode, id, owned, now_ms);
        if let (Some(priced), Some(viewer), Some(members)) = (priced, &standing.viewer, shown.as_object_mut()) {
            members.insert("affordable".into(), json!(standing.wallet.total() >= u64::from(priced.coins)));
            // Looking ahead is not asking for a price.
            if !preload {
                let (_, signed) = pricing::quote(gate, viewer, series, episode, &priced)?;
                members.insert("quote".into(), json!(signed));
            }
        }
        offers.push(shown);
    }
    let mut problem = Problem::new(StatusCode::PAYMENT_REQUIRED, "locked", "Episode is locked")
        .with("instance", "/v1/play")
        .with("serverNowMs", now_ms)
        .with("episode", episode.id.as_str())
        .with("reason", reason.name())
        .with("wallet", json!(standing.wallet))
        .with("offers", offers)
        .with("packs", packs(series));
    if let Some(first) = blocked {
        problem = problem.with("unlockFirst", first.id.as_str());
    }
    if let Some(auto) = automatic(series, episode, standing, now_ms) {
        problem = problem.with("autoUnlock", json!(auto));
    }
    if let Some(rest) = rest(series, owned, now_ms) {
        problem = problem.with("rest", json!(rest));
    }
    Ok(problem)
}

/// The coin packs of `series`, smallest first.
pub fn packs(series: &Series) -> Vec<Value> {
    let mut packs: Vec<(u32, Value)> = series
        .offers
        .iter()
        .filter_map(|(id, offer)| match offer {
            Offer::Pack { coins, .. } => Some((*coins, with_id(id, offer))),
            _ => None,
        })
        .collect();
    packs.sort_by_key(|(coins, _)| *coins);
    packs.into_iter().map(|(_, pack)| pack).collect()
}

fn with_id(id: &str, offer: &Offer) -> Value {
    let mut shown = json!(offer);
    if let Some(members) = shown.as_object_mut() {
        members.insert("id".into(), json!(id));
    }
    shown
}

fn scope_of(offer: &Offer) -> Option<Scope> {
    match offer {
        Offer::Coins { scope, .. } | Offer::Ad { scope, .. } | Offer::Purchase { scope, .. } => Some(*scope),
        Offer::Subscription { .. } | Offer::Pack { .. } => None,
    }
}

fn automatic(series: &Series, episode: &Episode, standing: &Standing, now_ms: u64) -> Option<AutoOffer> {
    let left = standing.auto?;
    let offers = series.offers_of(episode).iter().filter_map(|id| pricing::priced(series, episode, id, Some(&standing.owned), now_ms));
    let fits = |p: &pricing::Priced<'_>| {
        p.scope == Scope::Episode && p.coins <= left.coins && u64::from(p.coins) <= standing.wallet.total() && left.episodes > 0
    };
    let priced = offers.into_iter().find(fits)?;
    Some(AutoOffer { offer: priced.offer.to_owned(), coins: priced.coins, undo_ms: UNDO_MS, left })
}

/// What the rest of the series would cost in coins; `None` unless every locked episode has a coin price in one currency.
pub fn rest(series: &Series, owned: Option<&Owned>, now_ms: u64) -> Option<Rest> {
    let (mut episodes, mut coins, mut amount) = (0u32, 0u64, 0u64);
    let mut money: Option<&Money> = None;
    for episode in access::locked(series, owned, now_ms) {
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
    Some(Rest { episodes, coins, money_equivalent: total })
}
