-- Order in which every transaction takes its locks, with the waitlist in it:
--   idempotency key, hold, slots (ascending id), waitlist entries (ascending position), appointment, event streams (ascending name).

-- Who waits for a place of a service in some halls on some days. The position is the order: whoever joined first is asked first.
CREATE TABLE waitlist_entry (
    position          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                uuid NOT NULL CONSTRAINT waitlist_entry_id UNIQUE,
    token_hash        text COLLATE "C" NOT NULL CONSTRAINT waitlist_token UNIQUE,
    token_sealed      bytea NOT NULL,
    service           text COLLATE "C" NOT NULL,
    person_key        text COLLATE "C" NOT NULL,
    -- All that a booking needs, so that the person need not give it again.
    name_sealed       bytea NOT NULL,
    phone_sealed      bytea NOT NULL,
    identity_sealed   bytea,
    phone_key         text COLLATE "C",
    checklist_version integer NOT NULL,
    checklist_answers jsonb NOT NULL DEFAULT '{}',
    language          text NOT NULL,
    halls             text[] NOT NULL,
    -- Days on the wall calendars of the halls.
    first_day         date NOT NULL,
    last_day          date NOT NULL,
    -- When the last day has ended in every hall.
    ends_at           timestamptz NOT NULL,
    -- Whether a place is booked at once, without asking.
    auto              boolean NOT NULL,
    state             text NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'left', 'expired')),
    -- The place that is kept for the person now.
    offer_hold        uuid,
    -- How many offers there were, and how many of them ran out.
    offers            integer NOT NULL DEFAULT 0,
    unanswered        integer NOT NULL DEFAULT 0,
    -- Slots that the person let pass: not offered again.
    passed            bigint[] NOT NULL DEFAULT '{}',
    appointment_id    uuid,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT waitlist_days_in_order CHECK (last_day >= first_day)
);

CREATE UNIQUE INDEX waitlist_one_live ON waitlist_entry (person_key, service) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_of_phone ON waitlist_entry (phone_key)
    WHERE phone_key IS NOT NULL AND state IN ('waiting', 'offered');
CREATE INDEX waitlist_order ON waitlist_entry (service, position) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_to_end ON waitlist_entry (ends_at) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_ended ON waitlist_entry (updated_at) WHERE state NOT IN ('waiting', 'offered');

-- The same by hall and day, so that the head of the list for a slot is one probe of an index. Gone when the waiting ends.
CREATE TABLE waitlist_wish (
    position bigint NOT NULL,
    service  text COLLATE "C" NOT NULL,
    hall     text COLLATE "C" NOT NULL,
    day      date NOT NULL,
    PRIMARY KEY (position, hall, day)
);
CREATE INDEX waitlist_wish_of_day ON waitlist_wish (service, hall, day, position);

-- A place that is taken, but not by somebody who fills in a form: `returning` is nobody's, and when its time is over goes to whoever
-- waits for it, or back to the open; `offer` is kept for an entry of the waitlist. Neither is ever open in between.
ALTER TABLE hold ADD COLUMN kind text NOT NULL DEFAULT 'hold' CHECK (kind IN ('hold', 'returning', 'offer'));
ALTER TABLE hold ADD COLUMN waitlist_position bigint;
