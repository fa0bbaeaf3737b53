import Domain

@testable import EventContracts

/// One event of each type, with the exact text that is on the streams. A change here breaks every reader: make a `v2`
/// instead.
enum EventSamples {
    static let time = Timestamp(rfc3339: "2026-11-23T09:30:00.250+08:00")!
    static let due = Timestamp(rfc3339: "2026-11-23T09:20:00+08:00")!

    static let queue: [(QueueEvent, type: String, data: String)] = [
        (.dayOpened(DayOpened(date: LocalDate("2026-11-23")!)), "day-opened", #"{"date":"2026-11-23"}"#),
        (.dayClosed(DayClosed(date: LocalDate("2026-11-23")!)), "day-closed", #"{"date":"2026-11-23"}"#),
        (
            .windowOpened(WindowOpened(window: "3", staff: "li-na", services: ["passport", "permit"])), "window-opened",
            #"{"services":["passport","permit"],"staff":"li-na","window":"3"}"#
        ),
        (
            .windowPaused(WindowPaused(window: "3", staff: "li-na", reason: .paperwork)), "window-paused",
            #"{"reason":"paperwork","staff":"li-na","window":"3"}"#
        ),
        (
            .windowResumed(WindowResumed(window: "3", staff: "li-na")), "window-resumed",
            #"{"staff":"li-na","window":"3"}"#
        ),
        (.windowClosed(WindowClosed(window: "3", staff: "li-na")), "window-closed", #"{"staff":"li-na","window":"3"}"#),
        (
            .ticketExpected(
                TicketExpected(
                    ticket: "t-1", service: "passport", slot: due, channel: .online, checkInKeys: ["ab", "cd"],
                    follow: "ef")), "ticket-expected",
            #"{"channel":"online","checkInKeys":["ab","cd"],"follow":"ef","service":"passport","#
                + #""slot":"2026-11-23T01:20:00Z","ticket":"t-1"}"#
        ),
        (.ticketWithdrawn(TicketWithdrawn(ticket: "t-1")), "ticket-withdrawn", #"{"ticket":"t-1"}"#),
        (
            .ticketCheckedIn(
                TicketCheckedIn(ticket: "t-1", number: "A012", channel: .kiosk, kind: .appointment, due: due)),
            "ticket-checked-in",
            #"{"channel":"kiosk","due":"2026-11-23T01:20:00Z","kind":"appointment","number":"A012","ticket":"t-1"}"#
        ),
        (
            .ticketIssued(
                TicketIssued(
                    ticket: "t-1", number: "A012", service: "passport", kind: .walkIn, channel: .kiosk, follow: "ef",
                    due: time)), "ticket-issued",
            #"{"channel":"kiosk","due":"2026-11-23T01:30:00.250Z","follow":"ef","kind":"walkIn","number":"A012","#
                + #""service":"passport","ticket":"t-1"}"#
        ),
        (
            .ticketCalled(
                TicketCalled(
                    ticket: "t-1", number: "A012", window: "3", staff: "li-na",
                    reason: RoutingReason(rule: .due, due: due, waitedSeconds: 600, candidates: 4), overtook: ["t-0"])),
            "ticket-called",
            #"{"number":"A012","overtook":["t-0"],"reason":{"candidates":4,"due":"2026-11-23T01:20:00Z","rule":"due","#
                + #""waitedSeconds":600},"staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketRecalled(TicketRecalled(ticket: "t-1", number: "A012", window: "3", staff: "li-na", attempt: 2)),
            "ticket-recalled", #"{"attempt":2,"number":"A012","staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketServing(TicketServing(ticket: "t-1", window: "3", staff: "li-na")), "ticket-serving",
            #"{"staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketFinished(TicketFinished(ticket: "t-1", window: "3", staff: "li-na", outcome: .papersMissing)),
            "ticket-finished", #"{"outcome":"papersMissing","staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketMissed(TicketMissed(ticket: "t-1", window: "3", staff: "li-na", returnableUntil: due)),
            "ticket-missed",
            #"{"returnableUntil":"2026-11-23T01:20:00Z","staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketReturned(TicketReturned(ticket: "t-1", due: due)), "ticket-returned",
            #"{"due":"2026-11-23T01:20:00Z","ticket":"t-1"}"#
        ),
        (
            .ticketParked(TicketParked(ticket: "t-1", window: "3", staff: "li-na")), "ticket-parked",
            #"{"staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketTransferred(
                TicketTransferred(ticket: "t-1", window: "3", staff: "li-na", service: "permit", due: due)),
            "ticket-transferred",
            #"{"due":"2026-11-23T01:20:00Z","service":"permit","staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketLeft(TicketLeft(ticket: "t-1", cause: .expired)), "ticket-left",
            #"{"cause":"expired","ticket":"t-1"}"#
        ),
        (.ticketNoShow(TicketNoShow(ticket: "t-1")), "ticket-no-show", #"{"ticket":"t-1"}"#),
        (
            .stepUndone(StepUndone(ticket: "t-1", window: "3", staff: "li-na", position: 41, state: .waiting)),
            "step-undone", #"{"position":41,"staff":"li-na","state":"waiting","ticket":"t-1","window":"3"}"#
        ),
    ]

    /// With the members that only some events have; a reader that does not know them skips them.
    static let queueWithMore: [(QueueEvent, data: String)] = [
        (
            .ticketIssued(
                TicketIssued(
                    ticket: "t-1", number: "A012", service: "passport",
                    itinerary: [AskedLeg(service: "permit", after: ["passport"]), AskedLeg(service: "passport")],
                    kind: .walkIn, channel: .kiosk, follow: "ef", due: time, promisedBy: time)),
            #"{"channel":"kiosk","due":"2026-11-23T01:30:00.250Z","follow":"ef","itinerary":[{"after":["passport"],"#
                + #""service":"permit"},{"service":"passport"}],"kind":"walkIn","number":"A012","#
                + #""promisedBy":"2026-11-23T01:30:00.250Z","service":"passport","ticket":"t-1"}"#
        ),
        (
            .ticketCalled(
                TicketCalled(
                    ticket: "t-1", number: "A012", window: "3", staff: "li-na", service: "permit",
                    reason: RoutingReason(rule: .due, due: due, waitedSeconds: 600, candidates: 4), overtook: [])),
            #"{"number":"A012","overtook":[],"reason":{"candidates":4,"due":"2026-11-23T01:20:00Z","rule":"due","#
                + #""waitedSeconds":600},"service":"permit","staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketTransferred(
                TicketTransferred(
                    ticket: "t-1", window: "3", staff: "li-na", service: "permit", due: due, outcome: .completed)),
            #"{"due":"2026-11-23T01:20:00Z","outcome":"completed","service":"permit","staff":"li-na","#
                + #""ticket":"t-1","window":"3"}"#
        ),
        (
            .ticketTransferred(
                TicketTransferred(
                    ticket: "t-1", window: "3", staff: "li-na", service: "permit", due: due, outcome: .papersMissing,
                    goesOn: true)),
            #"{"due":"2026-11-23T01:20:00Z","goesOn":true,"outcome":"papersMissing","service":"permit","#
                + #""staff":"li-na","ticket":"t-1","window":"3"}"#
        ),
    ]

    static let booking: [(BookingEvent, type: String, data: String)] = [
        (
            .appointmentBooked(booked), "appointment-booked",
            #"{"appointment":"a-1","channel":"phone","checkInKeys":["ab"],"follow":"ef","hall":"centre","sequence":0,"#
                + #""service":"passport","slot":"2026-11-23T01:20:00Z","slotEnd":"2026-11-23T01:30:00.250Z"}"#
        ),
        (
            .appointmentRescheduled(booked), "appointment-rescheduled",
            #"{"appointment":"a-1","channel":"phone","checkInKeys":["ab"],"follow":"ef","hall":"centre","sequence":0,"#
                + #""service":"passport","slot":"2026-11-23T01:20:00Z","slotEnd":"2026-11-23T01:30:00.250Z"}"#
        ),
        (
            .appointmentCancelled(
                AppointmentCancelled(appointment: "a-1", hall: "centre", cause: .closure, sequence: 3)),
            "appointment-cancelled", #"{"appointment":"a-1","cause":"closure","hall":"centre","sequence":3}"#
        ),
        (
            .appointmentCancelled(
                AppointmentCancelled(appointment: "a-1", hall: "centre", cause: .closure, sequence: 3, canWait: true)),
            "appointment-cancelled",
            #"{"appointment":"a-1","canWait":true,"cause":"closure","hall":"centre","sequence":3}"#
        ),
        (
            .appointmentRescheduled(moved), "appointment-rescheduled",
            #"{"appointment":"a-1","cause":"closure","channel":"phone","checkInKeys":["ab"],"follow":"ef","hall":"centre","#
                + #""previousHall":"east","previousSlot":"2026-11-23T01:20:00Z","sequence":1,"service":"passport","#
                + #""slot":"2026-11-23T01:20:00Z","slotEnd":"2026-11-23T01:30:00.250Z"}"#
        ),
        (
            .verificationRequested(VerificationRequested(verification: "v-1", expires: due)), "verification-requested",
            #"{"expires":"2026-11-23T01:20:00Z","verification":"v-1"}"#
        ),
        (
            .waitlistOffered(
                WaitlistOffered(
                    entry: "w-1", hall: "centre", service: "passport", slot: due, slotEnd: time, expires: due,
                    sequence: 2)),
            "waitlist-offered",
            #"{"entry":"w-1","expires":"2026-11-23T01:20:00Z","hall":"centre","sequence":2,"service":"passport","#
                + #""slot":"2026-11-23T01:20:00Z","slotEnd":"2026-11-23T01:30:00.250Z"}"#
        ),
        (
            .ballotLost(BallotLost(entry: "e-1", hall: "centre", service: "passport")), "ballot-lost",
            #"{"entry":"e-1","hall":"centre","service":"passport"}"#
        ),
    ]

    private static let moved = AppointmentBooked(
        appointment: "a-1", hall: "centre", service: "passport", slot: due, slotEnd: time, channel: .phone,
        checkInKeys: ["ab"], follow: "ef", sequence: 1, closed: .init(hall: "east", slot: due))

    private static let booked = AppointmentBooked(
        appointment: "a-1", hall: "centre", service: "passport", slot: due, slotEnd: time, channel: .phone,
        checkInKeys: ["ab"], follow: "ef", sequence: 0)
}
