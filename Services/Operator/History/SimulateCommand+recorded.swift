import Domain
import Simulation

extension SimulateCommand {
    /// A day of a hall's log under the rules, beside what really happened.
    func runRecorded() async throws {
        let (hall, recorded) = try await recorded.read()
        if let out, let rule = policy.first {
            let schedule = try Schedule(rule, day: recorded.day, scenario: recorded.scenario)
            try Files.write(try schedule.json(), to: out)
        }
        var policies = policy
        let base = base ?? policies[0]
        if !policies.contains(base) { policies.insert(base, at: 0) }
        let comparison = try await Comparison(
            policies, days: [recorded.day], scenario: recorded.scenario, dials: recorded.dials, workers: workers)
        try HistoryReport(language: language).print(recorded, hall: hall, comparison)
        try write(comparison, base: base)
    }
}
