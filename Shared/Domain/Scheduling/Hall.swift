/// A service hall: where it is, when it is open, what its windows serve and what can be booked there.
package struct Hall: Hashable, Codable, Sendable {
    package var id: HallID
    /// Place in the catalogue's list, from 0.
    package var position: Int
    package var name: LocalizedText
    package var address: LocalizedText
    /// IANA name, such as `Asia/Shanghai`.
    package var timeZone: String
    /// Degrees, WGS 84.
    package var latitude: Double?
    package var longitude: Double?
    package var telephone: String?
    package var zones: [WaitingZone]
    /// Ordinary opening hours; a weekday that is missing is closed.
    package var hours: [Weekday: [TimeRange]]
    /// Days that differ from everything else, holidays included.
    package var exceptions: [LocalDate: HallException]
    /// Whether the hall is closed on the city's holidays and open on its make-up working days.
    package var observesHolidays: Bool
    package var windows: [HallWindow]
    /// What can be booked. A service that a window serves but that is not offered is for walk-ins only.
    package var offers: [ServiceID: Offer]
    /// How many days ahead can be booked: 0 is today only.
    package var horizonDays: Int
    package var bookingRules: BookingRules
    package var queueRules: QueueRules
    /// What the hall sets of the engine's dials; `nil` for the defaults.
    package var routing: RoutingDials?
    package var shifts: [Shift]
    package var kiosks: [Kiosk]

    package init(
        id: HallID, position: Int = 0, name: LocalizedText, address: LocalizedText, timeZone: String,
        latitude: Double? = nil, longitude: Double? = nil, telephone: String? = nil, zones: [WaitingZone] = [],
        hours: [Weekday: [TimeRange]], exceptions: [LocalDate: HallException] = [:], observesHolidays: Bool = true,
        windows: [HallWindow], offers: [ServiceID: Offer], horizonDays: Int = 14,
        bookingRules: BookingRules = BookingRules(), queueRules: QueueRules = QueueRules(),
        routing: RoutingDials? = nil, shifts: [Shift] = [], kiosks: [Kiosk] = []
    ) {
        self.id = id
        self.position = position
        self.name = name
        self.address = address
        self.timeZone = timeZone
        self.latitude = latitude
        self.longitude = longitude
        self.telephone = telephone
        self.zones = zones
        self.hours = hours
        self.exceptions = exceptions
        self.observesHolidays = observesHolidays
        self.windows = windows
        self.offers = offers
        self.horizonDays = horizonDays
        self.bookingRules = bookingRules
        self.queueRules = queueRules
        self.routing = routing
        self.shifts = shifts
        self.kiosks = kiosks
    }

    package func window(_ id: WindowID) -> HallWindow? {
        windows.first { $0.id == id }
    }

    /// Every service that some window serves.
    package var servedServices: Set<ServiceID> {
        Set(windows.lazy.flatMap(\.services))
    }
}

/// Part of a hall where people sit and wait for certain windows.
package struct WaitingZone: Hashable, Codable, Sendable {
    package var id: String
    package var name: LocalizedText
    package var windows: [WindowID]

    package init(id: String, name: LocalizedText, windows: [WindowID]) {
        self.id = id
        self.name = name
        self.windows = windows
    }
}

/// The hours of one day that differs from the ordinary week.
package struct HallException: Hashable, Codable, Sendable {
    /// Empty: closed.
    package var hours: [TimeRange]
    package var reason: LocalizedText

    package init(hours: [TimeRange], reason: LocalizedText) {
        self.hours = hours
        self.reason = reason
    }
}

package struct HallWindow: Hashable, Codable, Sendable {
    /// Its number as people read it, such as `3`; unique within the hall.
    package var id: WindowID
    package var name: LocalizedText?
    package var services: [ServiceID]

    package init(id: WindowID, name: LocalizedText? = nil, services: [ServiceID]) {
        self.id = id
        self.name = name
        self.services = services
    }
}

/// What can be booked of a service in a hall.
package struct Offer: Hashable, Codable, Sendable {
    /// Length of a slot, in minutes.
    package var slotMinutes: Int
    /// How many people can book one slot.
    package var places: Int

    package init(slotMinutes: Int, places: Int) {
        self.slotMinutes = slotMinutes
        self.places = places
    }
}

package struct BookingRules: Hashable, Codable, Sendable {
    /// Minutes before its start up to which a slot can be booked.
    package var minLeadMinutes: Int
    /// Minutes before its start up to which an appointment can be cancelled or moved.
    package var cancelLeadMinutes: Int
    /// Minutes for which a chosen slot is kept while the person fills in the rest.
    package var holdMinutes: Int
    /// How many living appointments of persons with a document one phone may have made.
    package var phoneLimit: Int

    package static let usualPhoneLimit = 5

    package init(
        minLeadMinutes: Int = 0, cancelLeadMinutes: Int = 0, holdMinutes: Int = 10, phoneLimit: Int = usualPhoneLimit
    ) {
        self.minLeadMinutes = minLeadMinutes
        self.cancelLeadMinutes = cancelLeadMinutes
        self.holdMinutes = holdMinutes
        self.phoneLimit = phoneLimit
    }
}

extension BookingRules {
    /// Catalogues that were stored before phones had a limit say nothing of it.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            minLeadMinutes: try container.decode(Int.self, forKey: .minLeadMinutes),
            cancelLeadMinutes: try container.decode(Int.self, forKey: .cancelLeadMinutes),
            holdMinutes: try container.decode(Int.self, forKey: .holdMinutes),
            phoneLimit: try container.decodeIfPresent(Int.self, forKey: .phoneLimit) ?? Self.usualPhoneLimit)
    }
}

/// When a member of staff works, week by week.
package struct Shift: Hashable, Codable, Sendable {
    package var staff: StaffID
    package var days: [Weekday]
    package var hours: [TimeRange]
    /// The usual window; `nil` for people who are not at a window.
    package var window: WindowID?

    package init(staff: StaffID, days: [Weekday], hours: [TimeRange], window: WindowID? = nil) {
        self.staff = staff
        self.days = days
        self.hours = hours
        self.window = window
    }
}
