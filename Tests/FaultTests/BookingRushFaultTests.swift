import Foundation
import TestSupport
import Testing

/// Many persons and bots, few places, two booking processes, of which one is killed again and again.
@Suite struct BookingRushFaultTests {
    private static let places = 500

    @Test func rush_withKilledProcesses_losesNoSuccessAndGrantsExactlyThePlaces() async throws {
        let city = TestCity.yaml(timeZone: TestCity.daytimeZone, places: 25)
        try await withSystem(city: city, processes: 2) { system in
            let client = try CityClient(system, connections: 128)
            let free = try await client.slots(hall: "north", service: "passport", days: 3)
            let slots = free.suffix(Self.places / 25).map(\.id)
            let plan = BookingRush.Plan(persons: 2000, bots: 10, requests: 10_000, botRequests: 1000, clients: 128)
            let rush = try BookingRush(plan, slots: slots, client: client)
            let result = try await withThrowingTaskGroup(of: BookingRush.Result?.self) { group in
                group.addTask { try await rush.run() }
                group.addTask {
                    for (number, name) in ["booking-1", "booking-2", "booking-1"].enumerated() {
                        _ = try await eventually("more requests", within: .seconds(120)) {
                            rush.begun >= (number + 1) * plan.requests / 8 ? true : nil
                        }
                        system.killHard(name)
                    }
                    return nil
                }
                return try await group.reduce(nil) { $0 ?? $1 }
            }
            try await check(try #require(result), slots, system)
            try await client.shutDown()
        }
    }

    private func check(_ result: BookingRush.Result, _ slots: [String], _ system: RunningSystem) async throws {
        let wanted = slots.joined(separator: ", ")
        let taken = try await system.sql("SELECT sum(taken) FROM booking.slot WHERE id IN (\(wanted))")
        #expect(taken == "\(Self.places)")
        let kept = Set(
            try await system.sql("SELECT reference FROM booking.appointment WHERE slot_id IN (\(wanted))")
                .split(separator: "\n").map(String.init))
        #expect(kept.count == Self.places)
        // Each success is there. Who got none of the answers to a booking that was made asks again with the same key.
        let granted = result.granted.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(granted == kept)
        #expect(result.granted.values.allSatisfy { $0.count == 1 }, "a person has two appointments")
        #expect(result.granted.keys.count { $0 < 10 } <= 10)
        #expect(result.unanswered + (result.statuses[502] ?? 0) + (result.statuses[503] ?? 0) > 0, "nothing was killed")
        #expect(Set(result.statuses.keys).isSubset(of: [201, 409, 428, 429, 502, 503]), "\(result.statuses)")
        // Those for whom bots ask without end, and nobody else.
        #expect(result.slowed.count == 10 && result.slowed.allSatisfy { $0 < 10 }, "\(result.slowed)")
    }
}
