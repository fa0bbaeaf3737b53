import TestSupport

/// People who book: over many slots, and all for the same one.
enum BookingRate {
    private static let persons = 12_000
    private static let rush = 500
    private static let places = 10

    static func run() async throws -> [Figure] {
        try await withCity(places: places, connections: 512) { system, client in
            let base = try await PgBench(uri: system.postgresURI).insertRate()
            var slots: [String] = []
            for (hall, service) in [
                ("north", "passport"), ("north", "residence"), ("south", "passport"), ("south", "residence"),
            ] {
                // The first ones are about to begin.
                slots += try await client.slots(hall: hall, service: service, days: 10).dropFirst(4).map(\.id)
            }
            guard let hot = slots.popLast(), slots.count * places > persons else {
                throw BenchmarkFailure(description: "\(slots.count) slots are too few")
            }
            let many = try await overMany(slots, client)
            let one = try await forOne(hot, client)
            let granted = try await system.sql("SELECT count(*) FROM booking.appointment WHERE slot_id = \(hot)")
            guard granted == "\(places)" else {
                throw BenchmarkFailure(description: "\(granted) of \(places) places of the slot were given")
            }
            let benchmark = Benchmark.booking
            return [
                benchmark.figure("64 clients, many slots", "1/s", many.rate, base: base),
                benchmark.figure("64 clients, many slots, p50", "ms", many.percentile(0.5)),
                benchmark.figure("64 clients, many slots, p99", "ms", many.percentile(0.99)),
                benchmark.figure("500 at once, one slot of 10", "1/s", one.rate, base: base),
                benchmark.figure("500 at once, one slot of 10, p99", "ms", one.percentile(0.99)),
                benchmark.figure("500 at once, granted", "places", Double(granted) ?? 0),
            ]
        }
    }

    private static func overMany(_ slots: [String], _ client: CityClient) async throws -> Load {
        let contacts = try (0..<persons).map { try client.contactToken(phone: 13_300_000_000 + $0) }
        let turns = Countdown(persons)
        return try await Load.run(clients: 64, atMost: .seconds(6)) { _ in
            guard let person = turns.next() else { return nil }
            let start = ContinuousClock.now
            let answer = try await client.book(
                slot: slots[person % slots.count], contact: contacts[person], key: client.key("book"))
            guard answer.status == 201 else { throw CityClient.Unexpected(answer) }
            return .now - start
        }
    }

    private static func forOne(_ slot: String, _ client: CityClient) async throws -> Load {
        let contacts = try (0..<rush).map { try client.contactToken(phone: 13_400_000_000 + $0) }
        let turns = Countdown(rush)
        return try await Load.run(clients: rush, atMost: .seconds(10)) { _ in
            guard let person = turns.next() else { return nil }
            let start = ContinuousClock.now
            let answer = try await client.book(slot: slot, contact: contacts[person], key: client.key("rush"))
            guard answer.status == 201 || answer.status == 409 else { throw CityClient.Unexpected(answer) }
            return .now - start
        }
    }
}
