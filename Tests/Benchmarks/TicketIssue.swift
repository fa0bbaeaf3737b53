import TestSupport

/// Numbers taken at the kiosks of one hall.
enum TicketIssue {
    static func run() async throws -> [Figure] {
        try await withCity(connections: 128) { system, client in
            let base = try await PgBench(uri: system.postgresURI).insertRate()
            var figures: [Figure] = []
            for (hall, clients) in [("north", 16), ("south", 64)] {
                let hall = try await Hall(hall, client)
                try await hall.issue(count: 64)
                let load = try await Load.run(clients: clients, atMost: .seconds(5)) { client in
                    let start = ContinuousClock.now
                    try await hall.issue(client)
                    return .now - start
                }
                let benchmark = Benchmark.ticketIssue
                figures += [
                    benchmark.figure("\(clients) clients", "1/s", load.rate, base: base),
                    benchmark.figure("\(clients) clients, p50", "ms", load.percentile(0.5)),
                    benchmark.figure("\(clients) clients, p99", "ms", load.percentile(0.99)),
                ]
            }
            let doubles = try await system.sql(
                """
                SELECT count(*) - count(DISTINCT (stream, payload::json ->> 'number')) FROM queuing.event_log
                WHERE type LIKE '%ticket-issued%'
                """)
            guard doubles == "0" else { throw BenchmarkFailure(description: "\(doubles) numbers were given twice") }
            return figures
        }
    }
}
