import Logging
import Postgres
import TestSupport

/// The smallest statement through the pool's shared read connections.
enum Reads {
    private static let tasks = 512

    static func run() async throws -> [Figure] {
        try await withDatabase { uri in
            let bench = PgBench(uri: uri)
            var base = 0.0
            for clients in [16, 64] {
                base = max(base, try await bench.rate("SELECT 1;\n", clients: clients, seconds: 4))
            }
            var logger = Logger(label: "bench")
            logger.logLevel = .error
            let pool = PostgresPool(configuration: PostgresConfiguration(uri: uri), logger: logger)
            let load = try await withThrowingTaskGroup(of: Load?.self) { group in
                group.addTask {
                    try await pool.run()
                    return nil
                }
                group.addTask {
                    _ = try await measure(pool, .seconds(1))
                    return try await measure(pool, .seconds(4))
                }
                defer { group.cancelAll() }
                while let load = try await group.next() {
                    if let load { return load }
                }
                throw CancellationError()
            }
            return [
                Benchmark.reads.figure("SELECT 1, \(tasks) tasks", "1/s", load.rate, base: base),
                Benchmark.reads.figure("SELECT 1, \(tasks) tasks, p99", "ms", load.percentile(0.99)),
            ]
        }
    }

    private static func measure(_ pool: PostgresPool, _ time: Duration) async throws -> Load {
        try await Load.run(clients: tasks, atMost: time) { _ in
            let start = ContinuousClock.now
            try await pool.read("SELECT 1")
            return .now - start
        }
    }
}
