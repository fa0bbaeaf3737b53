import Domain
import EventContracts
import Testing

@testable import Messaging
@testable import QueuingService

@Suite struct QueueLogVerifierTests {
    private func log() throws -> [ChainedEvent] {
        var requests = [BatchPlanTests.request(.openWindow("1", "li", skills: nil), "open")]
        requests += (1...4).map { BatchPlanTests.issue("t\($0)") }
        requests += [
            BatchPlanTests.request(.callNext("1", "li"), "c"), BatchPlanTests.request(.startServing("1", "li"), "s"),
            BatchPlanTests.request(.finish("1", "li", .completed), "f"),
        ]
        return try BatchPlanTests.plan(requests).entries
    }

    private func firstFinding(_ log: [LoggedEvent]) -> Int64? {
        var verifier = QueueLogVerifier(stream: "s")
        for event in log {
            if let finding = verifier.check(event) { return finding.position }
        }
        return nil
    }

    /// Chains events anew, as somebody would who can write to the table and knows the algorithm.
    private func chained(_ events: [QueueEvent]) throws -> [LoggedEvent] {
        var state = HallState()
        return try events.map { try state.extend(with: $0, payload: $0.encodeData(), at: BatchPlanTests.start).logged }
    }

    @Test func wholeLog_isWhole() throws {
        #expect(firstFinding(try log().map(\.logged)) == nil)
    }

    @Test func anyChangedFieldOfAnyEvent_isFound() throws {
        let log = try log().map(\.logged)
        for index in log.indices {
            var changed = log
            changed[index].payload += " "
            #expect(firstFinding(changed) == Int64(index + 1))
            changed = log
            changed[index].time = changed[index].time.advanced(seconds: 1)
            #expect(firstFinding(changed) == Int64(index + 1))
            changed = log
            changed[index].hash?[0] ^= 1
            #expect(firstFinding(changed) == Int64(index + 1))
            changed = log
            changed.remove(at: index)
            #expect(firstFinding(changed) == (index == log.count - 1 ? nil : Int64(index + 1)))
        }
    }

    @Test func forgedHistoryWithAGoodChain_isFoundByItsRules() throws {
        let day = QueueEvent.dayOpened(DayOpened(date: try #require(LocalDate("2027-06-01"))))
        func issued(_ name: String, _ number: String) -> QueueEvent {
            .ticketIssued(
                TicketIssued(
                    ticket: TicketID(name), number: number, service: "id-card", kind: .walkIn, channel: .kiosk,
                    follow: name,
                    due: BatchPlanTests.start))
        }
        func called(_ name: String, _ number: String, _ window: WindowID) -> QueueEvent {
            .ticketCalled(
                TicketCalled(
                    ticket: TicketID(name), number: number, window: window, staff: "li",
                    reason: RoutingReason(rule: .due, due: BatchPlanTests.start, waitedSeconds: 0, candidates: 1),
                    overtook: []))
        }
        let open = QueueEvent.windowOpened(WindowOpened(window: "1", staff: "li", services: ["id-card"]))
        #expect(firstFinding(try chained([day, issued("a", "A001"), issued("b", "A001")])) == 3)
        #expect(firstFinding(try chained([day, open, issued("a", "A001"), called("a", "A001", "1")])) == nil)
        #expect(firstFinding(try chained([day, issued("a", "A001"), called("a", "A001", "1")])) == 3)
        #expect(
            firstFinding(
                try chained([
                    day, open, issued("a", "A001"), issued("b", "A002"), called("a", "A001", "1"),
                    called("b", "A002", "1"),
                ])) == 6)
        #expect(
            firstFinding(
                try chained([
                    day, open, .windowOpened(WindowOpened(window: "2", staff: "li", services: ["id-card"])),
                ])) == 3)
    }

    private func itinerary(_ legs: [AskedLeg]) -> QueueEvent {
        .ticketIssued(
            TicketIssued(
                ticket: "t", number: "A001", service: legs[0].service, itinerary: legs, kind: .walkIn, channel: .kiosk,
                follow: "t", due: BatchPlanTests.start))
    }

    private func called(for service: ServiceID) -> QueueEvent {
        .ticketCalled(
            TicketCalled(
                ticket: "t", number: "A001", window: "1", staff: "li", service: service,
                reason: RoutingReason(rule: .due, due: BatchPlanTests.start, waitedSeconds: 0, candidates: 1),
                overtook: []))
    }

    private func onward(to service: ServiceID, goesOn: Bool = false) -> QueueEvent {
        .ticketTransferred(
            TicketTransferred(
                ticket: "t", window: "1", staff: "li", service: service, due: BatchPlanTests.start,
                outcome: .completed, goesOn: goesOn))
    }

    @Test func `A forged way through an itinerary is found`() throws {
        let day = QueueEvent.dayOpened(DayOpened(date: try #require(LocalDate("2027-06-01"))))
        let open = QueueEvent.windowOpened(WindowOpened(window: "1", staff: "li", services: ["a", "b"]))
        let serving = QueueEvent.ticketServing(TicketServing(ticket: "t", window: "1", staff: "li"))
        let finished = QueueEvent.ticketFinished(
            TicketFinished(ticket: "t", window: "1", staff: "li", outcome: .completed))
        let ordered = itinerary([AskedLeg(service: "a"), AskedLeg(service: "b", after: ["a"]), AskedLeg(service: "c")])
        func finding(_ events: QueueEvent...) throws -> Int64? { firstFinding(try chained([day, open] + events)) }

        #expect(try finding(ordered, called(for: "a"), serving, onward(to: "b", goesOn: true), onward(to: "c")) == nil)
        #expect(try finding(itinerary([AskedLeg(service: "a"), AskedLeg(service: "a")])) == 3)
        #expect(try finding(itinerary([AskedLeg(service: "a", after: ["z"]), AskedLeg(service: "b")])) == 3)
        #expect(try finding(itinerary((0..<7).map { AskedLeg(service: ServiceID("s\($0)")) })) == 3)
        #expect(try finding(ordered, called(for: "b")) == 4, "before its turn")
        #expect(try finding(ordered, called(for: "c")) == 4, "not served at the window")
        #expect(try finding(ordered, called(for: "a"), onward(to: "b", goesOn: true)) == 5, "not served yet")
        #expect(try finding(ordered, called(for: "a"), serving, onward(to: "a")) == 6)
        #expect(try finding(ordered, called(for: "a"), serving, onward(to: "c", goesOn: true)) == 6)
        #expect(try finding(ordered, called(for: "a"), serving, finished) == 6, "others are open")
    }
}
