package import Domain
package import EventContracts

/// What an event changes in the table of followed tickets.
package enum FollowedChange: Hashable, Sendable {
    /// A booking was made or moved: takes effect unless a later change of the booking is known.
    case book(FollowedTicket)
    /// A hall's queue expects a booked person: news only when it comes before the booking stream's own event.
    case expect(FollowedTicket)
    /// A walk-in got a ticket.
    case issue(FollowedTicket)
    /// A booking was taken back, at this count of changes.
    case withdraw(TicketID, sequence: Int)
    /// The ticket moved on within the hall's day.
    case move(TicketID, to: TicketState, number: String?)
    /// Another service of the visit comes next.
    case transfer(TicketID, to: ServiceID)
    /// Nobody came; says nothing about a booking that has moved to a later time.
    case noShow(TicketID)

    package init?(_ event: BookingEvent) {
        switch event {
        case .appointmentBooked(let booked), .appointmentRescheduled(let booked):
            self = .book(
                FollowedTicket(
                    follow: booked.follow, ticket: TicketID(booked.appointment.rawValue), hall: booked.hall,
                    service: booked.service, slot: booked.slot, slotEnd: booked.slotEnd, sequence: booked.sequence,
                    state: .expected))
        case .appointmentCancelled(let cancelled):
            // The other half of a move, the booking of the new hall, tells where the appointment is now.
            guard cancelled.cause != .rescheduled else { return nil }
            self = .withdraw(TicketID(cancelled.appointment.rawValue), sequence: cancelled.sequence)
        case .verificationRequested, .waitlistOffered, .ballotLost:
            return nil
        }
    }

    package init?(_ event: QueueEvent, in hall: HallID) {
        switch event {
        case .ticketIssued(let issued):
            guard FollowedTicket.isFollow(issued.follow) else { return nil }
            self = .issue(
                FollowedTicket(
                    follow: issued.follow, ticket: issued.ticket, hall: hall, service: issued.service, state: .waiting,
                    number: issued.number))
        case .ticketExpected(let expected):
            guard FollowedTicket.isFollow(expected.follow) else { return nil }
            self = .expect(
                FollowedTicket(
                    follow: expected.follow, ticket: expected.ticket, hall: hall, service: expected.service,
                    slot: expected.slot, state: .expected))
        case .ticketCheckedIn(let event): self = .move(event.ticket, to: .waiting, number: event.number)
        case .ticketFinished(let event): self = .move(event.ticket, to: .done, number: nil)
        case .ticketLeft(let event): self = .move(event.ticket, to: .left, number: nil)
        case .ticketTransferred(let event): self = .transfer(event.ticket, to: event.service)
        case .ticketNoShow(let event): self = .noShow(event.ticket)
        // The booking stream tells of bookings and their end; the rest of the day's moves live in memory only.
        case .dayOpened, .dayClosed, .windowOpened, .windowPaused, .windowResumed, .windowClosed, .ticketWithdrawn,
            .ticketCalled, .ticketRecalled, .ticketServing, .ticketMissed, .ticketReturned, .ticketParked,
            .stepUndone:
            return nil
        }
    }
}
