package import ArgumentParser
import BookingService
import Domain
import Foundation
import Postgres

/// `onetrip close`
package struct CloseCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close a hall for a time: nobody can book it then, and who has booked is moved and told.",
        discussion: """
            Says how many people are affected and where they would go; --yes closes the hall. From then on nothing can be booked there in \
            that time, pages say why, and the booking service moves those who had booked: to the same hall soon after, else to one nearby near \
            the same time, else within seven days. For whom there is no place the appointment is cancelled. Everybody gets a message, and \
            can accept, choose another time or cancel. `onetrip reopen` undoes it.

            Times are those of the hall's clock.

            Exit codes: 0 done, 64 wrong use, 65 the hall cannot be closed so, 69 the database fails.
            """)

    @Argument(help: "The hall.")
    var hall: String

    @Option(help: ArgumentHelp("From when.", valueName: "2027-06-03 09:00"), transform: { try WallTime($0) })
    var from: WallTime

    @Option(help: ArgumentHelp("Until when.", valueName: "2027-06-03 18:00"), transform: { try WallTime($0) })
    var to: WallTime

    @Option(help: "Why, in Chinese, as people read it.", transform: { try ClosureText.reason($0) })
    var reasonZh: String

    @Option(help: "Why, in English.", transform: { try ClosureText.reason($0) })
    var reasonEn: String

    @Flag(help: "Only show who is affected.")
    var dryRun = false

    @Flag(help: "Close the hall.")
    var yes = false

    @Option(help: "Who closes it, for the audit; the name of the account when left out.")
    var by: String?

    @Option(help: "The language: zh-Hans or en.", transform: { try PolicyNames.language($0) })
    var language = Language.zhHans

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    package init() {}

    package func validate() throws {
        guard !dryRun || !yes else { throw ValidationError("give --dry-run or --yes, not both") }
    }

    package func run() async throws {
        let texts = try ClosureText(language: language)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await texts.answering(hall) {
            try await PostgresPool.withPool(uri: try DatabaseAddress.uri(postgres), logger: .command) { pool in
                _ = try await close(on: pool, texts, now: now)
            }
        }
    }

    /// - Returns: whether the hall is closed now.
    func close(on pool: PostgresPool, _ texts: ClosureText, now: Timestamp) async throws -> Bool {
        let (lines, isDone) = try await Rehearsal.run(on: pool, keep: yes) { connection in
            guard let catalogue = try await CatalogueStore.catalogue(on: connection),
                let hall = catalogue.halls[HallID(hall)], let zone = TimeZoneRules(hall.timeZone)
            else { throw HallClosing.Refusal.hallUnknown }
            let order = HallClosing.Order(
                hall: hall.id, from: from.moment(in: zone), to: to.moment(in: zone),
                reason: LocalizedText(zh: reasonZh, en: reasonEn), actor: ClosureText.actor(by))
            let outcome = try await HallClosing.close(order, on: connection, now: now)
            let forecast = try await ClosureForecast(catalogue, on: connection, secrets: nil, now: now)
            var lines = texts.lines(forecast, catalogue, people: outcome.people)
            if yes { lines.append(texts.text("done", texts.arguments(outcome.closure, catalogue))) }
            return lines
        }
        for line in lines { print(line) }
        if !isDone { print(texts.text(dryRun ? "dryRun" : "confirm")) }
        return isDone
    }
}
