/// One service that a window gave, from the call to the end: as long as the window was taken.
struct ServedLeg: Sendable, Hashable {
    var service: ServiceID
    var window: WindowID
    var staff: StaffID
    var seconds: Double
    /// The service to which the person was sent on, when it came as a surprise: one of the itinerary does not.
    var next: ServiceID?
}

extension Ticket {
    /// What was given and ended, steps that were taken back left out.
    var servedLegs: [ServedLeg] {
        legs.compactMap { leg in
            guard let end = leg.end, let given = end.given else { return nil }
            let seconds = end.at.seconds(since: given.calledAt)
            guard seconds > 0 else { return nil }
            return ServedLeg(
                service: leg.service, window: given.window, staff: given.staff, seconds: seconds, next: end.sentTo)
        }
    }
}
