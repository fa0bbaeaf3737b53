import Foundation
import PrivateServers
import TestSupport

/// The base of comparison: PostgreSQL's own load generator against the same cluster, in the same run.
struct PgBench {
    let uri: String

    /// Transactions per second of inserting one small row, each committed by itself.
    func insertRate(clients: Int = 16, seconds: Int = 4) async throws -> Double {
        try await ChildProcess.run(
            "psql",
            [
                uri, "-qAt", "-v", "ON_ERROR_STOP=1", "-c",
                """
                CREATE SCHEMA IF NOT EXISTS bench;
                CREATE TABLE IF NOT EXISTS bench.row (id bigserial PRIMARY KEY, number int NOT NULL, words text NOT NULL)
                """,
            ])
        return try await rate(
            "\\set n random(1, 1000000)\nINSERT INTO bench.row (number, words) VALUES (:n, 'one row of a few words');\n",
            clients: clients, seconds: seconds)
    }

    /// Transactions per second of a script with prepared statements.
    func rate(_ script: String, clients: Int, seconds: Int) async throws -> Double {
        let file = try await TestServers.shared.folder() + "/script.sql"
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        let output = try await ChildProcess.run(
            try Self.program(),
            ["-n", "-M", "prepared", "-c", "\(clients)", "-j", "2", "-T", "\(seconds)", "-f", file, uri])
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw BenchmarkFailure(description: "pgbench printed no rate:\n\(output)") }
        return rate
    }

    private static func program() throws -> String {
        let base = "/usr/lib/postgresql"
        let versions = try FileManager.default.contentsOfDirectory(atPath: base).compactMap(Int.init).sorted(by: >)
        let programs = versions.map { "\(base)/\($0)/bin/pgbench" }
        guard let program = programs.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw BenchmarkFailure(description: "pgbench is missing; install the package postgresql")
        }
        return program
    }
}

/// Something was answered that would make the figures worthless.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}
