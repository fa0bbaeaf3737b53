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

/// What each operation of booking costs as the city and its history grow: the same work, one after the other, with few and with ten million
/// appointments in the tables.
enum Growth {
    private static let steps: [(halls: Int, appointments: Int)] = [
        (10, 10_000), (100, 100_000), (1000, 1_000_000), (1000, 10_000_000),
    ]
    private static let repetitions = 400
    /// Slots of a hall and service: a fortnight of half-hours.
    private static let slotsOfHall = 240

    static func run() async throws -> [Figure] {
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
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let pool = PostgresPool(
            configuration: PostgresConfiguration(
                uri: server.uri(database: "postgres"), searchPath: BookingSchema.name,
                statementTimeout: .seconds(900)), logger: logger)
        return try await withThrowingTaskGroup(of: [Figure]?.self) { group in
            group.addTask {
                try await pool.run()
                return nil
            }
            group.addTask { try await measure(pool) }
            defer { group.cancelAll() }
            while let figures = try await group.next() {
                if let figures { return figures }
            }
            throw CancellationError()
        }
    }

    private static func measure(_ pool: PostgresPool) async throws -> [Figure] {
        try await Migrator(
            schema: BookingSchema.name, migrations: MessagingSchema.migrations() + BookingSchema.migrations()
        ).run(on: pool)
        var figures: [Figure] = []
        var smallest: [String: Double] = [:]
        var before = (halls: 0, appointments: 0)
        for step in steps {
            try await addSlots(before.halls, step.halls, pool)
            try await addAppointments(before.appointments, step.appointments, halls: step.halls, pool)
            before = step
            print("    \(step.halls) halls, \(step.appointments) appointments")
            for (name, milliseconds) in try await operations(pool) {
                let base = smallest[name] ?? milliseconds
                smallest[name] = base
                figures.append(
                    Benchmark.growth.figure(
                        "\(name), \(step.halls) halls, \(step.appointments) appointments", "ms", milliseconds,
                        base: base))
            }
        }
        return figures
    }

    // MARK: The tables

    private static func addSlots(_ from: Int, _ to: Int, _ pool: PostgresPool) async throws {
        guard to > from else { return }
        try await pool.execute(
            """
            INSERT INTO slot (hall, service, starts_at, ends_at, capacity)
            SELECT 'hall-' || hall, service, timestamptz '2027-07-01' + n * interval '30 minutes',
                timestamptz '2027-07-01' + n * interval '30 minutes' + interval '30 minutes', 1000000
            FROM generate_series(\(from)::integer, \(to - 1)::integer) AS hall,
                unnest(ARRAY['passport', 'residence', 'licence']) AS service,
                generate_series(1, \(slotsOfHall)::integer) AS n
            """)
        try await pool.execute("ANALYZE slot")
    }

    /// Past and future ones, of different persons. The indexes whose keys come in no order are made anew, which is faster by far.
    private static func addAppointments(_ from: Int, _ to: Int, halls: Int, _ pool: PostgresPool) async throws {
        try await pool.execute("ALTER TABLE appointment DROP CONSTRAINT appointment_reference")
        try await pool.execute("ALTER TABLE appointment DROP CONSTRAINT appointment_token")
        let rows = try await pool.read(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'booking' AND indexname = 'appointment_one_live'")
        guard let living: String = try rows.first?.decode(at: 0) else {
            throw BenchmarkFailure(description: "there is no index of living appointments")
        }
        try await pool.execute("DROP INDEX appointment_one_live")
        try await pool.execute(
            """
            INSERT INTO appointment (id, reference, token_hash, token_sealed, slot_id, hall, service, starts_at, ends_at,
                person_key, name_sealed, phone_sealed, checklist_version, checklist_answers, state, language, channel,
                created_at, updated_at)
            SELECT (lpad(to_hex(1780000000000 + n), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid,
                'r' || n, encode(sha256(('t' || n)::bytea), 'hex'), decode(repeat('5a', 51), 'hex'), s.id, s.hall,
                s.service, s.starts_at, s.ends_at, encode(sha256(('p' || n)::bytea), 'hex'),
                decode(repeat('5a', 40), 'hex'), decode(repeat('5a', 40), 'hex'), 1, '{}',
                CASE WHEN n % 10 = 0 THEN 'booked' ELSE 'served' END, 'zh-Hans', 'online', now(), now()
            FROM generate_series(\(from)::bigint, \(to - 1)::bigint) AS n
            JOIN slot s ON s.id = 1 + n % (\(halls)::bigint * 3 * \(slotsOfHall)::bigint)
            """)
        try await pool.execute(
            """
            ALTER TABLE appointment ADD CONSTRAINT appointment_reference UNIQUE (reference),
                ADD CONSTRAINT appointment_token UNIQUE (token_hash)
            """)
        try await pool.execute(PostgresQuery(unescaped: living))
        try await pool.execute("VACUUM ANALYZE appointment")
        try await pool.execute("CHECKPOINT")
    }

    // MARK: The work

    private static func operations(_ pool: PostgresPool) async throws -> [(String, Double)] {
        let people = try BookingPeople()
        let writer = GroupCommitBookingWriter(
            pool: pool, streams: StreamNames(), secrets: people.secrets, waitingLimit: 4096, wake: { _ in })
        let rows = try await pool.read("SELECT id, hall, starts_at, ends_at FROM slot WHERE service = 'passport'")
        let slots = try rows.map { row in
            let (id, hall, start, end) = try row.decode(Int64.self, String.self, Timestamp.self, Timestamp.self)
            return Slot(
                id: SlotID(rawValue: id), hall: HallID(hall), service: "passport", start: start, end: end,
                capacity: 1_000_000, taken: 0)
        }.shuffled()
        guard let last = slots.last else { throw BenchmarkFailure(description: "there is no slot") }
        let run = UInt64.random(in: 0 ... .max)
        let booked = Mutex<[(appointment: Appointment, slot: Slot)]>([])
        let store = AppointmentStore()
        var times: [(String, Double)] = []
        func measure(_ name: String, _ body: (Int) async throws -> Void) async throws {
            // Statements are prepared on the first.
            for number in 0..<20 { try await body(repetitions + number) }
            var all: [Duration] = []
            for number in 0..<repetitions {
                let start = ContinuousClock.now
                try await body(number)
                all.append(.now - start)
            }
            times.append((name, all.sorted().percentile(0.5)))
        }
        try await measure("book") { number in
            let slot = slots[number % slots.count]
            var order = try people.order([slot], run: run)
            let answer = order.answer
            order.answer = { appointment, token in
                booked.withLock { $0.append((appointment, slot)) }
                return try answer(appointment, token)
            }
            _ = try await writer.book(order)
        }
        let appointments = booked.withLock { $0 }
        try await measure("hold") { number in
            _ = try await writer.hold(people.hold(slots[(number * 7) % slots.count], run: run, number: number))
        }
        try await measure("personal page by its link") { number in
            guard
                try await store.appointment(
                    tokenHash: appointments[number % appointments.count].appointment.tokenHash, on: pool) != nil
            else { throw BenchmarkFailure(description: "an appointment is lost") }
        }
        try await measure("free slots near a full one") { number in
            _ = try await SlotStore().nearestFree(
                to: slots[(number * 11) % slots.count], from: Timestamp(seconds: 0), limit: 3, on: pool)
        }
        try await measure("move") { number in
            let one = appointments[number]
            let other = one.slot.id == last.id ? slots[0] : last
            _ = try await writer.reschedule(
                RescheduleOrder(
                    appointment: one.appointment.id, version: nil, place: .slot(other.id), now: people.now,
                    earliestStart: Timestamp(seconds: 0)))
        }
        try await measure("cancel") { number in
            _ = try await writer.cancel(
                CancelOrder(
                    appointment: appointments[number].appointment.id, version: nil, cause: .person, now: people.now))
        }
        let expiry = HoldExpiry(
            pool: pool, clock: { people.now }, logger: Logger(label: "bench"), changed: { _ in })
        try await measure("look for holds that ran out, none") { _ in try await expiry.sweep() }
        return times
    }
}
