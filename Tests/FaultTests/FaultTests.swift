import Foundation
import Synchronization
import TestSupport
import Testing

/// Processes die and servers are wiped while people book, take numbers and are served.
@Suite(.serialized) struct FaultTests {
    @Test func day_withKillsAndWipes_losesNothingAndDoesNothingTwice() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone, places: 20), processes: 2) { system in
            let client = try CityClient(system)
            let traffic = try await Traffic(client)
            try await traffic.run {
                try await system.settle(traffic, steps: 20)
                _ = try await system.redis(["FLUSHALL"])
                try await system.settle(traffic, steps: 20)
                for name in ["queuing-1", "booking-2", "notification-1", "queuing-2", "booking-1", "notification-2"] {
                    system.killHard(name)
                    try await system.settle(traffic, steps: 20)
                }
                _ = try await system.redis(["FLUSHALL"])
                system.killHard("notification-1")
                try await system.settle(traffic, steps: 20)
            }
            try await compare(system, client, traffic)
            try await client.shutDown()
        }
    }

    @Test func restartOfPostgres_isSurvivedWithoutARestartOfTheServices() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone)) { system in
            let client = try CityClient(system)
            let kiosk = try await client.enrolKiosk(hall: "north")
            let before = try await client.takeNumber(hall: "north", service: "passport", kiosk: kiosk, key: "before")
            #expect(before.status == 201)
            let pids = ["booking-1", "queuing-1", "notification-1"].map { system.pid(of: $0) }
            let data = try String(contentsOfFile: system.directory + "/postgres/data/postmaster.pid", encoding: .utf8)
            let postgres = try #require(data.split(separator: "\n").first.flatMap { Int32($0) })
            kill(postgres, SIGQUIT)
            let after = try await eventually("a number after the restart", within: .seconds(60)) {
                () -> JSONClient.Answer? in
                let answer = try await client.takeNumber(
                    hall: "north", service: "passport", kiosk: kiosk, key: "after")
                #expect(answer.status == 201 || answer.status == 503 || answer.status == 502, "\(answer.text)")
                return answer.status == 201 ? answer : nil
            }
            #expect(after.string("number") != before.string("number"))
            #expect(["booking-1", "queuing-1", "notification-1"].map { system.pid(of: $0) } == pids)
            let report = try await system.command(["verify-log", "north"])
            #expect(report.hasPrefix("whole"))
            try await client.shutDown()
        }
    }

    @Test func serviceThatIsAway_isSaidSo_toPeopleAndPrograms() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone)) { system in
            let client = try CityClient(system)
            // Nobody starts it again for the moment.
            system.pause()
            defer { system.goOn() }
            system.killHard("booking-1")
            let problem = try await client.http.get("/api/v1/services")
            #expect(problem.status == 503)
            #expect(problem.header("Content-Type") == "application/problem+json")
            #expect(problem["status"] as? Int == 503)
            #expect(problem.header("Retry-After") == "2")
            let page = try await client.http.get("/", headers: ["Accept": "text/html,*/*;q=0.8"])
            #expect(page.status == 503)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.text.contains("<html lang=\"zh-Hans\">"))
            #expect(page.header("Retry-After") == "2")
            system.goOn()
            _ = try await eventually("the service to be back") {
                try await client.http.get("/api/v1/services").status == 200 ? true : nil
            }
        }
    }

    /// The position at which the log and its copy on Redis have come to rest together.
    private func caughtUp(_ system: RunningSystem, _ stream: String) async throws -> Int {
        let seen = Mutex("nothing")
        do {
            return try await eventually("the stream to reach the log's head", within: .seconds(60)) { () -> Int? in
                let last = try await system.redis(["XREVRANGE", stream, "+", "-", "COUNT", "1"])
                    .split(separator: "\n").first?.split(separator: "-").first.flatMap { Int($0) }
                let head = Int(
                    try await system.sql("SELECT head FROM queuing.event_stream WHERE stream = '\(stream)'"))
                seen.withLock { $0 = "log \(String(describing: head)), stream \(String(describing: last))" }
                return last == head ? head : nil
            }
        } catch let error as DeadlinePassed {
            throw DeadlinePassed(description: "\(error.description): \(seen.withLock { $0 })")
        }
    }

    /// Display, personal pages and delivery table against the log.
    private func compare(_ system: RunningSystem, _ client: CityClient, _ traffic: Traffic) async throws {
        let stream = "onetrip:{north}:queue"
        let report = try await system.command(["verify-log", "north"])
        #expect(report.hasPrefix("whole"), "\(report)")
        // Every answer of success is in the log.
        let issued = Set(
            try await system.sql(
                "SELECT payload::json ->> 'number' FROM queuing.event_log WHERE stream = '\(stream)' AND type LIKE '%ticket-issued%'"
            ).split(separator: "\n").map(String.init))
        let done = traffic.granted
        #expect(done.numbers.count > 50)
        #expect(done.numbers.subtracting(issued).isEmpty)
        #expect(done.numberList.count == done.numbers.count, "a number was given twice")
        let references = Set(
            try await system.sql("SELECT reference FROM booking.appointment").split(separator: "\n").map(String.init))
        #expect(done.references.subtracting(references).isEmpty)
        #expect(try await system.sql("SELECT count(*) FROM booking.slot WHERE taken > capacity") == "0")
        // Every event is on the stream again, once and in order.
        let head = try await caughtUp(system, stream)
        let ids = try await system.redis(["--json", "XRANGE", stream, "-", "+"])
        let entries = try JSONSerialization.jsonObject(with: Data(ids.utf8)) as? [[Any]] ?? []
        let positions = entries.compactMap { ($0.first as? String)?.split(separator: "-").first.flatMap { Int($0) } }
        #expect(positions == Array((head - positions.count + 1)...head))
        // The services have consumed all of it, in the same order, and nothing went to the dead letters.
        for schema in ["booking", "notification"] {
            do {
                _ = try await eventually("\(schema) to have consumed the log", within: .seconds(60)) { () -> Bool? in
                    let behind = try await system.sql(
                        """
                        SELECT count(*) FROM queuing.event_stream e
                        WHERE e.stream = '\(stream)' AND head IS DISTINCT FROM
                            (SELECT position FROM \(schema).consumer_offset o WHERE o.stream = e.stream)
                        """)
                    return behind == "0" ? true : nil
                }
            } catch let error as DeadlinePassed {
                print(try await system.sql("SELECT stream, head, trimmed FROM queuing.event_stream"))
                print(try await system.sql("SELECT * FROM \(schema).consumer_offset"))
                print(try await system.redis(["XINFO", "STREAM", stream, "FULL", "COUNT", "1"]))
                throw error
            }
            #expect(try await system.sql("SELECT count(*) FROM \(schema).dead_letter") == "0")
        }
        // The display says what the queue says.
        let session = try await client.signIn("operator-north", password: TestCity.otherPassword)
        let queue = try await client.http.get(
            "/api/v1/queue/halls/north", headers: ["Authorization": "Bearer \(session)"])
        let waiting = try #require(queue["waiting"] as? Int)
        _ = try await eventually("the display to agree with the log", within: .seconds(30)) { () -> Bool? in
            let board = try await client.http.get("/api/v1/live/halls/north")
            return board["waiting"] as? Int == waiting ? true : nil
        }
        // One confirmation for each appointment, none twice.
        let confirmed = try await eventually("the confirmations to be sent", within: .seconds(60)) { () -> String? in
            let missing = try await system.sql(
                """
                SELECT count(*) FROM booking.appointment a WHERE NOT EXISTS (
                    SELECT FROM notification.message m
                    WHERE m.subject = a.id::text AND m.template = 'appointmentConfirmed' AND m.state = 'sent')
                """)
            return missing == "0" ? missing : nil
        }
        #expect(confirmed == "0")
        let doubled = try await system.sql(
            """
            SELECT count(*) FROM (SELECT subject FROM notification.message WHERE template = 'appointmentConfirmed'
                GROUP BY subject HAVING count(*) > 1) AS twice
            """)
        #expect(doubled == "0")
        // Each message of the table reached the phone once.
        let sent = try await system.sql("SELECT count(*) FROM notification.message WHERE state = 'sent'")
        let shown = try await system.sql("SELECT count(*) FROM notification.demo_message")
        #expect(sent == shown)
    }
}

extension RunningSystem {
    /// Waits until the traffic has had some more successes, so that each fault meets a working system.
    fileprivate func settle(_ traffic: Traffic, steps: Int) async throws {
        let goal = traffic.granted.total + steps
        _ = try await eventually("\(steps) more successes", within: .seconds(60)) {
            traffic.granted.total >= goal ? true : nil
        }
    }
}
