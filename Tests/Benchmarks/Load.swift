/// Clients that each send the next request when the one before is answered.
struct Load: Sendable {
    /// Of every answered request, ascending.
    let latencies: [Duration]
    let elapsed: Duration

    /// Answers per second.
    var rate: Double { Double(latencies.count) / elapsed.seconds }

    /// In milliseconds, by nearest rank: 0.99 is the latency that 99 of 100 do not exceed.
    func percentile(_ share: Double) -> Double { latencies.percentile(share) }

    /// Runs the clients until the time is over or the body gives `nil`.
    ///
    /// - Parameter body: one request of the client with this number; gives its latency, or `nil` when there is nothing left to do.
    static func run(
        clients: Int, atMost time: Duration, _ body: @escaping @Sendable (_ client: Int) async throws -> Duration?
    ) async throws -> Load {
        let clock = ContinuousClock()
        let start = clock.now
        let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for client in 0..<clients {
                group.addTask {
                    var latencies: [Duration] = []
                    while clock.now - start < time, let latency = try await body(client) { latencies.append(latency) }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Load(latencies: latencies.sorted(), elapsed: clock.now - start)
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
    var milliseconds: Double { self / .milliseconds(1) }
}

extension [Duration] {
    /// Of ascending durations, in milliseconds, by nearest rank.
    func percentile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        return self[Swift.min(count - 1, Swift.max(0, Int((share * Double(count)).rounded(.up)) - 1))].milliseconds
    }
}
