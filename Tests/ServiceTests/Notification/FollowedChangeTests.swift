import Domain
import EventContracts
import NotificationService
import Testing

@Suite struct FollowedChangeTests {
    private static let follow = String(repeating: "a1", count: 32)
    private static let slot = Timestamp(seconds: 1_800_000_000)
    private static let booked = AppointmentBooked(
        appointment: "11111111-1111-4111-8111-111111111111", hall: "north", service: "passport", slot: slot,
        slotEnd: slot.advanced(minutes: 30), channel: .online, checkInKeys: [], follow: follow, sequence: 2)

    @Test func booking_tellsWhereTheLinkLeads() throws {
        let expected = FollowedTicket(
            follow: Self.follow, ticket: "11111111-1111-4111-8111-111111111111", hall: "north", service: "passport",
            slot: Self.slot, slotEnd: Self.slot.advanced(minutes: 30), sequence: 2, state: .expected)
        #expect(FollowedChange(.appointmentBooked(Self.booked)) == .book(expected))
        #expect(FollowedChange(.appointmentRescheduled(Self.booked)) == .book(expected))
    }

    @Test func cancellation_withdraws_butNotWhenTheAppointmentMoved() {
        func change(_ cause: AppointmentCancelled.Cause) -> FollowedChange? {
            FollowedChange(.appointmentCancelled(.init(appointment: "a", hall: "north", cause: cause, sequence: 3)))
        }
        #expect(change(.person) == .withdraw("a", sequence: 3))
        #expect(change(.closure) == .withdraw("a", sequence: 3))
        #expect(change(.rescheduled) == nil)
    }

    @Test func walkIn_isFollowed_whenItHasALink() {
        func change(_ follow: String) -> FollowedChange? {
            FollowedChange(
                .ticketIssued(
                    TicketIssued(
                        ticket: "t", number: "A001", service: "passport", kind: .walkIn, channel: .kiosk,
                        follow: follow,
                        due: Self.slot)), in: "north")
        }
        #expect(
            change(Self.follow)
                == .issue(
                    FollowedTicket(
                        follow: Self.follow, ticket: "t", hall: "north", service: "passport", state: .waiting,
                        number: "A001")))
        #expect(change("") == nil)
        #expect(change(Self.follow.uppercased()) == nil)
    }

    @Test func endOfAVisit_isKept() {
        let finished = QueueEvent.ticketFinished(
            TicketFinished(ticket: "t", window: "1", staff: "clerk-1", outcome: .completed))
        #expect(FollowedChange(finished, in: "north") == .move("t", to: .done, number: nil))
        #expect(
            FollowedChange(.ticketLeft(.init(ticket: "t", cause: .expired)), in: "north")
                == .move("t", to: .left, number: nil))
        #expect(FollowedChange(.ticketNoShow(.init(ticket: "t")), in: "north") == .noShow("t"))
        // The booking stream tells of this.
        #expect(FollowedChange(.ticketWithdrawn(.init(ticket: "t")), in: "north") == nil)
    }
}
