import TestSupport

/// Clerks who call, start and finish without a pause.
enum CallNext {
    private static let numbers = 2500

    static func run() async throws -> [Figure] {
        try await withCity { system, client in
            let base = try await PgBench(uri: system.postgresURI).insertRate(seconds: 3)
            let halls = [try await Hall("north", client), try await Hall("south", client)]
            var clerks: [Clerk] = []
            var figures: [Figure] = []
            for hall in halls {
                // First one hall with six clerks, then both with twelve.
                clerks += try await hall.openWindows(1...6)
                for hall in halls.prefix(clerks.count / 6) { try await hall.issue(count: numbers) }
                let load = try await measure(clerks)
                let benchmark = Benchmark.callNext
                figures += [
                    benchmark.figure("\(clerks.count) clerks, calls", "1/s", load.rate, base: base),
                    benchmark.figure("\(clerks.count) clerks, p50", "ms", load.percentile(0.5)),
                    benchmark.figure("\(clerks.count) clerks, p99", "ms", load.percentile(0.99)),
                ]
            }
            let doubles = try await system.sql(
                """
                SELECT count(*) - count(DISTINCT payload::json ->> 'ticket') FROM queuing.event_log
                WHERE type LIKE '%ticket-called%'
                """)
            guard doubles == "0" else { throw BenchmarkFailure(description: "\(doubles) people were called twice") }
            return figures
        }
    }

    /// Until the first clerk has nobody to call; the latencies are those of the calls alone.
    private static func measure(_ clerks: [Clerk]) async throws -> Load {
        let turns = Countdown(.max)
        return try await Load.run(clients: clerks.count, atMost: .seconds(5)) { index in
            guard turns.next() != nil else { return nil }
            let start = ContinuousClock.now
            guard try await clerks[index].callNext() != nil else {
                turns.end()
                return nil
            }
            let latency = ContinuousClock.now - start
            try await clerks[index].serve()
            return latency
        }
    }
}
