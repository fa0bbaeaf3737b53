import ArgumentParser
import Foundation
import Simulation

/// The days on which something is tried: given person by person, or drawn.
struct TriedDays: ParsableArguments {
    @Option(parsing: .upToNextOption, help: "Days given person by person (JSON); without them days are drawn.")
    var replay: [String] = []

    @Option(help: "How many days are drawn.")
    var days = 20

    @Option(help: "The number of the first day drawn: the same number gives the same day.")
    var seed = 0

    @Option(help: "How many days are simulated side by side.")
    var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    func validate() throws {
        guard days >= 1, days <= 10_000 else { throw ValidationError("--days: give 1 to 10000") }
        guard workers >= 1, workers <= 1024 else { throw ValidationError("--workers: give 1 to 1024") }
    }

    func read(_ scenario: Scenario) throws -> [Day] {
        guard replay.isEmpty else {
            return try replay.map { path in try Files.read(path) { try Day(json: $0, scenario: scenario) } }
        }
        let generator = DayGenerator(scenario)
        return (0..<days).map { generator.day(seed: seed + $0) }
    }
}
