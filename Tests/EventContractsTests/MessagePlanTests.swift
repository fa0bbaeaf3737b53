import Domain
import EventContracts
import Testing

@Suite struct MessagePlanTests {
    private static let booked = AppointmentBooked(
        appointment: "a", hall: "hall", service: "passport", slot: Timestamp(seconds: 0),
        slotEnd: Timestamp(seconds: 900),
        channel: .online, checkInKeys: [], follow: "", sequence: 1)

    @Test(arguments: [
        (BookingEvent.appointmentBooked(booked), MessageTemplate.appointmentConfirmed),
        (.appointmentRescheduled(booked), .appointmentRescheduled),
    ])
    func booking_tellsHallServiceAndSlot(event: BookingEvent, template: MessageTemplate) {
        #expect(
            MessagePlan.message(for: event)
                == PlannedMessage(
                    template: template, subject: .appointment("a"),
                    parameters: [
                        "hall": "hall", "service": "passport", "slot": "1970-01-01T00:00:00Z",
                        "slotEnd": "1970-01-01T00:15:00Z", "sequence": "1",
                    ]))
    }

    @Test(arguments: AppointmentCancelled.Cause.allCases)
    func cancellation_isTold_unlessItIsHalfOfAMove(cause: AppointmentCancelled.Cause) {
        let event = AppointmentCancelled(appointment: "a", hall: "hall", cause: cause, sequence: 2)
        let message = MessagePlan.message(for: .appointmentCancelled(event))
        let template: MessageTemplate? =
            switch cause {
            case .rescheduled: nil
            case .closure: .appointmentClosed
            case .person, .staff: .appointmentCancelled
            }
        #expect(message?.template == template)
        #expect(message?.parameters["cause"] == (cause == .rescheduled ? nil : cause.rawValue))
    }

    @Test
    func `Whom a closed hall moves is told from where; who finds no place is told of the waitlist, if there is one`() {
        var moved = Self.booked
        moved.closed = .init(hall: "north", slot: Timestamp(seconds: 60))
        let message = MessagePlan.message(for: .appointmentRescheduled(moved))
        #expect(message?.template == .appointmentMoved && message?.parameters["hall"] == "hall")
        #expect(message?.parameters["previousHall"] == "north")
        #expect(message?.parameters["previousSlot"] == "1970-01-01T00:01:00Z")
        let gone = AppointmentCancelled(appointment: "a", hall: "north", cause: .closure, sequence: 2, canWait: true)
        #expect(MessagePlan.message(for: .appointmentCancelled(gone))?.template == .appointmentClosedWaitlist)
    }

    @Test func `Who is offered a place is told until when`() {
        let message = MessagePlan.message(
            for: .waitlistOffered(
                WaitlistOffered(
                    entry: "w", hall: "hall", service: "passport", slot: Timestamp(seconds: 600),
                    slotEnd: Timestamp(seconds: 900), expires: Timestamp(seconds: 60), sequence: 1)))
        #expect(message?.template == .waitlistOffered && message?.subject == .waitlistEntry("w"))
        #expect(message?.parameters["expires"] == "1970-01-01T00:01:00Z")
    }

    @Test func verification_goesToTheContactThatIsToBeProven() {
        let event = VerificationRequested(verification: "v", expires: Timestamp(seconds: 60))
        #expect(
            MessagePlan.message(for: .verificationRequested(event))
                == PlannedMessage(
                    template: .verificationCode, subject: .verification("v"),
                    parameters: ["expires": "1970-01-01T00:01:00Z"]))
    }
}
