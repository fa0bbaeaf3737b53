import Synchronization
import TestSupport

/// A hall of the test city under load: its kiosk, and clerks at open windows.
struct Hall: Sendable {
    static let services = ["id-card", "passport", "residence", "licence"]

    let name: String
    let client: CityClient
    let kiosk: String

    init(_ name: String, _ client: CityClient) async throws {
        self.name = name
        self.client = client
        kiosk = try await client.enrolKiosk(hall: name)
    }

    /// Takes one number.
    func issue(_ index: Int) async throws {
        let answer = try await client.takeNumber(
            hall: name, service: Self.services[index % Self.services.count], kiosk: kiosk, key: client.key("issue"))
        guard answer.status == 201 else { throw CityClient.Unexpected(answer) }
    }

    /// Takes so many numbers, by 32 clients.
    func issue(count: Int) async throws {
        let left = Countdown(count)
        _ = try await Load.run(clients: 32, atMost: .seconds(20)) { _ in
            guard let index = left.next() else { return nil }
            try await issue(index)
            return .zero
        }
        guard left.next() == nil else { throw BenchmarkFailure(description: "\(count) numbers were not taken in time") }
    }

    /// Signs the clerk of each window in and opens it.
    func openWindows(_ windows: ClosedRange<Int>) async throws -> [Clerk] {
        var clerks: [Clerk] = []
        for window in windows {
            let session = try await client.signIn(clerk: name == "north" ? 2 * window - 1 : 2 * window)
            let clerk = Clerk(hall: self, window: window, session: session)
            let opened = try await clerk.send("open")
            guard opened.status == 200 else { throw CityClient.Unexpected(opened) }
            clerks.append(clerk)
        }
        return clerks
    }
}

/// A clerk at a window.
struct Clerk: Sendable {
    let hall: Hall
    let window: Int
    let session: String

    func send(_ command: String, _ more: String = "") async throws -> JSONClient.Answer {
        try await hall.client.command(
            command, hall: hall.name, window: window, session: session, more: more, key: hall.client.key("bench"))
    }

    /// Calls the next person; `nil` when nobody waits.
    func callNext() async throws -> JSONClient.Answer? {
        let answer = try await send("callNext")
        if answer.status == 409, answer.string("type")?.hasSuffix("nobody-waiting") == true { return nil }
        guard answer.status == 200 else { throw CityClient.Unexpected(answer) }
        return answer
    }

    /// Serves the person who was called.
    func serve() async throws {
        for (command, more) in [("start", ""), ("finish", #", "outcome": "completed""#)] {
            let answer = try await send(command, more)
            guard answer.status == 200 else { throw CityClient.Unexpected(answer) }
        }
    }
}

/// Gives the body a system with the test city and a client of it, and ends both.
func withCity<R: Sendable>(
    places: Int = 10, connections: Int = 64, _ body: (RunningSystem, CityClient) async throws -> R
) async throws -> R {
    try await withSystem(city: TestCity.yaml(timeZone: TestCity.daytimeZone, places: places)) { system in
        let client = try CityClient(system, connections: connections)
        do {
            let result = try await body(system, client)
            try await client.shutDown()
            return result
        } catch {
            try? await client.shutDown()
            throw error
        }
    }
}

/// Hands out 0, 1, 2 … up to a bound, over all tasks.
final class Countdown: Sendable {
    private let bound: Int
    private let given = Mutex(0)

    init(_ bound: Int) { self.bound = bound }

    func next() -> Int? {
        given.withLock { given in
            guard given < bound else { return nil }
            defer { given += 1 }
            return given
        }
    }

    /// Nothing more is handed out.
    func end() { given.withLock { $0 = bound } }
}
