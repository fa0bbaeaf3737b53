import Domain
import EventContracts
import Messaging
import Postgres
import ServiceBootstrap
import Web

/// Writes the streams of one hall as the queuing and the booking service do: decided by the real queue, logged in PostgreSQL, relayed.
actor WrittenHall {
    let hall: HallID
    private let pool: PostgresPool
    private let log: EventLog
    private let relay: Relay
    private let streams: StreamNames
    private let configuration: HallConfiguration
    private var queue = HallQueue()

    init(hall: HallID, pool: PostgresPool, relay: Relay, streams: StreamNames) throws {
        self.hall = hall
        self.pool = pool
        log = EventLog(pool: pool)
        self.relay = relay
        self.streams = streams
        guard let configuration = NotificationCity.catalogue.hallConfiguration(hall) else {
            throw NotificationTestError(description: "no hall \(hall)")
        }
        self.configuration = configuration
    }

    var position: Int64 { queue.position }

    /// - Returns: the positions given.
    @discardableResult
    func perform(_ command: QueueCommand, at now: Timestamp = SystemClock.now()) async throws -> [Int64] {
        let events = try queue.decide(command, at: now, in: configuration, by: DueTimePolicy())
        guard !events.isEmpty else { return [] }
        let new = try events.map { NewEvent(type: $0.typeName, subject: $0.subject, payload: try $0.encodeData()) }
        let stream = streams.queue(hall)
        let range = try await pool.withTransaction { connection in
            try await log.append(new, to: stream, at: now, on: connection)
        }
        for (event, position) in zip(events, range) { queue.apply(event, at: now, position: position) }
        relay.wake(stream)
        return Array(range)
    }

    /// A walk-in takes a number.
    func issue(_ ticket: TicketID, _ service: ServiceID = "passport", token: String = Secrets.randomToken())
        async throws
    {
        try await perform(.issue(ticket, service, .walkIn, .kiosk, follow: Secrets.sha256Hex(token)))
    }

    func number(of ticket: TicketID) -> String? { queue.tickets[ticket]?.number }

    /// An event of the booking service.
    func book(_ event: BookingEvent, stream: String? = nil, at now: Timestamp = SystemClock.now()) async throws {
        let stream = stream ?? streams.booking(hall)
        let new = NewEvent(type: event.typeName, subject: event.subject, payload: try event.encodeData())
        _ = try await pool.withTransaction { connection in
            try await log.append([new], to: stream, at: now, on: connection)
        }
        relay.wake(stream)
    }
}

struct NotificationTestError: Error, CustomStringConvertible {
    let description: String
}
