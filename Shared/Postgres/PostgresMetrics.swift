private import Metrics

/// What is measured of PostgreSQL.
final class PostgresMetrics: Sendable {
    /// Made on first use, after the process has chosen its metrics backend.
    static let shared = PostgresMetrics()

    private let succeeded = Metrics.Timer(label: "postgres_statement_duration_seconds", dimensions: [("result", "ok")])
    private let failed = Metrics.Timer(label: "postgres_statement_duration_seconds", dimensions: [("result", "error")])

    /// The time of one statement from asking to answer, with the wait for its turn on the connection.
    func record(_ duration: Duration, failed hasFailed: Bool) {
        let (seconds, attoseconds) = duration.components
        (hasFailed ? failed : succeeded).recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

/// Gauges of one pool.
struct PoolMetrics: Sendable {
    private let connections: Gauge
    private let waiting: Gauge

    init(pool: String) {
        connections = Gauge(label: "postgres_pool_connections", dimensions: [("pool", pool)])
        waiting = Gauge(label: "postgres_pool_waiting", dimensions: [("pool", pool)])
    }

    func record(connections count: Int, waiting waitingCount: Int) {
        connections.record(count)
        waiting.record(waitingCount)
    }
}
