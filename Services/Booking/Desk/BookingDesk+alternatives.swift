import Domain

extension BookingDesk {
    /// Free slots near one that cannot be had: up to three of the same hall, and up to three of others.
    func alternatives(to slot: Slot) async throws -> [Slot] {
        let earliest = city.earliestStart(in: slot.hall, at: clock())
        let isReleased = city.service(slot.service)?.release != nil
        let limit = 3
        // Those that are not open yet are among the nearest, so more are looked at.
        let near = try await slots.nearestFree(
            to: slot, from: earliest, limit: isReleased ? 20 * limit : limit, on: pool)
        guard isReleased else { return near.sameHall + near.otherHalls }
        return [near.sameHall, near.otherHalls].flatMap { $0.filter(isOpen).prefix(limit) }
    }

    /// Whether a slot has opened.
    func isOpen(_ slot: Slot) -> Bool {
        release.opening(of: slot, in: city)?.isOpen(at: clock()) ?? true
    }
}
