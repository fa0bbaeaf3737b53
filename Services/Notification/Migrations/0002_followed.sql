-- Whom a personal link leads to. The live state of a hall's day is in memory; this table knows the bookings of other days, and how
-- a ticket ended after its day. Only the hash of a link's token is kept.
CREATE TABLE followed (
    follow     text        PRIMARY KEY CHECK (follow ~ '^[0-9a-f]{64}$'),
    ticket     text        NOT NULL UNIQUE,
    hall       text        NOT NULL,
    service    text        NOT NULL,
    -- The booked times; a walk-in has none.
    slot       timestamptz,
    slot_end   timestamptz,
    -- Counts the changes of the booking, so that a late event of an old hall's stream changes nothing.
    sequence   integer     NOT NULL DEFAULT 0 CHECK (sequence >= 0),
    state      text        NOT NULL CHECK (state IN
                   ('expected', 'waiting', 'called', 'serving', 'done', 'parked', 'missed', 'left', 'withdrawn', 'noShow')),
    number     text        CHECK (number ~ '^[A-Z][0-9]{3,}$'),
    updated_at timestamptz NOT NULL,
    CHECK (slot_end IS NULL OR slot_end > slot)
);

-- For the purge of old rows.
CREATE INDEX followed_updated_at ON followed (updated_at);
