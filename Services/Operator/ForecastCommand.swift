import ArgumentParser
import Domain
import Foundation
import Simulation

/// `onetrip forecast`
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Foretell the wait of everybody on drawn days, and say how true it was.",
        discussion: """
            Intervals are calibrated on the past days, and further at every call. The table has, for each rule, the mean \
            absolute error in minutes, by that of queue length × mean ÷ windows and of eappointment's formula, the bias, \
            and how often the 80 % and 90 % intervals held: of all, by class, hour and service ("of": where more was \
            claimed, since many waits are the same to the second; in brackets: fewer than \
            \(ForecastReport.Group.least) people). With --ahead some ask before they come.

            Rules: \(Policy.foretold.map(\.rawValue).joined(separator: ", ")).
            """)

    @Option(parsing: .upToNextOption, help: "Scenarios (JSON).")
    var config: [String]

    @Option(help: "How many days are learned from before any is scored.")
    var pastDays = 20

    @Option(help: "How many days are scored.")
    var days = 20

    @Option(help: "The number of the first day drawn; scored days follow those learned from.")
    var seed = 0

    @Option(
        help: ArgumentHelp("The rules, separated by commas.", valueName: "name,…"),
        transform: { try PolicyNames.read($0) })
    var policy: [Policy] = [.fcfs, .bcgov, .zms, .engineLite]

    @Option(help: "How many futures are rolled for a forecast.")
    var samples = 60

    @Option(parsing: .upToNextOption, help: "Minutes ahead of their coming at which some walk-ins ask.")
    var ahead: [Int] = []

    @Option(help: "Where the figures are written (JSON).")
    var json: String?

    @Option(help: "How many days are simulated side by side.")
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard days >= 1, days <= 10_000 else { throw ValidationError("--days: give 1 to 10000") }
        guard pastDays >= 0, pastDays <= 10_000 else { throw ValidationError("--past-days: give 0 to 10000") }
        guard samples >= 1, samples <= 10_000 else { throw ValidationError("--samples: give 1 to 10000") }
        guard workers >= 1, workers <= 1024 else { throw ValidationError("--workers: give 1 to 1024") }
        guard ahead.allSatisfy({ (1...480).contains($0) }) else {
            throw ValidationError("--ahead: give minutes from 1 to 480")
        }
        if let other = policy.first(where: { !Policy.foretold.contains($0) }) {
            let known = Policy.foretold.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("the order of \(other.rawValue) cannot be rolled forward; rules are \(known)")
        }
    }

    func run() async throws {
        let scenarios = try config.map { path in try Files.read(path) { try Scenario(json: $0) } }
        if let city = scenarios.first(where: { $0.halls > 1 }) {
            throw ValidationError("\(city.name): forecasts are tried on one hall; give a scenario with one")
        }
        let past = Array(seed..<(seed + pastDays))
        let scored = Array((seed + pastDays)..<(seed + pastDays + days))
        var reports: [ForecastReport] = []
        for scenario in scenarios {
            var trials: [ForecastTrial] = []
            for rule in policy {
                let bar = ProgressBar(total: past.count + scored.count)
                trials.append(
                    await ForecastTrial(
                        rule, of: scenario, past: past, days: scored, ahead: ahead.map { $0 * 60 }, samples: samples,
                        workers: workers, progress: bar.show))
                bar.end()
            }
            let report = ForecastReport(trials)
            print("\(scenario.name), \(days) days after \(pastDays); minutes")
            print(report.table)
            reports.append(report)
        }
        if let json { try Files.write(try ForecastReport.json(reports), to: json) }
    }
}
