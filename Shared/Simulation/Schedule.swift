package import Foundation

/// What a policy made of a day, in the layout of the expected schedules: columns citizen, leg, start_s, end_s, window, and the
/// metrics by name, in minutes.
package struct Schedule: Sendable, Codable, Hashable {
    package var scenario: String
    package var seed: Int
    package var policy: String
    package var columns = ["citizen", "leg", "start_s", "end_s", "window"]
    package var metrics: [String: Double]
    package var legs: [[Int]]

    /// Runs the policy on exactly the people of the day.
    package init(_ policy: Policy, day: Day, scenario: Scenario) throws {
        let outcome = try policy.run(day, of: scenario)
        let metrics = DayMetrics(day: day, served: outcome.served, scenario: scenario, vainCalls: outcome.vainCalls)
        self.scenario = scenario.name
        self.seed = day.seed
        self.policy = policy.rawValue
        self.metrics = Dictionary(
            uniqueKeysWithValues: metrics.values.map { ($0.name, ($0.value * 10_000).rounded() / 10_000) })
        legs = outcome.served.map { [day.citizens[$0.citizen].id, $0.leg, $0.start, $0.end, $0.window] }
            .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
