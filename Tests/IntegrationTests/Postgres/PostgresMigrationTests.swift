import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct PostgresMigrationTests {
    static let first = Migration(
        name: "0001_hall", sql: "CREATE TABLE hall (id text PRIMARY KEY); INSERT INTO hall VALUES ('a;b'), ('c');")
    static let second = Migration(name: "0002_window", sql: "ALTER TABLE hall ADD windows int NOT NULL DEFAULT 1;")

    @Test func fourAtOnce_applyOnce() async throws {
        try await withPool { pool in
            let migrator = Migrator(schema: "booking", migrations: [Self.first, Self.second])
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 { group.addTask { try await migrator.run(on: pool) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(applied.filter { !$0.isEmpty } == [["0001_hall", "0002_window"]])
            #expect(try await pool.read("SELECT count(*) FROM booking.hall")[0].decode(Int.self) == 2)
        }
    }

    @Test func later_onlyTheNewIsApplied() async throws {
        try await withPool { pool in
            let earlier = try await Migrator(schema: "s", migrations: [Self.first]).run(on: pool)
            #expect(earlier == ["0001_hall"])
            let both = Migrator(schema: "s", migrations: [Self.first, Self.second])
            #expect(try await both.run(on: pool) == ["0002_window"])
            #expect(try await both.run(on: pool) == [])
        }
    }

    @Test func changed_isRefused() async throws {
        try await withPool { pool in
            try await Migrator(schema: "s", migrations: [Self.first]).run(on: pool)
            let changed = Migration(name: "0001_hall", sql: Self.first.sql + " ")
            let error = try await failure { try await Migrator(schema: "s", migrations: [changed]).run(on: pool) }
            #expect(error?.code == .migration)
            #expect(error?.message.contains("0001_hall") == true)
            // The lock is free again.
            #expect(try await Migrator(schema: "s", migrations: [Self.first]).run(on: pool) == [])
        }
    }

    @Test func unknownOrLate_isRefused() async throws {
        try await withPool { pool in
            try await Migrator(schema: "s", migrations: [Self.second.named("0002_x", sql: "SELECT 1")]).run(on: pool)
            let older = Migrator(schema: "s", migrations: [Self.first])
            #expect(try await failure { try await older.run(on: pool) }?.code == .migration)
            let late = Migrator(schema: "s", migrations: [Self.first, Self.second.named("0002_x", sql: "SELECT 1")])
            #expect(try await failure { try await late.run(on: pool) }?.code == .migration)
            let unordered = Migrator(schema: "u", migrations: [Self.second, Self.first])
            #expect(try await failure { try await unordered.run(on: pool) }?.code == .migration)
        }
    }

    @Test func failing_leavesNothingBehind() async throws {
        try await withPool(poolSize: 1) { pool in
            let bad = Migration(name: "0001_bad", sql: "CREATE TABLE s.left_over (a int); SELECT 1/0;")
            let error = try await failure { try await Migrator(schema: "s", migrations: [bad]).run(on: pool) }
            #expect(error?.sqlState == "22012")
            #expect(error?.message.contains("0001_bad") == true)
            #expect(try await pool.execute("SELECT to_regclass('s.left_over') IS NULL")[0].decode(Bool.self))
            #expect(try await Migrator(schema: "s", migrations: [Self.first]).run(on: pool) == ["0001_hall"])
        }
    }

    @Test func load_readsTheFilesInOrder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: PostgresError.self) { try Migration.load(directory: folder) }
        try "SELECT 2;".write(to: folder.appending(path: "0002_b.sql"), atomically: true, encoding: .utf8)
        try "SELECT 1;".write(to: folder.appending(path: "0001_a.sql"), atomically: true, encoding: .utf8)
        try "notes".write(to: folder.appending(path: "README.md"), atomically: true, encoding: .utf8)
        #expect(try Migration.load(directory: folder).map(\.name) == ["0001_a", "0002_b"])
    }
}

extension Migration {
    func named(_ name: String, sql: String) -> Migration {
        Migration(name: name, sql: sql)
    }
}
