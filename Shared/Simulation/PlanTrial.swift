import Domain
package import Foundation

/// What a plan of places for a scenario is worth: today's plan under Service BC's rule, the same under the engine, and the
/// plan that was found, on days that the search has not seen.
package struct PlanTrial: Sendable {
    package enum Plan: String, Sendable { case flat, planned }

    /// A plan under a rule.
    package struct Row: Sendable {
        package let plan: Plan
        package let policy: Policy
        fileprivate let comparison: Comparison

        package func estimate(_ metric: String) -> Comparison.Estimate { comparison.estimate(metric, of: policy) }
    }

    package let scenario: String
    package let days: Int
    /// Seconds since midnight.
    package let slots: [Int]
    package let flat: [Int]
    package let newsvendor: [Int]
    package let planned: [Int]
    package let rows: [Row]
    /// Mean wait of the plan under the rule, by that of today's plan under Service BC's rule.
    package let ratio: Comparison.Estimate

    /// Minutes of overtime that the plan adds to it.
    package var moreOvertime: Double { rows[2].estimate("overtime").mean - rows[0].estimate("overtime").mean }

    package init(
        _ scenario: Scenario, settings: HallSlotPlan.Settings, progress: (Int) -> Void = { _ in }
    ) async throws {
        let planner = SlotPlanner(scenario)
        self.scenario = scenario.name
        days = settings.judgeDays
        slots = planner.times
        flat = planner.flat
        newsvendor = planner.newsvendor()
        planned = try planner.search(
            from: newsvendor, seed: settings.searchSeed, settings: settings.search, progress: progress)
        let seeds = settings.judgeSeed..<(settings.judgeSeed + settings.judgeDays)
        func compare(_ policies: [Policy], _ plan: [Int]) async throws -> Comparison {
            try await Comparison(
                policies, days: seeds.map { planner.day(seed: $0, plan) }, scenario: scenario,
                workers: settings.workers)
        }
        let today = try await compare([.bcgov, settings.policy], flat)
        let then = try await compare([settings.policy], planned)
        rows = [
            Row(plan: .flat, policy: .bcgov, comparison: today),
            Row(plan: .flat, policy: settings.policy, comparison: today),
            Row(plan: .planned, policy: settings.policy, comparison: then),
        ]
        ratio = Comparison.Estimate(
            then.values("mean", of: settings.policy), by: today.values("mean", of: .bcgov))
    }
}

extension PlanTrial {
    private struct File: Encodable {
        var scenario: String
        var days: Int
        /// Minutes since midnight.
        var slots: [Int]
        var flat: [Int]
        var newsvendor: [Int]
        var planned: [Int]
        var meanRatio: Double
        var moreOvertimeMinutes: Double
    }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            File(
                scenario: scenario, days: days, slots: slots.map { $0 / 60 }, flat: flat, newsvendor: newsvendor,
                planned: planned, meanRatio: ratio.mean, moreOvertimeMinutes: moreOvertime))
    }
}
