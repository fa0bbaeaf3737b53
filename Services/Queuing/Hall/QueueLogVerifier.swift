import Domain
import EventContracts
package import Messaging

/// Proves that the log of a hall's queue is whole: positions without a gap, the hash chain, and a history that keeps the queue's
/// invariants.
package struct QueueLogVerifier: Sendable {
    package struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// The first position that is not as it must be.
        package let position: Int64
        package let reason: String

        package var description: String { "position \(position): \(reason)" }
    }

    package struct Report: Sendable, Hashable {
        package let stream: String
        /// Events that were read.
        package let events: Int64
        /// Of the last good event, in hex: to be compared with one that was written down elsewhere.
        package let hash: String
        /// `nil` when all is well.
        package let broken: Finding?
    }

    private let stream: String
    private var state = HallState()
    private var events: Int64 = 0
    private var lastTime = Timestamp(milliseconds: 0)
    private var day: LocalDate?
    private var numbers: Set<String> = []

    package init(stream: String) {
        self.stream = stream
    }

    /// Walks a log from its first event to the head that it had when asked; a hall may go on working meanwhile.
    package static func verify(_ stream: String, in log: EventLog) async throws -> Report {
        var verifier = QueueLogVerifier(stream: stream)
        guard let head = try await log.state(of: stream) else { return verifier.report(nil) }
        while verifier.state.position < head.head {
            let limit = Int(min(1000, head.head - verifier.state.position))
            let page = try await log.read(stream, after: verifier.state.position, limit: limit)
            for event in page {
                if let broken = verifier.check(event) { return verifier.report(broken) }
            }
            if page.isEmpty {
                return verifier.report(
                    Finding(
                        position: verifier.state.position + 1,
                        reason: "the head says \(head.head), but the event is missing"))
            }
        }
        guard head.headHash == verifier.state.hash else {
            return verifier.report(
                Finding(position: head.head, reason: "the head's hash is not that of the last event"))
        }
        return verifier.report(nil)
    }

    package func report(_ broken: Finding?) -> Report {
        Report(
            stream: stream, events: events,
            hash: state.hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(), broken: broken)
    }

    /// Takes the next event of the log.
    ///
    /// - Returns: what is wrong with it.
    package mutating func check(_ logged: LoggedEvent) -> Finding? {
        let position = state.position + 1
        func finding(_ reason: String) -> Finding { Finding(position: position, reason: reason) }
        guard logged.position == position else { return finding("the next event has position \(logged.position)") }
        let hash = HashChain.next(
            after: state.hash, position: position, time: logged.time, type: logged.type, payload: logged.payload)
        guard logged.hash == hash else {
            return finding("the hash does not follow from the event and the hash before it")
        }
        guard logged.time >= lastTime else { return finding("the time is before that of the event before") }
        guard let event = try? QueueEvent(typeName: logged.type, data: logged.payload) else {
            return finding("\(logged.type) cannot be read")
        }
        if let reason = reasonAgainst(event) { return finding(reason) }
        do {
            try state.apply(logged)
        } catch {
            return finding("\(error)")
        }
        lastTime = logged.time
        events += 1
        return reasonAgainstState(after: event).map { Finding(position: position, reason: $0) }
    }

    /// What the event may not be, given what came before.
    private mutating func reasonAgainst(_ event: QueueEvent) -> String? {
        let queue = state.queue
        switch event {
        case .dayOpened(let opened):
            if let day, opened.date < day { return "the day \(opened.date) is opened after \(day)" }
            if opened.date != day { numbers = [] }
            day = opened.date
        case .ticketIssued(let issued):
            if queue.tickets[issued.ticket] != nil { return "the ticket is issued twice" }
            if !numbers.insert(issued.number).inserted { return "number \(issued.number) is given twice on one day" }
            return reasonAgainst(issued.itinerary)
        case .ticketCheckedIn(let checked):
            if queue.tickets[checked.ticket]?.state != .expected {
                return "a ticket is checked in that is not expected"
            }
            if !numbers.insert(checked.number).inserted { return "number \(checked.number) is given twice on one day" }
        case .ticketCalled(let called):
            guard let ticket = queue.tickets[called.ticket] else { return "an unknown ticket is called" }
            if ticket.state != .waiting { return "\(called.number) is called while it is \(ticket.state.rawValue)" }
            guard let window = queue.windows[called.window] else {
                return "window \(called.window) calls, but nobody opened it"
            }
            if window.ticket != nil { return "window \(called.window) calls while it has a ticket" }
            if window.staff != called.staff { return "\(called.staff) calls at the window of \(window.staff)" }
            guard let service = called.service else { break }
            if !ticket.possible.contains(service) { return "\(called.number) is called for \(service) before its turn" }
            if !window.services.contains(service) { return "window \(called.window) does not serve \(service)" }
        case .ticketServing(let serving):
            if queue.tickets[serving.ticket]?.state != .called { return "a ticket is served that was not called" }
        case .ticketTransferred(let onward): return reasonAgainst(onward)
        case .ticketFinished(let finished):
            guard let ticket = queue.tickets[finished.ticket], ticket.state == .serving else { break }
            // The close of the day ends every visit.
            let left = finished.outcome == .notApplicable ? [] : ticket.standing.possible(after: finished.outcome)
            if let service = left.first { return "a visit is finished while \(service) is open" }
        case .windowOpened(let opened):
            if let other = queue.window(of: opened.staff), other.id != opened.window {
                return "\(opened.staff) opens window \(opened.window) beside \(other.id)"
            }
        default: break
        }
        return nil
    }

    private func reasonAgainst(_ itinerary: [AskedLeg]) -> String? {
        let services = itinerary.map(\.service)
        if services.count > Ticket.legLimit { return "a number is for \(services.count) services" }
        if Set(services).count < services.count { return "a number is for one service twice" }
        let isOrdered = itinerary.allSatisfy { $0.after.allSatisfy(services.contains) }
        return isOrdered ? nil : "a service comes after one that was not asked for"
    }

    /// The next leg of a visit.
    private func reasonAgainst(_ onward: TicketTransferred) -> String? {
        guard let outcome = onward.outcome, let ticket = state.queue.tickets[onward.ticket] else { return nil }
        if ticket.state != .serving { return "a leg is finished that is not served" }
        if !ticket.standing.possible(after: outcome).contains(onward.service) {
            return "\(onward.service) follows before its turn"
        }
        let isHere = state.queue.windows[onward.window]?.services.contains(onward.service) == true
        return onward.goesOn && !isHere ? "window \(onward.window) does not serve \(onward.service)" : nil
    }

    /// What no history may lead to: a ticket at two windows, a window with two tickets, a window that does not know its ticket.
    private func reasonAgainstState(after event: QueueEvent) -> String? {
        let queue = state.queue
        if let id = event.ticket, let ticket = queue.tickets[id] {
            let holders = queue.windows.values.filter { $0.ticket == id }.map(\.id)
            if holders.count > 1 { return "the ticket is at \(holders.count) windows" }
            if ticket.state.isAtWindow, let window = ticket.window, holders != [window] {
                return "window \(window) does not know the ticket that is there"
            }
            if !ticket.state.isAtWindow, !holders.isEmpty { return "window \(holders[0]) keeps a ticket that is gone" }
        }
        guard let id = event.windowOfStep, let holder = queue.windows[id]?.ticket else { return nil }
        return queue.tickets[holder]?.window == id ? nil : "window \(id) has a ticket that is elsewhere"
    }
}

extension QueueEvent {
    fileprivate var windowOfStep: WindowID? {
        switch self {
        case .ticketCalled(let event): event.window
        case .ticketServing(let event): event.window
        default: nil
        }
    }
}
