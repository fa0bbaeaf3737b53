/// One service that a window gave, from the call to the end: as long as the window was taken.
struct ServedLeg: Sendable, Hashable {
    var service: ServiceID
    var window: WindowID
    var staff: StaffID
    var seconds: Double
    /// The service to which the person was sent on.
    var next: ServiceID?
}

extension Ticket {
    /// What was given and ended, steps that were taken back left out.
    var servedLegs: [ServedLeg] {
        var legs: [ServedLeg] = []
        for (number, step) in history.enumerated() where step.kind == .transferred {
            let next = history[(number + 1)...].first { $0.kind == .transferred }?.before.service ?? service
            add(step.before, until: step.at, next: next, to: &legs)
        }
        if state == .done, let end = endedAt { add(standing, until: end, next: nil, to: &legs) }
        return legs
    }

    private func add(_ standing: Standing, until end: Timestamp, next: ServiceID?, to legs: inout [ServedLeg]) {
        guard standing.servingSince != nil, let called = standing.calledAt, let window = standing.window,
            let staff = standing.staff
        else { return }
        let seconds = end.seconds(since: called)
        guard seconds > 0 else { return }
        legs.append(
            ServedLeg(service: standing.service, window: window, staff: staff, seconds: seconds, next: next))
    }
}
