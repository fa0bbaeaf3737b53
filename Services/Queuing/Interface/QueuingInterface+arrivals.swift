import Domain
import Foundation
import HTTPTypes
import Web

/// People who come to the hall: finding them, checking them in, giving them a number.
extension QueuingInterface {
    /// What came of looking for a person.
    enum Finding {
        case nobody
        case one(Ticket)
        /// Several booked under the same digits: one is to be chosen, by time and service.
        case several([Ticket])
    }

    func find(_ arrival: Arrival, in reading: HallReading) -> Finding {
        let tickets = arrival.tickets(in: reading.queue, of: reading.hall, secrets: names.secrets)
        guard let first = tickets.first else { return .nobody }
        return tickets.count == 1 ? .one(first) : .several(tickets)
    }

    /// The command that brings a found person into the queue: in for the first time, or back.
    func arrivalCommand(_ ticket: Ticket, through channel: Channel, by staff: StaffID?) -> QueueCommand {
        switch ticket.state {
        case .missed, .parked: .bringBack(ticket.id, staff)
        default: .checkIn(ticket.id, channel)
        }
    }

    /// Gives a walk-in a number for one service or several. The same key comes to the same ticket.
    func issue(
        _ services: [ServiceID], _ kind: TicketClass, through channel: Channel, to hall: HallID, key: CommandKey,
        _ context: AppRequestContext, answer: @escaping @Sendable (HallDecision) -> String = { _ in "" }
    ) async throws -> (ticket: TicketID, outcome: HallOutcome) {
        let ticket = names.ticket(for: key, in: hall)
        let outcome = try await submit(
            .issue(ticket, services, kind, channel, follow: names.follow(of: ticket)), to: hall, key: key, context,
            answer: answer)
        return (ticket, outcome)
    }

    /// For telling a repetition from another wish under the same key.
    func askedForTicket(_ services: [ServiceID], _ kind: WalkInClass) -> [String] {
        ["ticket"] + services.map(\.rawValue) + [kind.rawValue]
    }

    static var nobodyFound: Problem { Problem(.notFound, code: "no-appointment-found") }
}
