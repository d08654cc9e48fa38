//! `POST /v1/checkouts`: begins a payment. `GET /v1/checkouts/{id}`: what became of it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::body::{Json, invalid};
use super::viewer::Viewer;
use super::{Named, json, json_text};
use crate::app::Gate;
use crate::authoring::{Legal, Money};
use crate::catalog::Series;
use crate::payments::checkout::{self, Checkout, Goods};
use crate::problem::Problem;
use crate::random;
use crate::shop::idempotency::{Kept, Once};
use crate::shop::ledger::{self, Wallet};
use crate::shop::rights;
use crate::web::cors::Origins;

const INSTANCE: &str = "/v1/checkouts";

/// A wish to buy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CheckoutRequest {
    /// The series whose offer it is; may be left out while the gate serves one series.
    pub series: Option<String>,
    /// The episode at which the viewer stands.
    pub episode: Option<String>,
    /// The offer: a `pack` or a `purchase`.
    pub offer: String,
    /// Where the payment page leads back to: a page of an origin that may call this API.
    pub return_url: Option<String>,
    /// Asked for where the series has a `consentText`.
    pub consent: Option<Consent>,
}

/// The buyer's consent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Consent {
    /// The buyer wants it at once and knows that the right to withdraw ends with that.
    pub immediate_performance: bool,
    /// The `consentVersion` they read.
    pub version: Option<String>,
    /// The language they read it in.
    #[schema(max_length = 64)]
    pub locale: Option<String>,
}

/// A checkout.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutAnswer {
    /// Its id.
    pub id: String,
    /// `pending`, `paid`, `failed`, `expired` or `refunded`.
    pub state: String,
    /// Where the viewer pays.
    pub url: String,
    /// The series.
    pub series: String,
    /// The offer.
    pub offer: String,
    /// The price.
    pub price: Money,
    /// The viewer's coins now.
    pub wallet: Wallet,
}

/// Begins a payment. Nothing is given before the provider says that it was paid.
#[utoipa::path(post, path = "/v1/checkouts", tag = "payments", request_body = CheckoutRequest, security(("viewer" = [])),
    params(("Idempotency-Key" = String, Header, description = "One for each tap", pattern = "^[A-Za-z0-9_-]{16,64}$")),
    responses((status = 201, body = CheckoutAnswer),
        (status = 400, description = "`idempotency-key-required`, `invalid-request`"),
        (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`"),
        (status = 404, description = "`not-found`: the series, the episode or the offer"),
        (status = 409, description = "`already-owned`"),
        (status = 422, description = "`idempotency-conflict`, `consent-required`, `return-url-not-allowed`, `payment-unavailable`")))]
pub async fn begin(
    State(gate): State<Gate>,
    Viewer(viewer): Viewer,
    headers: HeaderMap,
    ask: Json<CheckoutRequest>,
) -> Result<Response, Problem> {
    let once = Once::read(&headers, INSTANCE, &ask.raw)?;
    let ask = ask.value;
    let missing = || Problem::not_found(INSTANCE);
    let catalog = gate.catalog();
    let series = match &ask.series {
        Some(id) => catalog.series.get(id),
        None => catalog.series.values().next(),
    };
    let series = series.ok_or_else(missing)?;
    let episode = ask.episode.as_ref().map(|id| series.episode(id).ok_or_else(missing)).transpose()?;
    let Some(provider) = gate.provider(None) else {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "payment-unavailable", "This gate takes no payments"));
    };
    let return_url = ask.return_url.as_deref().map(|url| allowed_return(&gate, url)).transpose()?;
    let consent = consent(series.legal.as_ref(), ask.consent.as_ref())?;

    let now_ms = gate.now_ms();
    let mut tx = gate.db().begin().await?;
    if !ledger::lock(&mut tx, &viewer.id, now_ms).await? {
        return Err(Problem::viewer_gone());
    }
    if let Some(kept) = once.claim(&mut tx, &viewer.id, now_ms).await? {
        return Ok(json_text(kept.status, kept.body));
    }
    let owned = rights::owned_in(&mut tx, &viewer.id, &series.info.id).await?;
    let goods = checkout::goods(series, episode, &ask.offer, &owned, now_ms).ok_or_else(missing)?;
    if goods.scope.is_some() && goods.episodes.is_empty() {
        return Err(Problem::new(StatusCode::CONFLICT, "already-owned", "Nothing is left to unlock"));
    }
    let before = match goods.scope {
        Some(_) => checkout::pending(&mut tx, &viewer.id, &series.info.id, &ask.offer, &goods).await?,
        // Two packs are two packs.
        None => None,
    };
    let stored = match before {
        Some(stored) => stored,
        None => {
            let id = random::ulid(now_ms).map_err(crate::db::DbError::from)?;
            let fresh = fresh(id, &viewer.id, series, &ask.offer, goods, provider.name(), return_url);
            checkout::insert(&mut tx, &fresh, consent.as_deref(), now_ms).await?;
            fresh
        }
    };
    let wallet = ledger::wallet_in(&mut tx, &viewer.id).await?;
    let body = serde_json::to_string(&answer(&gate, stored, wallet)).map_err(|_| Problem::internal())?;
    let kept = Kept { status: StatusCode::CREATED, body };
    once.keep(&mut tx, &viewer.id, &kept).await?;
    tx.commit().await?;
    Ok(json_text(kept.status, kept.body))
}

/// What became of a payment. Poll it: at first every two seconds, later less often.
#[utoipa::path(get, path = "/v1/checkouts/{id}", tag = "payments", params(("id" = String, Path)), security(("viewer" = [])),
    responses((status = 200, body = CheckoutAnswer), (status = 401, description = "`viewer-required`, `token-invalid`, `token-expired`"),
        (status = 404, description = "`not-found`, also for somebody else's")))]
pub async fn look(State(gate): State<Gate>, Viewer(viewer): Viewer, Named(id): Named) -> Result<Response, Problem> {
    let found = checkout::find(gate.db(), &id).await?.filter(|c| c.viewer == viewer.id);
    let stored = found.ok_or_else(|| Problem::not_found(INSTANCE))?;
    let wallet = ledger::wallet(gate.db(), &viewer.id).await?;
    json(StatusCode::OK, &answer(&gate, stored, wallet))
}

fn answer(gate: &Gate, stored: Checkout, wallet: Wallet) -> CheckoutAnswer {
    CheckoutAnswer {
        url: gate.provider(Some(&stored.provider)).map(|p| p.page(gate.links(), &stored.id)).unwrap_or_default(),
        id: stored.id,
        state: stored.state,
        series: stored.series,
        offer: stored.offer,
        price: Money { amount: stored.amount, currency: stored.currency, tax_included: None },
        wallet,
    }
}

fn fresh(id: String, viewer: &str, series: &Series, offer: &str, goods: Goods, provider: &str, return_url: Option<String>) -> Checkout {
    Checkout {
        id,
        viewer: viewer.to_owned(),
        series: series.info.id.clone(),
        offer: offer.to_owned(),
        scope: checkout::stored_scope(&goods),
        label: goods.label,
        episodes: goods.episodes,
        coins: u64::from(goods.coins),
        bonus: u64::from(goods.bonus),
        provider: provider.to_owned(),
        amount: goods.amount,
        currency: goods.currency,
        state: "pending".to_owned(),
        return_url,
    }
}

/// A return address is judged by what a browser would make of it, and kept in that form.
fn allowed_return(gate: &Gate, text: &str) -> Result<String, Problem> {
    let refused =
        || Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "return-url-not-allowed", "returnUrl must be a page that may use this gate");
    if text.len() > 2048 || text.contains(|c: char| c.is_control() || c == '\\') {
        return Err(refused());
    }
    let url = Url::parse(text).map_err(|_| refused())?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let origin = url.origin().ascii_serialization();
    let own = Url::parse(gate.issuer()).is_ok_and(|own| own.origin() == url.origin());
    let listed = match gate.origins() {
        Origins::Any => loopback,
        Origins::Listed(list) => list.contains(&origin),
    };
    let plain = url.username().is_empty() && url.password().is_none();
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    if plain && (own && matches!(url.scheme(), "http" | "https") || scheme && listed) { Ok(url.into()) } else { Err(refused()) }
}

fn consent(legal: Option<&Legal>, given: Option<&Consent>) -> Result<Option<String>, Problem> {
    if given.is_some_and(|c| c.version.as_ref().is_some_and(|v| v.len() > 64) || c.locale.as_ref().is_some_and(|l| l.len() > 64)) {
        return Err(invalid("consent: at most 64 characters each"));
    }
    if let Some((legal, text)) = legal.and_then(|l| Some((l, l.consent_text.as_ref()?))) {
        let agreed =
            given.is_some_and(|c| c.immediate_performance && (legal.consent_version.is_none() || c.version == legal.consent_version));
        if !agreed {
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "consent-required", "The buyer has to agree first");
            return Err(problem.with("text", text.as_str()).with("version", serde_json::json!(legal.consent_version)));
        }
    }
    Ok(given.and_then(|c| serde_json::to_string(c).ok()))
}
