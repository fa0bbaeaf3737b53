package import Domain

/// The name of a slot: a positive number, written in decimal.
package struct SlotID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// `nil` unless the text is 1 to 18 digits that do not begin with 0.
    package init?(_ text: String) {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            !text.hasPrefix("0"),
            let value = Int64(text)
        else { return nil }
        rawValue = value
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    package var description: String { String(rawValue) }
}

/// A stretch of time in which a hall serves so many people for one service.
package struct Slot: Hashable, Sendable {
    package var id: SlotID
    package var hall: HallID
    package var service: ServiceID
    package var start: Timestamp
    package var end: Timestamp
    /// People who can be served.
    package var capacity: Int
    /// Places booked or held; never more than `capacity`.
    package var taken: Int
    /// Nothing is done here any more: what comes free stays closed, and what is held cannot be booked.
    package var isClosed: Bool
    /// Where more is taken than is planned: places that come free are gone until there are so many.
    package var shrinksTo: Int?

    package init(
        id: SlotID, hall: HallID, service: ServiceID, start: Timestamp, end: Timestamp, capacity: Int, taken: Int,
        isClosed: Bool = false, shrinksTo: Int? = nil
    ) {
        self.id = id
        self.hall = hall
        self.service = service
        self.start = start
        self.end = end
        self.capacity = capacity
        self.taken = taken
        self.isClosed = isClosed
        self.shrinksTo = shrinksTo
    }

    package var free: Int { capacity - taken }

    /// Whether a place that comes free is gone with that.
    var isShrinking: Bool { shrinksTo.map { taken > $0 } ?? false }

    /// Takes places, or gives some back with a negative number, as `SlotStore.changing` does.
    mutating func take(_ places: Int) {
        taken += places
        if let shrinksTo { capacity = max(shrinksTo, taken) }
    }
}
