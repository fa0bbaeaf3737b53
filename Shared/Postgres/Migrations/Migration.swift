private import Crypto
package import Foundation

/// One step of a schema's history.
package struct Migration: Sendable, Hashable {
    /// `0001_name`; the order of the names is the order of the steps.
    package let name: String
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the text, in hex.
    var sha: String {
        SHA256.hash(data: Array(sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// All `*.sql` files of a folder, by name.
    ///
    /// - Throws: ``PostgresError`` with `migration` when the folder cannot be read or has none.
    package static func load(directory: URL) throws(PostgresError) -> [Migration] {
        do {
            let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "sql" }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }
            guard !files.isEmpty else {
                throw PostgresError(.migration, "no *.sql files in \(directory.path)")
            }
            return try files.map { file in
                Migration(
                    name: file.deletingPathExtension().lastPathComponent,
                    sql: try String(contentsOf: file, encoding: .utf8))
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.migration, "the migrations in \(directory.path) cannot be read: \(error)")
        }
    }
}
