import Foundation
import TestSupport
import Testing

/// One hall, two processes of each service, hundreds of requests at the same time.
@Suite struct HallRushTests {
    @Test func rush_atOneHall_keepsNumbersAndWindowsApart() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone), processes: 2) { system in
            let client = try CityClient(system, connections: 128)
            let kiosk = try await client.enrolKiosk(hall: "north")
            // Windows 1 to 6 of the hall; its clerks have the odd numbers.
            var sessions: [(window: Int, session: String)] = []
            for window in 1...6 {
                let session = try await client.signIn(clerk: 2 * window - 1)
                let opened = try await client.command(
                    "open", hall: "north", window: window, session: session, key: client.key("open"))
                #expect(opened.status == 200, "\(opened.text)")
                sessions.append((window, session))
            }
            let clerks = sessions
            let (tickets, calls) = try await withThrowingTaskGroup(
                of: Outcome.self, returning: ([JSONClient.Answer], [JSONClient.Answer]).self
            ) { group in
                for index in 0..<500 {
                    group.addTask {
                        let service = ["id-card", "passport", "residence", "licence"][index % 4]
                        return .ticket(
                            try await client.takeNumber(
                                hall: "north", service: service, kiosk: kiosk, key: client.key("take")))
                    }
                }
                for index in 0..<200 {
                    let (window, session) = clerks[index % clerks.count]
                    group.addTask {
                        .call(
                            try await client.command(
                                index % 3 == 2 ? "start" : "callNext", hall: "north", window: window, session: session,
                                key: client.key("call")))
                    }
                }
                var tickets: [JSONClient.Answer] = []
                var calls: [JSONClient.Answer] = []
                for try await outcome in group {
                    switch outcome {
                    case .ticket(let answer): tickets.append(answer)
                    case .call(let answer): calls.append(answer)
                    }
                }
                return (tickets, calls)
            }
            #expect(tickets.allSatisfy { $0.status == 201 }, "\(tickets.first { $0.status != 201 }?.text ?? "")")
            #expect(Set(tickets.compactMap { $0.string("number") }).count == 500)
            #expect(calls.allSatisfy { $0.status == 200 || $0.status == 409 })
            let called = try await calledTickets(system)
            #expect(called.count == Set(called).count, "a ticket was called twice")
            #expect(!called.isEmpty && called.count <= 6)
            try await drain(client, clerks)
            #expect(try await calledTickets(system).count == 500)
            try await checkLog(system)
            try await client.shutDown()
        }
    }

    private enum Outcome: Sendable {
        case ticket(JSONClient.Answer)
        case call(JSONClient.Answer)
    }

    private func calledTickets(_ system: RunningSystem) async throws -> [String] {
        try await system.sql(
            """
            SELECT payload::json ->> 'ticket' FROM queuing.event_log
            WHERE stream = 'onetrip:{north}:queue' AND type LIKE '%ticket-called%'
            """
        ).split(separator: "\n").map(String.init)
    }

    /// All clerks serve until nobody waits, each calling twice at once to tempt the system into two tickets at a window.
    private func drain(_ client: CityClient, _ clerks: [(window: Int, session: String)]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (window, session) in clerks {
                group.addTask {
                    @Sendable func send(_ command: String, _ more: String = "") async throws -> JSONClient.Answer {
                        try await client.command(
                            command, hall: "north", window: window, session: session, more: more,
                            key: client.key("drain"))
                    }
                    while true {
                        _ = try await send("start")
                        _ = try await send("finish", #", "outcome": "completed""#)
                        async let first = send("callNext")
                        async let second = send("callNext")
                        let statuses = try await [first, second]
                        let granted = statuses.count { $0.status == 200 }
                        #expect(granted <= 1)
                        if granted == 0, statuses.allSatisfy({ $0.string("type")?.hasSuffix("nobody-waiting") == true })
                        {
                            return
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The chain verifies, and the Redis stream holds every position once and in order.
    private func checkLog(_ system: RunningSystem) async throws {
        let report = try await system.command(["verify-log", "north"])
        #expect(report.hasPrefix("whole"), "\(report)")
        let head = try #require(
            Int(try await system.sql("SELECT head FROM queuing.event_stream WHERE stream = 'onetrip:{north}:queue'")))
        let ids = try await eventually("the stream to be complete") { () -> [Int]? in
            let text = try await system.redis(["--json", "XRANGE", "onetrip:{north}:queue", "-", "+"])
            let entries = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Any]] ?? []
            let ids = entries.compactMap { ($0.first as? String)?.split(separator: "-").first.flatMap { Int($0) } }
            return ids.last == head ? ids : nil
        }
        #expect(ids == Array(1...head))
    }
}
