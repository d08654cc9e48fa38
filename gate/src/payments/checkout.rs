//! Checkouts in the database.

use crate::authoring::{Offer, Scope};
use crate::catalog::{Episode, Series};
use crate::db::sql::{Row, args};
use crate::db::{Db, DbError, Tx};
use crate::shop::pricing;
use crate::shop::unlock::scope_name;

/// A checkout as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Checkout {
    pub id: String,
    pub viewer: String,
    pub series: String,
    pub offer: String,
    /// What the buyer is told.
    pub label: String,
    /// Of a purchase; `None` for a pack.
    pub scope: Option<String>,
    /// What a purchase opens.
    pub episodes: Vec<String>,
    pub coins: u64,
    pub bonus: u64,
    pub provider: String,
    /// Minor units.
    pub amount: u64,
    pub currency: String,
    pub state: String,
    pub return_url: Option<String>,
}

/// What is to be bought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Goods {
    pub label: String,
    pub scope: Option<Scope>,
    pub episodes: Vec<String>,
    pub coins: u32,
    pub bonus: u32,
    pub amount: u64,
    pub currency: String,
}

/// Works out what the offer `id` sells to a viewer who owns `owned` and stands at `episode`. `None`: it is not sold for
/// money, or not here.
pub fn goods(series: &Series, episode: Option<&Episode>, id: &str, owned: &crate::access::Owned, now_ms: u64) -> Option<Goods> {
    let title = &series.info.title;
    match series.offers.get(id)? {
        Offer::Pack { coins, bonus_coins, price, label } => Some(Goods {
            label: label.clone().unwrap_or_else(|| format!("{coins} coins")),
            scope: None,
            episodes: Vec::new(),
            coins: *coins,
            bonus: bonus_coins.unwrap_or(0),
            amount: price.amount,
            currency: price.currency.clone(),
        }),
        Offer::Purchase { scope, price, label } => {
            let at = match (scope, episode) {
                (_, Some(episode)) => episode,
                (Scope::Episode, None) => return None,
                (_, None) => series.episodes.iter().find(|e| series.offers_of(e).iter().any(|known| known == id))?,
            };
            if !series.offers_of(at).iter().any(|known| known == id) {
                return None;
            }
            if *scope == Scope::Episode && pricing::blocked_by(series, at, Some(owned), now_ms).is_some() {
                return None;
            }
            let what = match scope {
                Scope::Episode => format!("{title}: episode {}", at.n),
                Scope::Rest => format!("{title}: all remaining episodes"),
                Scope::Series => format!("{title}: the whole series"),
            };
            Some(Goods {
                label: label.clone().unwrap_or(what),
                scope: Some(*scope),
                episodes: pricing::opened(series, at, *scope, Some(owned), now_ms),
                coins: 0,
                bonus: 0,
                amount: price.amount,
                currency: price.currency.clone(),
            })
        }
        Offer::Coins { .. } | Offer::Ad { .. } | Offer::Subscription { .. } => None,
    }
}

const FIND: &str = "SELECT * FROM checkout WHERE id = $1";

/// The checkout `id`.
pub async fn find(db: &Db, id: &str) -> Result<Option<Checkout>, DbError> {
    db.row(FIND, &args![id]).await?.map(read).transpose()
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, id: &str) -> Result<Option<Checkout>, DbError> {
    tx.row(FIND, &args![id]).await?.map(read).transpose()
}

/// A purchase of the same goods by the same viewer that is not paid yet: two tabs pay once.
pub async fn pending(tx: &mut Tx, viewer: &str, series: &str, offer: &str, goods: &Goods) -> Result<Option<Checkout>, DbError> {
    let sql =
        "SELECT * FROM checkout WHERE viewer = $1 AND state = 'pending' AND series = $2 AND offer = $3 AND episodes = $4 AND amount = $5";
    tx.row(sql, &args![viewer, series, offer, &list(&goods.episodes), goods.amount]).await?.map(read).transpose()
}

/// Stores a new checkout. The viewer must be locked.
pub async fn insert(tx: &mut Tx, checkout: &Checkout, consent: Option<&str>, now_ms: u64) -> Result<(), DbError> {
    let sql = "INSERT INTO checkout (id, viewer, series, offer, label, scope, episodes, coins, bonus, provider, amount, currency, state, \
                 shortfall, consent, return_url, at_ms, changed_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $16, $16)";
    let c = checkout;
    let values = args![
        &c.id,
        &c.viewer,
        &c.series,
        &c.offer,
        &c.label,
        c.scope.as_deref(),
        &list(&c.episodes),
        c.coins,
        c.bonus,
        &c.provider,
        c.amount,
        &c.currency,
        &c.state,
        consent,
        c.return_url.as_deref(),
        now_ms,
    ];
    tx.run(sql, &values).await?;
    Ok(())
}

fn list(episodes: &[String]) -> String {
    serde_json::json!(episodes).to_string()
}

fn read(row: Row) -> Result<Checkout, DbError> {
    Ok(Checkout {
        id: row.text("id")?,
        viewer: row.text("viewer")?,
        series: row.text("series")?,
        offer: row.text("offer")?,
        label: row.text("label")?,
        scope: row.opt_text("scope")?,
        episodes: serde_json::from_str(&row.text("episodes")?).map_err(|_| DbError::Damaged("checkout"))?,
        coins: row.count("coins")?,
        bonus: row.count("bonus")?,
        provider: row.text("provider")?,
        amount: row.count("amount")?,
        currency: row.text("currency")?,
        state: row.text("state")?,
        return_url: row.opt_text("return_url")?,
    })
}

/// The word of the schema for what a checkout opens.
pub fn stored_scope(goods: &Goods) -> Option<String> {
    goods.scope.map(|scope| scope_name(scope).to_owned())
}
