import Domain

extension CatalogueReader {
    static let dateForm = "a date as YYYY-MM-DD"
    static let hoursForm = "hours as \"HH:MM-HH:MM\", from 00:00 to 24:00, beginning before they end"

    /// Holidays as `{from, to, name}`, `to` being left out for a single day.
    static func holidays(_ value: DocumentValue?) -> [LocalDate: LocalizedText] {
        var days: [LocalDate: LocalizedText] = [:]
        for value in value?.list() ?? [] {
            guard let fields = value.fields() else { continue }
            let from = fields.required("from")?.parsed(LocalDate.self, dateForm)
            let end = fields.optional("to")
            let to = end.map { $0.parsed(LocalDate.self, dateForm) } ?? from
            let name = text(fields.required("name"))
            fields.finish()
            guard let from, let to else { continue }
            let length = to.daysSinceEpoch - from.daysSinceEpoch
            guard (0...60).contains(length) else {
                end?.report("\(to) is before \(from), or more than 60 days later; give the last day of the holiday")
                continue
            }
            for offset in 0...length {
                let day = from.advanced(days: offset)
                if days[day] != nil { value.report("\(day) is a holiday already; a day may be one once") }
                days[day] = name
                value.notes.note("holidays.\(day)", at: value.place, written: "\(value.path).name")
            }
        }
        return days
    }

    static func workdays(_ value: DocumentValue?) -> [LocalDate: Weekday] {
        var days: [LocalDate: Weekday] = [:]
        for (key, value) in value?.pairs() ?? [] {
            guard let date = key.parsed(LocalDate.self, dateForm), let day = value.choice(Weekday.self) else {
                continue
            }
            days[date] = day
        }
        return days
    }

    /// Opening hours by weekday; `weekdays`, `weekend` and `daily` stand for several.
    static func week(_ value: DocumentValue?) -> [Weekday: [TimeRange]] {
        var week: [Weekday: [TimeRange]] = [:]
        for (key, value) in value?.pairs() ?? [] {
            let ranges = hours(value)
            for day in days(key) {
                if week[day] != nil { key.report("\(day.rawValue) has hours already; give them once") }
                week[day] = ranges
                if let around = value.path.lastIndex(of: ".") {
                    value.notes.note(
                        "\(value.path[..<around]).\(day.rawValue)", at: value.place, written: value.path)
                }
            }
        }
        return week
    }

    static func hours(_ value: DocumentValue?) -> [TimeRange] {
        value?.listOrOne().compactMap { $0.parsed(TimeRange.self, hoursForm) } ?? []
    }

    /// A day of the week, or a word for several.
    static func days(_ value: DocumentValue) -> [Weekday] {
        guard let name = value.string() else { return [] }
        switch name {
        case "daily": return Weekday.allCases
        case "weekdays": return Array(Weekday.allCases.prefix(5))
        case "weekend": return Array(Weekday.allCases.suffix(2))
        default:
            if let day = Weekday(rawValue: name) { return [day] }
            let known = Weekday.allCases.map(\.rawValue) + ["weekdays", "weekend", "daily"]
            let hint = Spelling.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
            value.report("unknown day '\(name)'; \(hint ?? "known are \(known.joined(separator: ", "))")")
            return []
        }
    }
}
