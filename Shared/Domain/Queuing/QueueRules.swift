/// The published rules of a hall's queue. All times in minutes.
package struct QueueRules: Sendable, Hashable {
    /// How long before the slot a booked person may check in.
    package var earlyCheckInMinutes: Int
    /// How long after the slot the booking still counts as one; later the person queues as a walk-in.
    package var lateCheckInMinutes: Int
    /// Who comes by this long after the slot is due at the slot; later, at the arrival.
    package var punctualMinutes: Int
    /// How much earlier than the arrival a person of a priority group is due.
    package var priorityMinutes: Int
    /// How often a waiting person may be passed by others before going first.
    package var overtakingBound: Int
    /// How often a number is called before the clerk is advised to mark it missed. Advice for the display; not
    /// enforced.
    package var callLimit: Int
    /// How long after having been missed a person may come back to the queue.
    package var missedReturnMinutes: Int
    /// How much later than before a person is due who comes back after having been missed.
    package var missedReturnPenaltyMinutes: Int

    package init(
        earlyCheckInMinutes: Int = 120, lateCheckInMinutes: Int = 30, punctualMinutes: Int = 10,
        priorityMinutes: Int = 15,
        overtakingBound: Int = 8, callLimit: Int = 3, missedReturnMinutes: Int = 30,
        missedReturnPenaltyMinutes: Int = 10
    ) {
        self.earlyCheckInMinutes = earlyCheckInMinutes
        self.lateCheckInMinutes = lateCheckInMinutes
        self.punctualMinutes = punctualMinutes
        self.priorityMinutes = priorityMinutes
        self.overtakingBound = overtakingBound
        self.callLimit = callLimit
        self.missedReturnMinutes = missedReturnMinutes
        self.missedReturnPenaltyMinutes = missedReturnPenaltyMinutes
    }
}

extension QueueRules: Codable {
    private enum CodingKeys: String, CodingKey {
        case earlyCheckInMinutes, lateCheckInMinutes, punctualMinutes, priorityMinutes, overtakingBound, callLimit
        case missedReturnMinutes, missedReturnPenaltyMinutes
    }

    /// A rule that is not given has its default.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        func read(_ key: CodingKeys, into rule: WritableKeyPath<QueueRules, Int>) throws {
            self[keyPath: rule] = try container.decodeIfPresent(Int.self, forKey: key) ?? self[keyPath: rule]
        }
        try read(.earlyCheckInMinutes, into: \.earlyCheckInMinutes)
        try read(.lateCheckInMinutes, into: \.lateCheckInMinutes)
        try read(.punctualMinutes, into: \.punctualMinutes)
        try read(.priorityMinutes, into: \.priorityMinutes)
        try read(.overtakingBound, into: \.overtakingBound)
        try read(.callLimit, into: \.callLimit)
        try read(.missedReturnMinutes, into: \.missedReturnMinutes)
        try read(.missedReturnPenaltyMinutes, into: \.missedReturnPenaltyMinutes)
    }
}
