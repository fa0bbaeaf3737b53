package import Domain

/// What screens, pages and messages must know of the city: names, addresses, and what each hall's queue works by.
package struct CityDirectory: Hashable, Codable, Sendable {
    package struct Hall: Hashable, Codable, Sendable {
        package var id: HallID
        package var name: LocalizedText
        package var address: LocalizedText
        package var configuration: HallConfiguration

        package init(id: HallID, name: LocalizedText, address: LocalizedText, configuration: HallConfiguration) {
            self.id = id
            self.name = name
            self.address = address
            self.configuration = configuration
        }

        /// The hall's civil time. The import refuses a zone that is unknown, so UTC stands only for a damaged document.
        package var timeZone: TimeZoneRules? { TimeZoneRules(configuration.timeZone) }
    }

    /// In the order in which they are listed.
    package var halls: [Hall]
    package var serviceNames: [ServiceID: LocalizedText]
    /// In the order in which they are listed.
    package var serviceOrder: [ServiceID]

    package static let empty = CityDirectory(halls: [], serviceNames: [:], serviceOrder: [])

    package init(halls: [Hall], serviceNames: [ServiceID: LocalizedText], serviceOrder: [ServiceID]) {
        self.halls = halls
        self.serviceNames = serviceNames
        self.serviceOrder = serviceOrder
    }

    /// Takes from a catalogue what notification needs, and no more.
    package init(_ catalogue: Catalogue) {
        halls = catalogue.orderedHalls.compactMap { hall in
            catalogue.hallConfiguration(hall.id).map {
                Hall(id: hall.id, name: hall.name, address: hall.address, configuration: $0)
            }
        }
        let services = catalogue.orderedServices
        serviceNames = Dictionary(services.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        serviceOrder = services.map(\.id)
    }

    package func hall(_ id: HallID) -> Hall? {
        halls.first { $0.id == id }
    }

    /// The service's name, or its identifier when an older event names a service that the catalogue has dropped.
    package func serviceName(_ id: ServiceID, _ language: Language) -> String {
        serviceNames[id]?.text(language) ?? id.rawValue
    }

    /// The services that some window of the hall serves, in the order of the list.
    package func services(of hall: Hall) -> [ServiceID] {
        serviceOrder.filter { hall.configuration.services[$0] != nil }
    }
}
