import AsyncHTTPClient
import Domain
import Synchronization

/// A rush for few places: many persons who each ask several times, and bots that ask without end for a few persons.
package final class BookingRush: Sendable {
    /// How often which persons ask, and for what.
    package struct Plan: Sendable {
        package var persons: Int
        /// Persons for whom bots ask.
        package var bots: Int
        package var requests: Int
        /// Of the requests.
        package var botRequests: Int
        /// At once.
        package var clients: Int
        package var seed: UInt64

        package init(persons: Int, bots: Int, requests: Int, botRequests: Int, clients: Int, seed: UInt64 = 1) {
            self.persons = persons
            self.bots = bots
            self.requests = requests
            self.botRequests = botRequests
            self.clients = clients
            self.seed = seed
        }
    }

    package struct Result: Sendable {
        /// The references that were answered with 201, for each person; the first persons are those of the bots.
        package var granted: [Int: Set<String>] = [:]
        /// Who was asked for work or for patience, with 428 or 429.
        package var slowed: Set<Int> = []
        /// How often which status was answered.
        package var statuses: [Int: Int] = [:]
        /// Attempts that got no answer at all.
        package var unanswered = 0
        /// Of every answer, in no order.
        package var latencies: [Duration] = []
        package var elapsed = Duration.zero
        package var answers: Int { latencies.count }
    }

    private struct Request: Sendable {
        var person: Int
        var slot: String
        var key: String
    }

    private struct State {
        var result = Result()
        var next = 0
    }

    private let client: CityClient
    private let contacts: [String]
    private let requests: [Request]
    private let clients: Int
    private let state = Mutex(State())

    /// - Parameter slots: those that are wanted, all alike.
    package init(_ plan: Plan, slots: [String], client: CityClient) throws {
        self.client = client
        clients = plan.clients
        contacts = try (0..<plan.persons + plan.bots).map { try client.contactToken(phone: 13_500_000_000 + $0) }
        var random = RandomSequence(seed: plan.seed)
        var all: [Request] = []
        for number in 0..<plan.requests {
            let person =
                number < plan.botRequests ? number % plan.bots : plan.bots + (number - plan.botRequests) % plan.persons
            guard let slot = slots.randomElement(using: &random) else { break }
            all.append(Request(person: person, slot: slot, key: client.key("rush")))
        }
        all.shuffle(using: &random)
        requests = all
    }

    /// How many requests have been begun.
    package var begun: Int { state.withLock { $0.next } }

    /// Sends every request until it has an answer that is not a gateway's or an overloaded service's, each with its one key.
    package func run() async throws -> Result {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<clients {
                group.addTask { while let request = self.next() { try await self.insist(request) } }
            }
            try await group.waitForAll()
        }
        return state.withLock { state in
            state.result.elapsed = .now - start
            return state.result
        }
    }

    private func next() -> Request? {
        state.withLock { state in
            guard state.next < requests.count else { return nil }
            state.next += 1
            return requests[state.next - 1]
        }
    }

    private func insist(_ request: Request) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let start = ContinuousClock.now
            do {
                let answer = try await client.book(
                    slot: request.slot, contact: contacts[request.person], key: request.key)
                note(answer, to: request, after: .now - start)
                if answer.status < 500 { return }
            } catch is HTTPClientError {
                state.withLock { $0.result.unanswered += 1 }
            }
            guard ContinuousClock.now < deadline else {
                throw DeadlinePassed(description: "no clear answer to a booking within a minute")
            }
            // As a client does that tries again after a 503 or a broken connection.
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func note(_ answer: JSONClient.Answer, to request: Request, after latency: Duration) {
        // Read outside the lock.
        let reference = answer.status == 201 ? answer.string("reference") : nil
        state.withLock { state in
            state.result.statuses[answer.status, default: 0] += 1
            if [428, 429].contains(answer.status) { state.result.slowed.insert(request.person) }
            state.result.latencies.append(latency)
            if let reference { state.result.granted[request.person, default: []].insert(reference) }
        }
    }
}
