/// What a queue must know of its hall. Comes from the catalogue; never changed by the queue.
package struct HallConfiguration: Sendable, Hashable {
    package let hall: HallID
    /// An IANA name, such as `Asia/Shanghai`: decides when the hall's day begins.
    package let timeZone: String
    package let services: [ServiceID: QueuedService]
    /// The windows with what may be served at each.
    package let windows: [WindowID: [ServiceID]]
    package let rules: QueueRules
    package let dials: RoutingDials
    /// `nil` when they are not known; then nothing is taken to end.
    package let openingHours: OpeningHours?
    /// Looked up once here, because every command asks for the day; `nil` when the system does not know the time zone.
    package let civilTime: TimeZoneRules?

    package init(
        hall: HallID, timeZone: String, services: [ServiceID: QueuedService], windows: [WindowID: [ServiceID]],
        rules: QueueRules = QueueRules(), dials: RoutingDials = RoutingDials(), openingHours: OpeningHours? = nil
    ) {
        self.hall = hall
        self.timeZone = timeZone
        self.services = services
        self.windows = windows
        self.rules = rules
        self.dials = dials
        self.openingHours = openingHours
        civilTime = TimeZoneRules(timeZone)
    }

    /// When the doors close on a day, in minutes since midnight; 1440 when they do not, and `nil` when the hall is not open
    /// or its hours are not known. Who is there by then is still served.
    package func closing(on day: LocalDate) -> Int? {
        openingHours?.hours(on: day).map(\.end).max()
    }
}

extension HallConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case hall, timeZone, services, windows, rules, dials, openingHours
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            hall: try container.decode(HallID.self, forKey: .hall),
            timeZone: try container.decode(String.self, forKey: .timeZone),
            services: try container.decode([ServiceID: QueuedService].self, forKey: .services),
            windows: try container.decode([WindowID: [ServiceID]].self, forKey: .windows),
            rules: try container.decodeIfPresent(QueueRules.self, forKey: .rules) ?? QueueRules(),
            dials: try container.decodeIfPresent(RoutingDials.self, forKey: .dials) ?? RoutingDials(),
            openingHours: try container.decodeIfPresent(OpeningHours.self, forKey: .openingHours))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(hall, forKey: .hall)
        try container.encode(timeZone, forKey: .timeZone)
        try container.encode(services, forKey: .services)
        try container.encode(windows, forKey: .windows)
        try container.encode(rules, forKey: .rules)
        try container.encode(dials, forKey: .dials)
        try container.encodeIfPresent(openingHours, forKey: .openingHours)
    }
}

/// A service as the queue sees it.
package struct QueuedService: Sendable, Hashable, Codable {
    /// The prefix of its ticket numbers, `A` to `Z`. No other service of the hall has it: an import with a clash is refused.
    package var letter: String
    /// How long it takes to serve one person, on average, in minutes.
    package var meanMinutes: Double
    /// The services that come before it when a visit is for both.
    package var after: [ServiceID]

    package init(letter: String, meanMinutes: Double, after: [ServiceID] = []) {
        self.letter = letter
        self.meanMinutes = meanMinutes
        self.after = after
    }
}
