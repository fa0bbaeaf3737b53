package import ArgumentParser
import BookingService
import Domain
import Foundation
import Postgres

/// `onetrip reopen`
package struct ReopenCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Undo `onetrip close`.",
        discussion: """
            Places can be booked again at once. Who has been moved keeps the new time; who has not keeps the old one.

            Exit codes: 0 done, 64 wrong use, 65 there is nothing to undo, 69 the database fails.
            """)

    @Argument(help: "The hall.")
    var hall: String

    @Option(
        help: ArgumentHelp("The beginning of the closure, where there are several.", valueName: "2027-06-03 09:00"),
        transform: { try WallTime($0) })
    var from: WallTime?

    @Option(help: "Who opens it, for the audit; the name of the account when left out.")
    var by: String?

    @Option(help: "The language: zh-Hans or en.", transform: { try PolicyNames.language($0) })
    var language = Language.zhHans

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    package init() {}

    package func run() async throws {
        let texts = try ClosureText(language: language)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await texts.answering(hall) {
            try await PostgresPool.withPool(uri: try DatabaseAddress.uri(postgres), logger: .command) { pool in
                for line in try await reopen(on: pool, texts, now: now) { print(line) }
            }
        }
    }

    func reopen(on pool: PostgresPool, _ texts: ClosureText, now: Timestamp) async throws -> [String] {
        try await pool.withTransaction { connection in
            guard let catalogue = try await CatalogueStore.catalogue(on: connection),
                let known = catalogue.halls[HallID(hall)], let zone = TimeZoneRules(known.timeZone)
            else { throw HallClosing.Refusal.hallUnknown }
            let closures = try await ClosureStore().inForce(at: now, on: connection).filter { closure in
                closure.hall == known.id && (from.map { $0.moment(in: zone) == closure.from } ?? true)
            }
            guard let closure = closures.first else { throw HallClosing.Refusal.notClosed }
            guard closures.count == 1 || from != nil else {
                throw ClosureText.Several(
                    lines: [texts.text("which", ["hall": known.name.text(language)])]
                        + closures.map { texts.text("line", texts.arguments($0, catalogue)) })
            }
            _ = try await HallClosing.reopen(
                closure.id, by: ClosureText.actor(by), on: connection, now: now)
            return [texts.text("reopened", texts.arguments(closure, catalogue))]
        }
    }
}
