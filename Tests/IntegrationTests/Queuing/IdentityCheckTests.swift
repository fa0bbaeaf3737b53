import Domain
import Foundation
import NIOHTTP1
import QueuingService
import Synchronization
import TestSupport
import Testing

/// The clerk sees who has booked, of the person at the own window only.
@Suite struct IdentityCheckTests {
    /// Knows one person, and who has asked.
    private final class Source: IdentitySource {
        private struct Broken: Error {}
        private let state = Mutex((asked: [String](), isBroken: false))
        var asked: [String] { state.withLock { $0.asked } }
        func breakDown() { state.withLock { $0.isBroken = true } }

        func identity(of ticket: TicketID, in hall: HallID, for staff: StaffID) async throws -> BookedIdentity? {
            let isBroken = state.withLock { state in
                state.asked.append("\(ticket) \(hall) \(staff)")
                return state.isBroken
            }
            guard !isBroken else { throw Broken() }
            return BookedIdentity(name: "王小明", kind: .residentCard, lastFour: "002X")
        }
    }

    private static let window = "/staff/halls/north/windows/1"

    private func cookie(_ rig: QueuingRig, clerk: Int) async throws -> [String: String] {
        let answer = try await rig.client.send(
            .POST, "/staff/sign-in",
            form: [("name", "clerk-\(clerk)"), ("password", TestCity.password(ofClerk: clerk))])
        return ["Cookie": "staff=\(try #require(answer.cookie("staff")))", "Accept-Language": "en"]
    }

    private func press(
        _ rig: QueuingRig, _ headers: [String: String], _ command: String
    ) async throws -> JSONClient.Answer {
        let page = try await rig.client.get(Self.window, headers: headers)
        _ = try await rig.client.send(
            .POST, Self.window,
            form: [
                ("command", command), ("csrf", try #require(page.hidden("csrf"))),
                ("key", try #require(page.hidden("key"))),
            ], headers: headers)
        return try await rig.client.get(Self.window, headers: headers)
    }

    private func look(_ rig: QueuingRig, _ headers: [String: String]) async throws -> JSONClient.Answer {
        let page = try await rig.client.get(Self.window, headers: headers)
        return try await rig.client.send(
            .POST, Self.window + "/identity", form: [("csrf", page.hidden("csrf") ?? "")], headers: headers)
    }

    @Test func `Who has booked is shown to the clerk who has called the person, and to nobody else`() async throws {
        let source = Source()
        try await withQueuing(identities: source) { rig in
            let ticket = TicketID(UUID().uuidString.lowercased())
            let writer = try await rig.processes[0].parts.halls.writer(QueuingRig.north)
            let expected = TicketExpected(
                ticket: ticket, service: "id-card", slot: rig.clock.now.advanced(minutes: 5), channel: .online,
                checkInKeys: ["k"], follow: "f")
            for (number, command) in [QueueCommand.expect(expected), .checkIn(ticket, .kiosk)].enumerated() {
                _ = try await writer.submit(
                    HallRequest(command, key: CommandKey(key: "test:\(number)", fingerprint: "test")))
            }
            let clerk = try await cookie(rig, clerk: 1)
            var page = try await press(rig, clerk, "open")
            #expect(!page.text.contains("/identity"))
            #expect(try await look(rig, clerk).status == 303)
            page = try await press(rig, clerk, "callNext")
            #expect(page.text.contains("action=\"\(Self.window)/identity\""), "\(page.text)")
            let shown = try await look(rig, clerk)
            #expect(shown.status == 200 && shown.text.contains("王小明"), "\(shown.text)")
            #expect(shown.text.contains("ends in 002X"))
            #expect(shown.headers.first(name: "cache-control") == "no-store")
            #expect(source.asked == ["\(ticket) north clerk-1"])
            // Another clerk, and somebody without a form of the own page.
            let other = try await cookie(rig, clerk: 2)
            #expect(try await look(rig, other).text.contains("王小明") == false)
            let forged = try await rig.client.send(.POST, Self.window + "/identity", form: [], headers: clerk)
            #expect(forged.status == 403, "\(forged.status)")
            #expect(try await rig.client.send(.POST, Self.window + "/identity", form: []).status != 200)
            #expect(source.asked.count == 1)
            source.breakDown()
            let silent = try await look(rig, clerk)
            #expect(silent.status == 200 && silent.text.contains("cannot be found out just now"))
        }
    }
}
