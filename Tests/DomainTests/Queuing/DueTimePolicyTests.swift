import Testing

@testable import Domain

@Suite struct DueTimePolicyTests {
    @Test func bookedWalkInAndPriority_areMergedByDueTime() throws {
        var log = QueueLog(at: "09:00")
        try log.open("1", "li")
        try log.expect("early", slot: "10:00")
        try log.expect("late", slot: "09:10")
        try log.perform(.checkIn("early", .kiosk))
        log.at("09:12")
        try log.issue("walkIn")
        log.at("09:15")
        try log.perform(.checkIn("late", .kiosk))
        log.at("09:20")
        try log.issue("priority", "passport", .priority)
        // Due: priority 09:05, late 09:10, walk-in 09:12, early 10:00.
        #expect(log.queue.waitingTickets.map(\.id) == ["priority", "late", "walkIn", "early"])
        log.at("09:21")
        for expected: TicketID in ["priority", "late", "walkIn", "early"] {
            #expect(try log.callNext("1", "li") == expected)
            try log.perform(.startServing("1", "li"))
            try log.perform(.finish("1", "li", .completed))
        }
        #expect(log.refusal(.callNext("1", "li")) == .nobodyWaiting)
        #expect(log["walkIn"]?.passedBy == 2)
        #expect(log["late"]?.passedBy == 1)
        #expect(log["early"]?.passedBy == 0)
    }

    @Test func reason_tellsTheFacts() throws {
        var log = QueueLog(at: "09:00")
        try log.open("2", "li")
        try log.issue("t")
        log.at("09:01")
        try log.issue("u", "permit")
        try log.issue("n", "notary")
        log.at("09:05")
        guard case .ticketCalled(let call)? = try log.perform(.callNext("2", "li")).first else {
            throw QueueRefusal.nobodyWaiting
        }
        #expect(
            call.reason == RoutingReason(rule: .due, due: QueueLog.time("09:00"), waitedSeconds: 300, candidates: 2))
        #expect(call.overtook.isEmpty)
        try log.perform(.undo("2", "li"))
        guard case .ticketCalled(let pick)? = try log.perform(.call("u", "2", "li")).first else {
            throw QueueRefusal.nobodyWaiting
        }
        #expect(pick.reason.rule == .picked)
        #expect(pick.overtook == ["t"])
    }

    @Test func equalDueAndArrival_goByNumber() throws {
        var log = QueueLog(at: "09:00")
        try log.open("2", "li")
        for ticket: TicketID in ["z", "y", "x"] { try log.issue(ticket) }
        #expect(try log.callNext("2", "li") == "z")
    }

    @Test func passedToTheBound_goesFirst() throws {
        var log = QueueLog(at: "09:00")
        log.configuration = HallConfiguration(
            hall: "h", timeZone: "Asia/Shanghai", services: log.configuration.services,
            windows: log.configuration.windows,
            rules: QueueRules(overtakingBound: 2))
        try log.open("1", "li")
        try log.issue("patient")
        var called: [TicketID] = []
        for index in 1...3 {
            log.now = log.now.advanced(minutes: 1)
            try log.issue(TicketID("priority\(index)"), "passport", .priority)
            if let ticket = try log.callNext("1", "li") { called.append(ticket) }
            try log.perform(.startServing("1", "li"))
            try log.perform(.finish("1", "li", .completed))
        }
        #expect(called == ["priority1", "priority2", "patient"])
        guard case .ticketCalled(let call)? = log.events.map(\.event).last(where: { $0.name == "ticketCalled" }) else {
            throw QueueRefusal.nobodyWaiting
        }
        #expect(call.reason.rule == .overtakingBound)
    }

    /// Over random days: a call passes somebody who has reached the bound only if the called person has reached it too.
    @Test(arguments: [1, 2, 8], 1...6 as ClosedRange<UInt64>)
    func nobody_isPassedBeyondTheBound(bound: Int, seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        var log = QueueLog(at: "08:00")
        log.configuration = HallConfiguration(
            hall: "h", timeZone: "Asia/Shanghai", services: log.configuration.services,
            windows: log.configuration.windows,
            rules: QueueRules(priorityMinutes: 60, overtakingBound: bound))
        try log.open("1", "li")
        try log.open("2", "wang")
        try log.open("3", "zhao")
        var passed: [TicketID: Int] = [:]
        var largest = 0
        for step in 0..<600 {
            log.now = log.now.advanced(seconds: Int64.random(in: 5...60, using: &random))
            let service = (["passport", "permit", "notary"] as [ServiceID]).randomElement(using: &random)!
            let kind: TicketClass = Int.random(in: 0..<4, using: &random) == 0 ? .walkIn : .priority
            try log.issue(TicketID("t\(step)"), service, kind)
            let window = RandomCommandsTests.windows.randomElement(using: &random)!
            let staff = try #require(log.queue.windows[window]).staff
            if log.queue.windows[window]?.ticket != nil {
                try log.perform(.startServing(window, staff))
                try log.perform(.finish(window, staff, .completed))
            }
            let waiting = log.queue.waitingTickets
            guard case .ticketCalled(let call)? = try? log.perform(.callNext(window, staff)).first else { continue }
            let called = try #require(log[call.ticket])
            let services = try #require(log.queue.windows[window]).services
            let overtaken = waiting.filter { other in
                services.contains(other.service) && other.waitingSince < called.waitingSince
            }
            #expect(Set(overtaken.map(\.id)) == Set(call.overtook))
            for other in overtaken {
                passed[other.id, default: 0] += 1
                largest = max(largest, passed[other.id, default: 0])
                if passed[other.id, default: 0] > bound { #expect(passed[called.id, default: 0] >= bound) }
                #expect(log[other.id]?.passedBy == passed[other.id])
            }
        }
        // The days are such that the bound matters.
        #expect(largest >= bound)
    }
}
