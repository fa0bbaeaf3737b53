package import Domain

/// The city as the service knows it now, with what is derived from it once.
package struct City: Sendable {
    /// Counts imports and closures; 0 before the first import.
    package let version: Int64
    package let catalogue: Catalogue
    package let search: ServiceSearch
    /// What the rules of the services say of places that come free.
    package let freedPlaces: FreedPlaceRules
    /// Times in which halls are closed, against their hours.
    package let closures: [HallID: [HallClosure]]
    private let zones: [HallID: TimeZoneRules]

    package init(version: Int64, catalogue: Catalogue, closures: [HallClosure] = []) {
        self.version = version
        self.catalogue = catalogue
        self.closures = Dictionary(grouping: closures, by: \.hall)
        search = ServiceSearch(catalogue)
        freedPlaces = FreedPlaceRules(catalogue)
        zones = catalogue.halls.compactMapValues { TimeZoneRules($0.timeZone) }
    }

    /// A city of which nothing has been imported.
    package static let empty = City(
        version: 0, catalogue: Catalogue(name: LocalizedText(zh: "", en: ""), version: 0, services: [:], halls: [:]))

    package func service(_ id: ServiceID) -> Service? { catalogue.services[id] }
    package func hall(_ id: HallID) -> Hall? { catalogue.halls[id] }
    package func zone(of hall: HallID) -> TimeZoneRules? { zones[hall] }

    /// The earliest start that can still be booked in a hall.
    package func earliestStart(in hall: HallID, at now: Timestamp) -> Timestamp {
        now.advanced(minutes: catalogue.halls[hall]?.bookingRules.minLeadMinutes ?? 0)
    }

    /// A moment with the offset of a hall, as the API writes it.
    package func localTime(_ moment: Timestamp, in hall: HallID) -> String {
        moment.rfc3339(offsetSeconds: zones[hall]?.offset(at: moment) ?? 0)
    }

    /// Whether an appointment may still be cancelled or moved by the person. Whom the hall has moved may do so up to the start.
    package func mayChange(_ appointment: Appointment, at now: Timestamp) -> Bool {
        if appointment.closureMove != nil { return appointment.state == .booked && now <= appointment.start }
        let lead = catalogue.halls[appointment.hall]?.bookingRules.cancelLeadMinutes ?? 0
        return appointment.state == .booked && now <= appointment.start.advanced(minutes: -lead)
    }
}
