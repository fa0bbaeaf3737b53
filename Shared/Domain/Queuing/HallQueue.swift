/// The queue of one hall on one day: a value that events alone change.
///
/// `decide` turns a command into events without changing anything; `apply` carries one event out. The state is the
/// fold of the hall's events, so any process can take it up from the log and come to the same. Neither reads a clock,
/// rolls dice or depends on the order of a dictionary.
///
/// What operations cost, for n waiting people, s services of the window, w windows and k people overtaken:
/// - a call (`callNext`, `call`): O(s·log n + k·log n), and once more for each further leg that a ticket waits for;
///   ended tickets are never looked at
/// - check-in, issue, return, transfer, park, miss, finish, undo: O(log n), and the places that move in the line,
///   usually few
/// - opening a window: O(w); a tick: O(1) and O(log n) for each ticket that ends
/// - the change of the day and closing it: O(m·log m) for the day's m tickets; finding a ticket by number, key or
///   page: O(1)
///
/// `apply` changes in place as long as the value is not shared: who keeps a copy pays one copy of the day's
/// tickets at the next change.
package struct HallQueue: Sendable, Equatable {
    /// Position of the last event applied; 0 before the first.
    package internal(set) var position: Int64 = 0
    /// The day that was opened last, in the hall's time zone.
    package internal(set) var day: LocalDate?
    package internal(set) var isDayOpen = false
    /// All tickets of the day, ended ones included.
    package internal(set) var tickets: [TicketID: Ticket] = [:]
    /// The windows that clerks have opened.
    package internal(set) var windows: [WindowID: WindowState] = [:]
    /// How many numbers each letter has given out today.
    package internal(set) var counters: [String: Int] = [:]
    /// How many have come today without a booking.
    package internal(set) var walkInCount = 0
    /// What the hall had learned when the day was opened; `nil` before its first day was over.
    package internal(set) var history: HallHistory?

    /// Who may be called for each service; no empty lines. A ticket with several open legs is in several lines.
    var lines: [ServiceID: WaitingLine] = [:]
    /// All who wait, each once, by due time.
    var waiting = SortedDeque<Place>()
    /// Those who are in several lines.
    var inSeveralLines: Set<TicketID> = []
    /// The expected tickets, by their slot.
    var expected = SortedDeque<Place>()
    /// The missed tickets, by the moment until which they may come back.
    var missed = SortedDeque<Place>()
    var idsByNumber: [String: TicketID] = [:]
    var idsByFollow: [String: TicketID] = [:]
    var idsByCheckInKey: [String: [TicketID]] = [:]

    package init() {}
}

// MARK: - Finding

extension HallQueue {
    package func ticket(number: String) -> Ticket? {
        idsByNumber[number].flatMap { tickets[$0] }
    }

    /// The ticket that the personal page with this hash of its token follows.
    package func ticket(follow: String) -> Ticket? {
        idsByFollow[follow].flatMap { tickets[$0] }
    }

    /// The tickets booked under a check-in key, by slot. Several when the key is of the last digits of a phone.
    package func tickets(checkInKey: String) -> [Ticket] {
        (idsByCheckInKey[checkInKey] ?? []).compactMap { tickets[$0] }.sorted { ($0.due, $0.id) < ($1.due, $1.id) }
    }

    /// The window that a clerk has open.
    package func window(of staff: StaffID) -> WindowState? {
        windows.values.first { $0.staff == staff }  // at most one
    }

    /// When `tick` has something to do, apart from the change of the day.
    package var nextDeadline: Timestamp? { missed.first?.moment }
}

// MARK: - Who waits

extension HallQueue {
    package var waitingCount: Int { waiting.count }

    /// Who may be called for a service next. Who waits for several services is counted at each.
    package func waitingCount(for service: ServiceID) -> Int {
        lines[service]?.count ?? 0
    }

    /// Who may be called for one of the services, each once. O(s) and O(m) for m who wait for several services.
    package func waitingCount(forAnyOf services: [ServiceID]) -> Int {
        let places = services.reduce(0) { $0 + waitingCount(for: $1) }
        return inSeveralLines.reduce(places) { count, id in
            count - max(0, (tickets[id]?.possible.count(where: services.contains) ?? 0) - 1)
        }
    }

    /// Who waits for a service; `nil` when nobody does.
    package func line(for service: ServiceID) -> WaitingLine? {
        lines[service]
    }

    /// All who wait, by due time, then arrival, then number.
    package var waitingTickets: [Ticket] {
        waiting.compactMap { tickets[$0.ticket] }
    }

    /// Booked people who have not come, by slot.
    package var expectedTickets: [Ticket] {
        expected.compactMap { tickets[$0.ticket] }
    }

    /// The queue without the tickets that neither wait nor are at a window: enough for a policy, and cheap to change.
    var waitingOnly: HallQueue {
        var queue = HallQueue()
        queue.position = position
        queue.day = day
        queue.isDayOpen = isDayOpen
        queue.windows = windows
        queue.walkInCount = walkInCount
        queue.history = history
        queue.lines = lines
        queue.waiting = waiting
        queue.inSeveralLines = inSeveralLines
        queue.tickets.reserveCapacity(waitingCount + windows.count)
        for place in waiting { queue.tickets[place.ticket] = tickets[place.ticket] }
        for window in windows.values {
            if let ticket = window.ticket { queue.tickets[ticket] = tickets[ticket] }
        }
        return queue
    }

    /// Who would be passed if a window with these services called the ticket now: those whom it could serve and who
    /// have been waiting for longer, longest first.
    package func overtaken(by ticket: Ticket, for services: [ServiceID]) -> [TicketID] {
        let since = ticket.waitingSince
        var passed: [Place] = []
        for service in services {
            guard let line = lines[service] else { continue }
            for place in line.byWaiting {
                guard place.moment < since else { break }
                if place.ticket != ticket.id { passed.append(place) }
            }
        }
        if passed.count > 1 { passed.sort() }
        var tickets: [TicketID] = []
        // Who waits for several services has the same place in each line.
        for place in passed where tickets.last != place.ticket { tickets.append(place.ticket) }
        return tickets
    }
}
