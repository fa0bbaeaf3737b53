import Foundation
import TestSupport

/// The rush of a morning: 100,000 requests by 20,000 persons for 5,000 places at two processes, a tenth of them by bots for ten persons.
enum Rush {
    private static let places = 5000
    private static let perSlot = 50

    static func run() async throws -> [Figure] {
        let city = TestCity.yaml(timeZone: TestCity.daytimeZone, places: perSlot)
        return try await withSystem(city: city, processes: 2) { system in
            let client = try CityClient(system, connections: 512)
            var slots: [String] = []
            for hall in ["north", "south"] {
                slots += try await client.slots(hall: hall, service: "passport", days: 4).dropFirst(2)
                    .prefix(places / perSlot / 2).map(\.id)
            }
            guard slots.count * perSlot == places else {
                throw BenchmarkFailure(description: "\(slots.count) slots are too few")
            }
            let plan = BookingRush.Plan(
                persons: 19_990, bots: 10, requests: 100_000, botRequests: 10_000, clients: 512)
            let result = try await BookingRush(plan, slots: slots, client: client).run()
            try await client.shutDown()
            try await check(result, slots, system)
            let memory = try ["booking-1", "booking-2"].map { try peak(of: $0, system) }.max() ?? 0
            let sorted = result.latencies.sorted()
            let benchmark = Benchmark.rush
            return [
                benchmark.figure("answers", "1/s", Double(result.answers) / result.elapsed.seconds),
                benchmark.figure("p50 of every answer", "ms", sorted.percentile(0.5)),
                benchmark.figure("p99 of every answer", "ms", sorted.percentile(0.99)),
                benchmark.figure("slowest answer", "ms", sorted.percentile(1)),
                benchmark.figure("places granted", "places", Double(result.granted.values.reduce(0) { $0 + $1.count })),
                benchmark.figure(
                    "places of the bots' ten persons", "places", Double(result.granted.keys.count { $0 < plan.bots })),
                benchmark.figure("answered 503", "answers", Double(result.statuses[503] ?? 0)),
                benchmark.figure("most memory of a booking process", "MB", memory),
            ]
        }
    }

    private static func check(
        _ result: BookingRush.Result, _ slots: [String], _ system: RunningSystem
    ) async throws {
        let wanted = slots.joined(separator: ", ")
        let taken = try await system.sql("SELECT sum(taken), max(taken) FROM booking.slot WHERE id IN (\(wanted))")
        guard taken == "\(places)|\(perSlot)" else {
            throw BenchmarkFailure(description: "places and the most of a slot: \(taken)")
        }
        guard result.granted.values.allSatisfy({ $0.count == 1 }) else {
            throw BenchmarkFailure(description: "a person has two appointments")
        }
    }

    /// The most memory that a process has had, in MB (proc(5), `VmHWM`).
    private static func peak(of name: String, _ system: RunningSystem) throws -> Double {
        guard let pid = system.pid(of: name) else { return .nan }
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) }
        return (kilobytes ?? .nan) / 1000
    }
}
