-- bcrypt. In schema public, so that one copy serves every schema of the database; all calls name the schema.
CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;

CREATE TABLE staff (
    id text PRIMARY KEY,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    password_hash text NOT NULL CHECK (password_hash LIKE '$2_$%'),
    active boolean NOT NULL DEFAULT true,
    password_changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE staff_role (
    staff text NOT NULL REFERENCES staff ON DELETE CASCADE,
    hall text NOT NULL,
    role text NOT NULL CHECK (role IN ('clerk', 'reception', 'operator')),
    PRIMARY KEY (staff, hall, role)
);

-- What a clerk may serve. No row at all: everything that the window offers.
CREATE TABLE staff_skill (
    staff text NOT NULL REFERENCES staff ON DELETE CASCADE,
    service text NOT NULL,
    PRIMARY KEY (staff, service)
);

-- Only the SHA-256 of a session's token is kept: who reads this table cannot take over a session.
CREATE TABLE session (
    id_hash text PRIMARY KEY CHECK (id_hash ~ '^[0-9a-f]{64}$'),
    staff text NOT NULL REFERENCES staff ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX session_staff ON session (staff);
CREATE INDEX session_expires ON session (expires_at);

-- Guesses at sign-in, counted before the password is looked at, so that guesses sent at once count too. By name (known or not: a
-- stranger must not learn which names exist) and by network address; the subject is a keyed hash.
CREATE TABLE sign_in_guard (
    subject text PRIMARY KEY,
    failures integer NOT NULL CHECK (failures >= 0),
    since timestamptz NOT NULL
);
CREATE INDEX sign_in_guard_since ON sign_in_guard (since);

-- The key alone tells the kiosk, so no two have the same.
CREATE TABLE kiosk (
    hall text NOT NULL,
    id text NOT NULL,
    key_hash text NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (hall, id)
);

-- Who signed in or was refused, and when. Changes of the queue are audited by the events themselves, which carry the staff identifier.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    hall text,
    subject text,
    result text NOT NULL,
    address text,
    trace text
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, at);
