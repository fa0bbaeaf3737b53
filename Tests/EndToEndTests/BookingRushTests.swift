import Foundation
import TestSupport
import Testing

/// Many people and few places, over HTTP, on two processes of each service.
@Suite struct BookingRushTests {
    @Test func rush_forOneSlot_grantsExactlyItsPlaces() async throws {
        let city = TestCity.yaml(timeZone: TestCity.daytimeZone, places: 100, slotMinutes: 60)
        try await withSystem(city: city, processes: 2) { system in
            let client = try CityClient(system, connections: 200)
            let free = try await client.slots(hall: "north", service: "passport", days: 2)
            let slot = try #require(free.last)
            #expect(slot.free == 100)
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for person in 0..<2000 {
                    let contact = try client.contactToken(phone: 13_000_000_000 + person)
                    group.addTask {
                        try await client.book(slot: slot.id, contact: contact, key: client.key("rush"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 201 } == 100)
            let refused = answers.filter { $0.status != 201 }
            #expect(refused.allSatisfy { $0.status == 409 }, "\(refused.first { $0.status != 409 }?.text ?? "")")
            #expect(refused.allSatisfy { $0.string("type")?.hasSuffix("slot-full") == true })
            #expect(refused.allSatisfy { ($0["alternatives"] as? [Any])?.isEmpty == false })
            let stored = try await system.sql("SELECT taken FROM booking.slot WHERE id = \(slot.id)")
            #expect(stored == "100")
            let appointments = try await system.sql(
                "SELECT count(*) FROM booking.appointment WHERE slot_id = \(slot.id)")
            #expect(appointments == "100")
            try await sameKeyManyTimes(client, system, slots: free)
            try await client.shutDown()
        }
    }

    /// One person's request that arrives twenty times at once is one appointment with one answer.
    private func sameKeyManyTimes(
        _ client: CityClient, _ system: RunningSystem, slots: [(id: String, start: String, free: Int)]
    ) async throws {
        let slot = try #require(slots.dropLast().last)
        let contact = try client.contactToken(phone: 13_100_000_000)
        let key = client.key("same")
        let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
            for _ in 0..<20 {
                group.addTask { try await client.book(slot: slot.id, contact: contact, key: key) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(Set(answers.map(\.text)).count == 1)
        let stored = try await system.sql("SELECT count(*) FROM booking.appointment WHERE slot_id = \(slot.id)")
        #expect(stored == "1")
        let other = try await client.book(slot: slot.id, contact: contact, name: "别人", key: key)
        #expect(other.status == 422)
    }
}
