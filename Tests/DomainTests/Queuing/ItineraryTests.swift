import Foundation
import Testing

@testable import Domain

/// Several services in one visit. Window 1 serves passports, window 2 passports and permits, window 3 permits and the
/// notary.
@Suite struct ItineraryTests {
    private func log(after: [ServiceID: [ServiceID]] = [:]) -> QueueLog {
        var log = QueueLog()
        log.order(after)
        return log
    }

    private func lines(_ log: QueueLog) -> [ServiceID] {
        log.queue.lines.keys.sorted()
    }

    @Test func `A ticket waits in the line of every leg, and is counted once`() throws {
        var log = log()
        let events = try log.perform(.issue("t", ["permit", "passport"], .walkIn, .kiosk, follow: "f"))
        guard case .ticketIssued(let issued)? = events.last else { throw QueueRefusal.ticketUnknown }
        #expect(issued.service == "permit")
        #expect(issued.itinerary == [AskedLeg(service: "permit"), AskedLeg(service: "passport")])
        #expect(issued.number == "B001", "the letter is of the first service")
        #expect(lines(log) == ["passport", "permit"])
        #expect(log.queue.waitingCount == 1)
        #expect(log.queue.waitingCount(forAnyOf: ["passport", "permit"]) == 1)
        #expect(log.queue.waitingTickets.map(\.id) == ["t"])
    }

    @Test func `A number for one service is issued as before`() throws {
        var log = log()
        let events = try log.perform(.issue("t", ["passport"], .walkIn, .kiosk, follow: "f"))
        guard case .ticketIssued(let issued)? = events.last else { throw QueueRefusal.ticketUnknown }
        #expect(issued.itinerary.isEmpty)
        try log.open("1", "li")
        guard case .ticketCalled(let call)? = try log.perform(.callNext("1", "li")).last else {
            throw QueueRefusal.nobodyWaiting
        }
        #expect(call.service == nil)
    }

    @Test(arguments: [
        ([], QueueRefusal.tooManyServices(limit: 6)),
        (["a", "b", "c", "d", "e", "f", "g"], .tooManyServices(limit: 6)),
        (["passport", "permit", "passport"], .sameService("passport")),
        (["passport", "visa"], .serviceUnknown("visa")),
    ])
    func `An itinerary that cannot be is refused`(services: [ServiceID], refusal: QueueRefusal) {
        #expect(log().refusal(.issue("t", services, .walkIn, .kiosk, follow: "f")) == refusal)
    }

    @Test func `Whichever window is free first takes the ticket for a leg that it serves`() throws {
        for (window, service): (WindowID, ServiceID) in [("1", "passport"), ("3", "notary")] {
            var log = log()
            try log.open(window, "li")
            try log.issue("t", for: ["notary", "passport"])
            guard case .ticketCalled(let call)? = try log.perform(.callNext(window, "li")).last else {
                throw QueueRefusal.nobodyWaiting
            }
            #expect(call.service == service)
            #expect(log["t"]?.service == service)
            #expect(lines(log).isEmpty)
        }
    }

    @Test func `The window goes on with what it serves, without a new call, and the rest waits with the time endured`()
        throws
    {
        var log = log()
        try log.open("2", "li")
        try log.issue("t", for: ["permit", "notary", "passport"])
        let promised = log["t"]?.promisedBy
        log.now = log.now.advanced(minutes: 12)
        try log.perform(.callNext("2", "li"))
        let announced = log["t"]?.standing.callPosition
        try log.perform(.startServing("2", "li"))
        log.now = log.now.advanced(minutes: 10)
        let first = try log.perform(.finish("2", "li", .completed))
        guard case .ticketTransferred(let on)? = first.last else { throw QueueRefusal.nothingToUndo }
        #expect(on.goesOn && on.service == "passport" && on.outcome == .completed)
        #expect(log["t"]?.state == .serving)
        #expect(log["t"]?.standing.callPosition == announced)
        #expect(log.queue.windows["2"]?.ticket == "t")
        #expect(log.queue.windows["2"]?.idleSince == nil)
        log.now = log.now.advanced(minutes: 5)
        let second = try log.perform(.finish("2", "li", .completed))
        guard case .ticketTransferred(let waits)? = second.last else { throw QueueRefusal.nothingToUndo }
        #expect(!waits.goesOn && waits.service == "notary")
        #expect(waits.due == log.now.advanced(minutes: -12), "twelve minutes were endured")
        #expect(log["t"]?.promisedBy == promised?.advanced(minutes: 15), "the promise moves by the service")
        #expect(log["t"]?.state == .waiting && log["t"]?.number == "B001")
        #expect(lines(log) == ["notary"])
        try log.open("3", "wang")
        try log.perform(.callNext("3", "wang"))
        try log.perform(.startServing("3", "wang"))
        log.now = log.now.advanced(minutes: 3)
        #expect(try log.perform(.finish("3", "wang", .completed)).map(\.name) == ["ticketFinished"])
        #expect(log["t"]?.state == .done && log["t"]?.isComplete == true)
        #expect(log["t"]?.legs.map { $0.end?.given?.window } == ["2", "3", "2"])
        #expect(log.queue == log.folded())
    }

    @Test func `What comes after another waits for it, also at a window that serves both`() throws {
        var log = log(after: ["permit": ["passport"]])
        try log.open("3", "wang")
        try log.issue("t", for: ["permit", "passport"])
        #expect(log["t"]?.possible == ["passport"])
        #expect(log["t"]?.number == "A001")
        #expect(log.refusal(.callNext("3", "wang")) == .nobodyWaiting)
        #expect(log.refusal(.call("t", "3", "wang")) == .serviceNotAtWindow("passport"))
        try log.open("2", "li")
        try log.serve("2", "li")
        #expect(log["t"]?.service == "permit" && log["t"]?.state == .serving)
        try log.perform(.finish("2", "li", .completed))
        #expect(log["t"]?.isComplete == true)
    }

    @Test func `An order concerns only services that are asked for`() throws {
        var log = log(after: ["permit": ["passport"]])
        try log.issue("t", for: ["permit", "notary"])
        #expect(log["t"]?.possible == ["permit", "notary"])
    }

    @Test func `What depends on a service for which one must come again is not waited for`() throws {
        var log = log(after: ["permit": ["passport"], "notary": ["permit"]])
        try log.open("1", "li")
        try log.issue("t", for: ["notary", "permit", "passport"])
        #expect(log["t"]?.possible == ["passport"])
        try log.serve("1", "li", .papersMissing)
        #expect(log["t"]?.state == .done)
        #expect(log["t"]?.legs.map { $0.end?.outcome } == [.furtherVisit, .furtherVisit, .papersMissing])
        #expect(log["t"]?.isComplete == false)
    }

    @Test func `What is free of it is still done when papers are missing`() throws {
        var log = log(after: ["permit": ["passport"]])
        try log.open("1", "li")
        try log.issue("t", for: ["passport", "permit", "notary"])
        try log.serve("1", "li", .papersMissing)
        #expect(log["t"]?.possible == ["notary"])
        try log.open("3", "wang")
        try log.serve("3", "wang")
        #expect(log["t"]?.state == .done && log["t"]?.isComplete == false)
    }

    @Test func `Sent on to a new service, the visit has one leg more`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("t", for: ["passport", "notary"])
        try log.perform(.callNext("1", "li"))
        try log.perform(.startServing("1", "li"))
        try log.perform(.transfer("1", "li", to: "permit"))
        #expect(log["t"]?.legs.map(\.service) == ["passport", "notary", "permit"])
        #expect(log["t"]?.legs[0].end?.sentTo == "permit")
        #expect(log["t"]?.possible == ["notary", "permit"])
    }

    @Test func `Sent on to a leg of the itinerary, nothing is added`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("t", for: ["passport", "notary"])
        try log.perform(.callNext("1", "li"))
        try log.perform(.transfer("1", "li", to: "notary"))
        #expect(log["t"]?.legs.map(\.service) == ["passport", "notary"])
        #expect(log["t"]?.legs[0].end == VisitLeg.End(outcome: nil, at: log.now))
        #expect(log["t"]?.possible == ["notary"])
    }

    @Test func `Missed and back, the ticket waits in all its lines again`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("t", for: ["notary", "passport"])
        try log.perform(.callNext("1", "li"))
        try log.perform(.markMissed("1", "li"))
        #expect(lines(log).isEmpty)
        try log.perform(.bringBack("t", nil))
        #expect(lines(log) == ["notary", "passport"])
        #expect(log.queue == log.folded())
    }

    @Test func `Who waits in two lines of a window is passed once by a call`() throws {
        var log = log()
        try log.open("2", "li")
        try log.issue("t", for: ["permit", "passport"])
        log.now = log.now.advanced(minutes: 1)
        try log.issue("late", "passport")
        guard case .ticketCalled(let call)? = try log.perform(.call("late", "2", "li")).last else {
            throw QueueRefusal.nobodyWaiting
        }
        #expect(call.overtook == ["t"])
        #expect(call.reason.candidates == 2)
        #expect(log["t"]?.passedBy == 1)
        #expect(log.queue.line(for: "permit")?.passed.count == 1)
    }

    @Test func `The day's end leaves open what was not given`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("t", for: ["passport", "notary"])
        try log.perform(.callNext("1", "li"))
        try log.perform(.startServing("1", "li"))
        try log.perform(.closeDay)
        #expect(log["t"]?.state == .done)
        #expect(log["t"]?.legs.map(\.isOpen) == [false, true])
        #expect(log["t"]?.isComplete == false)
    }

    @Test func `The one-trip rate counts who came and got everything, of those whose visit has ended`() throws {
        var log = log()
        #expect(OneTripFigure(of: log.queue).percent == nil)
        try log.open("1", "li")
        for outcome in [ServiceOutcome.completed, .completed, .papersMissing, .notApplicable] {
            try log.issue(TicketID("t-\(outcome)-\(log.now.milliseconds)"))
            try log.serve("1", "li", outcome)
        }
        try log.issue("several", for: ["passport", "notary"])
        try log.serve("1", "li")
        try log.expect("booked", slot: "10:00")
        #expect(OneTripFigure(of: log.queue) == OneTripFigure(complete: 2, visits: 3))
        #expect(OneTripFigure(of: log.queue).percent == 66)
        try log.perform(.leave("several", .person))
        #expect(OneTripFigure(of: log.queue) == OneTripFigure(complete: 2, visits: 4))
    }

    @Test func `Visits of one service have what they had`() throws {
        var log = log()
        try log.open("1", "li")
        try log.issue("t")
        try log.serve("1", "li", .notApplicable)
        #expect(log["t"]?.isComplete == nil)
        try log.issue("u")
        try log.perform(.leave("u", .person))
        #expect(log["u"]?.isComplete == false)
    }
}

extension QueueLog {
    /// The same hall with services that come after others.
    mutating func order(_ after: [ServiceID: [ServiceID]]) {
        var services = configuration.services
        for (service, before) in after { services[service]?.after = before }
        configuration = HallConfiguration(
            hall: configuration.hall, timeZone: configuration.timeZone, services: services,
            windows: configuration.windows, rules: configuration.rules)
    }

    mutating func issue(_ ticket: TicketID, for services: [ServiceID], _ kind: TicketClass = .walkIn) throws {
        try perform(.issue(ticket, services, kind, .kiosk, follow: "follow-\(ticket)"))
    }

    /// Calls the next, serves for five minutes and finishes one leg.
    mutating func serve(_ window: WindowID, _ staff: StaffID, _ outcome: ServiceOutcome = .completed) throws {
        try perform(.callNext(window, staff))
        try perform(.startServing(window, staff))
        now = now.advanced(minutes: 5)
        try perform(.finish(window, staff, outcome))
    }
}
