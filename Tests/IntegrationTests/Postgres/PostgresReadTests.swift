import Postgres
import TestSupport
import Testing

@Suite struct PostgresReadTests {
    @Test func read_500AtOnce_throughTwoReaders() async throws {
        try await withPool { pool in
            let answers = try await withThrowingTaskGroup(of: (Int, Int, Int).self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let (echo, pid) = try await pool.read("SELECT \(number)::int, pg_backend_pid()")[0]
                            .decode(Int.self, Int.self)
                        return (number, echo, pid)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 500)
            #expect(answers.allSatisfy { $0.0 == $0.1 })
            #expect(Set(answers.map(\.2)).count <= 2)
        }
    }

    @Test func read_errorInAGroup_hitsOnlyItsOwnStatement() async throws {
        try await withPool(readers: 1) { pool in
            try await pool.ping()
            let outcomes = await withTaskGroup(of: (Int, Result<Int, PostgresError>).self) { group in
                for number in 0..<300 {
                    group.addTask {
                        do throws(PostgresError) {
                            let rows = try await pool.read("SELECT 100 / \(number % 10)::int")
                            return (number, .success(try rows[0].decode(Int.self)))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count == 300)
            for (number, outcome) in outcomes {
                switch outcome {
                case .success(let value): #expect(number % 10 != 0 && value == 100 / (number % 10))
                case .failure(let error): #expect(number % 10 == 0 && error.sqlState == "22012")
                }
            }
        }
    }

    @Test func read_statementThatCannotBePrepared_hitsOnlyItself() async throws {
        try await withPool(readers: 1) { pool in
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let query: PostgresQuery = number % 2 == 0 ? "SELECT 1" : "SELECT nonsense"
                        let rows = try? await pool.read(query)
                        return (rows?.count == 1) == (number % 2 == 0)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes == Array(repeating: true, count: 100))
        }
    }

    @Test func read_cannotWrite() async throws {
        try await withPool { pool in
            let error = try await failure { _ = try await pool.read("CREATE TABLE t (a int)") }
            #expect(error?.sqlState == "25006")
        }
    }

    @Test func read_cancelledOne_leavesTheOthersOfItsGroupAlone() async throws {
        try await withPool(readers: 1) { pool in
            let sleeper = Task { try await pool.read("SELECT pg_sleep(30)") }
            try await withDatabaseObserver(pool) { try await $0.waitForSleep() }
            let others = (0..<50).map { number in
                Task { try await pool.read("SELECT \(number)::int")[0].decode(Int.self) }
            }
            let start = ContinuousClock.now
            sleeper.cancel()
            let error = try await failure { _ = try await sleeper.value }
            #expect(error?.code == .cancelled)
            for (number, task) in others.enumerated() { #expect(try await task.value == number) }
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func read_deadline() async throws {
        try await withPool(readers: 1) { pool in
            try await pool.read("SELECT 1")
            let start = ContinuousClock.now
            let error = try await failure {
                _ = try await pool.read("SELECT pg_sleep(30)", deadline: .now + .milliseconds(200))
            }
            #expect(error?.code == .timeout)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await pool.read("SELECT 7")[0].decode(Int.self) == 7)
        }
    }

    /// Looks through a leased connection, because the only reader is busy.
    struct Observer {
        let connection: PostgresConnection

        func waitForSleep() async throws {
            _ = try await eventually("the sleeping read") { () -> Bool? in
                let rows = try await connection.query(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'
                    """)
                return rows.isEmpty ? nil : true
            }
        }
    }

    func withDatabaseObserver(_ pool: PostgresPool, _ body: @Sendable (Observer) async throws -> Void) async throws {
        try await pool.withConnection { try await body(Observer(connection: $0)) }
    }
}
