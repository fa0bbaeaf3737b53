import AsyncHTTPClient
import TestSupport

/// From the clerk's request until every display of the hall has the call, through nginx and all processes.
enum CallToDisplay {
    private static let displays = 200
    private static let calls = 200

    private enum Signal: Sendable {
        case connected
        case call(text: String, at: ContinuousClock.Instant)
        case ended(String)
    }

    static func run() async throws -> [Figure] {
        try await withCity { system, client in
            let hall = try await Hall("north", client)
            guard let clerk = try await hall.openWindows(1...1).first else { return [] }
            try await hall.issue(count: calls + 20)
            let latencies = try await withDisplays(at: system.base) { signals in
                var latencies: [Duration] = []
                for _ in 0..<calls { latencies += try await call(clerk, signals) }
                return latencies.sorted()
            }
            let benchmark = Benchmark.callToDisplay
            return [
                benchmark.figure("\(displays) displays, p50", "ms", latencies.percentile(0.5)),
                benchmark.figure("\(displays) displays, p99", "ms", latencies.percentile(0.99)),
                benchmark.figure("\(displays) displays, max", "ms", latencies.percentile(1)),
            ]
        }
    }

    /// One call and service. The next begins when every display has this one, so each is measured by itself.
    private static func call(_ clerk: Clerk, _ signals: AsyncStream<Signal>) async throws -> [Duration] {
        let start = ContinuousClock.now
        guard let answer = try await clerk.callNext(), let number = answer.string("ticket", "number") else {
            throw BenchmarkFailure(description: "there was nobody to call")
        }
        var latencies: [Duration] = []
        for await signal in signals {
            switch signal {
            case .connected: break
            case .call(let text, let instant): if text.contains("\"\(number)\"") { latencies.append(instant - start) }
            case .ended(let reason): throw BenchmarkFailure(description: "a display was cut off: \(reason)")
            }
            if latencies.count == displays { break }
        }
        try await clerk.serve()
        return latencies
    }

    private static func withDisplays(
        at base: String, _ body: @escaping @Sendable (AsyncStream<Signal>) async throws -> [Duration]
    ) async throws -> [Duration] {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = displays
        let http = HTTPClient(configuration: configuration)
        let (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        defer { http.shutdown { _ in } }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<displays {
                group.addTask {
                    do {
                        try await EventStreamClient.follow(
                            http, url: base + "/live/halls/north", onConnected: { signal.yield(.connected) }
                        ) { event in
                            if event.event == "call" { signal.yield(.call(text: event.data, at: .now)) }
                            return true
                        }
                        signal.yield(.ended("the server closed the stream"))
                    } catch {
                        signal.yield(.ended("\(error)"))
                    }
                }
            }
            defer { group.cancelAll() }
            var connected = 0
            for await next in signals {
                if case .ended(let reason) = next {
                    throw BenchmarkFailure(description: "a display was cut off: \(reason)")
                }
                connected += 1
                if connected == displays { break }
            }
            return try await body(signals)
        }
    }
}
