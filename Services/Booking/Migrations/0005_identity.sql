-- Who comes, where the service asks for a document: kind and number, sealed. The number is found again by `person_key`, which is then its
-- keyed hash, so one person has one living appointment of a service whichever phone it is made with.
ALTER TABLE appointment ADD COLUMN identity_sealed bytea;

-- A phone may book for several persons, but not for any number: each living appointment that names a document takes one of the phone's
-- numbered seats. The key is the keyed hash of the number; other appointments have neither, and cost no more than before.
ALTER TABLE appointment ADD COLUMN phone_key text COLLATE "C", ADD COLUMN phone_seat integer CHECK (phone_seat > 0);
CREATE UNIQUE INDEX appointment_phone_seat ON appointment (phone_key, phone_seat)
    WHERE phone_seat IS NOT NULL AND state IN ('booked', 'checkedIn', 'serving', 'missed');

-- The number is forgotten some time after the visit.
CREATE INDEX appointment_identity_age ON appointment (ends_at) WHERE identity_sealed IS NOT NULL;
