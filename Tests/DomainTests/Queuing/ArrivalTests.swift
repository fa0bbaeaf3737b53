import Testing

@testable import Domain

@Suite struct ArrivalTests {
    @Test(arguments: [
        // Arrival, for a slot at 12:00 with the default rules; refusal or class and due time.
        ("09:59", nil, "too early"), ("10:00", TicketClass.appointment, "12:00"), ("11:59", .appointment, "12:00"),
        ("12:10", .appointment, "12:00"), ("12:11", .appointment, "12:11"), ("12:30", .appointment, "12:30"),
        ("12:31", .walkIn, "12:31"), ("20:00", .walkIn, "20:00"),
    ])
    func checkIn_givesPlaceByPunctuality(arrival: String, kind: TicketClass?, due: String) throws {
        var log = QueueLog()
        try log.expect("t", slot: "12:00")
        log.at(arrival)
        guard let kind else {
            #expect(log.refusal(.checkIn("t", .kiosk)) == .checkInTooEarly(opens: QueueLog.time("10:00")))
            return
        }
        try log.perform(.checkIn("t", .kiosk))
        #expect(log["t"]?.kind == kind)
        #expect(log["t"]?.due == QueueLog.time(due))
        #expect(log["t"]?.arrived == log.now)
        #expect(log["t"]?.number == "A001")
    }

    @Test func bookingOfAnotherDay_isNotForThisQueue() throws {
        var log = QueueLog()
        var booking = QueueLog.booking("t", slot: "10:00")
        booking.slot = booking.slot.advanced(minutes: 24 * 60)
        #expect(try log.perform(.expect(booking)).map(\.name) == ["dayOpened"])
        #expect(log.refusal(.checkIn("t", .kiosk)) == .ticketUnknown)

        try log.expect("t", slot: "10:00")
        try log.perform(.expect(booking))
        #expect(log["t"]?.state == .withdrawn)
    }

    @Test func expect_isIdempotent_andReplacesWhileExpected() throws {
        var log = QueueLog()
        try log.expect("t", slot: "10:00")
        #expect(try log.perform(.expect(QueueLog.booking("t", slot: "10:00"))).isEmpty)
        var moved = QueueLog.booking("t", "permit", slot: "11:00")
        moved.checkInKeys = ["other"]
        try log.perform(.expect(moved))
        #expect(log["t"]?.service == "permit")
        #expect(log.queue.tickets(checkInKey: "key-t").isEmpty)
        #expect(log.queue.tickets(checkInKey: "other").map(\.id) == ["t"])
        #expect(log.queue.ticket(follow: "follow-t")?.slot == QueueLog.time("11:00"))
    }

    @Test func withdraw_isIdempotent_andKeepsWhoHasCome() throws {
        var log = QueueLog()
        try log.expect("gone", slot: "10:00")
        try log.expect("here", slot: "10:00")
        try log.perform(.checkIn("here", .kiosk))
        try log.perform(.withdraw("gone"))
        #expect(log["gone"]?.state == .withdrawn)
        #expect(try log.perform(.withdraw("gone")).isEmpty)
        #expect(try log.perform(.withdraw("here")).isEmpty)
        #expect(try log.perform(.withdraw("unknown")).isEmpty)
        try log.expect("gone", slot: "11:00")
        #expect(log["gone"]?.state == .expected)
    }

    @Test func issue_checksItsInput() throws {
        var log = QueueLog()
        try log.issue("t")
        #expect(log.refusal(.issue("t", "passport", .walkIn, .kiosk, follow: "f")) == .ticketExists)
        #expect(log.refusal(.issue("u", "visa", .walkIn, .kiosk, follow: "f")) == .serviceUnknown("visa"))
        #expect(log.refusal(.issue("u", "passport", .appointment, .kiosk, follow: "f")) == .bookingNeeded)
        try log.issue("p", "passport", .priority)
        #expect(log["p"]?.due == log.now.advanced(minutes: -15))
    }

    @Test func missed_returnsWithPenalty_butNeverWorseThanANewNumber() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.issue("t")
        log.at("09:30")
        try log.perform(.callNext("1", "li"))
        try log.perform(.markMissed("1", "li"))
        #expect(log.queue.nextDeadline == QueueLog.time("10:00"))
        log.at("09:40")
        try log.perform(.bringBack("t", nil))
        #expect(log["t"]?.due == QueueLog.time("09:10"))
        #expect(log["t"]?.number == "A001")
        #expect(log.queue.nextDeadline == nil)

        try log.issue("u", "permit")
        try log.open("2", "wang")
        try log.perform(.call("u", "2", "wang"))
        try log.perform(.markMissed("2", "wang"))
        log.at("09:41")
        try log.perform(.bringBack("u", "wang"))
        #expect(log["u"]?.due == QueueLog.time("09:41"))
    }

    @Test func missed_isOver_afterTheReturnTime() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.issue("t")
        try log.perform(.callNext("1", "li"))
        try log.perform(.markMissed("1", "li"))
        log.at("09:30")
        #expect(try log.perform(.tick).isEmpty)
        log.now = log.now.advanced(seconds: 1)
        #expect(log.refusal(.bringBack("t", nil)) == .returnExpired(until: QueueLog.time("09:30")))
        #expect(try log.perform(.tick) == [.ticketLeft(TicketLeft(ticket: "t", cause: .expired))])
        #expect(try log.perform(.tick).isEmpty)
        #expect(log.refusal(.bringBack("t", nil)) == .ticketEnded)
    }

    @Test func parked_returnsToItsOldPlace() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.issue("t")
        log.at("09:05")
        try log.issue("other")
        try log.perform(.callNext("1", "li"))
        try log.perform(.park("1", "li"))
        log.at("09:50")
        try log.perform(.bringBack("t", "li"))
        #expect(log["t"]?.due == QueueLog.time("09:00"))
        #expect(try log.callNext("1", "li") == "t")
    }

    @Test func transfer_keepsNumberAndEarnedWaiting() throws {
        var log = QueueLog(at: "09:00")
        try log.open("2", "li")
        try log.open("3", "wang")
        try log.issue("t")
        log.at("09:05")
        try log.issue("other", "notary")
        log.at("09:20")
        try log.perform(.callNext("2", "li"))
        try log.perform(.startServing("2", "li"))
        log.at("09:30")
        #expect(log.refusal(.transfer("2", "li", to: "passport")) == .sameService("passport"))
        #expect(log.refusal(.transfer("2", "li", to: "visa")) == .serviceUnknown("visa"))
        try log.perform(.transfer("2", "li", to: "notary"))
        let ticket = try #require(log["t"])
        #expect(ticket.number == "A001")
        #expect(ticket.service == "notary")
        // 20 minutes endured before the first call count; the 10 in service do not.
        #expect(ticket.due == QueueLog.time("09:10"))
        #expect(try log.callNext("3", "wang") == "other")
        try log.perform(.undo("3", "wang"))
        try log.perform(.leave("other", .person))
        #expect(try log.callNext("3", "wang") == "t")
    }

    @Test func leave_freesTheWindow() throws {
        var log = QueueLog()
        try log.open("1", "li")
        try log.issue("t")
        try log.perform(.callNext("1", "li"))
        try log.perform(.leave("t", .person))
        #expect(log.queue.windows["1"]?.ticket == nil)
        #expect(log.queue.windows["1"]?.idleSince == log.now)
        #expect(log.refusal(.undo("1", "li")) == .stepBuiltUpon)
        #expect(log.refusal(.leave("unknown", .person)) == .ticketUnknown)
    }
}
