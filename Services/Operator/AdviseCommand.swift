import ArgumentParser
import Domain
import Foundation
import Simulation

/// `onetrip advise`
struct AdviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract:
            "Say what a reserve of windows is worth, opened by advice or by queue length; or which change of plan helps.",
        discussion: """
            Without --plan: the windows of --reserve are closed in the morning and opened for half an hour at a time. All \
            rules run on the same people, called by the engine's index; the rule by queue length gets the limit with which \
            it buys as many clerk-minutes as the advice. Windows count from 0, in the order of the scenario.

            With --plan: for each hour one more clerk, and for each window one more skill, each on the same days; those are \
            marked * that help by more than chance and enough to be worth it.
            """)

    @Option(help: "The scenario (JSON).")
    var config: String

    @Option(parsing: .upToNextOption, help: "Days given person by person (JSON).")
    var replay: [String] = []

    @Option(help: "How many days are drawn.")
    var days = 20

    @Option(help: "The number of the first day drawn: the same number gives the same day.")
    var seed = 0

    @Option(parsing: .upToNextOption, help: "Windows that are held in reserve; the last one if not given.")
    var reserve: [Int] = []

    @Option(help: "Cost of waiting that a clerk-minute has to save.")
    var price = WindowAdvisor.Settings().price

    @Flag(help: "Advice for the plan of a day instead.")
    var plan = false

    @Option(help: "Where the figures are written (JSON).")
    var json: String?

    @Option(help: "How many days are simulated side by side.")
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard days >= 2, days <= 10_000 else { throw ValidationError("--days: give 2 to 10000") }
        guard workers >= 1, workers <= 1024 else { throw ValidationError("--workers: give 1 to 1024") }
        guard price > 0 else { throw ValidationError("--price: give more than 0") }
        guard !plan || reserve.isEmpty else { throw ValidationError("--plan changes all windows; leave out --reserve") }
        guard replay.count != 1 else {
            throw ValidationError("--replay: give two days at least; one shows only chance")
        }
    }

    func run() async throws {
        let scenario = try Files.read(config) { try Scenario(json: $0) }
        guard scenario.halls == 1 else { throw ValidationError("\(config): advice is for one hall; give its scenario") }
        let given = try replay.map { path in try Files.read(path) { try Day(json: $0, scenario: scenario) } }
        let generator = DayGenerator(scenario)
        let people = given.isEmpty ? (0..<days).map { generator.day(seed: seed + $0) } : given
        do {
            if plan {
                try show(try DayPlanAdvice(scenario, days: people), of: scenario, days: people.count)
            } else {
                let held = reserve.isEmpty ? [scenario.windows.count - 1] : reserve
                let trial = try StaffingTrial(scenario, reserve: held)
                var settings = WindowAdvisor.Settings()
                settings.price = price
                let comparison = await StaffingComparison(
                    trial, days: people, settings: settings, workers: workers)
                try show(comparison, of: scenario, reserve: held)
            }
        } catch let error as SimulationError {
            throw ValidationError("\(config): \(error)")
        }
    }

    private func show(_ comparison: StaffingComparison, of scenario: Scenario, reserve: [Int]) throws {
        let windows = reserve.map(String.init).joined(separator: ", ")
        print("\(scenario.name), \(comparison.days) days, windows \(windows) in reserve; minutes a day")
        print("rule        J     mean      p90  clerk-minutes  openings  saved for each clerk-minute")
        for row in comparison.rows {
            let saving = comparison.saving(of: row)
            let name = row.name.padding(toLength: 6, withPad: " ", startingAt: 0)
            print(
                name
                    + String(
                        format: " %7.2f %8.2f %8.2f %14.1f %9.1f  %.1f (cost %.1f)", row.cost.mean, row.mean.mean,
                        row.p90.mean, row.clerkMinutes.mean, row.openings, saving.minutes, saving.cost))
        }
        print("J, advice / queue length: \(Comparison.text(comparison.ratio, places: 3))")
        print(
            String(
                format: "advice spoke %.1f times a day of %.1f times that it was asked; queue limit %.2f a window",
                comparison.spoken, comparison.asked, comparison.limit))
        if let json { try Files.write(try Self.encoder.encode(StaffingFile(comparison, scenario, reserve)), to: json) }
    }

    private func show(_ advice: DayPlanAdvice, of scenario: Scenario, days: Int) throws {
        print(
            "\(scenario.name), \(days) days; cost of waiting saved a day, minutes saved a day, J with the change / without"
        )
        for finding in advice.clerks + advice.skills {
            print(
                (finding.isWorthIt ? "* " : "  ") + Self.text(finding.change)
                    + String(
                        format: ": %.0f±%.0f, %.0f, %.3f", finding.saving, finding.margin, finding.minutes,
                        finding.ratio))
        }
        if !(advice.clerks + advice.skills).contains(where: \.isWorthIt) { print("No single change is worth it.") }
        if let json { try Files.write(try Self.encoder.encode(PlanFile(advice, scenario, days)), to: json) }
    }

    fileprivate static func text(_ change: DayPlanAdvice.Change) -> String {
        switch change {
        case .clerk(let start, let like):
            String(format: "one more clerk like window %d from %02d:%02d", like, start / 3600, start / 60 % 60)
        case .skill(let window, let service): "window \(window) also serves \(service)"
        }
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// The figures of a comparison of staffing rules.
private struct StaffingFile: Encodable {
    struct Rule: Encodable {
        var rule: String
        var cost: Double
        var mean: Double
        var p90: Double
        var clerkMinutes: Double
        var openings: Double
        var minutesSavedPerClerkMinute: Double
        var costSavedPerClerkMinute: Double

        private enum CodingKeys: String, CodingKey {
            case rule, mean, p90, clerkMinutes, openings, minutesSavedPerClerkMinute, costSavedPerClerkMinute
            case cost = "J"
        }
    }

    var scenario: String
    var days: Int
    var reserve: [Int]
    var rules: [Rule]
    /// J of the advice by J of the rule by queue length, with half the width of its 95 % interval.
    var ratio: Double
    var margin: Double
    var queueLimit: Double
    var spoken: Double
    var asked: Double

    init(_ comparison: StaffingComparison, _ scenario: Scenario, _ reserve: [Int]) {
        self.scenario = scenario.name
        self.reserve = reserve
        days = comparison.days
        rules = comparison.rows.map { row in
            let saving = comparison.saving(of: row)
            return Rule(
                rule: row.name, cost: row.cost.mean, mean: row.mean.mean, p90: row.p90.mean,
                clerkMinutes: row.clerkMinutes.mean, openings: row.openings,
                minutesSavedPerClerkMinute: saving.minutes, costSavedPerClerkMinute: saving.cost)
        }
        ratio = comparison.ratio.mean
        margin = comparison.ratio.margin
        queueLimit = comparison.limit
        spoken = comparison.spoken
        asked = comparison.asked
    }
}

/// The single changes of a plan, by what they save.
private struct PlanFile: Encodable {
    struct Finding: Encodable {
        var change: String
        var costSaved: Double
        var margin: Double
        var minutesSaved: Double
        var ratio: Double
        var isWorthIt: Bool
    }

    var scenario: String
    var days: Int
    var clerks: [Finding]
    var skills: [Finding]

    init(_ advice: DayPlanAdvice, _ scenario: Scenario, _ days: Int) {
        func findings(_ list: [DayPlanAdvice.Finding]) -> [Finding] {
            list.map {
                Finding(
                    change: AdviseCommand.text($0.change), costSaved: $0.saving, margin: $0.margin,
                    minutesSaved: $0.minutes, ratio: $0.ratio, isWorthIt: $0.isWorthIt)
            }
        }
        self.scenario = scenario.name
        self.days = days
        clerks = findings(advice.clerks)
        skills = findings(advice.skills)
    }
}
