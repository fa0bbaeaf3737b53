import HeapModule

/// How long everybody in a queue will probably wait, by rolling the queue forward: the open windows call by the
/// hall's own policy, and each service takes its mean time. A person in service is taken to need what is left of the
/// mean, at least a quarter of it.
///
/// The range is the middle 80 %: the wait is a sum of service times ahead, shared by the windows, whose standard
/// deviation is taken as `variation` of the mean each (normal approximation). Paused windows do not count: where no
/// open window serves a service there is no outlook, because nobody can know it.
///
/// For who waits for several services it is the wait for the first of them. What the window goes on with counts as its
/// work; that the person then waits for the others too is left out.
package struct WaitForecast: Sendable {
    /// Standard deviation of a service time by its mean.
    static let variation = 0.6
    /// 90 % of a normal distribution lie below this many standard deviations.
    static let quantile = 1.2816

    private var outlooks: [TicketID: WaitOutlook] = [:]
    private var newcomers: [ServiceID: WaitOutlook] = [:]

    package init(
        queue: HallQueue, configuration: HallConfiguration, policy: any RoutingPolicy, at now: Timestamp
    ) {
        var roll = Roll(queue: queue, configuration: configuration, now: now)
        while let turn = roll.next(policy) {
            if let ticket = turn.ticket, let service = turn.service {
                outlooks[ticket.id] = roll.outlook(of: service, at: turn.minutes)
            }
            // A newcomer, due now, would have been called here if nobody due earlier was left.
            guard turn.ticket.map({ $0.due > now }) != false else {
                roll.carryOut(turn)
                continue
            }
            for service in turn.services where newcomers[service] == nil {
                newcomers[service] = roll.outlook(of: service, at: turn.minutes)
            }
            roll.carryOut(turn)
        }
    }

    /// As another way of forecasting has it.
    package init(outlooks: [TicketID: WaitOutlook], newcomers: [ServiceID: WaitOutlook]) {
        self.outlooks = outlooks
        self.newcomers = newcomers
    }

    /// For a waiting ticket; `nil` when the ticket does not wait, or when no open window serves it.
    package func outlook(of ticket: TicketID) -> WaitOutlook? {
        outlooks[ticket]
    }

    /// For somebody who takes a number now; `nil` when no open window serves the service.
    package func prospective(service: ServiceID) -> WaitOutlook? {
        newcomers[service]
    }
}

/// A queue moved forward on virtual time, in minutes from now.
private struct Roll {
    struct Turn {
        let window: WindowID
        let services: [ServiceID]
        let minutes: Double
        /// `nil` when nobody is left for the window.
        let ticket: Ticket?
        /// The leg for which it is called.
        let service: ServiceID?
        let overtook: [TicketID]
    }

    /// When a window is free; the lower window first when two are free at once.
    struct Free: Comparable {
        let minutes: Double
        let window: WindowID

        static func < (lhs: Free, rhs: Free) -> Bool {
            lhs.minutes != rhs.minutes ? lhs.minutes < rhs.minutes : lhs.window < rhs.window
        }
    }

    private var queue: HallQueue
    private let configuration: HallConfiguration
    private let now: Timestamp
    private var free = Heap<Free>()
    private var windowsOf: [ServiceID: [WindowID]] = [:]
    private var calls: [WindowID: Int] = [:]
    /// Service times that end before each window's next call: those in progress and those of the roll.
    private var ends: [WindowID: Int] = [:]

    init(queue: HallQueue, configuration: HallConfiguration, now: Timestamp) {
        self.queue = queue.waitingOnly
        self.configuration = configuration
        self.now = now
        for window in queue.windows.values where window.isOpen {
            var busy = 0.0
            if let ticket = window.ticket.flatMap({ queue.tickets[$0] }) {
                let mean = mean(of: ticket, from: ticket.service, at: window.services)
                let elapsed = ticket.servingSince.map { max(0, now.minutes(since: $0)) } ?? 0
                busy = max(mean - elapsed, mean / 4)
                ends[window.id] = 1
            }
            free.insert(Free(minutes: busy, window: window.id))
            for service in window.services { windowsOf[service, default: []].append(window.id) }
        }
    }

    private func mean(of service: ServiceID) -> Double {
        max(0.1, configuration.services[service]?.meanMinutes ?? 10)
    }

    /// With the legs that the window goes on with.
    private func mean(of ticket: Ticket, from service: ServiceID, at services: [ServiceID]) -> Double {
        guard ticket.hasSeveralLegs else { return mean(of: service) }
        return ticket.standing.oneGo(from: service, at: services).reduce(0) { $0 + mean(of: $1) }
    }

    /// The next window that is free, with whom it calls; `nil` when all are done.
    mutating func next(_ policy: any RoutingPolicy) -> Turn? {
        guard let next = free.popMin(), let window = queue.windows[next.window] else { return nil }
        let moment = Timestamp(milliseconds: now.milliseconds + Int64(next.minutes * 60_000))
        let decision = policy.choose(for: window.id, in: queue, at: moment, configuration: configuration)
        return Turn(
            window: window.id, services: window.services, minutes: next.minutes,
            ticket: decision.flatMap { queue.tickets[$0.ticket] }, service: decision?.service,
            overtook: decision?.overtook ?? [])
    }

    mutating func carryOut(_ turn: Turn) {
        guard let ticket = turn.ticket, let service = turn.service else { return }
        queue.delist(ticket)
        queue.pass(turn.overtook, by: 1)
        calls[turn.window, default: 0] += 1
        ends[turn.window, default: 0] += 1
        let busy = mean(of: ticket, from: service, at: turn.services)
        free.insert(Free(minutes: turn.minutes + busy, window: turn.window))
    }

    func outlook(of service: ServiceID, at minutes: Double) -> WaitOutlook {
        let windows = windowsOf[service] ?? []
        let ahead = windows.reduce(0) { $0 + (calls[$1] ?? 0) }
        let ended = windows.reduce(0) { $0 + (ends[$1] ?? 0) }
        let deviation =
            WaitForecast.variation * mean(of: service) * Double(ended).squareRoot() / Double(max(1, windows.count))
        let spread = minutes == 0 ? 0 : WaitForecast.quantile * deviation
        return WaitOutlook(
            ahead: ahead, lowMinutes: Int(max(0, minutes - spread).rounded(.down)),
            expectedMinutes: Int(minutes.rounded(.up)), highMinutes: Int((minutes + spread).rounded(.up)))
    }
}
