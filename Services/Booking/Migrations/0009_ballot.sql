-- Order of locks, with that of 0001_booking.sql: idempotency key, ballot round, ballot entries, hold, slots (ascending id), appointment,
-- event streams (ascending name).

-- Places of a period that are drawn before they open to all: one row for each service and period.
CREATE TABLE ballot_round (
    id              text COLLATE "C" PRIMARY KEY,
    service         text COLLATE "C" NOT NULL,
    -- Days of the visits, YYYY-MM-DD.
    first_day       text COLLATE "C" NOT NULL,
    last_day        text COLLATE "C" NOT NULL,
    opens_at        timestamptz NOT NULL,
    closes_at       timestamptz NOT NULL,
    releases_at     timestamptz NOT NULL,
    -- Sealed until it is published with the draw; its hash is public from the beginning.
    seed_sealed     bytea NOT NULL,
    seed_commitment text NOT NULL,
    -- Numbers given so far: they have no gaps.
    entries         integer NOT NULL DEFAULT 0,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'drawn', 'settled')),
    root            text,
    -- The places as they stood at the draw.
    slots           jsonb,
    drawn_at        timestamptz,
    CONSTRAINT ballot_round_order CHECK (opens_at < closes_at AND closes_at < releases_at)
);

CREATE INDEX ballot_round_of_service ON ballot_round (service, first_day);
CREATE INDEX ballot_round_to_do ON ballot_round (closes_at) WHERE state <> 'settled';

CREATE TABLE ballot_entry (
    id             uuid PRIMARY KEY,
    round          text COLLATE "C" NOT NULL REFERENCES ballot_round,
    token_hash     text COLLATE "C" NOT NULL CONSTRAINT ballot_entry_token UNIQUE,
    token_sealed   bytea NOT NULL,
    -- Given when it takes part.
    number         integer,
    person_key     text COLLATE "C",
    -- Name, phone and document as in a booking, sealed; forgotten some time after the period.
    details        bytea,
    salt           text NOT NULL,
    preferences    text[] NOT NULL,
    language       text NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'entered', 'left', 'won', 'lost', 'booked', 'void')),
    -- Whether what became of it was booked or told.
    settled        boolean NOT NULL DEFAULT false,
    -- Place in the order drawn, from 1.
    rank           integer,
    slot_id        bigint,
    -- The hold that keeps the place until it is booked.
    hold_token     text COLLATE "C",
    appointment_id uuid,
    created_at     timestamptz NOT NULL
);

CREATE UNIQUE INDEX ballot_entry_number ON ballot_entry (round, number) WHERE number IS NOT NULL;
-- One entry per person and round.
CREATE UNIQUE INDEX ballot_entry_one ON ballot_entry (round, person_key)
    WHERE state IN ('entered', 'won', 'lost', 'booked', 'void');
CREATE INDEX ballot_entry_to_settle ON ballot_entry (round, rank) WHERE state IN ('won', 'lost') AND NOT settled;
CREATE INDEX ballot_entry_age ON ballot_entry (created_at) WHERE details IS NOT NULL;
