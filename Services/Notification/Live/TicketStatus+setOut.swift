package import Domain

extension TicketStatus {
    /// Tells when to set out, from what is shown of the wait or of the booking; nothing when neither is known.
    package mutating func tellWhenToSetOut(minutesAway: Int, rules: QueueRules, at now: Timestamp) {
        switch state {
        case .waiting:
            guard let lowMinutes, let expectedMinutes else { return }
            setOut = SetOut(low: lowMinutes, expected: expectedMinutes, minutesAway: minutesAway, at: now)
        case .expected:
            setOut = slot.flatMap {
                SetOut(
                    slot: $0, lateCheckInMinutes: rules.lateCheckInMinutes, minutesAway: minutesAway, at: now)
            }
        default: return
        }
    }
}
