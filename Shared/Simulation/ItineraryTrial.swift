package import Domain

/// A day of people who need several services each, on the queue and the policy that real halls run, on virtual time.
///
/// Shows what the order of the legs is worth: the same people with the same service times, once free to go wherever a
/// window is free first, once in the order in which they named their services. In both a window goes on with what it
/// can give.
package struct ItineraryTrial: Sendable {
    package enum Order: Sendable, CaseIterable {
        /// The policy chooses the leg.
        case free
        /// Each leg after the one before.
        case asGiven
    }

    package struct Visitor: Sendable, Hashable {
        /// Seconds since the hall opened.
        package var arrives: Int64
        package var services: [ServiceID]
        /// Seconds of service, for each of them.
        package var lengths: [Int64]

        package init(arrives: Int64, services: [ServiceID], lengths: [Int64]) {
            self.arrives = arrives
            self.services = services
            self.lengths = lengths
        }
    }

    package struct Result: Sendable, Hashable {
        /// Minutes of waiting of each visitor over all legs, in their order.
        package var waits: [Double]
        /// Minutes from the arrival to the end of the last leg.
        package var stays: [Double]
        /// Legs that a window went on with, so that nobody waited again.
        package var wentOn: Int
    }

    private let configuration: HallConfiguration
    /// By their arrival.
    private let visitors: [Visitor]
    private let opens: Timestamp

    /// - Parameters:
    ///   - visitors: in the order of their arrival, each with another service in each leg.
    ///   - opens: when the windows open; the day is that of the hall's time zone.
    package init(_ visitors: [Visitor], in configuration: HallConfiguration, opens: Timestamp) {
        self.visitors = visitors
        self.configuration = configuration
        self.opens = opens
    }

    /// Runs the day until everybody is served. O(calls) decisions of the policy.
    package func run(_ order: Order, by policy: any RoutingPolicy) throws(QueueRefusal) -> Result {
        var run = Run(trial: self, policy: policy)
        try run.openWindows()
        while let now = run.nextMoment(visitors) {
            try run.finish(at: now, visitors)
            try run.arrive(at: now, visitors, order)
            try run.call(at: now, visitors)
        }
        return run.result
    }

    /// The hall in the middle of its day.
    private struct Run {
        private let configuration: HallConfiguration
        private let policy: any RoutingPolicy
        private let opens: Timestamp
        private var queue = HallQueue()
        private var arrived = 0
        /// Who is served at a window, and until when.
        private var busy: [WindowID: (visitor: Int, until: Int64)] = [:]
        /// Since when each visitor waits, or is ready to.
        private var since: [Int64]
        private(set) var result: Result

        init(trial: ItineraryTrial, policy: any RoutingPolicy) {
            configuration = trial.configuration
            self.policy = policy
            opens = trial.opens
            since = trial.visitors.map(\.arrives)
            let none = trial.visitors.map { _ in 0.0 }
            result = Result(waits: none, stays: none, wentOn: 0)
        }

        private mutating func perform(
            _ command: QueueCommand, at seconds: Int64, changing change: (inout QueueEvent) -> Void = { _ in }
        ) throws(QueueRefusal) -> QueueEvent? {
            let now = opens.advanced(seconds: seconds)
            let events = try queue.decide(command, at: now, in: configuration, by: policy)
            var last: QueueEvent?
            for var event in events {
                change(&event)
                queue.apply(event, at: now, position: queue.position + 1)
                last = event
            }
            return last
        }

        mutating func openWindows() throws(QueueRefusal) {
            for window in configuration.windows.keys.sorted() {
                _ = try perform(.openWindow(window, StaffID(window.rawValue), skills: nil), at: 0)
            }
        }

        func nextMoment(_ visitors: [Visitor]) -> Int64? {
            let arrival = arrived < visitors.count ? visitors[arrived].arrives : nil
            return [busy.values.map(\.until).min(), arrival].compactMap(\.self).min()
        }

        mutating func finish(at now: Int64, _ visitors: [Visitor]) throws(QueueRefusal) {
            for window in busy.keys.sorted() {
                guard let (visitor, until) = busy[window], until <= now else { continue }
                busy[window] = nil
                since[visitor] = now
                let event = try perform(.finish(window, StaffID(window.rawValue), .completed), at: now)
                guard case .ticketTransferred(let onward)? = event else {
                    result.stays[visitor] = Double(now - visitors[visitor].arrives) / 60
                    continue
                }
                guard onward.goesOn else { continue }
                result.wentOn += 1
                busy[window] = (visitor, now + length(of: onward.service, visitors[visitor]))
            }
        }

        mutating func arrive(at now: Int64, _ visitors: [Visitor], _ order: Order) throws(QueueRefusal) {
            while arrived < visitors.count, visitors[arrived].arrives <= now {
                let services = visitors[arrived].services
                let ticket = TicketID(String(arrived))
                let asked = order == .free ? services : Array(services.prefix(1))
                _ = try perform(.issue(ticket, asked, .walkIn, .kiosk, follow: ticket.rawValue), at: now) { event in
                    guard order == .asGiven, services.count > 1, case .ticketIssued(var issued) = event else { return }
                    issued.itinerary = services.enumerated().map { place, service in
                        AskedLeg(service: service, after: Array(services[..<place].suffix(1)))
                    }
                    event = .ticketIssued(issued)
                }
                arrived += 1
            }
        }

        /// Each free window asks for somebody, the one idle for longest first.
        mutating func call(at now: Int64, _ visitors: [Visitor]) throws(QueueRefusal) {
            let free = queue.windows.values.filter { $0.ticket == nil }
                .sorted { ($0.idleSince ?? opens, $0.id) < ($1.idleSince ?? opens, $1.id) }
            for window in free where window.services.contains(where: { queue.waitingCount(for: $0) > 0 }) {
                _ = try perform(.callNext(window.id, window.staff), at: now)
                _ = try perform(.startServing(window.id, window.staff), at: now)
                guard let id = queue.windows[window.id]?.ticket, let visitor = Int(id.rawValue),
                    let service = queue.tickets[id]?.service
                else { continue }
                result.waits[visitor] += Double(now - since[visitor]) / 60
                busy[window.id] = (visitor, now + length(of: service, visitors[visitor]))
            }
        }

        private func length(of service: ServiceID, _ visitor: Visitor) -> Int64 {
            zip(visitor.services, visitor.lengths).first { $0.0 == service }?.1 ?? 1
        }
    }
}
