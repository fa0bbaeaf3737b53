-- The booking service's own tables. Every statement of the service runs with this schema as its search path.
--
-- Order in which every transaction takes its locks, so that none can wait for another in a circle:
--   idempotency key, hold, slots (ascending id), appointment, event streams (ascending name).

-- The city as it was imported last; one row.
CREATE TABLE catalogue (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version     bigint NOT NULL,
    document    jsonb NOT NULL,
    imported_at timestamptz NOT NULL
);

-- A stretch of time in which a hall serves so many people for one service. Places held for a moment count as taken.
CREATE TABLE slot (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hall      text NOT NULL,
    service   text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL,
    capacity  integer NOT NULL,
    taken     integer NOT NULL DEFAULT 0,
    CONSTRAINT slot_key UNIQUE (hall, service, starts_at),
    CONSTRAINT slot_ends_later CHECK (ends_at > starts_at),
    CONSTRAINT slot_never_overbooked CHECK (0 <= taken AND taken <= capacity)
) WITH (fillfactor = 80);

CREATE INDEX slot_of_service ON slot (service, starts_at) WHERE taken < capacity;

CREATE TABLE appointment (
    id                uuid PRIMARY KEY,
    reference         text NOT NULL CONSTRAINT appointment_reference UNIQUE,
    token_hash        text NOT NULL CONSTRAINT appointment_token UNIQUE,
    token_sealed      bytea NOT NULL,
    slot_id           bigint NOT NULL REFERENCES slot,
    hall              text NOT NULL,
    service           text NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL,
    person_key        text NOT NULL,
    name_sealed       bytea NOT NULL,
    phone_sealed      bytea NOT NULL,
    checklist_version integer NOT NULL,
    checklist_answers jsonb NOT NULL DEFAULT '{}',
    state             text NOT NULL CHECK (state IN
        ('booked', 'checkedIn', 'serving', 'served', 'missed', 'noShow', 'cancelled', 'left')),
    -- How the visit ended, as the clerk said.
    outcome           text,
    version           integer NOT NULL DEFAULT 1,
    sequence          integer NOT NULL DEFAULT 0,
    language          text NOT NULL,
    channel           text NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);

-- One living appointment per person and service.
CREATE UNIQUE INDEX appointment_one_live ON appointment (person_key, service)
    WHERE state IN ('booked', 'checkedIn', 'serving', 'missed');
CREATE INDEX appointment_of_slot ON appointment (slot_id);

-- A place kept for somebody who is filling in the form.
CREATE TABLE hold (
    id             uuid PRIMARY KEY,
    token_hash     text NOT NULL CONSTRAINT hold_token UNIQUE,
    slot_id        bigint NOT NULL REFERENCES slot,
    expires_at     timestamptz NOT NULL,
    state          text NOT NULL CHECK (state IN ('held', 'used', 'released', 'expired')),
    -- What the person has entered so far, sealed. Emptied when the hold is used or given back; kept for a day when it ran out, so that
    -- the person can go on with another slot.
    draft          bytea,
    appointment_id uuid REFERENCES appointment,
    created_at     timestamptz NOT NULL
);

CREATE INDEX hold_to_expire ON hold (expires_at) INCLUDE (id, slot_id) WHERE state = 'held';
CREATE INDEX hold_of_slot ON hold (slot_id, expires_at) WHERE state = 'held';

-- The answer that was given to a key, kept in the transaction of its effect.
CREATE TABLE idempotency (
    scope       text NOT NULL,
    key         text NOT NULL,
    fingerprint text NOT NULL,
    -- Status, headers and body, sealed: personal links are among them.
    answer      bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_key PRIMARY KEY (scope, key)
);

CREATE INDEX idempotency_age ON idempotency (created_at);

-- A code that was sent to a phone to prove that it is the person's.
CREATE TABLE verification (
    id           uuid PRIMARY KEY,
    phone_key    text NOT NULL,
    phone_sealed bytea NOT NULL,
    code_sealed  bytea NOT NULL,
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5),
    language     text NOT NULL,
    confirmed_at timestamptz,
    expires_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL
);

CREATE INDEX verification_of_phone ON verification (phone_key, created_at);
CREATE INDEX verification_age ON verification (created_at);

-- Who did what to which booking. No personal data.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time    timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    subject text NOT NULL,
    detail  jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_of_subject ON audit (subject, id);
