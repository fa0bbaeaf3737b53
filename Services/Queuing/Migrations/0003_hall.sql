-- The effect of a command, stored in the transaction of its events: a repeated key is answered from here.
CREATE TABLE idempotency (
    stream text NOT NULL,
    key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 200),
    fingerprint text NOT NULL,
    first_position bigint NOT NULL CHECK (first_position > 0),
    last_position bigint NOT NULL CHECK (last_position >= first_position),
    answer text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (stream, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- The folded state of a hall at a position, so that a process starts from here and reads a short tail. The hash is that of the
-- event at the position: a snapshot of another history is not used.
CREATE TABLE hall_snapshot (
    stream text PRIMARY KEY,
    position bigint NOT NULL CHECK (position > 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    format integer NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Appointments as the booking stream tells them; the hall's log learns of them on their day.
CREATE TABLE expected_appointment (
    appointment text NOT NULL,
    hall text NOT NULL,
    day date NOT NULL,
    slot timestamptz NOT NULL,
    service text NOT NULL,
    channel text NOT NULL,
    check_in_keys text[] NOT NULL,
    follow text NOT NULL,
    sequence integer NOT NULL CHECK (sequence >= 0),
    cancelled boolean NOT NULL DEFAULT false,
    PRIMARY KEY (appointment, hall)
);
CREATE INDEX expected_appointment_day ON expected_appointment (hall, day);
