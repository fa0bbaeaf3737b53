package import Domain

/// Several rules on the same citizens, day by day (common random numbers), with what chance leaves open.
package struct Comparison: Sendable {
    package let scenario: String
    package let policies: [Policy]
    /// The seeds of the days.
    package let days: [Int]
    /// Policy by policy, day by day, in the order of `DayMetrics.names`.
    private var figures: [[[Double]]]

    /// A mean with the half-width of its 95 % interval.
    package struct Estimate: Sendable, Hashable {
        package var mean: Double
        package var margin: Double
    }

    /// Runs all days on the processors given; `progress` is told how many days are done.
    package init(
        _ policies: [Policy], days: [Day], scenario: Scenario, dials: RoutingDials = RoutingDials(), workers: Int,
        progress: (Int) -> Void = { _ in }
    ) async throws {
        self.scenario = scenario.name
        self.policies = policies
        self.days = days.map(\.seed)
        figures = policies.map { _ in days.map { _ in [] } }
        try await withThrowingTaskGroup(of: (Int, [[Double]]).self) { group in
            var next = 0
            var done = 0
            while done < days.count {
                while next < days.count, next - done < max(1, workers) {
                    let day = days[next]
                    let number = next
                    group.addTask {
                        (
                            number,
                            try policies.map { policy in
                                try policy.metrics(day, of: scenario, dials: dials).values.map(\.value)
                            }
                        )
                    }
                    next += 1
                }
                guard let (number, result) = try await group.next() else { break }
                for policy in policies.indices { figures[policy][number] = result[policy] }
                done += 1
                progress(done)
            }
        }
    }

    /// The figures of a rule, day by day.
    package func values(_ metric: String, of policy: Policy) -> [Double] {
        guard let column = DayMetrics.names.firstIndex(of: metric), let row = policies.firstIndex(of: policy) else {
            return []
        }
        return figures[row].map { $0[column] }
    }

    /// The mean over the days.
    package func estimate(_ metric: String, of policy: Policy) -> Estimate {
        Estimate(values(metric, of: policy))
    }

    /// The mean by the mean of another rule on the same days.
    package func ratio(_ metric: String, of policy: Policy, to base: Policy) -> Estimate {
        Estimate(values(metric, of: policy), by: values(metric, of: base))
    }
}

extension Comparison.Estimate {
    /// The mean of days.
    package init(_ values: [Double]) {
        self.init(mean: values.mean, margin: Self.margin(values))
    }

    /// A mean by another on the same days; the interval by linearisation.
    package init(_ over: [Double], by under: [Double]) {
        guard under.mean != 0 else {
            self.init(mean: .nan, margin: .nan)
            return
        }
        let ratio = over.mean / under.mean
        self.init(mean: ratio, margin: Self.margin(zip(over, under).map { ($0 - ratio * $1) / under.mean }))
    }

    /// Half the width of the interval of a mean: Student's t, at 97.5 % unless another normal quantile `z` is given, by the
    /// expansion of Fisher and Cornish. Not a number for fewer than two values.
    package static func margin(_ values: [Double], z: Double = 1.959964) -> Double {
        guard values.count > 1 else { return .nan }
        let mean = values.mean
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        let freedom = Double(values.count - 1)
        let t =
            z + (z * z * z + z) / (4 * freedom)
            + (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * freedom * freedom)
        return t * (variance / Double(values.count)).squareRoot()
    }
}
