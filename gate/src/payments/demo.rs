//! The `demo` provider: a page that takes no money and says it was paid. Only with `--demo`.
//!
//! Its messages go the way of every provider's: signed, through the webhook.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::checkout::{self, Checkout};
use super::{Event, EventKind, Provider, signature, webhook};
use crate::api::Named;
use crate::api::body::invalid;
use crate::app::Gate;
use crate::db::secrets::Secret;
use crate::links::Links;
use crate::problem::Problem;
use crate::random;
use crate::web::html::escape;

/// Its name.
pub const NAME: &str = "demo";

/// The provider.
#[derive(Debug)]
pub struct Demo {
    secrets: Vec<Secret>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    id: String,
    #[serde(rename = "type")]
    kind: EventKind,
    checkout: String,
    amount: u64,
    currency: String,
}

impl Demo {
    /// A provider that signs with `secret`.
    pub fn new(secret: Secret) -> Self {
        Self { secrets: vec![secret] }
    }

    /// A signed message about `checkout`.
    fn message(&self, checkout: &Checkout, now_ms: u64) -> Result<(HeaderMap, Vec<u8>), Problem> {
        let message = Message {
            id: random::ulid(now_ms).map_err(crate::db::DbError::from)?,
            kind: EventKind::Paid,
            checkout: checkout.id.clone(),
            amount: checkout.amount,
            currency: checkout.currency.clone(),
        };
        let body = serde_json::to_vec(&message).map_err(|_| Problem::internal())?;
        let secret = self.secrets.first().ok_or_else(Problem::internal)?;
        let value = HeaderValue::from_str(&signature::sign(secret, now_ms / 1000, &body)).map_err(|_| Problem::internal())?;
        Ok((HeaderMap::from_iter([(signature::HEADER, value)]), body))
    }
}

impl Provider for Demo {
    fn name(&self) -> &'static str {
        NAME
    }

    fn page(&self, links: &Links, id: &str) -> String {
        links.to(&format!("/checkout/demo/{id}"))
    }

    fn read(&self, headers: &HeaderMap, body: &[u8], now_ms: u64) -> Result<Event, Problem> {
        if !signature::verify(&self.secrets, headers, body, now_ms / 1000) {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "signature-invalid", "The message is not signed, or not now"));
        }
        let m: Message = serde_json::from_slice(body).map_err(|e| invalid(e.to_string()))?;
        if m.id.is_empty() || m.id.len() > 128 {
            return Err(invalid("id: 1 to 128 characters"));
        }
        Ok(Event { id: m.id, checkout: m.checkout, kind: m.kind, amount: m.amount, currency: m.currency })
    }
}

/// The page's own rules: nothing but its style, forms to itself, and no page may frame it, so that nobody is made to press
/// its button unawares.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `GET /checkout/demo/{id}`
pub async fn show(State(gate): State<Gate>, Named(id): Named) -> Response {
    match find(&gate, &id).await {
        Ok(checkout) => page(gate.links(), &checkout),
        Err(problem) => problem.into_response(),
    }
}

/// `POST /checkout/demo/{id}/pay`: the button.
pub async fn pay(State(gate): State<Gate>, Named(id): Named) -> Response {
    let paid = async {
        let checkout = find(&gate, &id).await?;
        let demo = gate.demo().ok_or_else(|| Problem::not_found("/checkout"))?;
        let (headers, body) = demo.message(&checkout, gate.wall_ms())?;
        webhook::receive(&gate, NAME, &headers, &body).await?;
        Ok::<_, Problem>(())
    };
    match paid.await {
        // 303: reloading the page that follows does not pay again.
        Ok(()) => {
            let to = HeaderValue::from_str(&gate.links().to(&format!("/checkout/demo/{id}")));
            let mut response = StatusCode::SEE_OTHER.into_response();
            response.headers_mut().extend(to.ok().map(|to| (header::LOCATION, to)));
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn find(gate: &Gate, id: &str) -> Result<Checkout, Problem> {
    let missing = || Problem::not_found("/checkout");
    gate.demo().ok_or_else(missing)?;
    checkout::find(gate.db(), id).await?.filter(|c| c.provider == NAME).ok_or_else(missing)
}

fn page(links: &Links, checkout: &Checkout) -> Response {
    let price = escape(&money(checkout.amount, &checkout.currency));
    let label = escape(&checkout.label);
    let back = checkout.return_url.as_deref().map(|url| format!("<p><a href=\"{}\">Back to the series</a></p>\n", escape(url)));
    let back = back.unwrap_or_default();
    let (head, main) = match checkout.state.as_str() {
        "pending" | "failed" | "expired" => (
            String::new(),
            format!(
                "<h1>{label}</h1>\n<p class=\"price\">{price}</p>\n\
                 <form method=\"post\" action=\"{}\"><button type=\"submit\" class=\"primary\">Pay</button></form>\n\
                 <p>This is a demonstration. No money moves.</p>\n{back}",
                escape(&links.to(&format!("/checkout/demo/{}/pay", checkout.id)))
            ),
        ),
        "refunded" => (String::new(), format!("<h1>Refunded</h1>\n<p>{label}, {price}, was paid back.</p>\n{back}")),
        _ => {
            let refresh = checkout.return_url.as_deref();
            let refresh = refresh.map(|url| format!("<meta http-equiv=\"refresh\" content=\"3;url={}\">\n", escape(url)));
            (
                refresh.unwrap_or_default(),
                format!("<h1>Paid</h1>\n<p role=\"status\">{label}, {price}. You can close this page.</p>\n{back}"),
            )
        }
    };
    let css = escape(&links.to("/checkout.css"));
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Checkout</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n{head}<link rel=\"stylesheet\" href=\"{css}\">\n</head>\n<body>\n<main>\n{main}</main>\n</body>\n</html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, html).into_response()
}

/// `GET /checkout.css`
pub async fn stylesheet() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], include_str!("demo.css")).into_response()
}

/// An amount for people. Currencies without minor units (ISO 4217) are written whole.
fn money(amount: u64, currency: &str) -> String {
    const WHOLE: [&str; 16] =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
    if WHOLE.contains(&currency) {
        return format!("{amount} {currency}");
    }
    format!("{}.{:02} {currency}", amount / 100, amount % 100)
}
