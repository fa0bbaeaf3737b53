import Testing

@testable import Domain

/// Every command on a ticket in every state: the state that it moves to, or the refusal.
@Suite struct TicketStateTests {
    static let columns = [
        "checkIn", "issue", "expect", "withdraw", "callNext", "call", "recall", "start", "finish", "miss", "park",
        "transfer", "bringBack", "leave", "undo", "pause", "closeWindow", "openDay", "tick", "closeDay",
    ]

    /// Six commands act on the window's present ticket, and there is none.
    static let atNoWindow = Array(repeating: "!no-ticket-at-window", count: 6).joined(separator: " ")

    /// A state: moved there. `=`: something happened, the state is the same. `-`: nothing to do. `!`: refused.
    static let table: [(TicketState, String)] = [
        (
            .expected,
            """
            waiting !ticket-exists = withdrawn !nobody-waiting !not-checked-in \(atNoWindow) !not-checked-in \
            !not-checked-in !nothing-to-undo = = - - noShow
            """
        ),
        (
            .waiting,
            """
            !already-checked-in !ticket-exists - - called called \(atNoWindow) !not-away left !nothing-to-undo = \
            = - - left
            """
        ),
        (
            .called,
            """
            !already-checked-in !ticket-exists - - !still-called !still-called = serving !not-serving missed \
            parked waiting !not-away left waiting !still-called !still-called - - left
            """
        ),
        (
            .serving,
            """
            !already-checked-in !ticket-exists - - !still-serving !still-serving !already-serving \
            !already-serving done !already-serving parked waiting !not-away !in-service called !still-serving \
            !still-serving - - done
            """
        ),
        (
            .done,
            """
            !ticket-ended !ticket-exists - - !nobody-waiting !ticket-ended \(atNoWindow) !ticket-ended \
            !ticket-ended serving = = - - =
            """
        ),
        (
            .parked,
            """
            !already-checked-in !ticket-exists - - !nobody-waiting !not-waiting \(atNoWindow) waiting left \
            serving = = - - left
            """
        ),
        (
            .missed,
            """
            !already-checked-in !ticket-exists - - !nobody-waiting !not-waiting \(atNoWindow) waiting left \
            called = = - - left
            """
        ),
        (
            .left,
            """
            !ticket-ended !ticket-exists - - !nobody-waiting !ticket-ended \(atNoWindow) !ticket-ended \
            !ticket-ended !nothing-to-undo = = - - =
            """
        ),
        (
            .withdrawn,
            """
            !ticket-ended !ticket-exists expected - !nobody-waiting !ticket-ended \(atNoWindow) !ticket-ended \
            !ticket-ended !nothing-to-undo = = - - =
            """
        ),
        (
            .noShow,
            """
            !ticket-ended !ticket-exists - - !nobody-waiting !ticket-ended \(atNoWindow) !ticket-ended \
            !ticket-ended !nothing-to-undo = = - - =
            """
        ),
    ]

    static func command(_ name: String) -> QueueCommand? {
        switch name {
        case "checkIn": .checkIn("t", .kiosk)
        case "issue": .issue("t", "passport", .walkIn, .kiosk, follow: "f")
        case "expect": .expect(QueueLog.booking("t", slot: "09:20"))
        case "withdraw": .withdraw("t")
        case "callNext": .callNext("2", "li")
        case "call": .call("t", "2", "li")
        case "recall": .recall("2", "li")
        case "start": .startServing("2", "li")
        case "finish": .finish("2", "li", .completed)
        case "miss": .markMissed("2", "li")
        case "park": .park("2", "li")
        case "transfer": .transfer("2", "li", to: "notary")
        case "bringBack": .bringBack("t", nil)
        case "leave": .leave("t", .person)
        case "undo": .undo("2", "li")
        case "pause": .pauseWindow("2", "li", .rest)
        case "closeWindow": .closeWindow("2", "li")
        case "openDay": .openDay
        case "tick": .tick
        case "closeDay": .closeDay
        default: nil
        }
    }

    /// A hall with a booked ticket in a state, and window 2 open.
    static func log(with state: TicketState) throws -> QueueLog {
        var log = QueueLog()
        try log.expect("t", slot: "09:00")
        if state == .noShow {
            try log.perform(.closeDay)
            try log.perform(.openDay)
        }
        try log.open("2", "li")
        let way: [String] =
            switch state {
            case .expected, .noShow: []
            case .withdrawn: ["withdraw"]
            case .waiting: ["checkIn"]
            case .called: ["checkIn", "callNext"]
            case .serving: ["checkIn", "callNext", "start"]
            case .done: ["checkIn", "callNext", "start", "finish"]
            case .parked: ["checkIn", "callNext", "start", "park"]
            case .missed: ["checkIn", "callNext", "miss"]
            case .left: ["checkIn", "leave"]
            }
        for name in way { try log.perform(#require(command(name))) }
        #expect(log["t"]?.state == state)
        return log
    }

    @Test(arguments: table)
    func everyCommand_movesOrIsRefused(state: TicketState, row: String) throws {
        let outcomes = row.split(separator: " ").map(String.init)
        try #require(outcomes.count == Self.columns.count)
        for (name, expected) in zip(Self.columns, outcomes) {
            var log = try Self.log(with: state)
            let before = log.queue
            let outcome: String
            do {
                let events = try log.perform(try #require(Self.command(name)))
                let after = try #require(log["t"]).state
                outcome = events.isEmpty ? "-" : after == state ? "=" : after.rawValue
            } catch let refusal as QueueRefusal {
                outcome = "!" + refusal.code
                #expect(log.queue == before)
            }
            #expect(outcome == expected, "\(state) × \(name)")
        }
    }

    /// The steps of a window on a ticket for two services: where both are served there, and where the second is not.
    static let itineraries: [(services: [ServiceID], state: TicketState, command: String, outcome: String)] = [
        (["passport", "permit"], .waiting, "callNext", "called passport"),
        (["permit", "passport"], .waiting, "callNext", "called permit"),
        (["notary", "passport"], .waiting, "callNext", "called passport"),
        (["notary", "passport"], .waiting, "call", "called passport"),
        (["passport", "permit"], .serving, "finish", "serving permit"),
        (["passport", "notary"], .serving, "finish", "waiting notary"),
        (["passport", "permit"], .serving, "transfer", "waiting permit"),
        (["passport", "permit"], .called, "transfer", "waiting permit"),
        (["passport", "notary"], .serving, "park", "parked passport"),
        (["passport", "notary"], .parked, "bringBack", "waiting passport"),
        (["notary", "passport"], .parked, "bringBack", "waiting notary"),
        (["notary", "passport"], .missed, "bringBack", "waiting notary"),
        (["passport", "notary"], .called, "finish", "!not-serving"),
        (["passport", "notary"], .missed, "undo", "called passport"),
        (["passport", "permit"], .done, "undo", "serving permit"),
        (["passport", "permit"], .waiting, "leave", "left passport"),
        (["passport", "permit"], .serving, "closeDay", "done passport"),
    ]

    @Test(arguments: itineraries.indices)
    func `Every step of a ticket for two services moves it or is refused`(row: Int) throws {
        let (services, state, name, expected) = Self.itineraries[row]
        var log = QueueLog()
        try log.open("2", "li")
        try log.issue("t", for: services)
        let way: [String] =
            switch state {
            case .called: ["callNext"]
            case .serving: ["callNext", "start"]
            case .parked: ["callNext", "start", "park"]
            case .missed: ["callNext", "miss"]
            case .done: ["callNext", "start", "finish", "finish"]
            default: []
            }
        for step in way { try log.perform(#require(Self.command(step))) }
        #expect(log["t"]?.state == state)
        do {
            try log.perform(try #require(Self.command(name)))
            let after = try #require(log["t"])
            #expect("\(after.state.rawValue) \(after.service)" == expected)
        } catch let refusal as QueueRefusal {
            #expect("!" + refusal.code == expected)
        }
        #expect(log.queue == log.folded())
    }

    @Test func table_hasEveryState() {
        #expect(Set(Self.table.map(\.0)) == Set(TicketState.allCases))
    }

    @Test func refusalCodes_areUniqueAndComplete() {
        #expect(Set(QueueRefusal.codes).count == QueueRefusal.codes.count)
        #expect(QueueRefusal.codes.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
        let seen = Self.table.flatMap { $0.1.split(separator: " ") }.filter { $0.hasPrefix("!") }.map {
            String($0.dropFirst())
        }
        #expect(Set(seen).isSubset(of: Set(QueueRefusal.codes)))
    }
}
