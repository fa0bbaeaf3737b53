/// What anybody in the hall may see: numbers, windows and waits, never an identifier or a key of a person.
package struct HallBoard: Sendable, Hashable, Codable {
    package struct Call: Sendable, Hashable, Codable {
        package enum State: String, Sendable, Hashable, Codable {
            case called, serving
        }

        package var number: String
        package var window: WindowID
        /// The last call or its repetition.
        package var at: Timestamp
        /// 1 for the first call.
        package var attempt: Int
        /// Of the call's event: a display announces each position once.
        package var position: Int64
        package var state: State
    }

    package struct Window: Sendable, Hashable, Codable {
        package enum State: String, Sendable, Hashable, Codable {
            case idle, called, serving, paused
        }

        package var window: WindowID
        package var state: State
        /// Of the ticket at the window.
        package var number: String?
    }

    package struct Line: Sendable, Hashable, Codable {
        package var service: ServiceID
        /// Who may be called for it next: who waits for several services is counted at each.
        package var waiting: Int
        /// For somebody who takes a number now; `nil` when no open window serves the service.
        package var outlook: WaitOutlook?
    }

    package var hall: HallID
    /// Of the last event that the board knows.
    package var position: Int64
    /// Newest first, kept while the person is being served; at most `callLimit`.
    package var calls: [Call]
    /// The windows that clerks have opened, in the order of their names (`2` before `10`).
    package var windows: [Window]
    /// All who wait.
    package var waiting: Int
    /// Every service of the hall, by name.
    package var perService: [Line]

    package static let callLimit = 8

    package init(
        hall: HallID, position: Int64, calls: [Call], windows: [Window], waiting: Int, perService: [Line]
    ) {
        self.hall = hall
        self.position = position
        self.calls = calls
        self.windows = windows
        self.waiting = waiting
        self.perService = perService
    }

    package init(
        queue: HallQueue, configuration: HallConfiguration, policy: any RoutingPolicy, at now: Timestamp
    ) {
        let forecast = policy.forecast(of: queue, at: now, configuration: configuration)
        self.init(queue: queue, configuration: configuration, forecast: forecast)
    }

    /// With a forecast that the caller has already made of the same queue.
    package init(queue: HallQueue, configuration: HallConfiguration, forecast: WaitForecast) {
        hall = configuration.hall
        position = queue.position
        var calls: [Call] = []
        var windows: [Window] = []
        for window in queue.windows.values {
            let ticket = window.ticket.flatMap { queue.tickets[$0] }
            if let call = ticket.flatMap({ Call($0, at: window.id) }) { calls.append(call) }
            let state: Window.State =
                switch ticket?.state {
                case .serving: .serving
                case .called: .called
                default: window.isOpen ? .idle : .paused
                }
            windows.append(Window(window: window.id, state: state, number: ticket?.number))
        }
        self.calls = Array(calls.sorted { $0.position > $1.position }.prefix(HallBoard.callLimit))
        self.windows = windows.sorted { TicketNumber.precedes($0.window.rawValue, $1.window.rawValue) }
        waiting = queue.waitingCount
        perService = configuration.services.keys.sorted().map { service in
            Line(
                service: service, waiting: queue.waitingCount(for: service),
                outlook: forecast.prospective(service: service))
        }
    }
}

extension HallBoard.Call {
    fileprivate init?(_ ticket: Ticket, at window: WindowID) {
        guard let number = ticket.number, let at = ticket.lastCalledAt, let position = ticket.standing.callPosition
        else {
            return nil
        }
        self.init(
            number: number, window: window, at: at, attempt: ticket.calls, position: position,
            state: ticket.state == .serving ? .serving : .called)
    }
}
