import Foundation
import Synchronization
import TestSupport
import Testing

/// People who book, take numbers and are served, without end; remembers what they were granted.
///
/// An attempt that got no clear answer is repeated with the same idempotency key, as a careful client does.
final class Traffic: Sendable {
    struct Granted: Sendable {
        var numberList: [String] = []
        var references: Set<String> = []
        var served = 0
        var numbers: Set<String> { Set(numberList) }
        var total: Int { numberList.count + references.count + served }
    }

    private let client: CityClient
    private let kiosk: String
    private let sessions: [(window: Int, session: String)]
    private let state = Mutex(Granted())

    var granted: Granted { state.withLock { $0 } }

    init(_ client: CityClient) async throws {
        self.client = client
        kiosk = try await client.enrolKiosk(hall: "north")
        var sessions: [(window: Int, session: String)] = []
        for window in 1...3 {
            let session = try await client.signIn(clerk: 2 * window - 1)
            let opened = try await client.command(
                "open", hall: "north", window: window, session: session, key: client.key("open"))
            #expect(opened.status == 200)
            sessions.append((window, session))
        }
        self.sessions = sessions
    }

    /// Runs the traffic for as long as the body runs, and lets every attempt come to its end.
    func run(_ body: () async throws -> Void) async throws {
        let going = Going()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await self.takeNumbers(while: going) } }
            for (window, session) in sessions {
                group.addTask { try await self.serve(window, session, while: going) }
            }
            group.addTask { try await self.book(while: going) }
            do {
                try await body()
            } catch {
                going.end()
                group.cancelAll()
                throw error
            }
            going.end()
            try await group.waitForAll()
        }
    }

    /// Repeats a request until it is answered with something else than a gateway's or an overloaded service's error.
    private func insist(_ request: @Sendable () async throws -> JSONClient.Answer) async throws -> JSONClient.Answer {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let answer = try? await request(), answer.status < 500 { return answer }
            try Task.checkCancellation()
            guard ContinuousClock.now < deadline else {
                throw DeadlinePassed(description: "no clear answer within a minute")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func takeNumbers(while going: Going) async throws {
        while going.isOn {
            let key = client.key("number")
            let answer = try await insist { [client, kiosk] in
                try await client.takeNumber(hall: "north", service: "passport", kiosk: kiosk, key: key)
            }
            guard answer.status == 201, let number = answer.string("number") else {
                throw CityClient.Unexpected(answer)
            }
            state.withLock { $0.numberList.append(number) }
        }
    }

    private func serve(_ window: Int, _ session: String, while going: Going) async throws {
        while going.isOn {
            for (command, more) in [("callNext", ""), ("start", ""), ("finish", #", "outcome": "completed""#)] {
                let key = client.key("serve")
                let answer = try await insist { [client] in
                    try await client.command(
                        command, hall: "north", window: window, session: session, more: more, key: key)
                }
                guard answer.status == 200 || answer.status == 409 else { throw CityClient.Unexpected(answer) }
                if answer.status == 200, command == "finish" { state.withLock { $0.served += 1 } }
            }
        }
    }

    private func book(while going: Going) async throws {
        var slots = try await client.slots(hall: "north", service: "passport", days: 5)[...]
        var person = 13_200_000_000
        while going.isOn, let slot = slots.popFirst() {
            person += 1
            let key = client.key("book")
            let contact = try client.contactToken(phone: person)
            let answer = try await insist { [client] in try await client.book(slot: slot.id, contact: contact, key: key)
            }
            guard answer.status == 201, let reference = answer.string("reference") else {
                throw CityClient.Unexpected(answer)
            }
            state.withLock { _ = $0.references.insert(reference) }
        }
    }

    /// Whether the traffic goes on.
    private final class Going: Sendable {
        private let on = Mutex(true)
        var isOn: Bool { on.withLock { $0 } }
        func end() { on.withLock { $0 = false } }
    }
}
