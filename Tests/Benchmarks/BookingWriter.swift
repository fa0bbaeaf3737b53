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
        let people = try BookingPeople()
        let writer = GroupCommitBookingWriter(
            pool: pool, streams: StreamNames(), secrets: people.secrets, waitingLimit: 4 * tasks, wake: { _ in })
        let benchmark = Benchmark.bookingWriter
        var figures: [Figure] = []
        for (name, slots) in [("many slots", Array(all.dropLast())), ("one slot", [hot])] {
            let base = try await bench.bookings(slots: slots.map(\.id.rawValue), inPipeline: false)
            let pipelined = try await bench.bookings(slots: slots.map(\.id.rawValue), inPipeline: true)
            _ = try await load(writer, people, slots, tasks, .seconds(1))
            let before = (own: ProcessorTime.own, postgres: processors.seconds)
            let load = try await load(writer, people, slots, tasks, time)
            let count = Double(load.latencies.count)
            figures += [
                benchmark.figure("\(name), \(tasks) in flight", "1/s", load.rate, base: base.best),
                benchmark.figure("\(name), by pgbench in a pipeline", "1/s", load.rate, base: pipelined.best),
                benchmark.figure("\(name), p99", "ms", load.percentile(0.99)),
                benchmark.figure(
                    "\(name), CPU of PostgreSQL for each", "µs", (processors.seconds - before.postgres) / count * 1e6),
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
        _ writer: GroupCommitBookingWriter, _ people: BookingPeople, _ slots: [Slot], _ tasks: Int, _ time: Duration
    ) async throws -> Load {
        try await Load.run(clients: tasks, atMost: time) { _ in
            let start = ContinuousClock.now
            let answer = try await writer.book(try people.order(slots))
            guard answer.status == 201 else { throw BenchmarkFailure(description: "\(answer)") }
            return .now - start
        }
    }
}
