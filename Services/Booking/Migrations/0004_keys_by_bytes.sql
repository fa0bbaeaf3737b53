-- Keys are hashes and names that nobody reads in order: compared byte by byte, which costs a fraction of the rules of a language.
ALTER TABLE appointment
    ALTER COLUMN reference TYPE text COLLATE "C",
    ALTER COLUMN token_hash TYPE text COLLATE "C",
    ALTER COLUMN person_key TYPE text COLLATE "C",
    ALTER COLUMN service TYPE text COLLATE "C";
ALTER TABLE hold ALTER COLUMN token_hash TYPE text COLLATE "C";
ALTER TABLE idempotency ALTER COLUMN scope TYPE text COLLATE "C", ALTER COLUMN key TYPE text COLLATE "C";

-- Slots are never removed, and whoever writes an appointment or a hold has locked its slot.
ALTER TABLE appointment DROP CONSTRAINT appointment_slot_id_fkey;
ALTER TABLE hold DROP CONSTRAINT hold_slot_id_fkey;

-- Only the purge asks by age, and rows come in by age: a few pages of ranges do instead of an entry for each row.
DROP INDEX idempotency_age;
CREATE INDEX idempotency_age ON idempotency USING brin (created_at) WITH (autosummarize = on);

-- An audit is read by what it is about; its number tells the order.
DROP INDEX audit_of_subject;
ALTER TABLE audit DROP CONSTRAINT audit_pkey, ALTER COLUMN subject TYPE text COLLATE "C";
CREATE INDEX audit_of_subject ON audit (subject, id);
