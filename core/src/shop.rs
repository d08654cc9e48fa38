//! The buyer's side of the wall, as plain data: what is being bought, what the sheet shows of it, and what the shell is asked to do.
//! What moves it is the module `later` of the player, which a browser fetches only when it is needed.

use crate::event::{AskId, FetchFailure, UnlockReply};
use crate::manifest::{Money, Offer};
use crate::node::Node;
use crate::time::Instant;

/// A viewer's coins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wallet {
    /// Bought with money.
    pub paid: u64,
    /// Given; spent first.
    pub bonus: u64,
}

impl Wallet {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.paid.saturating_add(self.bonus)
    }
}

/// Where the buyer stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Step {
    /// Before the offers.
    #[default]
    Offers,
    /// Before the coin packs: so many coins are missing.
    Packs {
        /// How many.
        missing: u64,
    },
    /// Asked to agree to the seller's terms before paying.
    Consent {
        /// The seller's words.
        text: String,
        /// Their version.
        version: Option<String>,
    },
    /// A payment is open on another page.
    Paying {
        /// That page: an absolute, checked URL.
        url: String,
        /// It could be opened. If not, the sheet leads there.
        opened: bool,
    },
    /// It is being found out what became of a purchase.
    Checking,
    /// The gate stays silent about a purchase.
    Stuck,
    /// The gate will be asked to unlock without a tap, as the viewer allowed, unless they stop it before.
    Auto {
        /// When.
        until: Instant,
        /// The price in coins.
        coins: u64,
        /// The same in money.
        money: Money,
    },
}

/// What the sheet says about the last attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// Paid: the coins are there.
    Paid,
    /// The price is not the one that was shown.
    PriceChanged,
    /// The viewer's own limit.
    Limit {
        /// Coins a day.
        coins: u64,
    },
    /// It did not work, and nothing was charged.
    NotCharged,
    /// The gate cannot be reached, and nothing was charged.
    NoShop,
    /// The payment did not go through.
    PayFailed,
    /// The payment was paid back.
    Refunded,
    /// There is no such way to pay here.
    NotHere,
    /// Another episode comes before this one.
    First {
        /// Its ordinal.
        n: u32,
    },
}

/// A purchase under way. It is kept outside the page until the gate has answered, so that neither a lost reply nor a reload can
/// charge twice or lose it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The `Idempotency-Key`: one for each tap.
    pub key: String,
    /// Id of the episode at which the viewer stood.
    pub episode: String,
    /// Id of the offer.
    pub offer: String,
    /// What is asked of the gate.
    pub what: What,
}

/// What is asked of the gate.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// `POST /v1/unlocks`
    Unlock {
        /// The signed price.
        quote: String,
        /// As it was shown.
        coins: u64,
        /// As it was shown.
        money: Money,
        /// Without a tap, as the viewer allowed.
        auto: bool,
    },
    /// `POST /v1/checkouts`
    Checkout {
        /// Where the payment page leads back to; empty when that is not allowed.
        page: String,
        /// The version of the terms that the buyer agreed to.
        consent: Option<String>,
    },
    /// `GET /v1/checkouts/{id}`
    Pay {
        /// The checkout.
        id: String,
        /// Where to pay: an absolute, checked URL.
        url: String,
    },
}

/// What the viewer wants to buy, until there is a key for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The offer, as it was shown.
    pub offer: Offer,
    /// As in [`What::Checkout`].
    pub consent: Option<String>,
    /// As in [`What::Unlock`].
    pub auto: bool,
}

/// A question that is out.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// The order's own.
    Order,
    /// A viewer, for the order.
    Viewer,
    /// A price, for the order with this key.
    Quote {
        /// The key.
        key: String,
    },
    /// Whether this episode is open now, and if not, for what.
    Fresh {
        /// Its id.
        episode: String,
    },
    /// Unlocking without a tap to be allowed, or no longer.
    Allow {
        /// Which of the two.
        on: bool,
    },
}

/// Episodes that one permission to unlock without a tap covers.
pub const ALLOWED_EPISODES: u64 = 10;

/// Everything the buying flow knows.
#[derive(Debug, Default, PartialEq)]
pub struct Shop {
    /// Where the buyer stands.
    pub step: Step,
    /// What is said of the last attempt.
    pub say: Option<Say>,
    /// The viewer's coins, once the gate has told.
    pub wallet: Option<Wallet>,
    /// The coin packs, smallest first.
    pub packs: Vec<Offer>,
    /// What this episode costs, in coins and in money.
    pub price: Option<(u64, Money)>,
    /// Unlocking without a tap is allowed for the series.
    pub allowed: bool,
    /// The purchase under way.
    pub order: Option<Order>,
    pub(crate) wish: Option<Wish>,
    /// The offer of the order, as it was shown.
    pub(crate) chosen: Option<Offer>,
    /// The offer for which the terms are being read.
    pub(crate) consenting: Option<Offer>,
    pub(crate) asked: Option<(u32, Asked)>,
    pub(crate) last_ask: u32,
    /// Attempts in a row.
    pub(crate) tries: usize,
    /// When something is to be done: asked again, given up, charged.
    pub(crate) wake: Option<Instant>,
    /// The episode that is not to be unlocked without a tap.
    pub(crate) stopped: Option<String>,
}

impl Shop {
    /// An answer is awaited, and until then nothing else can be chosen.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let waits = matches!(self.step, Step::Paying { .. } | Step::Checking | Step::Stuck | Step::Auto { .. });
        !waits && (self.asked.is_some() || self.order.is_some() || self.wish.is_some())
    }
}

/// What the viewer does in the sheet beside choosing an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShopAction {
    /// Back to the offers; a payment that is open elsewhere is no longer waited for.
    Back,
    /// Ask again what became of the purchase.
    Again,
    /// Agree to the seller's terms.
    Agree,
    /// Allow that the next episodes are unlocked without a tap, or no longer.
    Allow(bool),
    /// Stop an unlock without a tap before it is charged.
    Stop,
}

/// What the shell tells.
#[derive(Clone, Debug)]
pub enum ShopEvent {
    /// The answer to [`ShopEffect::Recall`].
    Recalled(Option<String>),
    /// The answer to [`ShopEffect::Ticket`].
    Ticket {
        /// 16 to 64 random characters of `A-Z a-z 0-9 - _`.
        key: String,
        /// The page's address.
        page: String,
    },
    /// The answer to [`ShopEffect::Call`].
    Answered {
        /// The question.
        ask: u32,
        /// The status and body, or why there is none.
        reply: Result<(u16, Node), FetchFailure>,
        /// `Retry-After`, in seconds.
        wait: Option<u32>,
    },
    /// The answer to [`ShopEffect::Open`]: whether the browser opened the page.
    Opened(bool),
}

/// What the shell is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum ShopEffect {
    /// Read what was kept; answer with [`ShopEvent::Recalled`].
    Recall {
        /// Under which name.
        place: String,
    },
    /// Keep this in the browser's storage, or for as long as the page lives where there is none.
    Keep {
        /// Under which name. `@` and a gate's base URL is the viewer's token there.
        place: String,
        /// Empty to forget.
        value: String,
    },
    /// A fresh key and the page's address; answer with [`ShopEvent::Ticket`].
    Ticket,
    /// Ask the gate, with the viewer's token if there is one; answer with [`ShopEvent::Answered`].
    Call {
        /// To be given back.
        ask: u32,
        /// HTTP method.
        method: &'static str,
        /// The gate's base URL, without a slash at its end.
        base: String,
        /// What follows it.
        path: String,
        /// `Idempotency-Key`
        key: Option<String>,
        /// JSON body; `Null` for none.
        body: Node,
    },
    /// Open this page in a new window; answer with [`ShopEvent::Opened`].
    Open {
        /// Absolute, checked URL.
        url: String,
    },
    /// Close the window that was opened.
    Close,
}

/// Where the shop is: what it may know of the player.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// Now.
    pub now: Instant,
    /// The gate's base URL, without a slash at its end.
    pub base: &'a str,
    /// Id of the series.
    pub series: &'a str,
    /// Id of the episode before which the viewer stands.
    pub episode: &'a str,
    /// Its ordinal.
    pub n: u32,
    /// Ordinal of the episode that must be unlocked before.
    pub first: Option<u32>,
    /// The address follows the episode.
    pub deep_link: bool,
    /// The sheet is open, and the page can be seen.
    pub open: bool,
    /// Episodes unlocked without a tap since the viewer last did anything.
    pub unattended: u32,
}

/// What the player has to tell the second wasm.
#[derive(Clone, Debug)]
pub enum News {
    /// It has come.
    Came,
    /// Media is left to the browser: a developer may want to know why.
    Left,
    /// A series is there.
    Begin,
    /// The sheet has opened.
    Sheet,
    /// All episodes are known.
    Read,
    /// The sheet is gone.
    Closed,
    /// A trusted tap on the offer with this id, or on the plain "Unlock".
    Picked(Option<String>),
    /// What the host answered to an `unlockrequest`.
    Unlock(AskId, UnlockReply),
    /// A trusted tap on something else in the sheet.
    Tapped(ShopAction),
    /// News from the shell.
    Told(ShopEvent),
    /// The page can be seen again, or is online again.
    Back,
    /// The shop's moment has come.
    Tick,
}

/// What happens to the shop.
#[derive(Clone, Debug)]
pub enum Input {
    /// A series is there.
    Begin,
    /// The sheet stands, with this answer of the gate.
    Wall(Node),
    /// A trusted tap on an offer that was shown long enough.
    Choose(Offer),
    /// A trusted tap on something else.
    Act(ShopAction),
    /// News from the shell.
    Told(ShopEvent),
    /// The sheet is gone.
    Closed,
    /// The page can be seen again, or is online again.
    Back,
    /// [`Shop`]'s moment has come.
    Tick,
}

/// What the shop asks of the player.
#[derive(Clone, Debug)]
pub enum Out {
    /// To be done by the shell.
    Do(ShopEffect),
    /// Put these into the sheet, or the episode's own offers.
    Show(Option<Vec<Offer>>),
    /// The gate's answer with a grant for an episode.
    Granted {
        /// Id of the episode.
        episode: String,
        /// The answer.
        body: Node,
    },
    /// The gate's fresh answer that an episode is locked.
    Denied {
        /// Id of the episode.
        episode: String,
        /// The answer.
        body: Node,
    },
    /// An episode is about to be unlocked without a tap.
    Unattended,
    /// What was known to be locked may be open now.
    Stale,
    /// Come back to this episode after a reload.
    Return {
        /// Id of the episode.
        episode: String,
    },
}
