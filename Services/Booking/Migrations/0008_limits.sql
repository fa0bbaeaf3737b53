-- Limits of a person: only appointments of services that have limits carry the day of the visit in its hall, and only these are in the
-- index, without what was cancelled. Others cost no more than before.
--
-- Persons with limits are locked by name (advisory, ascending) after appointments and before event streams.
ALTER TABLE appointment ADD COLUMN visit_date date,
    -- The person is not to blame for a visit that did not happen, or somebody let it pass.
    ADD COLUMN is_excused boolean NOT NULL DEFAULT false;
CREATE INDEX appointment_of_person ON appointment (person_key, service, visit_date)
    WHERE visit_date IS NOT NULL AND state <> 'cancelled';
