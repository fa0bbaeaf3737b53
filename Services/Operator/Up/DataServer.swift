import PrivateServers

/// PostgreSQL or Redis, started again on the same data when it dies.
actor DataServer {
    private let name: String
    private let start: @Sendable () async throws(PrivateServerError) -> ChildProcess
    private let endSignal: Int32
    private var process: ChildProcess
    private var stopping = false

    /// Starts it; the closure returns when it accepts connections.
    init(
        _ name: String, endSignal: Int32, start: @escaping @Sendable () async throws(PrivateServerError) -> ChildProcess
    ) async throws {
        self.name = name
        self.start = start
        self.endSignal = endSignal
        process = try await start()
    }

    /// Watches it; returns after ``stop()``.
    ///
    /// - Throws: `PrivateServerError` when it cannot be started again.
    func run() async throws {
        while true {
            let exit = await process.exit()
            guard !stopping else { return }
            Progress.say("  ! \(name) ended (\(exit)); starting it again on the same data")
            var attempt = 0
            while !stopping {
                do {
                    process = try await start()
                    if stopping { _ = await process.stop(endSignal) }
                    Progress.say("  ✓ \(name) is back")
                    break
                } catch {
                    attempt += 1
                    guard attempt < 5 else { throw error }
                    // After a crash the old processes may hold the data for a moment.
                    try await Task.sleep(for: .milliseconds(300 * attempt))
                }
            }
        }
    }

    func stop() async {
        stopping = true
        _ = await process.stop(endSignal)
    }
}
