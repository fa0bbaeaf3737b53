import ArgumentParser
import Foundation
import Simulation

/// `onetrip simulate-waits`
struct SimulateWaitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate-waits",
        abstract: "Make an office of its recorded hourly waits, and run rules of calling on its people.",
        discussion: """
            The file has the mean, median and 90 % quantile of the waits by office, weekday (0 = Monday) and hour, with and \
            without appointment. Who came is found by simulation: such arrivals that the office, with the staff given and \
            calling as --as says, has the recorded waits of people without appointment. Then every rule runs on the same \
            people.

            Data: the hourly waits. Assumed: how many windows there are, all alike; the services, how long they take and how \
            often each is asked for; how many are booked, and how many of them come; that nobody leaves.
            """)

    @Option(help: "The recorded waits (CSV).")
    var waits: String

    @Option(help: "The office, by its name in the file.")
    var office: String

    @Option(help: "The weekday; 0 is Monday.")
    var weekday: Int

    @Option(help: "How many windows are assumed.")
    var windows = AssumedOffice().windows

    @Option(help: "The share of the windows' time that is booked.")
    var bookedShare = AssumedOffice().bookedShare

    @Option(help: "The share of booked people who do not come.")
    var noShow = AssumedOffice().noShow

    @Option(
        name: .customLong("as"), help: "The rule by which the recorded office is taken to call.",
        transform: { try PolicyNames.one($0) })
    var recorded = Policy.fcfs

    @Option(
        help: ArgumentHelp("The rules, separated by commas.", valueName: "name,…"),
        transform: { try PolicyNames.read($0) })
    var policy: [Policy] = [.fcfs, .bcgov, .zms, .engineLite, .engine]

    @Option(help: "How many days are drawn to find the arrivals, and again to compare the rules.")
    var days = 40

    @Option(help: "The number of the first day on which the rules are compared.")
    var seed = 5000

    @Option(help: "Where the scenario is written (JSON), for the other commands.")
    var scenario: String?

    @Option(help: "Where the means are written (JSON).")
    var json: String?

    @Option(help: "How many days are simulated side by side.")
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard (0...6).contains(weekday) else { throw ValidationError("--weekday: give 0 (Monday) to 6") }
        guard (1...200).contains(windows) else { throw ValidationError("--windows: give 1 to 200") }
        guard bookedShare >= 0, bookedShare <= 0.9 else { throw ValidationError("--booked-share: give 0 to 0.9") }
        guard noShow >= 0, noShow < 1 else { throw ValidationError("--no-show: give 0 to less than 1") }
        guard (2...1000).contains(days) else { throw ValidationError("--days: give 2 to 1000") }
        guard (1...1024).contains(workers) else { throw ValidationError("--workers: give 1 to 1024") }
    }

    func run() async throws {
        let record = try Files.read(waits) { data in
            try HourlyWaits(csv: String(decoding: data, as: UTF8.self)).hours(of: office, weekday: weekday)
        }
        var assumed = AssumedOffice()
        assumed.windows = windows
        assumed.bookedShare = bookedShare
        assumed.noShow = noShow
        var settings = ArrivalInversion.Settings()
        settings.days = days
        let found = try ArrivalInversion(record, name: office, office: assumed, policy: recorded, settings: settings)
        show(found.fits)
        print(
            String(
                format: "mean absolute error %.2f min on the days of the fit, %.2f on others; %d rounds", found.error,
                ArrivalInversion.error(try found.fits(record, seeds: seed..<seed + days)), found.rounds))
        let generator = DayGenerator(found.scenario)
        var policies = policy
        if !policies.contains(recorded) { policies.insert(recorded, at: 0) }
        let bar = ProgressBar(total: days)
        let comparison = try await Comparison(
            policies, days: (0..<days).map { generator.day(seed: seed + $0) }, scenario: found.scenario,
            workers: workers, progress: bar.show)
        bar.end()
        print(
            "\(office), weekday \(weekday), \(windows) windows assumed, \(days) days; minutes, ± half the 95 % interval"
        )
        print(comparison.table(base: recorded))
        for rule in policies where rule != recorded {
            let ratios = ["mean", "p90", "J"].map { name in
                "\(name) \(Comparison.text(comparison.ratio(name, of: rule, to: recorded), places: 3))"
            }
            print("\(rule.rawValue) / \(recorded.rawValue): \(ratios.joined(separator: ", "))")
        }
        if let scenario { try Files.write(try found.scenario.json(), to: scenario) }
        if let json { try Files.write(try comparison.json(base: recorded), to: json) }
    }

    private func show(_ fits: [ArrivalInversion.Fit]) {
        print("hour  recorded  simulated  90 % recorded  simulated  booked recorded  simulated  walk-ins")
        for fit in fits {
            print(
                String(
                    format: "%4d %9.1f %10.1f %14.1f %10.1f %16.1f %10.1f %9.1f", fit.hour, fit.recorded, fit.simulated,
                    fit.recordedP90, fit.simulatedP90, fit.recordedAppointment, fit.simulatedAppointment, fit.arrivals))
        }
    }
}
