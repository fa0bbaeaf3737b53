-- Order of locks, with those of 0001, 0007 and 0009: idempotency key, ballot round, ballot entries, hold, slots (ascending id), waitlist
-- entries, appointment, closure moves (ascending id), event streams. A closure is written under the advisory lock of slots.

-- A stretch of time in which a hall is closed, against its hours.
CREATE TABLE closure (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hall      text COLLATE "C" NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL,
    reason_zh text NOT NULL CHECK (char_length(reason_zh) BETWEEN 1 AND 200),
    reason_en text NOT NULL CHECK (char_length(reason_en) BETWEEN 1 AND 200),
    state     text NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'reopened')),
    made_by   text NOT NULL CHECK (char_length(made_by) BETWEEN 1 AND 100),
    made_at   timestamptz NOT NULL,
    ended_by  text,
    ended_at  timestamptz,
    CONSTRAINT closure_ends_later CHECK (ends_at > starts_at)
);

CREATE INDEX closure_in_force ON closure (hall, ends_at) WHERE state = 'closed';

-- A closed slot has the places that are taken, and loses each that comes free: nothing opens in it. `shrinks_to` says the same of a slot in
-- which more is taken than is planned: it loses places until it has so many. In no index: changes stay in the row's page.
ALTER TABLE slot ADD COLUMN is_closed boolean NOT NULL DEFAULT false,
    ADD COLUMN shrinks_to integer CHECK (shrinks_to >= 0);

-- Who booked a place that is gone. One row for each loss; `due` until another place is found, or none.
CREATE TABLE closure_move (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    appointment_id uuid NOT NULL,
    -- The place that is gone.
    slot_id        bigint NOT NULL,
    hall           text COLLATE "C" NOT NULL,
    starts_at      timestamptz NOT NULL,
    -- NULL where the hours or the offers of the hall have changed.
    closure_id     bigint,
    state          text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'moved', 'cancelled', 'gone')),
    -- Until when a process has it in hand.
    claimed_until  timestamptz,
    made_at        timestamptz NOT NULL
);

CREATE UNIQUE INDEX closure_move_due_once ON closure_move (appointment_id) WHERE state = 'due';
CREATE INDEX closure_move_order ON closure_move (starts_at, id) WHERE state = 'due';
CREATE INDEX closure_move_of_slot ON closure_move (slot_id) WHERE state = 'due';
CREATE INDEX closure_move_age ON closure_move (made_at) WHERE state <> 'due';

-- The move that the person has not answered yet.
ALTER TABLE appointment ADD COLUMN closure_move bigint;
