import Foundation

/// Tells the operator what is being done, a line a step.
struct Progress: Sendable {
    /// Does a step and tells how long it took.
    func step<R: Sendable>(_ name: String, _ work: () async throws -> R) async throws -> R {
        Self.say("  … \(name)")
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await work()
        let seconds = (clock.now - start) / .seconds(1)
        Self.say("  ✓ \(name) (\(String(format: "%.1f", seconds)) s)")
        return result
    }

    /// Prints a line at once, also when the output is a pipe.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    static func complain(_ line: String) {
        FileHandle.standardError.write(Data("onetrip: \(line)\n".utf8))
    }
}
