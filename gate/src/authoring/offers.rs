//! The ways to go on, as an operator writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Money {
    /// Minor units: cents.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// Whether tax is in the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_included: Option<bool>,
}

/// How much an offer opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Scope {
    Episode,
    Rest,
    Series,
}

/// Who shows a rewarded advertisement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum AdProvider {
    Gpt,
    Ima,
    AdmobSsv,
    Host,
}

/// How well it is known that an advertisement was watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Assurance {
    Verified,
    Reported,
}

/// A way to go on. Every coin price carries its `moneyEquivalent`; a subscription says where it is ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Offer {
    #[serde(rename_all = "camelCase")]
    Coins {
        scope: Scope,
        coins: u32,
        money_equivalent: Money,
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    #[serde(rename_all = "camelCase")]
    Ad {
        scope: Scope,
        provider: AdProvider,
        assurance: Assurance,
        #[serde(skip_serializing_if = "Option::is_none")]
        grant_hours: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        per_day: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    #[serde(rename_all = "camelCase")]
    Subscription {
        price: Money,
        period: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        trial_days: Option<u32>,
        manage_url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    #[serde(rename_all = "camelCase")]
    Purchase {
        scope: Scope,
        price: Money,
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    #[serde(rename_all = "camelCase")]
    Pack {
        coins: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        bonus_coins: Option<u32>,
        price: Money,
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
}

/// A map whose keys appear once: serde would keep the last of two.
pub(super) fn unique<'de, D>(deserializer: D) -> Result<BTreeMap<String, Offer>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = BTreeMap<String, Offer>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of offers")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut out = BTreeMap::new();
            while let Some((key, value)) = map.next_entry::<String, Offer>()? {
                if out.contains_key(&key) {
                    return Err(serde::de::Error::custom(format_args!("offer `{key}` appears twice")));
                }
                out.insert(key, value);
            }
            Ok(out)
        }
    }
    deserializer.deserialize_map(Visitor)
}
