package import Domain

/// A command on its way to a hall's log, with what is needed to answer a repetition of it.
package struct HallRequest: Sendable {
    package let command: QueueCommand
    package let key: CommandKey
    /// Makes the text that is stored with the effect and answers every repetition, from the hall as it stands after the batch.
    package let answer: @Sendable (HallDecision) -> String

    package init(
        _ command: QueueCommand, key: CommandKey, answer: @escaping @Sendable (HallDecision) -> String = { _ in "" }
    ) {
        self.command = command
        self.key = key
        self.answer = answer
    }
}

/// What tells a repeated command from a new one.
package struct CommandKey: Hashable, Sendable {
    /// Unique in the hall's stream: who asks, and the key that they gave.
    package let key: String
    /// A digest of what was asked: the same key with another fingerprint is an error of the caller.
    package let fingerprint: String

    package init(key: String, fingerprint: String) {
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What a command came to, for making the answer.
package struct HallDecision: Sendable {
    package let events: [QueueEvent]
    package let positions: ClosedRange<Int64>?
    package let reading: HallReading
}

/// What a command came to, for the caller.
package struct HallOutcome: Sendable, Hashable {
    /// Where the events stand in the log; `nil` when there was nothing to do.
    package let positions: ClosedRange<Int64>?
    /// What ``HallRequest/answer`` made when the command was carried out.
    package let answer: String
    /// Whether the command had been carried out before.
    package let isRepetition: Bool
}
