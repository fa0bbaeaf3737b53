import Foundation
import Simulation
import Testing

/// Schedules that another implementation of the same rules made of the same people.
enum Expected {
    static let scenarios = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared/scenarios")

    static let names: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: scenarios.appendingPathComponent("expected").path))?
        .filter { $0.hasSuffix(".json") }.sorted() ?? []
}

@Suite("The same people and rule give the same schedule", .enabled(if: !Expected.names.isEmpty))
struct ExpectedScheduleTests {
    @Test(arguments: Expected.names)
    func `Every leg starts and ends at the second expected, at the window expected`(name: String) throws {
        let parts = name.dropLast(5).split(separator: "_").map(String.init)
        let world = parts.dropLast(2).joined(separator: "_")
        let policy = try #require(Policy(rawValue: parts[parts.count - 1]))
        func file(_ path: String) throws -> Data {
            try Data(contentsOf: Expected.scenarios.appendingPathComponent(path))
        }
        let scenario = try Scenario(json: file("config/\(world).json"))
        let day = try Day(json: file("days/\(world)_\(parts[parts.count - 2]).json"), scenario: scenario)
        let expected = try JSONDecoder().decode(Schedule.self, from: file("expected/\(name)"))
        let schedule = try Schedule(policy, day: day, scenario: scenario)
        #expect(schedule.legs == expected.legs.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
        #expect(Set(schedule.metrics.keys) == Set(expected.metrics.keys))
        for (metric, value) in expected.metrics {
            #expect(abs((schedule.metrics[metric] ?? .nan) - value) <= 0.00011, "\(metric)")
        }
    }
}
