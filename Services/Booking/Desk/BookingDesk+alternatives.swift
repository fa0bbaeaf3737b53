import Domain

extension BookingDesk {
    /// Free slots near one that cannot be had: up to three of the same hall, and up to three of others.
    func alternatives(to slot: Slot) async throws -> [Slot] {
        let earliest = city.earliestStart(in: slot.hall, at: clock())
        async let here = slots.nearestFree(to: slot, sameHall: true, from: earliest, limit: 3, on: pool)
        async let elsewhere = slots.nearestFree(to: slot, sameHall: false, from: earliest, limit: 3, on: pool)
        return try await here + elsewhere
    }
}
