import Domain
package import Foundation

/// What calling remote people ahead makes of their time, against letting them all set out at once, on the same days.
package struct CallAheadComparison: Sendable {
    package let scenario: String
    package let policy: Policy
    /// The seeds of the days.
    package let days: [Int]
    /// Day by day, in the order of `names`.
    private let figures: [[Double]]

    /// Remote people's minutes in the hall until the call when all set out at once, and when they are called ahead; by how
    /// many minutes the call comes later; the share called within two minutes of coming; the share of booked people called
    /// within 10 minutes of their time, before and then.
    package static let names = ["at_once", "on_site", "lost", "no_wait", "punct10_at_once", "punct10"]

    /// Runs all days on the processors given; `progress` is told how many days are done.
    package init(
        days: [Day], scenario: Scenario, settings: CallAheadRun.Settings = CallAheadRun.Settings(), workers: Int,
        progress: (Int) -> Void = { _ in }
    ) async throws {
        self.scenario = scenario.name
        policy = settings.policy
        self.days = days.map(\.seed)
        var atOnce = settings
        atOnce.callAhead = nil
        let reference = atOnce
        let byVariant = try await days.inParallel(workers: workers, progress: progress) { day in
            let told = try CallAheadRun(day, of: scenario, settings: settings)
            let come = try CallAheadRun(day, of: scenario, settings: reference)
            return [Self.figures(told, come, day, scenario)]
        }
        figures = byVariant.first ?? []
    }

    private static func figures(
        _ told: CallAheadRun, _ come: CallAheadRun, _ day: Day, _ scenario: Scenario
    ) -> [Double] {
        func onSite(_ run: CallAheadRun) -> [Double] { run.visits.map { Double($0.onSite) / 60 } }
        func punctual(_ run: CallAheadRun) -> Double {
            DayMetrics(day: day, served: run.served, scenario: scenario)["punct10"] ?? .nan
        }
        let starts = Dictionary(uniqueKeysWithValues: come.visits.map { ($0.citizen, $0.start) })
        let lost = told.visits.compactMap { visit in starts[visit.citizen].map { Double(visit.start - $0) / 60 } }
        return [
            onSite(come).mean, onSite(told).mean, lost.mean, onSite(told).map { $0 <= 2 ? 1 : 0 }.mean, punctual(come),
            punctual(told),
        ]
    }

    /// The mean over the days on which somebody was remote.
    package func estimate(_ name: String) -> Comparison.Estimate {
        let column = Self.names.firstIndex(of: name) ?? 0
        return Comparison.Estimate(figures.map { $0[column] }.filter(\.isFinite))
    }

    /// A fixed-width table: the mean of each figure with the half-width of its 95 % interval.
    package func table() -> String {
        Comparison.aligned([
            Self.names,
            Self.names.map { Comparison.text(estimate($0), places: $0.hasPrefix("punct") || $0 == "no_wait" ? 3 : 2) },
        ])
    }

    package func json() throws -> Data {
        struct File: Encodable {
            var scenario: String
            var policy: String
            var days: [Int]
            var metrics: [String: Double]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            File(
                scenario: scenario, policy: policy.rawValue, days: days,
                metrics: Dictionary(uniqueKeysWithValues: Self.names.map { ($0, estimate($0).mean) })))
    }
}
