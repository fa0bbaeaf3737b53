import Postgres
import TestSupport
import Testing

@Suite struct PostgresConnectionTests {
    @Test func values_comeBackAsTheyWent() async throws {
        try await withPool { pool in
            let texts = ["", "NULL", "a,b", #"{"\"#, "'; DROP TABLE x; --", "中文 🙂", "a\nb", "$1", "%s"]
            let bytes: [[UInt8]] = [Array(0...255), [], [92, 34]]
            let moment = PostgresTimestamp(microseconds: 1_795_412_430_123_456)
            let row = try await pool.execute(
                """
                SELECT \(list: texts)::text[], \(list: bytes)::bytea[], \(bytes[0])::bytea, \(moment)::timestamptz,
                    \(Double.pi)::float8, \(true)::bool, \(Int.min)::int8, \(Int?.none)::int, \(texts[4])::text
                """)[0]
            let (list, blobs, blob, time, number, truth, least, none, text) = try row.decode(
                [String].self, [[UInt8]].self, [UInt8].self, PostgresTimestamp.self, Double.self, Bool.self, Int.self,
                Int?.self, String.self)
            #expect(list == texts)
            #expect(blobs == bytes)
            #expect(blob == bytes[0])
            #expect(time == moment)
            #expect(number == .pi)
            #expect(truth)
            #expect(least == .min)
            #expect(none == nil)
            #expect(text == texts[4])
        }
    }

    @Test func zeroByte_isRefusedBeforeItIsSent() async throws {
        try await withPool { pool in
            let error = try await failure { try await pool.execute("SELECT \("a\0b")::text") }
            #expect(error?.code == .encoding)
            #expect(try await failure { _ = try await pool.read("SELECT \("a\0b")::text") }?.code == .encoding)
        }
    }

    @Test func decoding_saysWhatIsWrong() async throws {
        try await withPool { pool in
            let row = try await pool.read("SELECT 'secret' AS name, NULL AS nothing")[0]
            let notANumber = try await failure { _ = try row.decode("name", as: Int.self) }
            #expect(notANumber?.code == .decoding)
            #expect(notANumber?.message.contains("secret") == false)
            #expect(try await failure { _ = try row.decode("nothing", as: String.self) }?.code == .decoding)
            #expect(try await failure { _ = try row.decode("absent", as: String.self) }?.code == .decoding)
            #expect(try await failure { _ = try row.decode(String.self, String?.self, Int.self) }?.code == .decoding)
            #expect(try row.decode("nothing", as: String?.self) == nil)
        }
    }

    @Test func cancelledTask_cancelsItsStatementAndTheConnectionGoesOn() async throws {
        try await withPool(poolSize: 1) { pool in
            try await pool.withConnection { connection in
                let pid = try await connection.query("SELECT pg_backend_pid()")[0].decode(Int.self)
                let sleeper = Task { try await connection.query("SELECT pg_sleep(10)") }
                try await pool.waitForStatement(containing: "pg_sleep(10)")
                let start = ContinuousClock.now
                sleeper.cancel()
                let error = try await failure { _ = try await sleeper.value }
                #expect(error?.code == .cancelled)
                #expect(ContinuousClock.now - start < .seconds(2))
                #expect(try await connection.query("SELECT pg_backend_pid()")[0].decode(Int.self) == pid)
            }
        }
    }

    @Test func cancelledBeforeSending_neverRuns() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE t (a int)")
            try await pool.withConnection { connection in
                let first = Task { try await connection.query("SELECT pg_sleep(10)") }
                try await pool.waitForStatement(containing: "pg_sleep(10)")
                let second = Task { try await connection.query("INSERT INTO t VALUES (1)") }
                second.cancel()
                #expect(try await failure { _ = try await second.value }?.code == .cancelled)
                first.cancel()
                _ = await first.result
            }
            #expect(try await pool.read("SELECT count(*) FROM t")[0].decode(Int.self) == 0)
        }
    }

    @Test func deadline_cancelsTheStatement() async throws {
        try await withPool(poolSize: 1) { pool in
            try await pool.ping()
            let start = ContinuousClock.now
            let error = try await failure {
                try await pool.execute("SELECT pg_sleep(10)", deadline: .now + .milliseconds(200))
            }
            #expect(error?.code == .timeout)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await pool.execute("SELECT 1")[0].decode(Int.self) == 1)
        }
    }

    @Test func pipeline_isAllOrNothing() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE t (a int PRIMARY KEY)")
            try await pool.withConnection { connection in
                let rows = try await connection.pipeline(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2), (3)"])
                #expect(rows.map(\.affected) == [1, 2])
                let error = try await failure {
                    try await connection.pipeline(["INSERT INTO t VALUES (4)", "INSERT INTO t VALUES (1)", "SELECT 1"])
                }
                #expect(error?.isUniqueViolation == true)
                #expect(error?.constraint == "t_pkey")
                #expect(try await connection.query("SELECT count(*) FROM t")[0].decode(Int.self) == 3)
            }
        }
    }

    @Test func largeGroup_doesNotDeadlock() async throws {
        try await withPool { pool in
            let text = String(repeating: "x", count: 100_000)
            try await pool.withConnection { connection in
                let rows = try await connection.pipeline((0..<200).map { "SELECT \(text)::text || \($0)::text AS t" })
                #expect(rows.count == 200)
                #expect(try rows[199][0].decode(String.self).utf8.count == 100_003)
            }
        }
    }

    @Test func preparedStatements_areBoundedAndRefreshed() async throws {
        try await withDatabase { uri in
            let configuration = PostgresConfiguration(uri: uri, poolSize: 1, preparedStatements: 8)
            try await withPool(configuration) { pool in
                for number in 0..<40 { try await pool.execute("SELECT \(unescaped: String(number))") }
                let count = try await pool.execute("SELECT count(*) FROM pg_prepared_statements")[0].decode(Int.self)
                #expect(count <= 10)
                try await pool.execute("CREATE TABLE t (a int)")
                try await pool.execute("INSERT INTO t VALUES (1)")
                #expect(try await pool.execute("SELECT * FROM t")[0].columns == ["a"])
                try await pool.execute("ALTER TABLE t ADD b int")
                #expect(try await pool.execute("SELECT * FROM t")[0].columns == ["a", "b"])
                try await pool.execute("DEALLOCATE ALL")
                #expect(try await pool.execute("SELECT * FROM t").count == 1)
            }
        }
    }

    @Test func session_hasItsSettings() async throws {
        try await withDatabase { uri in
            let configuration = PostgresConfiguration(uri: uri, searchPath: "booking, public", applicationName: "probe")
            try await withPool(configuration) { pool in
                let row = try await pool.read(
                    """
                    SELECT current_setting('TimeZone'), current_setting('jit'), current_setting('search_path'),
                        current_setting('application_name'), current_setting('plan_cache_mode')
                    """)[0]
                let values = try row.decode(String.self, String.self, String.self, String.self, String.self)
                #expect(values == ("UTC", "off", "booking, public", "probe", "force_generic_plan"))
            }
        }
    }

    @Test func severalHosts_theOneThatAnswersIsUsed() async throws {
        try await withDatabase { uri in
            let first = try await PostgresConnection.connect(PostgresConfiguration(uri: uri))
            let row = try await first.query(
                "SELECT split_part(current_setting('unix_socket_directories'), ',', 1), current_database(), current_user"
            )[0]
            let (folder, database, user) = try row.decode(String.self, String.self, String.self)
            let several = "host=/nonexistent,\(folder) dbname=\(database) user=\(user) target_session_attrs=read-write"
            let second = try await PostgresConnection.connect(PostgresConfiguration(uri: several))
            #expect(try await second.query("SELECT 1").count == 1)
        }
    }

    @Test func unreachableServer_isNamed() async throws {
        let configuration = PostgresConfiguration(uri: "host=/nonexistent dbname=x")
        let error = try await failure { _ = try await PostgresConnection.connect(configuration) }
        #expect(error?.code == .connection)
        #expect(error?.message.contains("/nonexistent") == true)
    }

    @Test func closedConnection_refuses() async throws {
        try await withDatabase { uri in
            let connection = try await PostgresConnection.connect(PostgresConfiguration(uri: uri))
            await connection.close()
            #expect(try await failure { try await connection.query("SELECT 1") }?.code == .closed)
            #expect(try await failure { _ = try await connection.read("SELECT 1") }?.code == .closed)
        }
    }
}
