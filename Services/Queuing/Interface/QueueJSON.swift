import Domain
import EventContracts
import Messaging
import Web

/// Halls, windows and tickets as the API shows them: no key and no page token of a person.
enum QueueJSON {
    static func hall(_ reading: HallReading) -> JSONValue {
        let queue = reading.queue
        let configuration = reading.configuration
        let windows = queue.windows.values.sorted { TicketNumber.precedes($0.id.rawValue, $1.id.rawValue) }
        return [
            "hall": .string(reading.hall.rawValue), "position": .int(queue.position),
            "day": queue.day.map { .string($0.description) } ?? .null, "isOpen": .bool(queue.isDayOpen),
            "waiting": .int(Int64(queue.waitingCount)),
            "services": .array(
                configuration.services.keys.sorted().map { service in
                    [
                        "service": .string(service.rawValue),
                        "waiting": .int(Int64(queue.waitingCount(for: service))),
                    ]
                }),
            "windows": .array(windows.map { window($0, queue, configuration) }),
        ]
    }

    static func window(_ state: WindowState, _ queue: HallQueue, _ configuration: HallConfiguration) -> JSONValue {
        var paused: String?
        if case .paused(let reason) = state.state { paused = reason.rawValue }
        return [
            "window": .string(state.id.rawValue), "state": .string(state.isOpen ? "open" : "paused"),
            "pauseReason": paused.map { .string($0) } ?? .null, "staff": .string(state.staff.rawValue),
            "services": .array(state.services.map { .string($0.rawValue) }),
            "ticket": state.ticket.flatMap { queue.tickets[$0] }.map { ticket($0, configuration) } ?? .null,
            "idleSince": moment(state.idleSince, configuration),
        ]
    }

    /// The answer to a command: the window as it stands, and the ticket that the command was about.
    static func window(_ window: WindowID, after decision: HallDecision) -> JSONValue {
        let id = decision.events.lazy.compactMap(\.ticket).last
        return self.window(
            window, in: decision.reading, position: decision.positions?.upperBound ?? decision.reading.queue.position,
            ticket: id)
    }

    static func window(
        _ id: WindowID, in reading: HallReading, position: Int64, ticket: TicketID? = nil
    ) -> JSONValue {
        let queue = reading.queue
        return [
            "position": .int(position),
            "window": queue.windows[id].map { window($0, queue, reading.configuration) } ?? .null,
            "ticket": ticket.flatMap { queue.tickets[$0] }.map { self.ticket($0, reading.configuration) } ?? .null,
        ]
    }

    static func ticket(_ ticket: Ticket, _ configuration: HallConfiguration) -> JSONValue {
        [
            "id": .string(ticket.id.rawValue), "number": ticket.number.map { .string($0) } ?? .null,
            "service": .string(ticket.service.rawValue), "legs": .array(ticket.legs.map { leg($0, of: ticket) }),
            "class": .string(ticket.kind.rawValue),
            "channel": .string(ticket.channel.rawValue), "state": .string(ticket.state.rawValue),
            "slot": moment(ticket.slot, configuration), "arrived": moment(ticket.arrived, configuration),
            "due": moment(ticket.due, configuration),
            "window": ticket.window.map { .string($0.rawValue) } ?? .null, "calls": .int(Int64(ticket.calls)),
            "calledAt": moment(ticket.calledAt, configuration),
            "servingSince": moment(ticket.servingSince, configuration),
            "returnableUntil": moment(ticket.returnableUntil, configuration),
            "outcome": ticket.outcome.map { .string($0.rawValue) } ?? .null,
            "passedBy": .int(Int64(ticket.passedBy)),
        ]
    }

    private static func leg(_ leg: VisitLeg, of ticket: Ticket) -> JSONValue {
        let isPresent = leg.isOpen && ticket.state.isAtWindow && leg.service == ticket.service
        return [
            "service": .string(leg.service.rawValue),
            "state": .string(leg.isOpen ? (isPresent ? "present" : "open") : "ended"),
            "after": .array(leg.after.map { .string($0.rawValue) }),
            "outcome": leg.end?.outcome.map { .string($0.rawValue) } ?? .null,
        ]
    }

    /// A ticket with what its holder may expect.
    static func ticket(_ id: TicketID, in reading: HallReading, link: String?) -> JSONValue {
        guard let ticket = reading.queue.tickets[id],
            case .object(var members) = self.ticket(ticket, reading.configuration)
        else { return .null }
        members["outlook"] = outlook(reading.forecast.outlook(of: id))
        if let link { members["link"] = .string(link) }
        return .object(members)
    }

    static func outlook(_ outlook: WaitOutlook?) -> JSONValue {
        guard let outlook else { return .null }
        return [
            "ahead": .int(Int64(outlook.ahead)), "lowMinutes": .int(Int64(outlook.lowMinutes)),
            "expectedMinutes": .int(Int64(outlook.expectedMinutes)), "highMinutes": .int(Int64(outlook.highMinutes)),
        ]
    }

    /// With the payloads as they stand in the log, so that the hashes can be checked.
    static func log(hall: HallID, _ events: ArraySlice<LoggedEvent>, next: String?) -> String {
        let items = events.map { event in
            let head: JSONValue = [
                "position": .int(event.position), "time": .string(event.time.rfc3339()), "type": .string(event.type),
                "payload": .string(event.payload),
                "hash": .string((event.hash ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
            ]
            return head
        }
        return JSONValue.object([
            "hall": .string(hall.rawValue), "events": .array(items), "next": next.map { .string($0) } ?? .null,
        ]).text
    }

    static func moment(_ moment: Timestamp?, _ configuration: HallConfiguration) -> JSONValue {
        guard let moment else { return .null }
        return .string(configuration.civilTime?.rfc3339(moment) ?? moment.rfc3339())
    }
}
