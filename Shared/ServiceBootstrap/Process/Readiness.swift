package import Logging
import Synchronization

/// Whether this process may get traffic: all that it needs answers, and it is not shutting down.
package final class Readiness: Sendable {
    package typealias Check = @Sendable () async throws -> Void

    package struct Report: Sendable, Hashable {
        package let isReady: Bool
        /// `ok` or `failed` by name; why is in the log.
        package let checks: [String: String]
    }

    private struct State {
        var checks: [(name: String, check: Check)] = []
        var isDraining = false
    }

    private struct TimedOut: Error {}

    private let state = Mutex(State())
    private let logger: Logger
    private let timeout: Duration

    package init(logger: Logger, timeout: Duration = .seconds(2)) {
        self.logger = logger
        self.timeout = timeout
    }

    /// Adds a check; it fails when it throws or takes longer than two seconds.
    package func register(_ name: String, check: @escaping Check) {
        state.withLock { $0.checks.append((name, check)) }
    }

    /// From now on not ready: no new traffic.
    package func drain() {
        state.withLock { $0.isDraining = true }
    }

    package var isDraining: Bool { state.withLock { $0.isDraining } }

    package func report() async -> Report {
        let (checks, isDraining) = state.withLock { ($0.checks, $0.isDraining) }
        var results = await withTaskGroup(of: (String, Bool).self) { group in
            for (name, check) in checks {
                group.addTask { (name, await self.passes(name, check)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 ? "ok" : "failed" }
        }
        results["draining"] = isDraining ? "yes" : "no"
        return Report(isReady: !isDraining && !results.values.contains("failed"), checks: results)
    }

    private func passes(_ name: String, _ check: @escaping Check) async -> Bool {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await check() }
                group.addTask { [timeout] in
                    try await Task.sleep(for: timeout)
                    throw TimedOut()
                }
                try await group.next()
                group.cancelAll()
            }
            return true
        } catch {
            logger.warning("Not ready", metadata: ["check": "\(name)", "error": "\(error)"])
            return false
        }
    }
}
