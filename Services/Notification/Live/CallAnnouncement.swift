package import Domain

/// A call as screens announce it: the data of `event: call`.
package struct CallAnnouncement: Hashable, Codable, Sendable {
    package var number: String
    package var window: WindowID
    /// 1 for the first call.
    package var attempt: Int
    package var state: HallBoard.Call.State
    package var at: Timestamp
    /// Of the call's event: a screen announces each position once.
    package var position: Int64

    /// `nil` when the event calls nobody.
    package init?(_ event: QueueEvent, at time: Timestamp, position: Int64) {
        switch event {
        case .ticketCalled(let call):
            self.init(number: call.number, window: call.window, attempt: 1, at: time, position: position)
        case .ticketRecalled(let call):
            self.init(number: call.number, window: call.window, attempt: call.attempt, at: time, position: position)
        default: return nil
        }
    }

    private init(number: String, window: WindowID, attempt: Int, at: Timestamp, position: Int64) {
        self.number = number
        self.window = window
        self.attempt = attempt
        state = .called
        self.at = at
        self.position = position
    }
}
