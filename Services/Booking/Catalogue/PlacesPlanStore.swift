package import Domain
import Messaging
package import Postgres

/// Reads and changes the plans of places. The names of the tables carry the schema, so any connection will do; every
/// method belongs to the transaction of its connection.
package struct PlacesPlanStore: Sendable {
    package init() {}

    /// The plans in force.
    package func plans(on connection: PostgresConnection) async throws -> [HallID: PlacesPlan] {
        let rows = try await connection.query(
            """
            SELECT hall, service, weekday, start_minute, places, slot_minutes, offered_places
            FROM booking.slot_plan_places
            """)
        var plans: [HallID: PlacesPlan] = [:]
        for row in rows {
            let (hall, service, weekday, minute, places, length, offered) = try row.decode(
                String.self, String.self, Int.self, Int.self, Int.self, Int.self, Int.self)
            guard let day = Weekday(number: weekday) else { throw BookingError.unreadable("weekday \(weekday)") }
            plans[HallID(hall), default: PlacesPlan()]
                .days[ServiceID(service), default: [:]][
                    day, default: .init(offer: Offer(slotMinutes: length, places: offered), places: [:])
                ]
                .places[minute] = places
        }
        return plans
    }

    /// The version of a hall's plan; 0 where there was none yet.
    package func version(of hall: HallID, on connection: PostgresConnection) async throws -> Int64 {
        let rows = try await connection.query("SELECT version FROM booking.slot_plan WHERE hall = \(hall.rawValue)")
        return try rows.first?.decode("version") ?? 0
    }

    /// Puts a plan in the place of the hall's; an empty one gives the hall back to the city file.
    ///
    /// - Returns: the new version.
    package func replace(
        _ plan: PlacesPlan, of hall: HallID, by actor: String, at now: Timestamp, on connection: PostgresConnection
    ) async throws -> Int64 {
        let rows = try await connection.query(
            """
            INSERT INTO booking.slot_plan AS p (hall, version, made_at, made_by)
            VALUES (\(hall.rawValue), 1, \(now), \(actor))
            ON CONFLICT (hall) DO UPDATE
            SET version = p.version + 1, made_at = excluded.made_at, made_by = excluded.made_by
            RETURNING version
            """)
        _ = try await connection.query("DELETE FROM booking.slot_plan_places WHERE hall = \(hall.rawValue)")
        var places: [Row] = []
        for (service, weekdays) in plan.days {
            for (weekday, day) in weekdays {
                places += day.places.map { Row(service, weekday, day.offer, start: $0.key, places: $0.value) }
            }
        }
        _ = try await connection.query(
            """
            INSERT INTO booking.slot_plan_places
                (hall, service, weekday, start_minute, places, slot_minutes, offered_places)
            SELECT \(hall.rawValue), * FROM unnest(
                \(list: places.map(\.service))::text[], \(list: places.map(\.weekday))::smallint[],
                \(list: places.map(\.start))::smallint[], \(list: places.map(\.places))::integer[],
                \(list: places.map(\.slotMinutes))::integer[], \(list: places.map(\.offered))::integer[])
            """)
        guard let version = try rows.first?.decode("version", as: Int64.self) else {
            throw BookingError.unreadable("version of a plan")
        }
        return version
    }

    /// Who changed a plan, to which version.
    package func note(
        _ action: String, of hall: HallID, version: Int64, slots: Int, by actor: String, at now: Timestamp,
        on connection: PostgresConnection
    ) async throws {
        _ = try await connection.query(
            """
            INSERT INTO booking.audit (time, actor, action, subject, detail)
            VALUES (\(now), \(actor), \(action), \(hall.rawValue),
                jsonb_build_object('version', \(version)::bigint, 'slots', \(slots)::integer))
            """)
    }

    /// How many places the slots of a time had, and how many were taken.
    package func occupancy(
        of hall: HallID, from: Timestamp, to: Timestamp, on connection: PostgresConnection
    ) async throws -> (taken: Int, places: Int) {
        let rows = try await connection.query(
            """
            SELECT coalesce(sum(taken), 0)::bigint AS taken, coalesce(sum(capacity), 0)::bigint AS places
            FROM booking.slot WHERE hall = \(hall.rawValue) AND starts_at >= \(from) AND starts_at < \(to)
            """)
        guard let row = rows.first else { return (0, 0) }
        return (try row.decode("taken"), try row.decode("places"))
    }

    private struct Row {
        let service: String
        let weekday: Int
        let start: Int
        let places: Int
        let slotMinutes: Int
        let offered: Int

        init(_ service: ServiceID, _ weekday: Weekday, _ offer: Offer, start: Int, places: Int) {
            self.service = service.rawValue
            self.weekday = weekday.number
            self.start = start
            self.places = places
            slotMinutes = offer.slotMinutes
            offered = offer.places
        }
    }
}

extension Weekday {
    /// Monday is 1 (ISO 8601).
    fileprivate var number: Int { (Weekday.allCases.firstIndex(of: self) ?? 0) + 1 }

    fileprivate init?(number: Int) {
        guard Weekday.allCases.indices.contains(number - 1) else { return nil }
        self = Weekday.allCases[number - 1]
    }
}
