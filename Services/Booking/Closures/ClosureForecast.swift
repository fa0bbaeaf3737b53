package import Domain
import Messaging
package import Postgres
package import Web

/// Where the people would go whose places a closure or an import takes away, as the database stands in the transaction that does it.
///
/// Nothing is changed. When it is done, others may have been quicker in some places, so it is a forecast.
package struct ClosureForecast: Sendable, Hashable {
    /// To another time in the same hall.
    package private(set) var sameHall = 0
    /// To other halls.
    package private(set) var otherHalls: [HallID: Int] = [:]
    /// For whom no place is left in the days that are looked at.
    package private(set) var nowhere = 0

    package var people: Int { sameHall + nowhere + otherHalls.values.reduce(0, +) }

    /// - Parameter connection: of the transaction that has taken the places away; names are qualified.
    package init(
        _ catalogue: Catalogue, on connection: PostgresConnection, secrets: Secrets?, now: Timestamp
    ) async throws {
        let rows = try await connection.query(
            """
            SELECT m.slot_id, m.hall, m.starts_at, a.service, count(*) AS people FROM booking.closure_move m
            JOIN booking.appointment a ON a.id = m.appointment_id
            WHERE m.state = 'due' GROUP BY 1, 2, 3, 4 ORDER BY 3, 1
            """)
        let city = City(version: 1, catalogue: catalogue)
        var taken: [SlotID: Int] = [:]
        for row in rows {
            let (_, hall, start, service, people) = try row.decode(
                Int64.self, String.self, Timestamp.self, String.self, Int.self)
            let lost = Replacement(hall: HallID(hall), start: start)
            let found = try await connection.query(
                SlotStore().replacements(for: lost, service: ServiceID(service), after: now))
            let slots = try found.map { try Slot($0) }
            // When slots open within a stretch that is drawn, which the installation's key decides, is left out here.
            let choices =
                secrets.map { ClosureMoves.choices(for: lost, among: slots, city, SlotRelease(secrets: $0), at: now) }
                ?? lost.choices(among: slots, halls: catalogue.halls, at: now) { ($0.hall, $0.start) }
            var rest = people
            for slot in choices where rest > 0 {
                let places = min(rest, max(0, slot.free - taken[slot.id, default: 0]))
                taken[slot.id, default: 0] += places
                rest -= places
                if slot.hall == lost.hall { sameHall += places } else { otherHalls[slot.hall, default: 0] += places }
            }
            nowhere += rest
        }
        otherHalls = otherHalls.filter { $0.value > 0 }
    }
}
