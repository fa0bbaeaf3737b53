-- Counts the changes of a slot, so that whoever hears of several knows which is the last. In no index: changes of `taken` stay in the
-- row's page.
ALTER TABLE slot ADD COLUMN version bigint NOT NULL DEFAULT 0;
