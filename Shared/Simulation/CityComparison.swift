package import Domain
package import Foundation

/// What each kind of guidance makes of the same days of a city, with what chance leaves open.
package struct CityComparison: Sendable {
    package let scenario: String
    package let policy: Policy
    package let following: Double
    package let guidances: [Guidance]
    /// The seeds of the days.
    package let days: [Int]
    /// Guidance by guidance, day by day, in the order of `names`.
    private var figures: [[[Double]]]

    /// Of walk-ins, in minutes: from setting out to the call (mean and 90 % quantile), its parts on the way and in the
    /// hall, and the share that went elsewhere than to the nearest hall; then the mean wait of booked people, and the
    /// share of them called within 10 minutes of their time.
    package static let names = ["total", "p90", "wait", "travel", "elsewhere", "appt_mean", "punct10"]

    /// Runs all days on the processors given; `progress` is told how many days are done.
    ///
    /// - Parameter settings: everything but the guidance.
    package init(
        _ guidances: [Guidance], days: [Day], scenario: Scenario, settings: CityRun.Settings = CityRun.Settings(),
        dials: RoutingDials = RoutingDials(), workers: Int, progress: (Int) -> Void = { _ in }
    ) async throws {
        self.scenario = scenario.name
        self.policy = settings.policy
        self.following = settings.following
        self.guidances = guidances
        self.days = days.map(\.seed)
        figures = guidances.map { _ in days.map { _ in [] } }
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
                            try guidances.map { guidance in
                                var settings = settings
                                settings.guidance = guidance
                                let run = try CityRun(day, of: scenario, settings: settings, dials: dials)
                                return Self.figures(of: run, day)
                            }
                        )
                    }
                    next += 1
                }
                guard let (number, result) = try await group.next() else { break }
                for guidance in guidances.indices { figures[guidance][number] = result[guidance] }
                done += 1
                progress(done)
            }
        }
    }

    private static func figures(of run: CityRun, _ day: Day) -> [Double] {
        let totals = run.visits.map { Double($0.total) / 60 }
        let travel = run.visits.map { Double($0.travel) / 60 }.mean
        let booked = run.served.compactMap { leg -> Double? in
            let citizen = day.citizens[leg.citizen]
            guard leg.leg == 0, citizen.isBooked else { return nil }
            return max(0, Double(leg.start - max(citizen.slot, citizen.arrived ?? 0))) / 60
        }
        return [
            totals.mean, totals.quantile(0.9), totals.mean - travel, travel,
            run.visits.map { $0.hall == $0.nearest ? 0 : 1 }.mean, booked.mean, booked.map { $0 <= 10 ? 1 : 0 }.mean,
        ]
    }

    /// The figures of a guidance, day by day.
    package func values(_ name: String, of guidance: Guidance) -> [Double] {
        guard let column = Self.names.firstIndex(of: name), let row = guidances.firstIndex(of: guidance) else {
            return []
        }
        return figures[row].map { $0[column] }
    }

    /// The mean over the days.
    package func estimate(_ name: String, of guidance: Guidance) -> Comparison.Estimate {
        Comparison.Estimate(values(name, of: guidance))
    }

    /// The mean by that of another guidance, perhaps of another comparison, on the same days.
    package func ratio(
        _ name: String, of guidance: Guidance, to base: Guidance, in other: CityComparison? = nil
    ) -> Comparison.Estimate {
        Comparison.Estimate(values(name, of: guidance), by: (other ?? self).values(name, of: base))
    }

    /// A fixed-width table: for each guidance the mean of each figure, with the half-width of its 95 % interval.
    package func table() -> String {
        var rows = [["guidance"] + Self.names]
        for guidance in guidances {
            rows.append(
                [guidance.rawValue]
                    + Self.names.map { name in
                        let places = name == "elsewhere" || name == "punct10" ? 3 : 2
                        return Comparison.text(estimate(name, of: guidance), places: places)
                    })
        }
        return Comparison.aligned(rows)
    }

    private struct File: Encodable {
        struct Row: Encodable {
            var guidance: Guidance
            var metrics: [String: Figure]
        }

        struct Figure: Encodable {
            var mean: Double
            /// Half-width of the 95 % interval; absent for a single day.
            var margin: Double?
        }

        var scenario: String
        var policy: String
        var following: Double
        var days: [Int]
        var guidances: [Row]
    }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            File(
                scenario: scenario, policy: policy.rawValue, following: following, days: days,
                guidances: guidances.map { guidance in
                    File.Row(
                        guidance: guidance,
                        metrics: Dictionary(
                            uniqueKeysWithValues: Self.names.map { name in
                                let estimate = estimate(name, of: guidance)
                                return (
                                    name,
                                    File.Figure(
                                        mean: estimate.mean,
                                        margin: estimate.margin.isFinite ? estimate.margin : nil)
                                )
                            }))
                }))
    }
}
