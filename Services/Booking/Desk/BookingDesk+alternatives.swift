import Domain

extension BookingDesk {
    /// Free slots near one that cannot be had: up to three of the same hall, and up to three of others.
    func alternatives(to slot: Slot) async throws -> [Slot] {
        let earliest = city.earliestStart(in: slot.hall, at: clock())
        let near = try await slots.nearestFree(to: slot, from: earliest, limit: 3, on: pool)
        return near.sameHall + near.otherHalls
    }
}
