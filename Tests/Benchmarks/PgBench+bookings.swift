extension PgBench {
    /// The same rows in one transaction a booking, its statements one after the other as services send them, or all in one
    /// pipeline, which is pgbench at its best.
    ///
    /// - Parameter slots: their numbers, of which all between the first and the last are booked.
    func bookings(slots: [Int64], inPipeline: Bool) async throws -> (best: Double, single: Double) {
        guard let first = slots.min(), let last = slots.max() else { return (.nan, .nan) }
        let script = """
            \\set slot random(\(first), \(last))
            \\set person random(1, 1000000000000000)
            \(inPipeline ? "\\startpipeline" : "")
            BEGIN;
            SELECT answer FROM booking.idempotency WHERE scope = 'POST /api/v1/appointments' AND key = :person::text;
            SELECT id FROM booking.slot WHERE id = :slot AND NOT is_full FOR NO KEY UPDATE;
            SELECT 1 FROM booking.appointment WHERE person_key = encode(sha256(:person::text::bytea), 'hex') AND service = 'passport'
                AND state IN ('booked', 'checkedIn', 'serving', 'missed');
            INSERT INTO booking.idempotency (scope, key, fingerprint, answer, created_at)
                VALUES ('POST /api/v1/appointments', :person::text, encode(sha256(:person::text::bytea), 'hex'),
                decode(repeat('5a', 180), 'hex'), now());
            INSERT INTO booking.appointment (id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at, ends_at,
                person_key, name_sealed, phone_sealed, checklist_version, checklist_answers, state, language, channel, created_at, updated_at)
                SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid, 'p' || :person, encode(sha256(('t' || :person)::bytea), 'hex'), decode(repeat('5a', 51), 'hex'),
                id, hall, service, starts_at, ends_at, encode(sha256(:person::text::bytea), 'hex'), decode(repeat('5a', 40), 'hex'),
                decode(repeat('5a', 40), 'hex'), 1, '{}', 'booked', 'zh-Hans', 'online', now(), now() FROM booking.slot WHERE id = :slot;
            UPDATE booking.slot SET taken = taken + 1 WHERE id = :slot;
            INSERT INTO booking.audit (time, actor, action, subject) VALUES (now(), 'citizen', 'booked', :person::text);
            WITH moved AS (
                INSERT INTO booking.event_stream AS s (stream, head) VALUES ('bench-' || :slot % 64, 1)
                ON CONFLICT (stream) DO UPDATE SET head = s.head + 1 RETURNING stream, head)
            INSERT INTO booking.event_log (stream, position, time, type, subject, payload)
                SELECT stream, head, now(), 'cn.onetrip.booking.appointment-booked.v1', :person::text, repeat('x', 480) FROM moved;
            COMMIT;
            \(inPipeline ? "\\endpipeline" : "")

            """
        var best = 0.0
        var single = 0.0
        for clients in [1, 8, 16, 32, 64] {
            let rate = try await rate(script, clients: clients, seconds: 2)
            if clients == 1 { single = rate }
            best = max(best, rate)
        }
        return (best, single)
    }
}
