import Domain
import Messaging
import Postgres

/// The visits that count towards the limits of persons; asked only for services that have limits.
enum PersonVisitStore {
    /// Makes transactions that book for the same person wait for one another, also where they book other slots. In one order, so
    /// that they cannot wait in a circle; the lock ends with the transaction.
    static func locking(_ people: [BookingBatch.Person]) -> PostgresQuery {
        """
        SELECT count(pg_advisory_xact_lock(name)) FROM (
            SELECT DISTINCT hashtextextended(person_key || ' ' || service, 11) AS name
            FROM unnest(\(column: people.map(\.key))::text[], \(column: people.map(\.service.rawValue))::text[])
                AS w (person_key, service)
            ORDER BY name
        ) AS people
        """
    }

    /// The visits from a day on: one probe of an index for each person, which `OFFSET 0` sees to, and the rows found, of which
    /// the limits leave few.
    static func visits(_ people: [(person: BookingBatch.Person, since: LocalDate)]) -> PostgresQuery {
        """
        SELECT w.person_key, w.service, a.id, a.visit_date, a.state
        FROM unnest(\(column: people.map(\.person.key))::text[], \(column: people.map(\.person.service.rawValue))::text[],
            \(list: people.map(\.since))::date[]) AS w (person_key, service, since)
        CROSS JOIN LATERAL (
            SELECT id, visit_date, state FROM appointment a
            WHERE a.person_key = w.person_key AND a.service = w.service AND a.visit_date >= w.since
                AND a.visit_date IS NOT NULL AND a.state <> 'cancelled' AND NOT a.is_excused OFFSET 0
        ) AS a
        """
    }

    static func decode(_ rows: PostgresRows) throws -> [BookingBatch.Person: [AppointmentID: CountedVisit]] {
        var visits: [BookingBatch.Person: [AppointmentID: CountedVisit]] = [:]
        for row in rows {
            let (key, service, id, date, state) = try row.decode(
                String.self, String.self, String.self, LocalDate.self, String.self)
            let person = BookingBatch.Person(key: key, service: ServiceID(service))
            visits[person, default: [:]][AppointmentID(id)] = CountedVisit(
                date: date, isNoShow: state == AppointmentState.noShow.rawValue)
        }
        return visits
    }
}
