-- One row per stream. Its row lock makes the order of commits the order of positions, which a sequence does not.
CREATE TABLE event_stream (
    stream    text   PRIMARY KEY CHECK (stream <> ''),
    -- Position of the last event; the first event has 1.
    head      bigint NOT NULL CHECK (head >= 0),
    -- Up to here the copy in Redis may have been trimmed. Written before Redis is trimmed, never after.
    trimmed   bigint NOT NULL DEFAULT 0 CHECK (trimmed BETWEEN 0 AND head),
    -- Hash of the last event of a chained stream.
    head_hash bytea
) WITH (fillfactor = 50);  -- updated with each append: leave room for updates that touch no index

-- The truth. No foreign key to event_stream: every append has just written that row in the same statement.
CREATE TABLE event_log (
    stream      text        NOT NULL,
    position    bigint      NOT NULL CHECK (position > 0),
    time        timestamptz NOT NULL,
    type        text        NOT NULL CHECK (type <> ''),
    subject     text,
    payload     text        NOT NULL,
    traceparent text,
    hash        bytea,
    PRIMARY KEY (stream, position)
);

-- How far a group has consumed a stream. Locked by whoever consumes, so that effects happen in order and once.
CREATE TABLE consumer_offset (
    consumer_group text   NOT NULL,
    stream         text   NOT NULL,
    position       bigint NOT NULL CHECK (position >= 0),
    -- Failures of the event after position, and when it may be tried again: shared by all processes of the group.
    attempts       int    NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    retry_at       timestamptz,
    PRIMARY KEY (consumer_group, stream)
) WITH (fillfactor = 50);

CREATE TABLE dead_letter (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer_group text        NOT NULL,
    stream         text        NOT NULL,
    position       bigint      NOT NULL,
    type           text        NOT NULL,
    payload        text        NOT NULL,
    error          text        NOT NULL,
    attempts       int         NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    -- Set to ask for a replay; taken back when the replay fails.
    requested_at   timestamptz,
    replayed_at    timestamptz,
    UNIQUE (consumer_group, stream, position)
);

CREATE INDEX dead_letter_requested ON dead_letter (consumer_group, id)
    WHERE requested_at IS NOT NULL AND replayed_at IS NULL;
