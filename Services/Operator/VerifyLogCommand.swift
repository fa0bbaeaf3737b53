import ArgumentParser
import Domain
import EventContracts
import Logging
import Messaging
import Postgres
import QueuingService

/// `onetrip verify-log`
struct VerifyLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-log",
        abstract: "Prove that the logs of the halls' queues are whole and were not changed.",
        discussion: """
            Checks for each hall that positions have no gap, that each event's hash follows from the one before it, and that the \
            history keeps the rules of the queue. Ends with exit code 1 when a log is broken. The last hash of a log stands for all \
            of it: write it down elsewhere to be able to compare later.
            """)

    @Argument(help: "The halls; all when left out.")
    var halls: [String] = []

    @Option(help: "The streams' prefix, as ONETRIP_STREAM_PREFIX of the services.")
    var prefix = "onetrip"

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    func run() async throws {
        let uri = try DatabaseAddress.uri(postgres)
        let names = StreamNames(prefix: prefix)
        let isWhole = try await PostgresPool.withPool(uri: uri, searchPath: QueuingSchema.name, logger: .command) {
            pool in
            let log = EventLog(pool: pool)
            let known = Set(try await log.streams())
            let wanted = halls.isEmpty ? known.sorted() : halls.map { names.queue(.init($0)) }
            if wanted.isEmpty { print("no hall has a log yet") }
            var isWhole = true
            for stream in wanted {
                guard known.contains(stream) else {
                    throw ValidationError("There is no log \(stream); known: \(known.sorted().joined(separator: ", "))")
                }
                let report = try await QueueLogVerifier.verify(stream, in: log)
                if let broken = report.broken {
                    isWhole = false
                    print("BROKEN  \(stream)  \(broken)")
                } else {
                    print("whole   \(stream)  \(report.events) events, last hash \(report.hash)")
                }
            }
            return isWhole
        }
        guard isWhole else { throw ExitCode(1) }
    }
}
