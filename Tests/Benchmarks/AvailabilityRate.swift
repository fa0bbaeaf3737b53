import Foundation
import TestSupport

/// The days of a month, asked for without a pause: whole, and with the tag of what is known; against a route that does nothing.
enum AvailabilityRate {
    private static let clients = 32
    private static let time = Duration.seconds(4)

    static func run() async throws -> [Figure] {
        try await withCity { system, _ in
            // Straight to the process, so that nginx is not what is measured.
            let socket = (system.directory + "/run/booking-1.sock").replacing("/", with: "%2F")
            let client = JSONClient(base: "http+unix://\(socket)", connections: clients)
            let month = String(Date().addingTimeInterval(86_400).ISO8601Format().prefix(7))
            let path = "/api/v1/availability?hall=north&service=passport&month=\(month)"
            let first = try await client.get(path)
            guard first.status == 200, let tag = first.header("etag") else {
                throw BenchmarkFailure(description: "\(path) gave \(first.status): \(first.text)")
            }
            let hello = try await measure(client, "/livez", 200)
            let whole = try await measure(client, path, 200)
            let known = try await measure(client, path, 304, headers: ["If-None-Match": tag])
            let benchmark = Benchmark.availability
            return [
                benchmark.figure("a route that does nothing", "1/s", hello.rate),
                benchmark.figure("month", "1/s", whole.rate, base: hello.rate),
                benchmark.figure("month, p99", "ms", whole.percentile(0.99)),
                benchmark.figure("month, 304", "1/s", known.rate, base: hello.rate),
                benchmark.figure("month, 304, p99", "ms", known.percentile(0.99)),
            ]
        }
    }

    private static func measure(
        _ client: JSONClient, _ path: String, _ status: Int, headers: [String: String] = [:]
    ) async throws -> Load {
        func load(_ time: Duration) async throws -> Load {
            try await Load.run(clients: clients, atMost: time) { _ in
                let start = ContinuousClock.now
                let answer = try await client.get(path, headers: headers)
                guard answer.status == status else {
                    throw BenchmarkFailure(description: "\(path) gave \(answer.status): \(answer.text)")
                }
                return .now - start
            }
        }
        _ = try await load(.seconds(1))
        return try await load(time)
    }
}
