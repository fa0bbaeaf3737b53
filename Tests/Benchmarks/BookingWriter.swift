import BookingService
import Domain
import EventContracts
import Foundation
import Logging
import Messaging
import Postgres
import PrivateServers
import Synchronization
import TestSupport
import Web

/// The writer of bookings on the database, against pgbench doing the same work, one booking a transaction.
enum BookingWriter {
    /// In flight at once.
    private static let tasks = 1024
    private static let slots = 4000
    private static let time = Duration.seconds(4)

    static func run() async throws -> [Figure] {
        // Of its own, since that of the tests does without fsync.
        let folder = try await TestServers.shared.folder()
        let server = try await PrivatePostgres.start(directory: folder + "/postgres", socketDirectory: folder + "/pg")
        do {
            let figures = try await run(on: server)
            await server.stop()
            return figures
        } catch {
            await server.stop()
            throw error
        }
    }

    private static func run(on server: PrivatePostgres) async throws -> [Figure] {
        let uri = server.uri(database: "postgres")
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let pool = PostgresPool(
            configuration: PostgresConfiguration(uri: uri, searchPath: BookingSchema.name), logger: logger)
        return try await withThrowingTaskGroup(of: [Figure]?.self) { group in
            group.addTask {
                try await pool.run()
                return nil
            }
            group.addTask { try await measure(pool, PgBench(uri: uri), ProcessorTime(postgres: server)) }
            defer { group.cancelAll() }
            while let figures = try await group.next() {
                if let figures { return figures }
            }
            throw CancellationError()
        }
    }

    private static func measure(
        _ pool: PostgresPool, _ bench: PgBench, _ processors: ProcessorTime
    ) async throws -> [Figure] {
        try await Migrator(
            schema: BookingSchema.name, migrations: MessagingSchema.migrations() + BookingSchema.migrations()
        ).run(on: pool)
        // The last one is the hot slot.
        try await pool.execute(
            """
            INSERT INTO slot (hall, service, starts_at, ends_at, capacity)
            SELECT 'hall-' || n % 64, 'passport', timestamptz '2027-06-01' + n * interval '1 minute',
                timestamptz '2027-06-01' + n * interval '1 minute' + interval '15 minutes', 1000000
            FROM generate_series(1, \(slots + 1)::integer) AS n
            """)
        let all = try await pool.read("SELECT id, hall, starts_at, ends_at FROM slot ORDER BY id").map { row in
            let (id, hall, start, end) = try row.decode(Int64.self, String.self, Timestamp.self, Timestamp.self)
            return Slot(
                id: SlotID(rawValue: id), hall: HallID(hall), service: "passport", start: start, end: end,
                capacity: 1_000_000, taken: 0)
        }
        guard let hot = all.last else { throw BenchmarkFailure(description: "there is no slot") }
        let people = try People()
        let writer = GroupCommitBookingWriter(
            pool: pool, streams: StreamNames(), secrets: people.secrets, waitingLimit: 4 * tasks, wake: { _ in })
        let benchmark = Benchmark.bookingWriter
        var figures: [Figure] = []
        for (name, slots) in [("many slots", Array(all.dropLast())), ("one slot", [hot])] {
            let base = try await base(bench, slots, inPipeline: false)
            let pipelined = try await self.base(bench, slots, inPipeline: true)
            _ = try await load(writer, people, slots, tasks, .seconds(1))
            let before = (own: ProcessorTime.own, postgres: processors.postgres)
            let load = try await load(writer, people, slots, tasks, time)
            let count = Double(load.latencies.count)
            figures += [
                benchmark.figure("\(name), \(tasks) in flight", "1/s", load.rate, base: base.best),
                benchmark.figure("\(name), by pgbench in a pipeline", "1/s", load.rate, base: pipelined.best),
                benchmark.figure("\(name), p99", "ms", load.percentile(0.99)),
                benchmark.figure(
                    "\(name), CPU of PostgreSQL for each", "µs", (processors.postgres - before.postgres) / count * 1e6),
                benchmark.figure("\(name), CPU of ours for each", "µs", (ProcessorTime.own - before.own) / count * 1e6),
            ]
            guard slots.count > 1 else { continue }
            let lone = try await self.load(writer, people, slots, 1, time)
            figures += [
                benchmark.figure("\(name), one at a time", "1/s", lone.rate, base: base.single),
                benchmark.figure(
                    "\(name), one at a time, by pgbench in a pipeline", "1/s", lone.rate, base: pipelined.single),
            ]
        }
        let miscounted = try await pool.read(
            """
            SELECT count(*) FROM slot s WHERE s.taken <> (SELECT count(*) FROM appointment a WHERE a.slot_id = s.id)
            """
        ).first?.decode(at: 0, as: Int.self)
        guard miscounted == 0 else { throw BenchmarkFailure(description: "places and appointments differ") }
        return figures
    }

    private static func load(
        _ writer: GroupCommitBookingWriter, _ people: People, _ slots: [Slot], _ tasks: Int, _ time: Duration
    ) async throws -> Load {
        try await Load.run(clients: tasks, atMost: time) { _ in
            let start = ContinuousClock.now
            let answer = try await writer.book(try people.order(slots))
            guard answer.status == 201 else { throw BenchmarkFailure(description: "\(answer)") }
            return .now - start
        }
    }

    /// People who each book once.
    private struct People: Sendable {
        let secrets: Secrets
        private let next = Countdown(.max)
        private let now = Timestamp(seconds: 1_811_815_200)
        private let phone: PhoneNumber

        init() throws {
            secrets = try Secrets(masterKeyHex: String(repeating: "5a", count: 32))
            guard let phone = PhoneNumber("13900000000") else { throw BenchmarkFailure(description: "no phone") }
            self.phone = phone
        }

        func order(_ slots: [Slot]) throws -> BookOrder {
            guard let number = next.next() else { throw CancellationError() }
            let slot = slots[number % slots.count]
            let text = "person \(number)"
            return BookOrder(
                request: IdempotentRequest(
                    scope: "POST /api/v1/appointments", key: text, fingerprint: Secrets.sha256Hex(text)),
                place: .slot(slot.id), slot: slot, personKey: secrets.lookupHash(text, for: "person"),
                nameSealed: try secrets.seal(text, for: "name"), phone: phone,
                phoneSealed: try secrets.seal(phone.e164, for: "phone"),
                checklist: AcceptedChecklist(version: 1), language: .zhHans, channel: .online, now: now,
                earliestStart: Timestamp(seconds: 0)
            ) { appointment, token in
                StoredAnswer(
                    status: 201, headers: ["Location": "/api/v1/appointments/\(token)"],
                    body: Array(#"{"reference":"\#(appointment.reference)"}"#.utf8))
            }
        }
    }

    /// The same rows in one transaction a booking, its statements one after the other as services send them, or all in one
    /// pipeline, which is pgbench at its best.
    private static func base(
        _ bench: PgBench, _ slots: [Slot], inPipeline: Bool
    ) async throws -> (best: Double, single: Double) {
        guard let first = slots.first?.id.rawValue, let last = slots.last?.id.rawValue else { return (.nan, .nan) }
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
            let rate = try await bench.rate(script, clients: clients, seconds: 2)
            if clients == 1 { single = rate }
            best = max(best, rate)
        }
        return (best, single)
    }
}
