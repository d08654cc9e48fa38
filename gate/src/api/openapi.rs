//! `GET /v1/openapi.json`: the contract, from the code that keeps it.

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use super::{access, checkouts, json_text, me, play, quotes, unlocks, viewers};
use crate::offers::{AutoOffer, Rest};
use crate::payments::webhook;
use crate::problem::Problem;
use crate::shop::ledger::Wallet;

/// Every error of the API (RFC 9457). Compare `code`; the rest is for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:cliffhanger:problem:` and the code.
    pub r#type: String,
    /// For people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable name.
    pub code: String,
}

/// The problem `locked`: the ways to go on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Locked {
    /// `locked`.
    pub code: String,
    /// The gate's clock, milliseconds since the epoch.
    pub server_now_ms: u64,
    /// The episode.
    pub episode: String,
    /// `beyond-free` or `locked`.
    pub reason: String,
    /// The viewer's coins; zeros without a viewer.
    pub wallet: Wallet,
    /// The offers as in the manifest, each with its `id`; a coin offer for a viewer also with `affordable` and, unless the
    /// intent was `preload`, with `quote`.
    pub offers: Vec<Value>,
    /// Coin packs, smallest first.
    pub packs: Vec<Value>,
    /// What all that is still locked costs, one by one.
    pub rest: Option<Rest>,
    /// An automatic unlock that the viewer allowed.
    pub auto_unlock: Option<AutoOffer>,
    /// In a series with `order: sequential`: the episode to unlock before this one.
    pub unlock_first: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Cliffhanger gate", description = "Errors are application/problem+json with a stable `code`."),
    paths(
        play::play,
        access::access,
        viewers::create,
        viewers::exchange,
        viewers::revoke,
        quotes::quote,
        unlocks::unlock,
        checkouts::begin,
        checkouts::look,
        webhook::webhook,
        me::me,
        me::statement,
        me::limits,
        me::allow_auto,
        me::stop_auto,
        me::delete,
    ),
    components(schemas(ProblemBody, Locked)),
    modifiers(&Finish)
)]
struct Api;

struct Finish;

impl Modify for Finish {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
        api.components.get_or_insert_default().add_security_scheme("viewer", bearer);
    }
}

/// The document as JSON.
pub fn document() -> Result<String, Problem> {
    let mut api = serde_json::to_value(Api::openapi()).map_err(|_| Problem::internal())?;
    add_problems(&mut api);
    Ok(api.to_string())
}

/// Every operation can answer with a problem, and every error is one.
fn add_problems(api: &mut Value) {
    let problem = || serde_json::json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}});
    let paths = api.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(|p| p.values_mut());
    for operation in paths.filter_map(Value::as_object_mut).flat_map(|p| p.values_mut()) {
        let takes_body = operation.get("requestBody").is_some();
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        for (status, what) in [
            ("429", "`rate-limited`, with `Retry-After`"),
            ("403", "`origin-not-allowed`"),
            ("503", "`unavailable`, with `Retry-After`: what the answer needs is away for now"),
        ] {
            responses.entry(status).or_insert_with(|| serde_json::json!({"description": what}));
        }
        if takes_body {
            for (status, what) in [
                ("400", "`invalid-request`"),
                ("408", "the request took too long"),
                ("413", "`too-large`"),
                ("415", "`unsupported-media-type`"),
            ] {
                responses.entry(status).or_insert_with(|| serde_json::json!({"description": what}));
            }
        }
        for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let Some(response) = response.as_object_mut() else { continue };
            response.entry("content").or_insert_with(problem);
            if matches!(status.as_str(), "429" | "503") {
                response.insert("headers".into(), serde_json::json!({"Retry-After": {"schema": {"type": "integer"}}}));
            }
        }
    }
}

/// `GET /v1/openapi.json`
pub async fn serve() -> Result<Response, Problem> {
    Ok(json_text(axum::http::StatusCode::OK, document()?))
}
