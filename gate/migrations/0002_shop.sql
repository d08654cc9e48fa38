-- Viewers, what they own, and the books.
-- Written for SQLite; for PostgreSQL the gate reads INTEGER as BIGINT, BLOB as BYTEA, and leaves STRICT out.

-- Secrets shared by every gate on this database, by purpose.
CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE viewer (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('anonymous', 'host', 'merged', 'deleted')),
    issuer        TEXT,                            -- of the host site's JWT
    subject       TEXT,
    epoch         INTEGER NOT NULL,                -- raised to make every token of the viewer void
    merged_into   TEXT REFERENCES viewer(id),
    coins_per_day INTEGER CHECK (coins_per_day >= 0),
    created_ms    INTEGER NOT NULL,
    seen_ms       INTEGER NOT NULL,                -- last time the viewer's books were opened for writing
    UNIQUE (issuer, subject)
) STRICT;

-- A viewer's accounts have a balance, which is never negative. The gate's own (issued, spent, ...) have none: they are
-- the sum of their entries, so that no two viewers ever wait for one row.
CREATE TABLE account (
    id      TEXT PRIMARY KEY,
    viewer  TEXT REFERENCES viewer(id),
    kind    TEXT NOT NULL,
    balance INTEGER NOT NULL CHECK (balance >= 0),
    UNIQUE (viewer, kind)
) STRICT;

CREATE TABLE ledger_tx (
    id      TEXT PRIMARY KEY,
    reason  TEXT NOT NULL CHECK (reason IN ('pack', 'refund', 'unlock', 'merge', 'forfeit')),
    ref     TEXT NOT NULL,                         -- what caused it; the same cause is booked once
    series  TEXT,
    episode TEXT,
    at_ms   INTEGER NOT NULL,
    UNIQUE (reason, ref)
) STRICT;

CREATE TABLE ledger_entry (
    tx      TEXT NOT NULL REFERENCES ledger_tx(id),
    account TEXT NOT NULL REFERENCES account(id),
    delta   INTEGER NOT NULL CHECK (delta <> 0),
    PRIMARY KEY (tx, account)
) STRICT;
CREATE INDEX ledger_entry_account ON ledger_entry (account);

CREATE TABLE entitlement (
    id         TEXT PRIMARY KEY,
    viewer     TEXT NOT NULL REFERENCES viewer(id),
    series     TEXT NOT NULL,
    scope      TEXT NOT NULL CHECK (scope IN ('episode', 'rest', 'series')),
    source     TEXT NOT NULL CHECK (source IN ('coins', 'purchase')),
    ref        TEXT NOT NULL,                      -- the ledger transaction or the checkout
    starts_ms  INTEGER NOT NULL,
    ends_ms    INTEGER,
    revoked_ms INTEGER,
    UNIQUE (source, ref)
) STRICT;
CREATE INDEX entitlement_viewer ON entitlement (viewer, series);

-- One row for each episode a viewer owns by name: whatever races, it is charged once.
CREATE TABLE unlock (
    viewer      TEXT NOT NULL REFERENCES viewer(id),
    series      TEXT NOT NULL,
    episode     TEXT NOT NULL,
    entitlement TEXT NOT NULL REFERENCES entitlement(id),
    PRIMARY KEY (viewer, series, episode)
) STRICT;
CREATE INDEX unlock_entitlement ON unlock (entitlement);

CREATE TABLE quote_used (
    jti   TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
    viewer      TEXT NOT NULL,
    key         TEXT NOT NULL,
    body_sha256 BLOB NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    PRIMARY KEY (viewer, key)
) STRICT;

-- What a viewer allowed to be unlocked without a tap for each episode.
CREATE TABLE auto_unlock (
    viewer        TEXT NOT NULL REFERENCES viewer(id),
    series        TEXT NOT NULL,
    episodes_left INTEGER NOT NULL CHECK (episodes_left >= 0),
    coins_left    INTEGER NOT NULL CHECK (coins_left >= 0),
    since_ms      INTEGER NOT NULL,
    PRIMARY KEY (viewer, series)
) STRICT;

CREATE TABLE checkout (
    id          TEXT PRIMARY KEY,
    viewer      TEXT NOT NULL REFERENCES viewer(id),
    series      TEXT NOT NULL,
    offer       TEXT NOT NULL,
    label       TEXT NOT NULL,                     -- what the buyer is told
    scope       TEXT CHECK (scope IN ('episode', 'rest', 'series')),  -- of a purchase; null for a pack
    episodes    TEXT NOT NULL,                     -- ids a purchase opens, JSON
    coins       INTEGER NOT NULL,
    bonus       INTEGER NOT NULL,
    provider    TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    currency    TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'failed', 'expired', 'refunded')),
    shortfall   INTEGER NOT NULL,                  -- coins of a refunded pack that were spent already
    consent     TEXT,
    return_url  TEXT,
    at_ms       INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX checkout_viewer ON checkout (viewer, state);

CREATE TABLE webhook_event (
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    PRIMARY KEY (provider, event_id)
) STRICT;

-- Playback tokens made before `before_ms` are void. Rows are dropped when the last such token has expired.
CREATE TABLE revocation (
    pseudonym  TEXT NOT NULL,
    series     TEXT NOT NULL,                      -- empty: all
    episode    TEXT NOT NULL,                      -- empty: all of the series
    before_ms  INTEGER NOT NULL,
    PRIMARY KEY (pseudonym, series, episode)
) STRICT;
