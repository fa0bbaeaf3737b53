package import Domain

/// A stretch of time in which a hall is closed, against its hours.
package struct HallClosure: Hashable, Sendable {
    package var id: Int64
    package var hall: HallID
    package var from: Timestamp
    package var to: Timestamp
    package var reason: LocalizedText

    package init(id: Int64, hall: HallID, from: Timestamp, to: Timestamp, reason: LocalizedText) {
        self.id = id
        self.hall = hall
        self.from = from
        self.to = to
        self.reason = reason
    }

    /// Whether somebody who comes at the start would have to be gone before the end.
    package func covers(_ hall: HallID, from start: Timestamp, to end: Timestamp) -> Bool {
        hall == self.hall && start < to && end > from
    }
}
