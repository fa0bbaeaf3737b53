import Testing

@testable import Domain

@Suite struct HallDayTests {
    @Test func firstCommand_opensTheDay() throws {
        var log = QueueLog()
        let events = try log.perform(.issue("t", "passport", .walkIn, .kiosk, follow: "f"))
        #expect(events.first == .dayOpened(DayOpened(date: LocalDate("2026-11-23")!)))
        #expect(log.queue.day == LocalDate("2026-11-23"))
        #expect(try log.perform(.openDay).isEmpty)
    }

    @Test func midnightInShanghai_changesTheDay_andEndsEveryVisit() throws {
        var log = QueueLog(at: "21:00")
        try log.open("1", "li")
        try log.open("2", "wang")
        for ticket in ["a", "b", "c", "d"] as [TicketID] { try log.issue(ticket) }
        try log.expect("booked", slot: "21:30")
        try log.perform(.callNext("1", "li"))
        try log.perform(.startServing("1", "li"))
        try log.perform(.callNext("2", "wang"))
        try log.perform(.park("2", "wang"))
        try log.perform(.callNext("2", "wang"))

        log.now = Timestamp(rfc3339: "2026-11-23T15:59:59.999Z")!
        #expect(try log.perform(.tick).isEmpty)
        log.now = Timestamp(rfc3339: "2026-11-23T16:00:00Z")!
        let yesterday = LocalDate("2026-11-23")!
        var events = try log.perform(.tick)
        // What was learned has tests of its own.
        guard case .dayOpened(var opened)? = events.popLast() else {
            Issue.record("no day was opened")
            return
        }
        #expect(opened.history?.days == 1)
        opened.history = nil
        #expect(
            events + [.dayOpened(opened)] == [
                .ticketFinished(TicketFinished(ticket: "a", window: "1", staff: "li", outcome: .notApplicable)),
                .ticketLeft(TicketLeft(ticket: "b", cause: .dayEnd)),
                .ticketLeft(TicketLeft(ticket: "c", cause: .dayEnd)),
                .ticketLeft(TicketLeft(ticket: "d", cause: .dayEnd)),
                .ticketNoShow(TicketNoShow(ticket: "booked")),
                .windowClosed(WindowClosed(window: "1", staff: "li")),
                .windowClosed(WindowClosed(window: "2", staff: "wang")),
                .dayClosed(DayClosed(date: yesterday)),
                .dayOpened(DayOpened(date: yesterday.advanced(days: 1))),
            ])
        #expect(log.queue.tickets.isEmpty)
        #expect(log.queue.windows.isEmpty)
        try log.issue("new")
        #expect(log["new"]?.number == "A001")
    }

    @Test func issueAfterMidnight_closesYesterdayFirst() throws {
        var log = QueueLog(at: "20:00")
        try log.issue("old")
        log.now = log.now.advanced(minutes: 600)
        let events = try log.perform(.issue("new", "permit", .walkIn, .kiosk, follow: "f"))
        #expect(
            events.map(\.name) == ["ticketLeft", "dayClosed", "dayOpened", "ticketIssued"])
        #expect(log.queue == log.folded())
    }

    @Test func clockOfAnotherProcessBehind_doesNotTakeTheDayBack() throws {
        var log = QueueLog(at: "00:00")
        try log.issue("t")
        log.now = log.now.advanced(seconds: -2)
        #expect(try log.perform(.tick).isEmpty)
        try log.issue("u")
        #expect(log["u"]?.number == "A002")
    }

    @Test func closedDay_refuses_andReopensWithItsNumbers() throws {
        var log = QueueLog()
        try log.issue("t")
        try log.perform(.closeDay)
        #expect(log["t"]?.state == .left)
        #expect(log.refusal(.issue("u", "passport", .walkIn, .kiosk, follow: "f")) == .dayClosed)
        #expect(log.refusal(.openWindow("1", "li", skills: nil)) == .dayClosed)
        #expect(try log.perform(.tick).isEmpty)
        #expect(try log.perform(.closeDay).isEmpty)
        #expect(try log.perform(.withdraw("t")).isEmpty)
        try log.perform(.openDay)
        try log.issue("u")
        #expect(log["u"]?.number == "A002")
    }

    @Test func closeDay_afterMidnight_closesOnlyYesterday() throws {
        var log = QueueLog(at: "20:00")
        try log.issue("old")
        log.now = log.now.advanced(minutes: 600)
        #expect(try log.perform(.closeDay).map(\.name) == ["ticketLeft", "dayClosed"])
        #expect(try log.perform(.closeDay).isEmpty)
    }

    @Test func unknownTimeZone_isRefused() {
        var log = QueueLog()
        log.configuration = HallConfiguration(hall: "h", timeZone: "Mars/Olympus", services: [:], windows: [:])
        #expect(log.refusal(.tick) == .timeZoneUnknown("Mars/Olympus"))
    }

    @Test func numbers_goOnBeyondThreeDigits() throws {
        var log = QueueLog()
        for index in 1...1001 { try log.issue(TicketID("t\(index)")) }
        #expect(log["t7"]?.number == "A007")
        #expect(log["t999"]?.number == "A999")
        #expect(log["t1001"]?.number == "A1001")
        #expect(log.queue.waitingTickets.map(\.id.rawValue) == (1...1001).map { "t\($0)" })
    }

    @Test func servicesWithOneLetter_shareItsNumbers() throws {
        var log = QueueLog()
        try log.issue("a", "passport")
        try log.issue("b", "notary")
        try log.issue("c", "permit")
        #expect(["a", "b", "c"].map { log[$0]?.number } == ["A001", "A002", "B001"])
        #expect(log.queue.ticket(number: "A002")?.id == "b")
        #expect(log.queue.ticket(number: "A003") == nil)
    }
}

extension QueueEvent {
    /// The name of the case.
    var name: String {
        String(String(describing: self).prefix { $0 != "(" })
    }
}
