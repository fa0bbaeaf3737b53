import ArgumentParser
import Foundation
import Simulation

extension Policy: ExpressibleByArgument {}

/// `onetrip simulate`
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a rule on the exact people of a day, and say how they fared.",
        discussion: """
            The same day and rule give the same schedule, second by second. The file written has the columns citizen, leg, start_s, \
            end_s and window, and the metrics in minutes. Rules: separate (a queue for each service), fcfs (pooled, first come), \
            bcgov (Service BC), zms (Munich's eappointment with check-in), apq (accumulating priority), gcmu (the index alone), \
            engine-lite (with the promise guard), engine (with look-ahead).
            """)

    @Option(help: "The scenario (JSON).")
    var config: String

    @Option(help: "The people of the day (JSON).")
    var replay: String

    @Option(help: "The rule.")
    var policy: Policy

    @Option(help: "Where the schedule is written (JSON).")
    var out: String

    func run() throws {
        let scenario = try reading(config) { try Scenario(json: $0) }
        let schedule = try reading(replay) { json in
            try Schedule(policy, day: Day(json: json, scenario: scenario), scenario: scenario)
        }
        do {
            try schedule.json().write(to: URL(fileURLWithPath: out), options: .atomic)
        } catch {
            throw ValidationError("\(out): cannot be written; give a path in a directory that exists")
        }
        let figures = ["mean", "p90", "p99", "J", "punct10", "prio_mean"].compactMap { name in
            schedule.metrics[name].map { "\(name) \($0)" }
        }
        print("\(policy.rawValue) on \(schedule.scenario) \(schedule.seed): \(figures.joined(separator: ", "))")
    }

    private func reading<Value>(_ path: String, _ read: (Data) throws -> Value) throws -> Value {
        guard let json = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path): no such file, or not readable")
        }
        do {
            return try read(json)
        } catch let error as SimulationError {
            throw ValidationError("\(path): \(error)")
        } catch let error as DecodingError {
            throw ValidationError("\(path): \(error.place)")
        }
    }
}

extension DecodingError {
    /// Where in the file, and what.
    fileprivate var place: String {
        let context: Context
        var missing = ""
        switch self {
        case .keyNotFound(let key, let found):
            context = found
            missing = ": \(key.stringValue) is missing"
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        @unknown default: return "cannot be read"
        }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return (path.isEmpty ? "the file" : path) + (missing.isEmpty ? ": \(context.debugDescription)" : missing)
    }
}
