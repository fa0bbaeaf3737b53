import Synchronization
import Testing

@testable import BookingService

struct AdmissionGateTests {
    /// Counts who is inside, and the most that ever were.
    private final class Visitors: Sendable {
        private let counts = Mutex((now: 0, most: 0, done: 0))

        func enter() {
            counts.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
        }

        func leave() {
            counts.withLock {
                $0.now -= 1
                $0.done += 1
            }
        }

        var now: Int { counts.withLock { $0.now } }
        var most: Int { counts.withLock { $0.most } }
        var done: Int { counts.withLock { $0.done } }
    }

    @Test func gate_neverLetsMoreInThanAllowed() async throws {
        let gate = AdmissionGate(atOnce: 3, waitingLimit: 1000)
        let visitors = Visitors()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    try await gate.pass {
                        visitors.enter()
                        await Task.yield()
                        visitors.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(visitors.now == 0)
        #expect(visitors.most <= 3)
        #expect(visitors.done == 300)
        #expect(gate.waiting == 0)
    }

    @Test func gate_full_turnsAwayAtOnce() async throws {
        let gate = AdmissionGate(atOnce: 1, waitingLimit: 0)
        try await gate.pass {
            await #expect(throws: BookingError.busy(retryAfterSeconds: 2)) { try await gate.pass {} }
        }
        try await gate.pass {}
    }

    @Test func gate_cancelledWhileWaiting_givesUpItsTurn() async throws {
        let gate = AdmissionGate(atOnce: 1, waitingLimit: 10)
        try await gate.pass {
            let waiting = Task { try await gate.pass {} }
            while gate.waiting == 0 { await Task.yield() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(gate.waiting == 0)
        }
        try await gate.pass {}
    }

    @Test func gate_bodyThatThrows_leaves() async throws {
        let gate = AdmissionGate(atOnce: 1, waitingLimit: 0)
        await #expect(throws: BookingError.holdUnknown) { try await gate.pass { throw BookingError.holdUnknown } }
        try await gate.pass {}
    }
}
