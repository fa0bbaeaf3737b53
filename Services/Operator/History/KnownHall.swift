import ArgumentParser
import BookingService
import Domain
import EventContracts
import Messaging
import Postgres
import QueuingService

/// A hall as the database has it.
struct KnownHall: Sendable {
    let catalogue: Catalogue
    let hall: Hall
    let configuration: HallConfiguration
    let zone: TimeZoneRules
    let log: HallLog

    /// - Parameter pool: whose search path is the queuing service's schema.
    /// - Throws: `ValidationError` when there is no such hall.
    init(_ name: String, prefix: String, on pool: PostgresPool) async throws {
        guard let catalogue = try await pool.withConnection({ try await CatalogueStore.catalogue(on: $0) }) else {
            throw ValidationError("No city has been imported; see onetrip import --help.")
        }
        let id = HallID(name)
        guard let hall = catalogue.halls[id], let configuration = catalogue.hallConfiguration(id),
            let zone = configuration.civilTime
        else {
            let known = catalogue.orderedHalls.map(\.id.rawValue).joined(separator: ", ")
            throw ValidationError("There is no hall \(name); known: \(known)")
        }
        self.catalogue = catalogue
        self.hall = hall
        self.configuration = configuration
        self.zone = zone
        log = HallLog(EventLog(pool: pool), stream: StreamNames(prefix: prefix).queue(id))
    }

    /// What the clerks of the hall's shifts may serve; who may serve everything is not named. Who is no longer on record
    /// serves nothing.
    func skills(on pool: PostgresPool) async throws -> [StaffID: Set<ServiceID>] {
        let store = StaffStore(pool: pool)
        var skills: [StaffID: Set<ServiceID>] = [:]
        for staff in Set(hall.shifts.filter { $0.window != nil }.map(\.staff)).sorted() {
            guard let person = try await store.person(staff) else {
                skills[staff] = []
                continue
            }
            if let known = person.skills { skills[staff] = known }
        }
        return skills
    }
}
