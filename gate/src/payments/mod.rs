//! Buying with money.
//!
//! A checkout begins at a [`Provider`], which takes the buyer's money on pages of its own. Nothing the buyer's browser says
//! afterwards counts: what was bought is given when the provider says so in a signed message ([`webhook`]).

pub mod checkout;
pub mod demo;
pub mod fulfil;
pub mod signature;
pub mod webhook;

use axum::http::HeaderMap;

use crate::links::Links;
use crate::problem::Problem;

/// Takes money.
pub trait Provider: Send + Sync {
    /// Its name, as in `/v1/callbacks/webhook/<name>`.
    fn name(&self) -> &'static str;

    /// Where the buyer of the checkout `id` pays.
    fn page(&self, links: &Links, id: &str) -> String;

    /// Reads a message that claims to come from it. The signature is over the raw bytes and is checked before they are read.
    fn read(&self, headers: &HeaderMap, body: &[u8], now_ms: u64) -> Result<Event, Problem>;
}

/// What a provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The provider's own id of the message; each is taken in once.
    pub id: String,
    /// Our checkout.
    pub checkout: String,
    /// What happened.
    pub kind: EventKind,
    /// The amount that moved, minor units.
    pub amount: u64,
    /// Its currency.
    pub currency: String,
}

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub enum EventKind {
    /// The money is there.
    #[serde(rename = "checkout.paid")]
    Paid,
    /// It will not come.
    #[serde(rename = "checkout.failed")]
    Failed,
    /// The buyer did not come back.
    #[serde(rename = "checkout.expired")]
    Expired,
    /// It went back, all of it.
    #[serde(rename = "checkout.refunded")]
    Refunded,
}

impl EventKind {
    /// A name for counters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
        }
    }
}
