package import Domain

extension AvailabilityAnswer {
    /// Writes an answer: some 200 nanoseconds for a slot. Members are in the order of their names; names of the catalogue and
    /// of time zones need no escapes.
    ///
    /// - Parameters:
    ///   - earliest: the earliest start that can be booked.
    ///   - now: what has not opened by then is shown with the time at which it does.
    package init(
        to question: AvailabilityQuestion, from view: AvailabilityView, earliest: Timestamp, at now: Timestamp
    ) {
        let part = view.part
        let next = part.firstIndex(from: earliest)
        var json = JSONText()
        json.raw("{")
        if let asOf = view.asOf {
            json.raw(#""asOf":""#)
            json.raw(asOf.rfc3339())
            json.raw(#"","#)
        }
        if !part.closuresJSON.isEmpty {
            json.raw(#""closures":"#)
            json.raw(part.closuresJSON)
            json.raw(",")
        }
        if case .month(let month) = question { json.days(of: month, part, earliest, now) }
        json.raw(#""fresh":"#)
        json.raw(view.isFresh ? "true" : "false")
        json.raw(#","hall":""#)
        json.raw(part.name.hall.rawValue)
        switch question {
        case .slots(let first, let last):
            json.raw(#"","items":["#)
            json.items(part.places(from: earliest, first: first, last: last), part, now)
            json.raw(#"],"service":""#)
        case .month(let month):
            json.raw(#"","month":""#)
            json.raw(String(month.description.prefix(7)))
            json.raw(#"","service":""#)
        }
        json.raw(part.name.service.rawValue)
        json.raw(#"","timeZone":""#)
        json.raw(part.timeZone)
        json.raw(#""}"#)
        self.init(
            version: part.version,
            validAfter: next > 0 ? part.places[next - 1].start : Timestamp(milliseconds: .min),
            validUntil: next < part.places.count ? part.places[next].start : Timestamp(milliseconds: .max),
            opensNext: part.nextOpening(after: now), body: json.bytes)
    }
}

/// JSON as it grows.
private struct JSONText {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(2048) }

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func items(
        _ places: ArraySlice<AvailabilityPart.Place>, _ part: AvailabilityPart, _ now: Timestamp
    ) {
        let name = part.name
        var isFirst = true
        for index in places.indices where places[index].capacity > 0 {
            let place = places[index]
            let opening = part.opening(at: index, after: now)
            raw(isFirst ? #"{"capacity":"# : #",{"capacity":"#)
            isFirst = false
            raw(String(place.capacity))
            raw(#","end":""#)
            raw(place.end.rfc3339(offsetSeconds: Int(place.endOffset)))
            raw(#"","free":"#)
            raw(String(opening == nil ? place.free : 0))
            raw(#","hall":""#)
            raw(name.hall.rawValue)
            raw(#"","id":""#)
            raw(place.id.description)
            if let opening {
                raw(#"","opens":""#)
                raw(part.zone.rfc3339(opening.from))
                if opening.by > opening.from {
                    raw(#"","opensBy":""#)
                    raw(part.zone.rfc3339(opening.by))
                }
            }
            raw(#"","service":""#)
            raw(name.service.rawValue)
            raw(#"","start":""#)
            raw(place.start.rfc3339(offsetSeconds: Int(place.startOffset)))
            raw(#""}"#)
        }
    }

    /// The days of a month that have slots which can still be booked.
    mutating func days(of month: LocalDate, _ part: AvailabilityPart, _ earliest: Timestamp, _ now: Timestamp) {
        let first = month.daysSinceEpoch
        let last = first + LocalDate.length(ofMonth: month.month, year: month.year) - 1
        raw(#""days":["#)
        var rest = part.places(from: earliest, first: first, last: last)
        var isFirst = true
        while let day = rest.first?.day {
            let places = rest.prefix { $0.day == day }
            rest = rest[places.endIndex...]
            let total = places.reduce(0) { $0 + Int($1.capacity) }
            guard total > 0 else { continue }
            let closed = places.indices.compactMap { part.opening(at: $0, after: now) }
            let free = places.indices.reduce(0) {
                part.opening(at: $1, after: now) == nil ? $0 + places[$1].free : $0
            }
            raw(isFirst ? #"{"date":""# : #",{"date":""#)
            isFirst = false
            raw(LocalDate(daysSinceEpoch: Int(day)).description)
            raw(#"","free":"#)
            raw(String(free))
            if let next = closed.min(by: { $0.from < $1.from }) {
                raw(#","opens":""#)
                raw(part.zone.rfc3339(next.from))
                raw(#"""#)
            }
            raw(#","total":"#)
            raw(String(total))
            raw("}")
        }
        raw("],")
    }
}
