package import Domain

/// What becomes of places that come free, by the rules of the city's services.
package struct FreedPlaceRules: Sendable, Hashable {
    /// Services with a waitlist.
    package var waitlisted: Set<ServiceID>
    /// Minutes for which a place that was given up stays closed; services without a delay are not here.
    package var delays: [ServiceID: Int]

    package init(waitlisted: Set<ServiceID> = [], delays: [ServiceID: Int] = [:]) {
        self.waitlisted = waitlisted
        self.delays = delays
    }

    package init(_ catalogue: Catalogue) {
        self.init(
            waitlisted: Set(catalogue.services.values.lazy.filter { $0.waitlist != nil }.map(\.id)),
            delays: catalogue.services.mapValues(\.returnDelayMinutes).filter { $0.value > 0 })
    }

    /// Nobody can wait, and every place returns at once.
    package static let none = FreedPlaceRules()

    /// Until when a place that comes free stays taken; `nil` when it goes straight back to the open.
    ///
    /// - Parameters:
    ///   - isWaitedFor: then it is kept for the moment that it takes to find out who is next.
    ///   - isGivenUp: by somebody who had booked it. A form that was not finished in time traded in nothing.
    package func keptUntil(_ slot: Slot, isWaitedFor: Bool, isGivenUp: Bool, at now: Timestamp) -> Timestamp? {
        if isWaitedFor { return now }
        guard isGivenUp, let delay = delays[slot.service] else { return nil }
        let moment = now.advanced(minutes: delay)
        // Closed up to its start it would be of use to nobody.
        return moment < slot.start ? moment : nil
    }
}
