import Foundation
import PrivateServers
import TestSupport
import Testing

/// Bad input at every door: a clear answer, and nothing changes.
@Suite(.serialized) struct BadInputTests {
    @Test func badRequest_isRefused_andChangesNothing() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone)) { system in
            let client = try CityClient(system)
            let session = try await client.signIn(clerk: 1)
            let kiosk = try await client.enrolKiosk(hall: "north")
            let citizen = try client.contactToken(phone: 13_800_138_000)
            let ticket = try await client.takeNumber(hall: "north", service: "id-card", kiosk: kiosk, key: client.key())
            #expect(ticket.status == 201)
            // Each hall opens its day by itself; after that nothing is due.
            _ = try await eventually("both halls to open their day") { () -> Bool? in
                try await system.sql("SELECT count(*) FROM queuing.event_stream WHERE head > 0") == "2" ? true : nil
            }
            let before = try await Self.rows(system)
            for bad in BadRequest.bodies + BadRequest.callers + BadRequest.addresses {
                var headers = bad.headers
                if headers["Idempotency-Key"] == nil, bad.form == nil { headers["Idempotency-Key"] = client.key() }
                switch bad.caller {
                case .anyone: break
                case .citizen: headers["Authorization"] = "Bearer \(citizen)"
                case .kiosk: headers["Authorization"] = "Bearer \(kiosk)"
                case .clerk: headers["Authorization"] = "Bearer \(session)"
                case .bearer(let token): headers["Authorization"] = "Bearer \(token)"
                case .staffCookie(let value): headers["Cookie"] = "staff=\(value)"
                }
                let answer = try await client.http.send(
                    bad.method, bad.path, json: bad.body, form: bad.form, headers: headers)
                #expect(answer.status == bad.status, "\(bad.name): \(answer.text.prefix(300))")
                Self.checkClarity(of: answer, to: bad)
            }
            let after = try await Self.rows(system)
            #expect(after == before)
            try await client.shutDown()
        }
    }

    /// Programs get a problem (RFC 9457) with the same status in it, people a page; only what does not get past the gateway is its own.
    private static func checkClarity(of answer: JSONClient.Answer, to bad: BadRequest) {
        guard bad.path.hasPrefix("/api/") else { return }
        #expect(answer.header("Content-Type")?.hasPrefix("application/problem+json") == true, "\(bad.name)")
        #expect(answer["status"] as? Int == bad.status, "\(bad.name)")
        #expect(answer.string("title")?.isEmpty == false, "\(bad.name)")
        #expect(answer.string("type")?.hasPrefix("https://onetrip.example/problems/") == true, "\(bad.name)")
        if bad.status == 405 { #expect(answer.header("Allow") != nil, "\(bad.name)") }
    }

    /// How many rows there are of everything that a request may change. Notes of refused attempts are meant to be made.
    private static func rows(_ system: RunningSystem) async throws -> String {
        let tables = [
            "booking.appointment", "booking.hold", "booking.verification", "booking.idempotency", "booking.event_log",
            "queuing.event_log", "queuing.session", "queuing.idempotency", "queuing.expected_appointment",
            "notification.message", "notification.demo_message",
        ]
        let counts =
            tables.map { "SELECT '\($0) ' || count(*) FROM \($0)" } + [
                "SELECT 'taken ' || sum(taken) FROM booking.slot"
            ]
        return try await system.sql(counts.joined(separator: " UNION ALL "))
    }

    @Test func importOfBadFile_namesFileAndLine_andChangesNothing() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone)) { system in
            let versions = """
                SELECT version FROM booking.catalogue UNION ALL SELECT version FROM queuing.catalogue
                UNION ALL SELECT version FROM notification.catalogue
                """
            let before = try await system.sql(versions)
            let good = TestCity.yaml(timeZone: TestCity.daytimeZone)
            let bad = [
                ("not YAML", "name: [", ":1:"),
                ("an unknown time zone", good.replacing("timeZone: Etc", with: "timeZone: Nowhere"), "timeZone"),
                ("an unknown key", good.replacing("horizonDays:", with: "horizonDay:"), "horizonDay"),
                (
                    "an unknown service", good.replacing("services: [residence]", with: "services: [residense]"),
                    "residense"
                ),
            ]
            for (name, yaml, place) in bad {
                let file = system.directory + "/bad.yaml"
                try yaml.write(toFile: file, atomically: true, encoding: .utf8)
                let (exit, output) = try await Self.runImport(file, system)
                #expect(exit == .code(65), "\(name): \(output)")
                let lines = output.split(separator: "\n").filter { $0.contains("bad.yaml:") }
                #expect(!lines.isEmpty, "\(name): \(output)")
                #expect(lines.allSatisfy { $0.contains(#/bad\.yaml:\d+:\d+: /#) }, "\(name): \(output)")
                #expect(output.contains(place), "\(name): \(output)")
            }
            #expect(try await system.sql(versions) == before)
        }
    }

    private static func runImport(
        _ file: String, _ system: RunningSystem
    ) async throws -> (exit: ChildProcess.Exit, output: String) {
        var environment = ProcessInfo.processInfo.environment
        environment["ONETRIP_POSTGRES"] = system.postgresURI
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let child = try await ChildProcess.start(
            RunningSystem.productFolder + "/onetrip", ["import", file], environment: environment
        ) { line in
            if let line { continuation.yield(line) } else { continuation.finish() }
        }
        let output = await lines.reduce(into: "") { $0 += $1 + "\n" }
        return (await child.exit(), output)
    }

    /// Rubbish far ahead on a stream (an `XADD *`, whose ID is a time): readers do not stall, and Redis comes to agree with the log again.
    @Test func rubbishOnStream_isPutRight_andStallsNothing() async throws {
        try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone)) { system in
            let client = try CityClient(system)
            let kiosk = try await client.enrolKiosk(hall: "north")
            let stream = "onetrip:{north}:queue"
            #expect(
                try await client.takeNumber(hall: "north", service: "id-card", kiosk: kiosk, key: client.key()).status
                    == 201)
            try await Self.caughtUp(system, stream)
            for entry in [["event", "{"], ["event", #"{"specversion": "1.0"}"#], ["garbage", "\u{1}"]] {
                _ = try await system.redis(["XADD", stream, "*"] + entry)
                #expect(
                    try await client.takeNumber(hall: "north", service: "passport", kiosk: kiosk, key: client.key())
                        .status
                        == 201)
                try await Self.caughtUp(system, stream)
            }
            let waiting = try await eventually("the display shows everybody") {
                let board = try await client.http.get("/api/v1/live/halls/north")
                return board["waiting"] as? Int == 4 ? 4 : nil
            }
            #expect(waiting == 4)
            let last = try await system.redis(["XREVRANGE", stream, "+", "-", "COUNT", "1"])
            let head = try await system.sql("SELECT head FROM queuing.event_stream WHERE stream = '\(stream)'")
            #expect(last.hasPrefix("\(head)-0"))
            try await client.shutDown()
        }
    }

    /// Waits until every group has consumed what the log of the hall's queue has.
    private static func caughtUp(_ system: RunningSystem, _ stream: String) async throws {
        try await eventually("the groups come to the end of \(stream)", within: .seconds(60)) { () -> Bool? in
            let state = try await system.sql(
                """
                SELECT (SELECT head FROM queuing.event_stream WHERE stream = '\(stream)') = ALL (
                    SELECT position FROM booking.consumer_offset WHERE stream = '\(stream)'
                    UNION ALL SELECT position FROM notification.consumer_offset WHERE stream = '\(stream)')
                    AND EXISTS (SELECT FROM booking.consumer_offset WHERE stream = '\(stream)')
                    AND EXISTS (SELECT FROM notification.consumer_offset WHERE stream = '\(stream)')
                """)
            return state == "t" ? true : nil
        }
    }
}
