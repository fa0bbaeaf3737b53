import ArgumentParser
import Logging

/// `onetrip migrate`
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database schemas of all services up to date.",
        discussion:
            "Safe to run at any time and by several at once: an advisory lock lets one work, the others find it done.")

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    func run() async throws {
        let applied = try await Schemas.migrate(uri: DatabaseAddress.uri(postgres), logger: .command)
        print(applied.isEmpty ? "all schemas are up to date" : "applied:\n  " + applied.joined(separator: "\n  "))
    }
}

extension Logger {
    /// For commands that people run: only what goes wrong, on standard error.
    static var command: Logger {
        var logger = Logger(label: "onetrip") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}
