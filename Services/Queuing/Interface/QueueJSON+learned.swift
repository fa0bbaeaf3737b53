import Domain
import Web

/// What a hall has learned, and how good its promises were.
extension QueueJSON {
    static func promises(_ reading: HallReading) -> JSONValue {
        let history = reading.queue.history
        return [
            "hall": .string(reading.hall.rawValue),
            "today": [
                "day": reading.queue.day.map { .string($0.description) } ?? .null,
                "classes": accuracy(reading.queue.accuracy),
            ],
            "before": [
                "days": .int(Int64(history?.days ?? 0)),
                "through": history.map { .string($0.through.description) } ?? .null,
                "classes": accuracy(history?.accuracy ?? [:]),
            ],
        ]
    }

    private static func accuracy(_ classes: [TicketClass: PromiseAccuracy]) -> JSONValue {
        .array(
            TicketClass.allCases.compactMap { kind in
                guard let known = classes[kind], known.count > 0 else { return nil }
                return [
                    "class": .string(kind.rawValue), "calls": .double(known.count),
                    "biasMinutes": .double(known.error.mean / 60),
                    "meanAbsoluteErrorMinutes": .double(known.absolute.mean / 60),
                    "withinRange": .double(known.within.mean),
                    "withinNinetyRange": known.withinNinety.map { .double($0.mean) } ?? .null,
                    "boundKept": known.kept.weight > 0 ? .double(known.kept.mean) : .null,
                ]
            })
    }

    static func learned(_ reading: HallReading) -> JSONValue {
        let configuration = reading.configuration
        let history = reading.queue.history
        let known = history ?? HallHistory(through: LocalDate(daysSinceEpoch: 0))
        return [
            "hall": .string(reading.hall.rawValue), "days": .int(Int64(known.days)),
            "through": history.map { .string($0.through.description) } ?? .null,
            "setAside": .int(Int64(known.setAside)),
            "services": .array(
                configuration.services.keys.sorted().map { service in
                    let time = known.serviceTime(service, in: configuration)
                    return [
                        "service": .string(service.rawValue), "meanMinutes": .double(time.mean / 60),
                        "variation": .double(time.variation),
                        "seen": .double(known.durations[service]?.weight ?? 0),
                    ]
                }),
            "clerks": .array(
                known.clerks.keys.sorted().flatMap { staff in
                    (known.clerks[staff] ?? [:]).keys.sorted().map { service in
                        [
                            "staff": .string(staff.rawValue), "service": .string(service.rawValue),
                            "pace": .double(known.pace(of: service, by: staff)),
                            "seen": .double(known.clerks[staff]?[service]?.weight ?? 0),
                        ]
                    }
                }),
            "arrivals": .array(
                Weekday.allCases.filter { known.weekdays[$0] != nil }.map { weekday in
                    [
                        "weekday": .string(weekday.rawValue),
                        "quarters": .array(known.profile(of: weekday).map { .double($0) }),
                    ]
                }),
            "showOdds": .double(known.showOdds),
        ]
    }
}
