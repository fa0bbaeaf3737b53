import Domain

/// Which single change of a day's plan would help most: one more clerk for an hour, or one more skill of a window.
///
/// Every change is run on the same days (common random numbers); what helps no more than chance, after allowing for how many
/// changes were tried (Bonferroni), or is not worth it, is left out.
package struct DayPlanAdvice: Sendable {
    package enum Change: Sendable, Hashable {
        /// One more window from `start` for an hour [s since midnight], with the skills of the window `like`.
        case clerk(start: Int, like: Int)
        case skill(window: Int, service: String)
    }

    package struct Finding: Sendable, Hashable {
        package var change: Change
        /// Cost of waiting saved a day, summed over people; half the width of its interval; whether the saving exceeds
        /// chance and is worth it.
        package var saving: Double
        package var margin: Double
        package var isWorthIt: Bool
        /// Minutes of waiting saved a day.
        package var minutes: Double
        /// J with the change by J without.
        package var ratio: Double
    }

    /// Hours by what a clerk more would save, the most first.
    package private(set) var clerks: [Finding] = []
    /// Skills by what they would save, the most first.
    package private(set) var skills: [Finding] = []

    /// Cost that an added clerk-minute has to save.
    package static let price = WindowAdvisor.Settings().price
    /// The share of all cost that an added skill has to save.
    package static let leastShare = 0.02

    /// Runs 1 + hours + missing skills schedules of each day under the guarded index.
    package init(_ scenario: Scenario, days: [Day]) throws {
        guard scenario.halls == 1 else {
            throw SimulationError.invalid("a plan of the day is for one hall; give the scenario of one")
        }
        guard days.count > 1 else { throw SimulationError.invalid("a plan of the day needs two days at least") }
        let before = days.map { Self.totals($0, scenario) }
        var tried: [(change: Change, after: [Totals])] = []
        let broadest = scenario.windows.indices.max {
            (scenario.windows[$0].skills.count, -$0) < (scenario.windows[$1].skills.count, -$1)
        }
        for start in stride(from: Int(scenario.open * 60), to: Int(scenario.close * 60), by: 3600) {
            guard let broadest else { break }
            var more = scenario
            more.windows.append(scenario.windows[broadest])
            more.windows[more.windows.count - 1].breaks = []
            more.windows[more.windows.count - 1].outages = []
            tried.append((.clerk(start: start, like: broadest), days.map { Self.totals($0, more, lastFrom: start) }))
        }
        var seen: Set<[String]> = []
        for window in scenario.windows.indices {
            let skills = scenario.windows[window].skills
            for service in scenario.serviceNames where skills[service] == nil {
                // Of windows with the same skills, the first.
                guard seen.insert([service] + skills.map { "\($0)=\($1)" }.sorted()).inserted else { continue }
                var more = scenario
                more.windows[window].skills[service] = scenario.standardSpeed
                tried.append((.skill(window: window, service: service), days.map { Self.totals($0, more) }))
            }
        }
        let z = Normal.quantile(1 - 0.025 / Double(tried.count))
        for (change, after) in tried {
            let saved = zip(before, after).map { $0.cost - $1.cost }
            let total = before.map(\.cost).mean
            let margin = Comparison.Estimate.margin(saved, z: z)
            var least = Self.leastShare * total
            if case .clerk = change { least = Self.price * 60 }
            let finding = Finding(
                change: change, saving: saved.mean, margin: margin,
                isWorthIt: saved.mean > least && saved.mean > margin,
                minutes: zip(before, after).map { $0.minutes - $1.minutes }.mean,
                ratio: after.map(\.cost).mean / total)
            if case .clerk = change { clerks.append(finding) } else { skills.append(finding) }
        }
        // The order of trial breaks ties.
        clerks = Self.sorted(clerks)
        skills = Self.sorted(skills)
    }

    private static func sorted(_ findings: [Finding]) -> [Finding] {
        findings.enumerated().sorted { ($0.element.saving, -$0.offset) > ($1.element.saving, -$1.offset) }.map(
            \.element)
    }

    private struct Totals {
        var cost: Double
        var minutes: Double
    }

    /// - Parameter lastFrom: when the last window opens for an hour; `nil`: it is a window like the others.
    private static func totals(_ day: Day, _ scenario: Scenario, lastFrom: Int? = nil) -> Totals {
        let hall = scenario.hallModel()
        var floor = HallFloor(hall: hall, now: 0)
        if let lastFrom {
            let last = floor.windows.count - 1
            floor.windows[last].doing = .away
            floor.windows[last].until = lastFrom
            floor.windows[last].closesAt = lastFrom + 3600
            floor.idle -= 1
        }
        var run = HallRun(
            floor: floor, world: RecordedDay(day: day, speedClasses: scenario.speedClasses()),
            rule: GuardedIndexRule(random: CounterRandom(UInt64(truncatingIfNeeded: day.seed))))
        run.run()
        let waits = Waits(day: day, served: run.world.served).all
        return Totals(
            cost: waits.map { WaitingCost.of($0.standing)(minutes: $0.wait) }.reduce(0, +),
            minutes: waits.map(\.wait).reduce(0, +))
    }
}
