import Foundation
import Testing

@testable import Domain

/// Thousands of random commands, sensible and not: after each, everything that must always hold.
@Suite struct RandomCommandsTests {
    static let windows: [WindowID] = ["1", "2", "3"]
    static let staff: [StaffID] = ["li", "wang", "zhao", "chen"]
    static let services: [ServiceID] = ["passport", "permit", "notary", "visa"]

    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func invariants_holdAfterEveryCommand(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var log = QueueLog(at: "08:00")
        log.configuration = HallConfiguration(
            hall: log.configuration.hall, timeZone: log.configuration.timeZone, services: log.configuration.services,
            windows: log.configuration.windows, rules: QueueRules(overtakingBound: 2))
        log.order(["notary": ["passport"]])
        var mirror = HallQueue()
        var numbers: [LocalDate: Set<String>] = [:]
        var refused = 0
        for step in 0..<1000 {
            log.now = log.now.advanced(seconds: Int64.random(in: 0...90, using: &random))
            if Int.random(in: 0..<250, using: &random) == 0 { log.now = log.now.advanced(minutes: 300) }
            let command = Self.command(step: step, log: log, using: &random)
            let before = log.queue
            let firstPosition = log.queue.position + 1
            let events: [QueueEvent]
            do {
                events = try log.perform(command)
            } catch {
                refused += 1
                #expect(log.queue == before)
                #expect(QueueRefusal.codes.contains(error.code))
                continue
            }
            for (index, event) in events.enumerated() {
                mirror.apply(event, at: log.now, position: firstPosition + Int64(index))
                if let number = event.issuedNumber, let day = log.queue.day {
                    #expect(numbers[day, default: []].insert(number).inserted, "\(number) twice")
                }
            }
            #expect(mirror == log.queue)
            Self.checkInvariants(log.queue)
            try Self.checkUndo(of: events, from: before, to: log)
            if step % 25 == 0 {
                #expect(log.folded() == log.queue)
                let copy = Self.rebuilt(log.queue, using: &random)
                let probe = Self.command(step: step, log: log, using: &random)
                #expect(log.outcome(of: probe, on: copy) == log.outcome(of: probe, on: log.queue))
                let snapshot = try JSONDecoder().decode(HallQueue.self, from: JSONEncoder().encode(log.queue))
                #expect(snapshot.tickets == log.queue.tickets && snapshot.lines == log.queue.lines)
                #expect(snapshot.waiting == log.queue.waiting)
                #expect(snapshot.inSeveralLines == log.queue.inSeveralLines)
                #expect(snapshot.windows == log.queue.windows && snapshot.missed == log.queue.missed)
                #expect(snapshot.counters == log.queue.counters && snapshot.position == log.queue.position)
            }
        }
        #expect(log.folded() == log.queue)
        #expect(log.events.count > 250)
        #expect(refused > 100)
        #expect(Set(log.events.map(\.event.name)).count >= 18)
        let onward = log.events.compactMap { entry in
            if case .ticketTransferred(let event) = entry.event, event.outcome != nil { event.goesOn } else { nil }
        }
        #expect(!onward.isEmpty)
    }

    static func checkInvariants(_ queue: HallQueue) {
        var staff: Set<StaffID> = []
        for (id, window) in queue.windows {
            #expect(window.id == id)
            #expect(staff.insert(window.staff).inserted, "a clerk at two windows")
            #expect((window.ticket == nil) == (window.idleSince != nil))
            if let ticket = window.ticket {
                #expect(queue.tickets[ticket]?.window == id)
                #expect(queue.tickets[ticket]?.state.isAtWindow == true)
            }
        }
        var waiting: [TicketID] = []
        var numbers: Set<String> = []
        for ticket in queue.tickets.values {
            let windows = queue.windows.values.filter { $0.ticket == ticket.id }
            #expect(windows.count == (ticket.state.isAtWindow ? 1 : 0))
            if ticket.state == .waiting { waiting.append(ticket.id) }
            let lines = queue.lines.filter { $1.byDue.contains { $0.ticket == ticket.id } }.keys.sorted()
            #expect(lines == (ticket.state == .waiting ? ticket.possible.sorted() : []))
            #expect(queue.inSeveralLines.contains(ticket.id) == (lines.count > 1))
            checkLegs(of: ticket)
            #expect(queue.missed.contains { $0.ticket == ticket.id } == (ticket.state == .missed))
            #expect(ticket.history.count <= Ticket.historyLimit)
            if let number = ticket.number { #expect(numbers.insert(number).inserted) }
        }
        #expect(queue.waitingCount == waiting.count)
        #expect(queue.waitingTickets.map(\.id) == queue.waiting.map(\.ticket))
        #expect(Set(queue.waitingTickets.map(\.id)) == Set(waiting))
        #expect(queue.waitingCount(forAnyOf: services) == waiting.count)
        for line in queue.lines.values {
            #expect(!line.isEmpty)
            #expect(zip(line.byDue, line.byDue.dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(line.byWaiting, line.byWaiting.dropFirst()).allSatisfy { $0 < $1 })
            #expect(line.byWaiting.count == line.count)
            #expect(line.passed.count == line.byDue.count { (queue.tickets[$0.ticket]?.passedBy ?? 0) > 0 })
        }
    }

    static func checkLegs(of ticket: Ticket) {
        let open = ticket.standing.openServices
        #expect(Set(open).count == open.count, "a leg twice")
        #expect(ticket.legs.count >= 1)
        for service in ticket.possible {
            let after = ticket.legs.first { $0.isOpen && $0.service == service }?.after ?? []
            #expect(!after.contains(where: open.contains), "\(service) before what must come first")
        }
        switch ticket.state {
        case .waiting: #expect(ticket.possible.first == ticket.service)
        case .called, .serving: #expect(ticket.possible.contains(ticket.service))
        case .expected, .parked, .missed: #expect(!open.isEmpty)
        case .done, .left, .withdrawn, .noShow: break
        }
    }

    /// The undo of a window's step restores the ticket, the window and the counts exactly.
    static func checkUndo(of events: [QueueEvent], from before: HallQueue, to log: QueueLog) throws {
        guard events.count == 1, let window = events[0].steppingWindow, let staff = log.queue.windows[window]?.staff
        else {
            return
        }
        var copy = log
        try copy.perform(.undo(window, staff))
        #expect(withoutOldestStep(copy.queue) == withoutOldestStep(before))
    }

    static func withoutOldestStep(_ queue: HallQueue) -> HallQueue {
        var queue = queue
        queue.position = 0
        for id in queue.tickets.keys {
            let history = queue.tickets[id]?.history ?? []
            queue.tickets[id]?.history = history.suffix(Ticket.historyLimit - 1)
        }
        return queue
    }

    /// An equal queue whose dictionaries were filled in another order.
    static func rebuilt(_ queue: HallQueue, using random: inout SeededGenerator) -> HallQueue {
        var copy = queue
        copy.tickets = [:]
        for (id, ticket) in queue.tickets.shuffled(using: &random) { copy.tickets[id] = ticket }
        copy.windows = [:]
        for (id, window) in queue.windows.shuffled(using: &random) { copy.windows[id] = window }
        return copy
    }

    static func command(step: Int, log: QueueLog, using random: inout SeededGenerator) -> QueueCommand {
        let window = windows.randomElement(using: &random)!
        // Mostly the clerk who sits there.
        let someone = staff.randomElement(using: &random)!
        let clerk = Int.random(in: 0..<8, using: &random) == 0 ? someone : log.queue.windows[window]?.staff ?? someone
        let service = services.randomElement(using: &random)!
        if log.queue.day != nil, !log.queue.isDayOpen, Bool.random(using: &random) { return .openDay }
        // Mostly a ticket whose visit is not over.
        let known = log.queue.tickets.values.filter { !$0.state.isEnded || step % 5 == 0 }.map(\.id).sorted()
        let ticket = known.randomElement(using: &random) ?? "nobody"
        switch Int.random(in: 0..<70, using: &random) {
        case 0..<8:
            let kind = TicketClass.allCases.randomElement(using: &random)!
            // Sometimes with one that the hall does not give.
            let known = services.filter { $0 != "visa" || step % 16 == 0 }
            let wanted = known.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
            return .issue(TicketID("w\(step)"), Array(wanted), kind, .kiosk, follow: "f\(step)")
        case 8..<12:
            let slot = log.now.advanced(minutes: Int.random(in: -30...90, using: &random))
            let id = Bool.random(using: &random) ? ticket : TicketID("b\(step)")
            return .expect(
                TicketExpected(
                    ticket: id, service: service, slot: slot, channel: .online, checkInKeys: ["k\(step % 7)"],
                    follow: "f\(step)"))
        case 12..<17: return .checkIn(ticket, .kiosk)
        case 17: return .withdraw(ticket)
        case 18..<22:
            return .openWindow(window, clerk, skills: Bool.random(using: &random) ? nil : [service, "permit"])
        case 22: return .pauseWindow(window, clerk, .rest)
        case 23..<26: return .resumeWindow(window, clerk)
        case 26: return .closeWindow(window, clerk)
        case 27..<36: return .callNext(window, clerk)
        case 36..<38: return .call(ticket, window, clerk)
        case 38: return .recall(window, clerk)
        case 39..<44: return .startServing(window, clerk)
        case 44..<48: return .finish(window, clerk, ServiceOutcome.allCases.randomElement(using: &random)!)
        case 48..<50: return .markMissed(window, clerk)
        case 50: return .park(window, clerk)
        case 51..<53: return .transfer(window, clerk, to: service)
        case 53..<55: return .bringBack(ticket, Bool.random(using: &random) ? clerk : nil)
        case 55: return .leave(ticket, .person)
        case 56..<58: return .undo(window, clerk)
        case 58: return .tick
        case 59..<64: return .startServing(window, clerk)
        case 64..<69: return .finish(window, clerk, .completed)
        default: return Int.random(in: 0..<12, using: &random) == 0 ? .closeDay : .openDay
        }
    }
}

extension QueueLog {
    fileprivate func outcome(of command: QueueCommand, on queue: HallQueue) -> Result<[QueueEvent], QueueRefusal> {
        do {
            return .success(try queue.decide(command, at: now, in: configuration, by: policy))
        } catch {
            return .failure(error)
        }
    }
}

extension QueueEvent {
    var issuedNumber: String? {
        switch self {
        case .ticketIssued(let event): event.number
        case .ticketCheckedIn(let event): event.number
        default: nil
        }
    }

    /// The window that took a step that can be undone.
    var steppingWindow: WindowID? {
        switch self {
        case .ticketCalled(let event): event.window
        case .ticketServing(let event): event.window
        case .ticketFinished(let event): event.window
        case .ticketMissed(let event): event.window
        case .ticketParked(let event): event.window
        case .ticketTransferred(let event): event.window
        default: nil
        }
    }
}
