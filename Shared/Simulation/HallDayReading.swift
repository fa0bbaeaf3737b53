import Domain

/// Reads a day of a hall's log: who came, what windows gave them, and when windows were on duty. Steps that were taken
/// back leave nothing.
struct HallDayReading {
    /// A service that a window gave.
    struct Taken: Sendable, Hashable {
        /// Of the event that ended it.
        var position: Int64
        var service: ServiceID
        var window: WindowID
        var staff: StaffID
        /// The call and the end.
        var start: Int
        var end: Int
        /// How long windows were taken, with what was given before the person was set aside.
        var seconds: Int
        /// Ended by the close of the day, so nobody knows how long it took.
        var isForgotten = false
    }

    /// Somebody's visit. Seconds since midnight.
    struct Visit: Sendable {
        var ticket: TicketID
        var slot: Int?
        var arrived: Int?
        var isPriority: Bool
        var taken: [Taken]
        /// Services that were wanted and not given to the end.
        var open: [ServiceID]
        /// Seconds after which the person had gone without any service.
        var patience: Int?

        var shows: Bool { arrived != nil }
        var joined: Int { arrived ?? slot ?? 0 }
    }

    private(set) var queue = HallQueue()
    private(set) var lines: [DutyLine] = []
    private let midnight: Timestamp
    private var taken: [TicketID: [Taken]] = [:]
    /// Services begun and set aside, by the position of the step.
    private var setAside: [TicketID: [(position: Int64, seconds: Int)]] = [:]
    private var missedAt: [TicketID: Int] = [:]
    private var causes: [TicketID: TicketLeft.Cause] = [:]
    /// The line of each window that is manned, and since when it is on duty.
    private var manned: [WindowID: (line: Int, since: Int?)] = [:]
    private var last = 0

    init(midnight: Timestamp) { self.midnight = midnight }

    func seconds(_ time: Timestamp) -> Int { Int(time.seconds(since: midnight)) }

    mutating func take(_ entry: RecordedHallDay.Entry, position: Int64) {
        let now = seconds(entry.time)
        last = max(last, now)
        switch entry.event {
        case .windowOpened(let event): open(event, at: now)
        case .windowPaused(let event): rest(event.window, at: now)
        case .windowResumed(let event):
            if let present = manned[event.window], present.since == nil { manned[event.window]?.since = now }
        case .windowClosed(let event): leave(event.window, at: now)
        case .ticketFinished(let event): finish(event.ticket, at: now, position)
        case .ticketTransferred(let event): finish(event.ticket, at: now, position)
        case .ticketParked(let event):
            if let ticket = queue.tickets[event.ticket], ticket.servingSince != nil, let called = ticket.calledAt {
                setAside[event.ticket, default: []].append((position, now - seconds(called)))
            }
        case .ticketMissed(let event):
            missedAt[event.ticket] = queue.tickets[event.ticket]?.calledAt.map(seconds) ?? now
        case .ticketLeft(let event): causes[event.ticket] = event.cause
        case .stepUndone(let event):
            taken[event.ticket]?.removeAll { $0.position == event.position }
            setAside[event.ticket]?.removeAll { $0.position == event.position }
        case .dayClosed:
            for (id, legs) in taken {
                guard let end = legs.last, end.end == now, queue.tickets[id]?.outcome == .notApplicable else {
                    continue
                }
                taken[id]?[legs.count - 1].isForgotten = true
            }
        default: break
        }
        queue.apply(entry.event, at: entry.time, position: position)
    }

    /// Windows that are still manned stay so until the last event.
    mutating func end() {
        for window in manned.keys.sorted() { leave(window, at: last) }
        lines.removeAll(where: \.duty.isEmpty)
    }

    private mutating func finish(_ id: TicketID, at now: Int, _ position: Int64) {
        guard let ticket = queue.tickets[id], ticket.servingSince != nil, let called = ticket.calledAt,
            let window = ticket.window, let staff = ticket.staff
        else { return }
        let start = seconds(called)
        let before = setAside.removeValue(forKey: id)?.reduce(0) { $0 + $1.seconds } ?? 0
        taken[id, default: []].append(
            Taken(
                position: position, service: ticket.service, window: window, staff: staff, start: start, end: now,
                seconds: max(1, now - start) + before))
    }

    // MARK: Duty

    private mutating func open(_ event: WindowOpened, at now: Int) {
        let services = Set(event.services)
        var since: Int? = now
        if let present = manned[event.window] {
            let line = lines[present.line]
            if line.staff == event.staff, line.services == services { return }
            // Other skills of the same clerk end no rest.
            if line.staff == event.staff, present.since == nil { since = nil }
            leave(event.window, at: now)
        }
        let known = lines.firstIndex {
            $0.window == event.window && $0.staff == event.staff && $0.services == services
        }
        if known == nil {
            lines.append(DutyLine(window: event.window, staff: event.staff, services: services, duty: []))
        }
        manned[event.window] = (known ?? lines.count - 1, since)
    }

    private mutating func rest(_ window: WindowID, at now: Int) {
        guard let present = manned[window], let since = present.since else { return }
        if now > since { lines[present.line].duty.append(since..<now) }
        manned[window]?.since = nil
    }

    private mutating func leave(_ window: WindowID, at now: Int) {
        rest(window, at: now)
        manned[window] = nil
    }
}

extension HallDayReading {
    /// Everybody who was expected or came, those left out who cancelled before.
    var visits: [Visit] {
        queue.tickets.values.filter { $0.state != .withdrawn }.map { ticket in
            let taken = taken[ticket.id] ?? []
            let arrived = ticket.arrived.map(seconds)
            var visit = Visit(
                ticket: ticket.id, slot: ticket.slot.map(seconds), arrived: arrived,
                isPriority: ticket.kind == .priority, taken: taken, open: taken.filter(\.isForgotten).map(\.service))
            guard ticket.state != .done else {
                if !visit.open.isEmpty { visit.open += ticket.standing.openServices }
                return visit
            }
            let cause = causes[ticket.id]
            if let arrived, taken.isEmpty, ticket.state == .left, cause != .dayEnd {
                // Who was called in vain had gone by then.
                let gone = cause == .expired ? missedAt[ticket.id] : nil
                visit.patience = max(1, (gone ?? ticket.endedAt.map(seconds) ?? arrived) - arrived)
            }
            // Who was sent on and went home instead wanted no more.
            let wentHome = ticket.state == .left && cause != .dayEnd && !taken.isEmpty
            if !wentHome { visit.open += ticket.standing.openServices }
            return visit
        }
    }
}
