-- An index whose condition names `taken` makes every change of it write to all indexes of the slot. Whether a slot is full changes
-- seldom, so all other changes stay in the row's page (heap-only tuples).
ALTER TABLE slot ADD COLUMN is_full boolean GENERATED ALWAYS AS (taken >= capacity) STORED;
DROP INDEX slot_of_service;
CREATE INDEX slot_of_service ON slot (service, starts_at) WHERE NOT is_full;
