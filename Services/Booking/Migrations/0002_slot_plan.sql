-- How many places single slots of a week have, where an operator's plan says otherwise than the city file. A hall without a row follows
-- the file; after a reset its row stays, with a new version and no places, so that versions only grow.
CREATE TABLE slot_plan (
    hall    text PRIMARY KEY,
    version bigint NOT NULL CHECK (version > 0),
    made_at timestamptz NOT NULL,
    made_by text NOT NULL CHECK (char_length(made_by) BETWEEN 1 AND 100)
);

-- A slot that is not here has no place. The offer is that for which the plan was made: once the file offers the service otherwise, the
-- file counts again.
CREATE TABLE slot_plan_places (
    hall           text NOT NULL REFERENCES slot_plan ON DELETE CASCADE,
    service        text NOT NULL,
    -- Monday is 1 (ISO 8601).
    weekday        smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    -- Minutes since local midnight.
    start_minute   smallint NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    places         integer NOT NULL CHECK (places BETWEEN 0 AND 10000),
    slot_minutes   integer NOT NULL CHECK (slot_minutes > 0),
    offered_places integer NOT NULL CHECK (offered_places > 0),
    PRIMARY KEY (hall, service, weekday, start_minute)
);
