//! The plain objects that properties, events and methods take and give: for types and documentation only.

use super::details::{Field, field, optional};

/// A named object type.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// Its name in TypeScript.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What it is made of.
    pub shape: Shape,
}

/// What a type is made of.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// These members.
    Members(&'static [Field]),
    /// Any one of these types.
    OneOf(&'static [&'static str]),
}

const fn object(name: &'static str, about: &'static str, fields: &'static [Field]) -> Object {
    Object { name, about, shape: Shape::Members(fields) }
}

const SCOPE: Field = field("scope", "'episode' | 'rest' | 'series'", "what it unlocks");
const ID: Field = field("id", "string", "");
const LABEL: Field = optional("label", "string", "the operator's own words");
const PRICE: Field = field("price", "Money", "");

/// Every object, in the order of the documentation. None of those the player gives holds a media URL.
pub const OBJECTS: &[Object] = &[
    object(
        "Series",
        "The series.",
        &[
            field("id", "string", ""),
            field("title", "string", ""),
            field("synopsis", "string", "may be empty"),
            field("lang", "string", "BCP 47"),
            field("poster", "string | null", "absolute URL"),
            field("totalEpisodes", "number", "planned, which may be more than there are"),
            field("mode", "'open' | 'host' | 'gate'", "who decides access"),
            field("freeEpisodes", "number", "the count in force"),
        ],
    ),
    object(
        "Episode",
        "An episode.",
        &[
            field("id", "string", ""),
            field("n", "number", "ordinal, from 1"),
            field("title", "string", "may be empty"),
            field("durationMs", "number | null", "by the catalogue"),
            field("poster", "string | null", "absolute URL"),
            field("access", "Access", ""),
        ],
    ),
    object(
        "Money",
        "An amount of money.",
        &[field("amount", "number", "in minor units"), field("currency", "string", "ISO 4217"), optional("taxIncluded", "boolean", "")],
    ),
    Object {
        name: "Offer",
        about: "A way past the wall, as the manifest or the gate gives it.",
        shape: Shape::OneOf(&["CoinsOffer", "AdOffer", "PurchaseOffer", "SubscriptionOffer", "PackOffer"]),
    },
    object(
        "CoinsOffer",
        "Pay with coins.",
        &[
            ID,
            field("kind", "'coins'", ""),
            SCOPE,
            field("coins", "number", ""),
            field("moneyEquivalent", "Money", "always shown beside the coins"),
            LABEL,
        ],
    ),
    object(
        "AdOffer",
        "Watch an ad.",
        &[
            ID,
            field("kind", "'ad'", ""),
            field("scope", "'episode'", ""),
            field("provider", "string", ""),
            field("assurance", "'verified' | 'reported'", "how the gate learns that it was watched"),
            optional("grantHours", "number", "how long the episode stays open"),
            LABEL,
        ],
    ),
    object(
        "Cue",
        "Something that happens at a time of an episode.",
        &[
            field("id", "string", ""),
            field("kind", "'product' | 'chapter' | 'cta'", ""),
            field("atMs", "number", ""),
            optional("untilMs", "number", ""),
            field("label", "string", ""),
            optional("href", "string", ""),
            optional("image", "{ url: string }", ""),
            optional("price", "Money", ""),
            optional("disclosure", "'ad' | 'paid-promotion' | 'affiliate' | 'none'", "a product without one is not shown"),
            optional("box", "[number, number, number, number]", "left, top, width and height in shares of the picture"),
        ],
    ),
    object("PurchaseOffer", "Buy once.", &[ID, field("kind", "'purchase'", ""), SCOPE, PRICE, LABEL]),
    object(
        "SubscriptionOffer",
        "Subscribe.",
        &[
            ID,
            field("kind", "'subscription'", ""),
            PRICE,
            field("period", "string", "ISO 8601 duration, such as `P1W`"),
            field("manageUrl", "string", "where to cancel; shown beside the price"),
            LABEL,
        ],
    ),
    object(
        "PackOffer",
        "Buy coins.",
        &[ID, field("kind", "'pack'", ""), field("coins", "number", ""), optional("bonusCoins", "number", ""), PRICE, LABEL],
    ),
    object(
        "Paywall",
        "The wall before the viewer.",
        &[field("episode", "Episode", ""), field("reason", "Reason", "why it is locked"), field("offers", "Offer[]", "in order")],
    ),
    object(
        "Rendition",
        "One way to get the media of an episode.",
        &[
            field("type", "'mp4' | 'hls'", ""),
            field("url", "string", "https, or relative"),
            optional("codecs", "string", "RFC 6381"),
            optional("width", "number", "pixels"),
            optional("height", "number", "pixels"),
            optional("bitrate", "number", "bits per second"),
        ],
    ),
    object(
        "Caption",
        "Captions in one language.",
        &[
            field("lang", "string", "BCP 47"),
            field("url", "string", "of a WebVTT file"),
            optional("label", "string", ""),
            optional("default", "boolean", "shown unless the viewer says otherwise"),
        ],
    ),
    object(
        "Grant",
        "Leave to watch one episode.",
        &[
            field("renditions", "Rendition[]", "at least one"),
            optional("captions", "Caption[]", "else the manifest's"),
            optional("expiresMs", "number | null", "milliseconds since 1970"),
            optional("refreshAfterMs", "number | null", "milliseconds since 1970: when to ask for a fresh one"),
        ],
    ),
    object(
        "ManifestEpisode",
        "An episode as a manifest has it, for `append()`.",
        &[
            field("id", "string", "unique in the feed"),
            field("n", "number", "ordinal, from 1"),
            optional("title", "string", ""),
            optional("durationMs", "number", ""),
            optional("poster", "{ url: string }", ""),
            optional("access", "{ state?: 'free' | 'locked'; offers?: string[]; freeAfter?: string }", "its own rule"),
            optional("window", "{ from?: string; until?: string }", "RFC 3339: when it may be shown"),
            optional("renditions", "Rendition[]", ""),
            optional("captions", "Caption[]", ""),
        ],
    ),
    object(
        "Stats",
        "What was fetched, and how episodes started. Bytes are those the player fetches itself.",
        &[
            field("bytesFetched", "number", ""),
            field("bytesWatched", "number", ""),
            field("bytesWasted", "number", ""),
            field("throughputBitsPerSecond", "number | null", "null while unmeasured"),
            field("slots", "SlotStats[]", "one for each pooled video"),
            field("episodes", "VisitStats[]", "the last hundred visits"),
        ],
    ),
    object("SlotStats", "A pooled video.", &[field("episode", "string | null", "its id"), field("bufferedSeconds", "number", "")]),
    object(
        "VisitStats",
        "How an episode started.",
        &[
            field("episode", "string", "its id"),
            field("startPath", "'adopted' | 'preloaded' | 'cold'", ""),
            field("source", "'ranges' | 'src'", "fed by bytes, or by plain URL"),
            field("firstFrameMs", "number", "from the settling of the gesture"),
        ],
    ),
];
