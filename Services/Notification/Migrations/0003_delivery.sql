-- Each message that an event asks for, and what became of it.
--
--   pending --> sent
--           --> failed    tried too often, or too late to be of use: `failure` says why
--           --> skipped   the person left no contact
--           --> unknown   handed to a channel that never said what became of it
CREATE TABLE message (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream          text        NOT NULL,
    position        bigint      NOT NULL CHECK (position > 0),
    template        text        NOT NULL,
    -- The appointment, ticket or verification whose contact gets it.
    subject         text        NOT NULL,
    hall            text,
    parameters      jsonb       NOT NULL DEFAULT '{}',
    state           text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'skipped', 'unknown')),
    channel         text,
    attempts        integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL,
    -- After this moment the message would only confuse.
    expires_at      timestamptz NOT NULL,
    failure         text,
    created_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    -- At most one message for an event and template, whatever is delivered twice.
    UNIQUE (stream, position, template),
    CHECK ((state = 'pending') = (finished_at IS NULL)),
    CHECK ((state IN ('failed', 'skipped', 'unknown')) = (failure IS NOT NULL) OR state = 'pending'),
    CHECK (state <> 'sent' OR channel IS NOT NULL)
);

CREATE INDEX message_due ON message (next_attempt_at, id) WHERE state = 'pending';
CREATE INDEX message_finished_at ON message (finished_at) WHERE finished_at IS NOT NULL;

-- What the demo's telephone received. Number and text are sealed with the service's key; the number is found by its keyed hash.
CREATE TABLE demo_message (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message      bigint      NOT NULL UNIQUE REFERENCES message ON DELETE CASCADE,
    template     text        NOT NULL,
    language     text        NOT NULL,
    phone_lookup text        NOT NULL,
    phone        bytea       NOT NULL,
    text         bytea       NOT NULL,
    sent_at      timestamptz NOT NULL
);

CREATE INDEX demo_message_phone ON demo_message (phone_lookup, id DESC);
