@testable import Domain

/// A hall's log in memory: decides, writes down and applies, as the service does with its database.
struct QueueLog {
    static let hall = HallConfiguration(
        hall: "centre", timeZone: "Asia/Shanghai",
        services: [
            "passport": QueuedService(letter: "A", meanMinutes: 8),
            "permit": QueuedService(letter: "B", meanMinutes: 12),
            "notary": QueuedService(letter: "A", meanMinutes: 20),
        ],
        windows: ["1": ["passport"], "2": ["passport", "permit"], "3": ["permit", "notary"]])

    var configuration = QueueLog.hall
    var policy: any RoutingPolicy = DueTimePolicy()
    var queue = HallQueue()
    var events: [(event: QueueEvent, time: Timestamp)] = []
    var now: Timestamp

    /// Starts on 2026-11-23, a Monday, at a wall-clock time of the hall.
    init(at clock: String = "09:00") {
        now = QueueLog.time(clock)
    }

    /// A moment on 2026-11-23 in Shanghai.
    static func time(_ clock: String) -> Timestamp {
        Timestamp(rfc3339: "2026-11-23T\(clock):00+08:00")!
    }

    mutating func at(_ clock: String) {
        now = QueueLog.time(clock)
    }

    @discardableResult
    mutating func perform(_ command: QueueCommand) throws(QueueRefusal) -> [QueueEvent] {
        let decided = try queue.decide(command, at: now, in: configuration, by: policy)
        for event in decided {
            queue.apply(event, at: now, position: queue.position + 1)
            events.append((event, now))
        }
        return decided
    }

    func refusal(_ command: QueueCommand) -> QueueRefusal? {
        do {
            _ = try queue.decide(command, at: now, in: configuration, by: policy)
            return nil
        } catch {
            return error
        }
    }

    /// The state as the fold of all events.
    func folded() -> HallQueue {
        var queue = HallQueue()
        for (index, entry) in events.enumerated() {
            queue.apply(entry.event, at: entry.time, position: Int64(index + 1))
        }
        return queue
    }

    subscript(ticket: TicketID) -> Ticket? { queue.tickets[ticket] }

    // MARK: Short forms

    mutating func open(_ window: WindowID, _ staff: StaffID) throws {
        try perform(.openWindow(window, staff, skills: nil))
    }

    mutating func issue(_ ticket: TicketID, _ service: ServiceID = "passport", _ kind: TicketClass = .walkIn) throws {
        try perform(.issue(ticket, service, kind, .kiosk, follow: "follow-\(ticket)"))
    }

    mutating func expect(_ ticket: TicketID, _ service: ServiceID = "passport", slot: String) throws {
        try perform(.expect(QueueLog.booking(ticket, service, slot: slot)))
    }

    static func booking(_ ticket: TicketID, _ service: ServiceID = "passport", slot: String) -> TicketExpected {
        TicketExpected(
            ticket: ticket, service: service, slot: time(slot), channel: .online, checkInKeys: ["key-\(ticket)"],
            follow: "follow-\(ticket)")
    }

    mutating func callNext(_ window: WindowID, _ staff: StaffID) throws -> TicketID? {
        guard case .ticketCalled(let call)? = try perform(.callNext(window, staff)).last else { return nil }
        return call.ticket
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
