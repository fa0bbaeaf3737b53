package import ArgumentParser
import BookingService
import Domain
import Foundation
import Postgres
import QueuingService
import Simulation

/// `onetrip plan`
package struct PlanCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan how many people can book each slot, so that everybody waits less.",
        discussion: """
            With --hall: from the hall's shifts, offers and what it has learned of walk-ins, service times and punctuality. The \
            number of places stays the same; they move to where windows have time. The table says for each slot what was \
            expected, what changes and why; waits are simulated on days that the search has not seen. --apply puts the plan \
            into force for all slots to come (nobody who has booked is moved; run it again at any time), --reset goes back to \
            the city file.

            With --config: the same for a scenario file, compared with its own plan under Service BC's rule.
            """)

    @Option(help: "The hall.")
    var hall: String?

    @Option(help: "A scenario (JSON) instead of a hall.")
    var config: String?

    @Option(
        help: ArgumentHelp("The weekdays, separated by commas; all when left out.", valueName: "monday,…"),
        transform: { try WeekdayNames.read($0) })
    var weekday: [Weekday] = Weekday.allCases

    @Flag(help: "Put the plan into force.")
    var apply = false

    @Flag(help: "Go back to the offers of the city file.")
    var reset = false

    @Option(help: "Who puts it into force, for the audit; the name of the account when left out.")
    var by: String?

    @Option(help: "Where the plan is written (JSON).")
    var json: String?

    @Option(help: "The hall's rule of calling.", transform: { try PolicyNames.one($0) })
    var policy = Policy.engine

    @Option(help: "How many days are simulated to judge a plan.")
    var days = 40

    @Option(help: "How often the search goes through all moves of places; 0 takes the plan that it begins with.")
    var rounds = 6

    @Option(help: "The number of the first of these days. The search has days 1000 and up.")
    var seed = 50_000

    @Option(help: "Walk-ins among all visits where the hall has learned nothing yet (0 to 0.9).")
    var walkInShare = 0.3

    @Option(help: "The share of the places that is booked (0.05 to 1); as in the last four weeks when left out.")
    var bookedShare: Double?

    @Option(help: "The language: zh-Hans or en.", transform: { try PolicyNames.language($0) })
    var language = Language.zhHans

    @Option(help: "The streams' prefix, as ONETRIP_STREAM_PREFIX of the services.")
    var prefix = "onetrip"

    @Option(help: "libpq URI or connection string of the database; ONETRIP_POSTGRES when left out.")
    var postgres: String?

    package init() {}

    package func validate() throws {
        guard (hall == nil) != (config == nil) else { throw ValidationError("give either --hall or --config") }
        guard hall != nil || (!apply && !reset) else { throw ValidationError("--apply and --reset need --hall") }
        guard !apply || !reset else { throw ValidationError("give --apply or --reset, not both") }
        guard (1...10_000).contains(days) else { throw ValidationError("--days: give 1 to 10000") }
        guard bookedShare.map({ (0.05...1).contains($0) }) ?? true else {
            throw ValidationError("--booked-share: give 0.05 to 1")
        }
        guard (0...50).contains(rounds) else { throw ValidationError("--rounds: give 0 to 50") }
        guard (0...0.9).contains(walkInShare) else { throw ValidationError("--walk-in-share: give 0 to 0.9") }
    }

    package func run() async throws {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let report = try PlanReport(language: language)
        if let config {
            let scenario = try Files.read(config) { try Scenario(json: $0) }
            let bar = ProgressBar(total: settings.search.rounds)
            let trial = try await PlanTrial(scenario, settings: settings, progress: bar.show)
            bar.end()
            report.print(trial)
            if let json { try Files.write(try trial.json(), to: json) }
            return
        }
        let uri = try DatabaseAddress.uri(postgres)
        try await PostgresPool.withPool(uri: uri, searchPath: QueuingSchema.name, logger: .command) { pool in
            let known = try await KnownHall(hall ?? "", prefix: prefix, on: pool)
            if reset {
                let outcome = try await pool.withTransaction {
                    try await PlacesPlanning.reset(known.hall.id, by: actor, on: $0, now: now)
                }
                print(report.text(outcome.isNew ? "reset" : "resetBefore", outcome.arguments))
                return
            }
            let week = try await WeekPlan(
                known, skills: try await known.skills(on: pool), history: try await known.log.newestHistory(),
                weekdays: weekday, assumedShare: walkInShare,
                bookedShare: try await bookedShare(of: known.hall.id, at: now, on: pool), settings: settings)
            report.print(week, services: known.catalogue.services)
            if let json { try Files.write(try PlanDocument(week).json(), to: json) }
            guard apply else { return }
            let outcome = try await pool.withTransaction {
                try await PlacesPlanning.apply(week.places, to: known.hall.id, by: actor, on: $0, now: now)
            }
            print(report.text(outcome.isNew ? "applied" : "appliedBefore", outcome.arguments))
        }
    }

    private var settings: HallSlotPlan.Settings {
        var settings = HallSlotPlan.Settings()
        settings.search.rounds = rounds
        settings.judgeDays = days
        settings.judgeSeed = seed
        settings.policy = policy
        settings.workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return settings
    }

    private var actor: String { String("operator:\(by ?? NSUserName())".prefix(100)) }

    /// What was given, or what the last four weeks show; `nil` before there were many places.
    private func bookedShare(of hall: HallID, at now: Timestamp, on pool: PostgresPool) async throws -> Double? {
        if let bookedShare { return bookedShare }
        let (taken, places) = try await pool.withConnection {
            try await PlacesPlanStore().occupancy(
                of: hall, from: now.advanced(minutes: -28 * 1440), to: now, on: $0)
        }
        return places >= 500 ? max(0.05, Double(taken) / Double(places)) : nil
    }
}

extension PlacesPlanning.Outcome {
    fileprivate var arguments: [String: String] {
        ["version": String(version), "slots": String(changedSlots)]
    }
}

/// Weekdays on the command line.
enum WeekdayNames {
    static func read(_ names: String) throws -> [Weekday] {
        let days = try names.split(separator: ",").map { name in
            guard let day = Weekday(rawValue: String(name)) else {
                let known = Weekday.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no weekday \(name); weekdays are \(known)")
            }
            return day
        }
        guard !days.isEmpty else { throw ValidationError("--weekday: give at least one") }
        return Weekday.allCases.filter { days.contains($0) }
    }
}
