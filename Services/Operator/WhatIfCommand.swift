import ArgumentParser
import Domain
import Foundation
import Simulation

/// `onetrip what-if`
struct WhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Run real days again with other windows, another demand or another rule.",
        discussion: """
            The people of the days stay the same, so the difference is what the change makes. Windows count from 0, in the \
            order of the scenario. --demand 1.2 brings a fifth more walk-ins (copies of those who came), 0.8 a fifth fewer.

            --hall and --date instead of --config and --replay take a day from the hall's log; its windows are listed first.
            """)

    @Option(help: "The scenario (JSON).")
    var config: String?

    @Option(parsing: .upToNextOption, help: "Days given person by person (JSON).")
    var replay: [String] = []

    @OptionGroup(title: "A day of a hall")
    var recorded: RecordedDayOptions

    @Option(help: "The language: zh-Hans or en.", transform: { try PolicyNames.language($0) })
    var language = Language.zhHans

    @Option(help: "The rule as it was.", transform: { try PolicyNames.one($0) })
    var policy = Policy.engine

    @Option(help: "Another rule.", transform: { try PolicyNames.one($0) })
    var toPolicy: Policy?

    @Option(parsing: .upToNextOption, help: "Windows that stay closed.")
    var close: [Int] = []

    @Option(parsing: .upToNextOption, help: "Windows of which there is one more.")
    var open: [Int] = []

    @Option(parsing: .upToNextOption, help: "Rests added: WINDOW@HH:MM+MINUTES.", transform: { try AddedRest($0) })
    var rest: [AddedRest] = []

    @Option(help: "By what the number of walk-ins is multiplied (0 to 3).")
    var demand = 1.0

    func validate() throws {
        try recorded.check(config: config, replay: replay)
        guard config == nil || !replay.isEmpty else { throw ValidationError("give the days with --replay") }
        guard demand >= 0, demand <= 3 else { throw ValidationError("--demand: give 0 to 3") }
        guard toPolicy != nil || !close.isEmpty || !open.isEmpty || !rest.isEmpty || demand != 1 else {
            throw ValidationError("nothing is changed; give --close, --open, --rest, --demand or --to-policy")
        }
    }

    func run() async throws {
        let (scenario, days, dials) = try await given()
        let windows = scenario.windows.indices
        for number in close + open + rest.map(\.window) where !windows.contains(number) {
            throw ValidationError("there is no window \(number); windows are 0 to \(windows.count - 1)")
        }
        var changed = scenario
        for added in rest { changed.windows[added.window].breaks.append([added.start, added.minutes]) }
        changed.windows += open.map { changed.windows[$0] }
        changed.windows = changed.windows.enumerated().filter { !close.contains($0.offset) }.map(\.element)
        let other = days.map { $0.withDemand(demand) }
        for day in other {
            if let service = day.unserved(by: changed) {
                throw ValidationError("no window would be left for \(service); close another one")
            }
        }
        let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let rule = toPolicy ?? policy
        let before = try await Comparison([policy], days: days, scenario: scenario, dials: dials, workers: workers)
        let after = try await Comparison([rule], days: other, scenario: changed, dials: dials, workers: workers)
        print("\(scenario.name), \(days.count) days; minutes")
        for metric in Comparison.shown {
            let was = before.estimate(metric, of: policy).mean
            let would = after.estimate(metric, of: rule).mean
            let name = metric.padding(toLength: 10, withPad: " ", startingAt: 0)
            print(String(format: "\(name) %8.2f → %8.2f  (%+.2f)", was, would, would - was))
        }
    }
}

extension WhatIfCommand {
    /// The world and the days, from files or from a hall's log.
    private func given() async throws -> (Scenario, [Day], RoutingDials) {
        guard let config else {
            let recorded = try await recorded.read()
            try HistoryReport(language: language).printWindows(recorded.day)
            return (recorded.day.scenario, [recorded.day.day], recorded.day.dials)
        }
        let scenario = try Files.read(config) { try Scenario(json: $0) }
        let days = try replay.map { path in try Files.read(path) { try Day(json: $0, scenario: scenario) } }
        return (scenario, days, RoutingDials())
    }
}

/// `WINDOW@HH:MM+MINUTES`
struct AddedRest: Sendable {
    let window: Int
    let start: Double
    let minutes: Double

    init(_ text: String) throws {
        let parts = text.split(whereSeparator: { "@:+".contains($0) }).map { Int($0) }
        guard parts.count == 4, let window = parts[0], let hour = parts[1], let minute = parts[2],
            let length = parts[3], (0..<24).contains(hour), (0..<60).contains(minute), length > 0
        else { throw ValidationError("\(text): give WINDOW@HH:MM+MINUTES, such as 3@12:00+30") }
        self.window = window
        start = Double(hour * 60 + minute)
        minutes = Double(length)
    }
}
