import Domain

/// Parts of a city for the tests of this folder.
enum SmallCity {
    static func text(_ name: String) -> LocalizedText { LocalizedText(zh: name, en: name) }

    static func range(_ text: String) -> TimeRange {
        guard let range = TimeRange(text) else { preconditionFailure("not a range: \(text)") }
        return range
    }

    static func date(_ text: String) -> LocalDate {
        guard let date = LocalDate(text) else { preconditionFailure("not a date: \(text)") }
        return date
    }

    static func service(_ id: ServiceID, letter: String = "A", position: Int = 0) -> Service {
        Service(
            id: id, position: position, name: text(id.rawValue), summary: text("summary"), letter: letter,
            meanMinutes: 10,
            checklist: Checklist())
    }

    /// One hall `hall` that offers `passport`.
    static func catalogue(
        zone: String = "Asia/Shanghai", daily: [String] = ["09:00-12:00", "13:30-17:00"], slotMinutes: Int = 30,
        places: Int = 2, change: (inout Hall) -> Void = { _ in }
    ) -> Catalogue {
        var hall = Hall(
            id: "hall", name: text("hall"), address: text("address"), timeZone: zone,
            hours: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, daily.map(range)) }),
            windows: [HallWindow(id: "1", services: ["passport"])],
            offers: ["passport": Offer(slotMinutes: slotMinutes, places: places)])
        change(&hall)
        return Catalogue(name: text("city"), services: ["passport": service("passport")], halls: ["hall": hall])
    }
}
