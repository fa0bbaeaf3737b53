import Domain
import NotificationService

/// A hall whose queue a test drives, with what screens see of it.
struct LiveHall {
    static let zone = "Asia/Shanghai"
    static let hall: HallID = "north"
    static let configuration = HallConfiguration(
        hall: hall, timeZone: zone,
        services: [
            "passport": QueuedService(letter: "A", meanMinutes: 10),
            "licence": QueuedService(letter: "B", meanMinutes: 5),
        ],
        windows: ["1": ["passport", "licence"], "2": ["passport"]])
    /// 09:00 in Shanghai.
    static let morning = Timestamp(rfc3339: "2026-11-24T01:00:00Z")!

    var live = HallLive(hall: hall)
    var now = morning
    private(set) var calls: [CallAnnouncement] = []
    private(set) var log: [QueueEvent] = []

    @discardableResult
    mutating func perform(_ command: QueueCommand, after minutes: Int = 0) throws -> [QueueEvent] {
        now = now.advanced(minutes: minutes)
        let events = try live.queue.decide(command, at: now, in: Self.configuration, by: DueTimePolicy())
        for event in events {
            if let call = live.apply(event, at: now, position: live.queue.position + 1) { calls.append(call) }
            log.append(event)
        }
        return events
    }

    mutating func issue(_ count: Int, _ service: ServiceID = "passport", from first: Int = 1) throws {
        for number in first..<first + count {
            try perform(.issue(TicketID("t\(number)"), service, .walkIn, .kiosk, follow: "follow-\(number)"))
        }
    }

    mutating func board() -> BoardDocument {
        live.board(at: now, configuration: Self.configuration, policy: DueTimePolicy())
    }

    mutating func status(_ follow: String) -> TicketStatus? {
        live.status(of: follow, at: now, configuration: Self.configuration, policy: DueTimePolicy())
    }
}
