package import Domain

/// The slots to come of a service in a hall, in order of time, as they are remembered.
package struct AvailabilityPart: Sendable {
    package struct Name: Hashable, Sendable {
        package var hall: HallID
        package var service: ServiceID

        package init(hall: HallID, service: ServiceID) {
            self.hall = hall
            self.service = service
        }
    }

    /// 56 bytes for each slot.
    package struct Place: Sendable {
        let id: SlotID
        let start: Timestamp
        let end: Timestamp
        var version: Int64
        var capacity: Int32
        var taken: Int32
        /// Days since 1970-01-01, by the hall's calendar.
        let day: Int32
        /// Seconds east of UTC.
        let startOffset: Int32
        let endOffset: Int32

        var free: Int { max(0, Int(capacity) - Int(taken)) }

        func slot(of name: Name) -> Slot {
            Slot(
                id: id, hall: name.hall, service: name.service, start: start, end: end, capacity: Int(capacity),
                taken: Int(taken))
        }
    }

    let name: Name
    /// IANA name of the hall's time zone.
    let timeZone: String
    let zone: TimeZoneRules
    /// When each slot opens, where the service has a rule for it; else empty.
    let openings: [SlotOpening]
    /// Times in which the hall is closed, as the answers say them; empty where there are none.
    let closuresJSON: String
    /// Of the city that the part was read with: another one may have other time zones.
    let cityVersion: Int64
    private(set) var places: [Place]
    /// Grows with each change.
    private(set) var version: UInt64 = 0

    /// - Parameters:
    ///   - slots: by time.
    ///   - opening: of a slot that starts at a moment.
    init(
        name: Name, zone: TimeZoneRules, cityVersion: Int64,
        slots: [(change: SlotChange, start: Timestamp, end: Timestamp)],
        opening: ((_ start: Timestamp) -> SlotOpening?)? = nil, closures: [HallClosure] = []
    ) {
        self.name = name
        timeZone = zone.name
        closuresJSON = ClosureDocument.json(closures, in: zone)
        self.zone = zone
        openings =
            opening.map { opening in
                slots.map { opening($0.start) ?? .always }
            } ?? []
        self.cityVersion = cityVersion
        // Asking the calendar costs a microsecond, so it is asked once a day and not for each slot, except for the offsets.
        var day = 0
        var midnight = Timestamp(milliseconds: .min)
        places = slots.map { slot in
            if slot.start >= midnight {
                let date = zone.date(at: slot.start)
                day = date.daysSinceEpoch
                midnight = zone.moment(of: date, minute: 1440)
            }
            return Place(
                id: slot.change.id, start: slot.start, end: slot.end, version: slot.change.version,
                capacity: Int32(clamping: slot.change.capacity), taken: Int32(clamping: slot.change.taken),
                day: Int32(clamping: day), startOffset: Int32(clamping: zone.offset(at: slot.start)),
                endOffset: Int32(clamping: zone.offset(at: slot.end)))
        }
    }

    /// Numbers the versions from another one on.
    mutating func begin(at version: UInt64) {
        self.version = version
    }

    /// Takes a change of the slot at an index, unless a later one is known already.
    ///
    /// - Returns: whether anything is different now.
    @discardableResult
    mutating func take(_ change: SlotChange, at index: Int) -> Bool {
        guard change.version > places[index].version else { return false }
        let capacity = Int32(clamping: change.capacity)
        let taken = Int32(clamping: change.taken)
        let isDifferent = places[index].capacity != capacity || places[index].taken != taken
        places[index].version = change.version
        places[index].capacity = capacity
        places[index].taken = taken
        if isDifferent { version += 1 }
        return isDifferent
    }

    /// When the slot at an index opens, unless it has.
    func opening(at index: Int, after now: Timestamp) -> SlotOpening? {
        guard openings.indices.contains(index), !openings[index].isOpen(at: now) else { return nil }
        return openings[index]
    }

    /// The next moment at which a slot opens.
    func nextOpening(after now: Timestamp) -> Timestamp? {
        openings.lazy.map(\.moment).filter { $0 > now }.min()
    }

    /// The first slot that starts at a moment or after it. O(log n).
    func firstIndex(from earliest: Timestamp) -> Int { firstIndex { $0.start >= earliest } }

    /// The first of the slots from which on something is so.
    private func firstIndex(where isSo: (Place) -> Bool) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if isSo(places[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The slots of the days from one to another that start at a moment or after it. O(log n).
    func places(from earliest: Timestamp, first: Int, last: Int) -> ArraySlice<Place> {
        let start = max(firstIndex(from: earliest), firstIndex { $0.day >= first })
        let end = firstIndex { $0.day > last }
        return start < end ? places[start..<end] : []
    }
}
