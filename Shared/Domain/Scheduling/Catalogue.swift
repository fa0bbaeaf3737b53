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
    /// How often requests may be repeated.
    package var requestLimits: RequestLimits

    package init(
        name: LocalizedText, version: Int = 1, services: [ServiceID: Service], halls: [HallID: Hall],
        lifeEvents: [LifeEvent] = [], holidays: [LocalDate: LocalizedText] = [:], workdays: [LocalDate: Weekday] = [:],
        requestLimits: RequestLimits = .usual
    ) {
        self.name = name
        self.version = version
        self.services = services
        self.halls = halls
        self.lifeEvents = lifeEvents
        self.holidays = holidays
        self.workdays = workdays
        self.requestLimits = requestLimits
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

extension Catalogue {
    /// Catalogues that were stored before requests had limits say nothing of them.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(LocalizedText.self, forKey: .name),
            version: try container.decode(Int.self, forKey: .version),
            services: try container.decode([ServiceID: Service].self, forKey: .services),
            halls: try container.decode([HallID: Hall].self, forKey: .halls),
            lifeEvents: try container.decode([LifeEvent].self, forKey: .lifeEvents),
            holidays: try container.decode([LocalDate: LocalizedText].self, forKey: .holidays),
            workdays: try container.decode([LocalDate: Weekday].self, forKey: .workdays),
            requestLimits: try container.decodeIfPresent(RequestLimits.self, forKey: .requestLimits) ?? .usual)
    }
}
