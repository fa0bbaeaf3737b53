import ArgumentParser
import Domain
import Foundation
import Simulation

/// `onetrip balance`
struct BalanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "Send a city's walk-ins to its halls by different guidance, and say how these fared.",
        discussion: """
            The same people of the same days, and the same of them follow. total is the minutes of walk-ins from setting \
            out to the call, of which travel on the way and wait in the hall; elsewhere is the share that went to another \
            hall than the nearest. ± is half the 95 % interval.

            Guidance: nearest (none), queue (to where fewest wait), estimate (way and queue × mean service ÷ windows), \
            forecast (the forecast for the moment of arrival, with those under way and booked).
            """)

    @Option(help: "The scenario of a city (JSON).")
    var config: String

    @OptionGroup var tried: TriedDays

    @Option(
        help: ArgumentHelp("The kinds of guidance, separated by commas.", valueName: "name,…"),
        transform: { try GuidanceNames.read($0) })
    var guidance: [Guidance] = Guidance.allCases

    @Option(help: "The share of walk-ins who follow advice (0 to 1).")
    var following = 0.6

    @Option(
        help: "The rule by which the halls call: fcfs, bcgov, engine-lite or engine.",
        transform: { try PolicyNames.one($0) })
    var policy = Policy.engine

    @Option(help: "Where the means are written (JSON).")
    var json: String?

    func validate() throws {
        guard (0...1).contains(following) else { throw ValidationError("--following: give 0 to 1") }
        guard [.fcfs, .bcgov, .engineLite, .engine].contains(policy) else {
            throw ValidationError("--policy: give fcfs, bcgov, engine-lite or engine")
        }
    }

    func run() async throws {
        let scenario = try Files.read(config) { try Scenario(json: $0) }
        guard scenario.halls > 1 else { throw ValidationError("\(config): has one hall; balance needs a city") }
        let people = try tried.read(scenario)
        var settings = CityRun.Settings()
        settings.policy = policy
        settings.following = following
        let bar = ProgressBar(total: people.count)
        let comparison = try await CityComparison(
            guidance, days: people, scenario: scenario, settings: settings, workers: tried.workers, progress: bar.show)
        bar.end()
        print("\(scenario.name), \(people.count) days, halls call by \(policy.rawValue), \(following) follow; minutes")
        print(comparison.table())
        if let json { try Files.write(try comparison.json(), to: json) }
    }
}

/// Kinds of guidance on the command line.
enum GuidanceNames {
    static func read(_ names: String) throws -> [Guidance] {
        var guidances: [Guidance] = []
        for name in names.split(separator: ",") {
            guard let guidance = Guidance(rawValue: String(name)) else {
                let known = Guidance.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no guidance \(name); there are \(known)")
            }
            if !guidances.contains(guidance) { guidances.append(guidance) }
        }
        guard !guidances.isEmpty else { throw ValidationError("--guidance: give at least one kind") }
        return guidances
    }
}
