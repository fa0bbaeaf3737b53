/// The city: its services, its halls and its calendar. A value without secrets or personal contacts.
package struct Catalogue: Hashable, Codable, Sendable {
    /// The city's name.
    package var name: LocalizedText
    /// The edition, as the catalogue's author counts it. Services count their imports themselves.
    package var version: Int
    package var services: [ServiceID: Service]
    package var halls: [HallID: Hall]
    /// In the order in which they are shown.
    package var lifeEvents: [LifeEvent]
    /// Days on which the halls that observe holidays are closed, with the holiday's name.
    package var holidays: [LocalDate: LocalizedText]
    /// Make-up working days (调休): halls that observe holidays keep the hours of the given weekday.
    package var workdays: [LocalDate: Weekday]

    package init(
        name: LocalizedText, version: Int = 1, services: [ServiceID: Service], halls: [HallID: Hall],
        lifeEvents: [LifeEvent] = [], holidays: [LocalDate: LocalizedText] = [:], workdays: [LocalDate: Weekday] = [:]
    ) {
        self.name = name
        self.version = version
        self.services = services
        self.halls = halls
        self.lifeEvents = lifeEvents
        self.holidays = holidays
        self.workdays = workdays
    }

    /// The services in the order in which they are listed.
    package var orderedServices: [Service] {
        services.values.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }

    /// The halls in the order in which they are listed.
    package var orderedHalls: [Hall] {
        halls.values.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }

    /// The halls where a service can be booked, in order.
    package func halls(offering service: ServiceID) -> [Hall] {
        orderedHalls.filter { $0.offers[service] != nil }
    }
}
