import Domain
import Testing

@Suite struct MessagePlanTests {
    private static let due = Timestamp(seconds: 1_795_478_400)

    @Test func checkIn_tellsTheNumber() {
        let event = QueueEvent.ticketCheckedIn(
            TicketCheckedIn(ticket: "t", number: "A012", channel: .kiosk, kind: .appointment, due: Self.due))
        #expect(
            MessagePlan.message(for: event, in: "hall")
                == PlannedMessage(
                    template: .checkedIn, subject: .ticket("t"), parameters: ["hall": "hall", "number": "A012"]))
    }

    @Test func call_tellsTheWindow() {
        let event = QueueEvent.ticketCalled(
            TicketCalled(
                ticket: "t", number: "A012", window: "3", staff: "li",
                reason: RoutingReason(rule: .due, due: Self.due, waitedSeconds: 60, candidates: 1), overtook: []))
        #expect(
            MessagePlan.message(for: event, in: "hall")
                == PlannedMessage(
                    template: .called, subject: .ticket("t"),
                    parameters: ["hall": "hall", "number": "A012", "window": "3"]))
    }

    @Test func miss_tellsHowLongOneMayComeBack() {
        let event = QueueEvent.ticketMissed(
            TicketMissed(ticket: "t", window: "3", staff: "li", returnableUntil: Self.due))
        let message = MessagePlan.message(for: event, in: "hall")
        #expect(message?.template == .missed)
        #expect(message?.subject.id == "t")
        #expect(message?.parameters["returnableUntil"] == Self.due.rfc3339())
    }

    @Test func otherSteps_giveNone() {
        let events: [QueueEvent] = [
            .ticketIssued(
                TicketIssued(
                    ticket: "t", number: "A1", service: "s", kind: .walkIn, channel: .kiosk, follow: "", due: Self.due)),
            .ticketRecalled(TicketRecalled(ticket: "t", number: "A1", window: "3", staff: "li", attempt: 2)),
            .ticketServing(TicketServing(ticket: "t", window: "3", staff: "li")),
            .ticketLeft(TicketLeft(ticket: "t", cause: .person)), .ticketNoShow(TicketNoShow(ticket: "t")),
            .windowClosed(WindowClosed(window: "3", staff: "li")),
        ]
        for event in events { #expect(MessagePlan.message(for: event, in: "hall") == nil) }
    }
}
