package import Domain

/// Staffing rules on the same days: what advice buys with its clerk-minutes, and what a rule by queue length buys with as
/// many.
package struct StaffingComparison: Sendable {
    package struct Row: Sendable {
        package var name: String
        /// Day by day: J, mean and 90 % quantile of the wait [min], number of people, clerk-minutes of the reserve.
        package var cost: [Double]
        package var mean: [Double]
        package var p90: [Double]
        package var people: [Double]
        package var clerkMinutes: [Double]
        /// Openings a day, on average.
        package var openings: Double
    }

    package let days: Int
    /// Nobody of the reserve, advice, queue length, everybody.
    package let rows: [Row]
    /// The limit of the rule by queue length whose clerk-minutes are as many as those of the advice.
    package let limit: Double
    /// How many times a day advice was given, and asked for.
    package let spoken: Double
    package let asked: Double

    /// Runs all rules on the processors given.
    package init(
        _ trial: StaffingTrial, days: [Day], settings: WindowAdvisor.Settings = WindowAdvisor.Settings(), workers: Int
    ) async {
        func run(_ rule: StaffingTrial.Rule) async -> [StaffingTrial.Outcome] {
            await withTaskGroup(of: (Int, StaffingTrial.Outcome).self) { group in
                var outcomes: [Int: StaffingTrial.Outcome] = [:]
                for (number, day) in days.enumerated() {
                    if number >= max(1, workers), let (done, outcome) = await group.next() { outcomes[done] = outcome }
                    group.addTask { (number, trial.run(day, rule)) }
                }
                for await (done, outcome) in group { outcomes[done] = outcome }
                return days.indices.compactMap { outcomes[$0] }
            }
        }
        let advised = await run(.advice(settings))
        let advice = Row("advice", advised)
        // The more people may wait, the fewer minutes: halve the interval that holds the limit.
        var (low, high) = (0.0, 64.0)
        var (more, fewer) = (await Row("queue", run(.queueLength(low))), await Row("queue", run(.queueLength(high))))
        for _ in 0..<10 {
            let middle = low < 1 && high > 4 ? 1 : (low + high) / 2
            let row = await Row("queue", run(.queueLength(middle)))
            if row.clerkMinutes.mean >= advice.clerkMinutes.mean {
                (low, more) = (middle, row)
            } else {
                (high, fewer) = (middle, row)
            }
        }
        limit = (low + high) / 2
        self.days = days.count
        rows = [
            Row("none", await run(.none)), advice, Row.mixed(more, fewer, clerkMinutes: advice.clerkMinutes.mean),
            Row("all", await run(.all)),
        ]
        spoken = advised.map { Double($0.advice.count) }.mean
        asked = advised.map { Double($0.questions) }.mean
    }

    package subscript(name: String) -> Row? { rows.first { $0.name == name } }

    /// J of the advice by J of the rule by queue length, with the half-width of its 95 % interval by linearisation.
    package var ratio: Comparison.Estimate {
        guard let advice = self["advice"], let queue = self["queue"], queue.cost.mean > 0 else {
            return Comparison.Estimate(mean: .nan, margin: .nan)
        }
        let ratio = advice.cost.mean / queue.cost.mean
        let errors = zip(advice.cost, queue.cost).map { ($0 - ratio * $1) / queue.cost.mean }
        return Comparison.Estimate(mean: ratio, margin: Comparison.Estimate.margin(errors))
    }

    /// Cost and minutes of waiting that a rule saves for each clerk-minute, against nobody of the reserve.
    package func saving(of row: Row) -> (cost: Double, minutes: Double) {
        guard let none = self["none"], row.clerkMinutes.mean > 0 else { return (0, 0) }
        func saved(_ value: KeyPath<Row, [Double]>) -> Double {
            let total = { (row: Row) in zip(row[keyPath: value], row.people).map { $0 * $1 }.mean }
            return (total(none) - total(row)) / row.clerkMinutes.mean
        }
        return (saved(\.cost), saved(\.mean))
    }
}

extension StaffingComparison.Row {
    fileprivate init(_ name: String, _ outcomes: [StaffingTrial.Outcome]) {
        self.name = name
        cost = outcomes.map { $0.metrics["J"] ?? .nan }
        mean = outcomes.map { $0.metrics["mean"] ?? .nan }
        p90 = outcomes.map { $0.metrics["p90"] ?? .nan }
        people = outcomes.map { $0.metrics["n"] ?? .nan }
        clerkMinutes = outcomes.map(\.clerkMinutes)
        openings = outcomes.map { Double($0.shifts.count) }.mean
    }

    /// One limit on a share of the days and the next on the others, so that the clerk-minutes are exactly those given.
    fileprivate static func mixed(_ more: Self, _ fewer: Self, clerkMinutes: Double) -> Self {
        let range = more.clerkMinutes.mean - fewer.clerkMinutes.mean
        let share = range > 0 ? min(1, max(0, (more.clerkMinutes.mean - clerkMinutes) / range)) : 0
        func mix(_ value: KeyPath<Self, [Double]>) -> [Double] {
            zip(more[keyPath: value], fewer[keyPath: value]).map { (1 - share) * $0 + share * $1 }
        }
        var row = more
        row.cost = mix(\.cost)
        row.mean = mix(\.mean)
        row.p90 = mix(\.p90)
        row.clerkMinutes = mix(\.clerkMinutes)
        row.openings = (1 - share) * more.openings + share * fewer.openings
        return row
    }
}
