import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct PostgresPoolTests {
    struct Refused: Error {}

    @Test func transaction_commitsOnReturnAndRollsBackOnThrow() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE t (a int)")
            try await pool.withTransaction { try await $0.query("INSERT INTO t VALUES (1)") }
            await #expect(throws: Refused.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO t VALUES (2)")
                    throw Refused()
                }
            }
            #expect(try await pool.read("SELECT a FROM t").decode(Int.self) == [1])
        }
    }

    @Test func transaction_cancelled_isRolledBackAndTheConnectionReturns() async throws {
        try await withPool(poolSize: 1) { pool in
            try await pool.execute("CREATE TABLE t (a int)")
            let task = Task {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO t VALUES (1)")
                    try await connection.query("SELECT pg_sleep(30)")
                }
            }
            try await pool.waitForStatement(containing: "pg_sleep(30)")
            task.cancel()
            #expect(try await failure { _ = try await task.value }?.code == .cancelled)
            #expect(try await pool.execute("SELECT count(*) FROM t")[0].decode(Int.self) == 0)
        }
    }

    @Test func transaction_ignoredError_isReportedAtCommit() async throws {
        try await withPool { pool in
            let error = try await failure {
                try await pool.withTransaction { connection in
                    _ = try? await connection.query("SELECT 1/0")
                }
            }
            #expect(error?.sqlState == "25P02")
        }
    }

    @Test func transactionLeftOpen_isNotHandedOn() async throws {
        try await withPool(poolSize: 1) { pool in
            let first = try await pool.withConnection { connection in
                try await connection.query("BEGIN")
                return try await connection.query("SELECT pg_backend_pid()")[0].decode(Int.self)
            }
            let second = try await pool.execute("SELECT pg_backend_pid()")[0].decode(Int.self)
            #expect(first != second)
        }
    }

    @Test func serializationFailure_isRecognised() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE t (a int)")
            try await pool.execute("INSERT INTO t VALUES (0)")
            let error = try await failure {
                try await pool.withTransaction(isolation: .repeatableRead) { connection in
                    try await connection.query("SELECT a FROM t")
                    try await pool.execute("UPDATE t SET a = 1")
                    try await connection.query("UPDATE t SET a = 2")
                }
            }
            #expect(error?.isSerializationFailure == true)
        }
    }

    @Test func execute_moreThanConnections_allAreServed() async throws {
        try await withPool(poolSize: 3) { pool in
            let pids = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 {
                    group.addTask { try await pool.execute("SELECT pg_backend_pid()")[0].decode(Int.self) }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(pids.count <= 3)
        }
    }

    @Test func lease_noneFree_isRefusedAfterItsTime() async throws {
        try await withPool(poolSize: 1) { pool in
            try await pool.withConnection { _ in
                let error = try await failure {
                    try await pool.execute("SELECT 1", deadline: .now + .milliseconds(100))
                }
                #expect(error?.code == .poolExhausted)
                let rows = try await pool.read("SELECT 1")
                #expect(rows.count == 1, "reads have connections of their own")
            }
        }
    }

    @Test func lease_serverAway_namesTheReason() async throws {
        let configuration = PostgresConfiguration(uri: "host=/nonexistent dbname=x", leaseTimeout: .milliseconds(300))
        try await withPool(configuration) { pool in
            // The first to wait may be refused before the first attempt has failed.
            let error = try await eventually("the reason") { () -> PostgresError? in
                let error = try await failure { try await pool.ping() }
                return error?.message.contains("/nonexistent") == true ? error : nil
            }
            #expect(error.code == .connection)
        }
    }

    @Test func idleConnectionsKilled_areNotLeased() async throws {
        try await withPool(poolSize: 2) { pool in
            for _ in 0..<5 {
                try await pool.execute("SELECT 1")
                try await pool.withConnection { killer in
                    try await killer.query(
                        """
                        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
                #expect(try await pool.read("SELECT 1").count == 1)
            }
        }
    }

    @Test func serverRestarts_poolRecovers() async throws {
        try await withOwnPostgres { uri, control in
            try await withPool(PostgresConfiguration(uri: uri, poolSize: 4)) { pool in
                try await pool.execute("CREATE TABLE t (a int)")
                let interrupted = Task { try await pool.execute("SELECT pg_sleep(60)") }
                try await pool.waitForStatement(containing: "pg_sleep(60)")
                await control.crash()
                #expect(try await failure { _ = try await interrupted.value }?.isConnectionFailure == true)
                try await control.restart()
                // Waits for a connection meanwhile; whoever meets a server that still starts is told so.
                _ = try await eventually("a write after the restart") {
                    try? await pool.execute("INSERT INTO t VALUES (1)").affected
                }
                #expect(try await pool.read("SELECT count(*) FROM t")[0].decode(Int.self) >= 1)
                try await pool.ping()
            }
        }
    }

    @Test func gracefulShutdown_waitsForTheLease() async throws {
        try await withDatabase { uri in
            let pool = PostgresPool(configuration: PostgresConfiguration(uri: uri), logger: Logger(label: "test"))
            let group = ServiceGroup(
                configuration: .init(services: [.init(service: pool)], logger: Logger(label: "test")))
            let running = Task { try await group.run() }
            let answer = try await withDeadline(.seconds(20), "the lease") {
                try await pool.withConnection { connection in
                    await group.triggerGracefulShutdown()
                    // Once the pool refuses others, it is shutting down, and this lease still works.
                    _ = try await eventually("the refusal") { () -> Bool? in
                        let error = try await failure { try await pool.execute("SELECT 1") }
                        return error?.code == .closed ? true : nil
                    }
                    return try await connection.query("SELECT 5")[0].decode(Int.self)
                }
            }
            #expect(answer == 5)
            try await withDeadline(.seconds(20), "the end of the pool") { try await running.value }
        }
    }
}
