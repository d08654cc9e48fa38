-- The catalogue: what a folder held when the gate last read it.
-- Viewers, ledger, quotes and the rest come with later migrations; nothing here needs to change for them.

CREATE TABLE series (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;

-- One row for every episode ever seen, never deleted: an id, once given, is not given to another file,
-- because a purchase points at it.
CREATE TABLE episode (
    series      TEXT NOT NULL REFERENCES series(id),
    id          TEXT NOT NULL,
    source      TEXT NOT NULL,           -- file name in folder mode, empty when series.json names the id
    content_key TEXT NOT NULL UNIQUE,    -- random, the directory of its media URLs
    created_ms  INTEGER NOT NULL,
    PRIMARY KEY (series, id)
) STRICT;

-- Every file the gate may open, by the address it is served under. Replaced as a whole on import.
CREATE TABLE asset (
    series      TEXT NOT NULL REFERENCES series(id),
    content_key TEXT NOT NULL,
    file        TEXT NOT NULL,           -- name in the URL; never the name on the disk
    kind        TEXT NOT NULL CHECK (kind IN ('media', 'poster')),
    episode     TEXT,                    -- null: belongs to the series as a whole
    path        BLOB NOT NULL,           -- canonical path when it was read
    PRIMARY KEY (series, content_key, file)
) STRICT;

-- Ed25519 seeds. The newest that is not retired signs; all that are not retired verify.
CREATE TABLE signing_key (
    kid        TEXT PRIMARY KEY,
    seed       BLOB NOT NULL CHECK (length(seed) = 32),
    created_ms INTEGER NOT NULL,
    retired_ms INTEGER
) STRICT;
