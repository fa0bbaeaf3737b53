import ArgumentParser
import Domain
import Foundation
import Simulation

/// `onetrip call-ahead`
struct CallAheadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call-ahead",
        abstract: "Tell remote people when to set out, and say how long they still wait in the hall.",
        discussion: """
            Walk-ins who take their number from afar hold the place, and set out when they are told or, to compare, at \
            once. at_once and on_site are their minutes in the hall, lost is by how many minutes their call comes later, \
            no_wait the share called within two minutes of coming, punct10 the share of booked people called within 10 \
            minutes of their time. ± is half the 95 % interval.
            """)

    @Option(help: "The scenario of a hall (JSON).")
    var config: String

    @Option(parsing: .upToNextOption, help: "Days given person by person (JSON); without them days are drawn.")
    var replay: [String] = []

    @Option(
        help: "The share of walk-ins of drawn days who take their number from afar (0 to 1); the file's without it.")
    var remote: Double?

    @Option(
        help: "The rule by which the hall calls: bcgov, engine-lite or engine.",
        transform: { try PolicyNames.one($0) })
    var policy = Policy.engine

    @Option(help: "The odds that the call would have come before the person is there (0.01 to 0.9).")
    var odds = CallAhead().odds

    @Option(help: "How many days are drawn.")
    var days = 20

    @Option(help: "The number of the first day drawn: the same number gives the same day.")
    var seed = 0

    @Option(help: "Where the means are written (JSON).")
    var json: String?

    @Option(help: "How many days are simulated side by side.")
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard remote.map({ (0...1).contains($0) }) ?? true else { throw ValidationError("--remote: give 0 to 1") }
        guard remote == nil || replay.isEmpty else {
            throw ValidationError(
                "--remote: given days have their remote people already; leave out --replay or --remote")
        }
        guard (0.01...0.9).contains(odds) else { throw ValidationError("--odds: give 0.01 to 0.9") }
        guard days >= 1, days <= 10_000 else { throw ValidationError("--days: give 1 to 10000") }
        guard workers >= 1, workers <= 1024 else { throw ValidationError("--workers: give 1 to 1024") }
        guard [.bcgov, .engineLite, .engine].contains(policy) else {
            throw ValidationError("--policy: give bcgov, engine-lite or engine")
        }
    }

    func run() async throws {
        var scenario = try Files.read(config) { try Scenario(json: $0) }
        guard scenario.halls == 1 else { throw ValidationError("\(config): has several halls; call-ahead needs one") }
        if let remote { scenario.walkin.remote = remote }
        let given = try replay.map { [scenario] path in
            try Files.read(path) { try Day(json: $0, scenario: scenario) }
        }
        let generator = DayGenerator(scenario)
        let people = given.isEmpty ? (0..<days).map { generator.day(seed: seed + $0) } : given
        guard people.contains(where: { $0.citizens.contains { !$0.isBooked && ($0.arrived ?? 0) > $0.joined } }) else {
            throw ValidationError("nobody takes a number from afar on these days; give --remote, such as 0.4")
        }
        var settings = CallAheadRun.Settings()
        settings.policy = policy
        settings.callAhead = CallAhead(odds: odds)
        let bar = ProgressBar(total: people.count)
        let comparison = try await CallAheadComparison(
            days: people, scenario: scenario, settings: settings, workers: workers, progress: bar.show)
        bar.end()
        print("\(scenario.name), \(people.count) days, the hall calls by \(policy.rawValue); minutes")
        print(comparison.table())
        if let json { try Files.write(try comparison.json(), to: json) }
    }
}
