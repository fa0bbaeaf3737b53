/// A slot that the catalogue plans: so many people can book to come at its start.
package struct PlannedSlot: Hashable, Codable, Sendable {
    package var hall: HallID
    package var service: ServiceID
    package var start: Timestamp
    package var end: Timestamp
    /// Places in the slot.
    package var capacity: Int

    package init(hall: HallID, service: ServiceID, start: Timestamp, end: Timestamp, capacity: Int) {
        self.hall = hall
        self.service = service
        self.start = start
        self.end = end
        self.capacity = capacity
    }
}
