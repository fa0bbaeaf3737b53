import EventContracts
import Messaging
import RedisStreams
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct StreamTailTests {
    /// What a tail has told.
    private final class Seen: Sendable {
        private let seen = Mutex<(positions: [Int64], states: [StreamTail.State])>(([], []))
        var positions: [Int64] { seen.withLock { $0.positions } }
        var states: [StreamTail.State] { seen.withLock { $0.states } }

        func add(_ position: Int64) { seen.withLock { $0.positions.append(position) } }
        func add(_ state: StreamTail.State) { seen.withLock { $0.states.append(state) } }

        func wait(for count: Int) async throws -> [Int64] {
            try await eventually("\(count) events are seen") {
                let positions = self.positions
                return positions.count >= count ? positions : nil
            }
        }
    }

    private func tail(_ rig: MessagingRig, _ seen: Seen, from: [String: Int64] = [:]) -> StreamTail {
        let stream = rig.stream
        return StreamTail(
            redis: rig.redis, streams: { [stream] }, from: from, refreshInterval: .milliseconds(100),
            block: .milliseconds(100),
            logger: rig.logger, onState: { seen.add($0) }, handler: { seen.add($0.position) })
    }

    @Test func everyTail_seesEveryEventInOrder_alsoAfterAWipe() async throws {
        try await MessagingRig.withControl { rig, control in
            let seen = [Seen(), Seen()]
            let relay = rig.relay()
            try await whileRunning([relay, tail(rig, seen[0]), tail(rig, seen[1])]) {
                try await rig.append(20)
                _ = try await seen[0].wait(for: 20)
                try await control.flushAll()
                for _ in 0..<10 {
                    try await rig.append(2)
                    relay.wake(rig.stream)
                }
                for seen in seen { #expect(try await seen.wait(for: 40) == Array(1...40)) }
            }
            #expect(seen.allSatisfy { $0.states.contains(.live) })
            #expect(!seen[0].states.contains { if case .gap = $0 { true } else { false } })
        }
    }

    @Test func server_thatIsAway_isTold_andAfterwardsNothingIsMissing() async throws {
        try await MessagingRig.withControl { rig, control in
            let seen = Seen()
            try await whileRunning([rig.relay(), tail(rig, seen)]) {
                try await rig.append(5)
                _ = try await seen.wait(for: 5)
                await control.killHard()
                _ = try await eventually("the loss is told") { seen.states.contains(.disconnected) ? true : nil }
                try await rig.append(5)
                try await control.restart()
                #expect(try await seen.wait(for: 10) == Array(1...10))
                _ = try await eventually("live again") { seen.states.last == .live ? true : nil }
            }
        }
    }

    @Test func start_isTheOldestEntry_andThatIsNoGap() async throws {
        try await MessagingRig.with { rig in
            let entries = try await filled(rig, 1...20)
            try await rig.redis.trim(rig.stream, below: 11)
            let seen = Seen()
            try await whileRunning([tail(rig, seen)]) {
                #expect(try await seen.wait(for: 10) == Array(11...20))
                _ = try await eventually("live") { seen.states.last == .live ? true : nil }
            }
            #expect(entries.count == 20)
            #expect(!seen.states.contains { if case .gap = $0 { true } else { false } })
        }
    }

    @Test func entries_trimmedBeforeTheyWereRead_areTold() async throws {
        try await MessagingRig.with { rig in
            _ = try await filled(rig, 1...20)
            try await rig.redis.trim(rig.stream, below: 11)
            let seen = Seen()
            let positions = try await whileRunning([tail(rig, seen, from: [rig.stream: 4])]) {
                try await seen.wait(for: 10)
            }
            #expect(positions == Array(11...20))
            #expect(seen.states.contains(.gap(stream: rig.stream, expected: 5, found: 11)))
        }
    }

    @Test func entry_thatIsNoEvent_doesNotStopTheOthers() async throws {
        try await MessagingRig.with { rig in
            let good = try await filled(rig, 1...1)
            _ = try await rig.redis.append(
                [StreamEntry(position: 2, "event", "{"), StreamEntry(position: 3, fields: good[0].fields)],
                to: rig.stream, after: 1)
            let seen = Seen()
            let positions = try await whileRunning([tail(rig, seen)]) { try await seen.wait(for: 2) }
            #expect(positions == [1, 3])
            #expect(seen.states.contains(.gap(stream: rig.stream, expected: 2, found: 3)))
        }
    }

    /// Somebody else writes where the next event belongs, and the relay puts that right.
    @Test(arguments: [2, 1_795_000_000_000] as [Int64])
    func rubbish_isReplacedByTheEvent_andTheTailSeesIt(position: Int64) async throws {
        try await MessagingRig.with { rig in
            let seen = Seen()
            let relay = rig.relay()
            try await rig.append(1)
            try await whileRunning([relay, tail(rig, seen)]) {
                #expect(try await seen.wait(for: 1) == [1])
                _ = try await rig.redis.append(
                    [StreamEntry(position: position, "event", "{")], to: rig.stream, after: 1)
                for count in 2...4 {
                    try await rig.append(1)
                    relay.wake(rig.stream)
                    _ = try await seen.wait(for: count)
                }
            }
            #expect(seen.positions == [1, 2, 3, 4])
        }
    }

    /// Events on the stream, without a relay that would bring trimmed ones back.
    private func filled(_ rig: MessagingRig, _ positions: ClosedRange<Int64>) async throws -> [StreamEntry] {
        try await rig.append(positions.count)
        let logged = try await rig.log.read(rig.stream, after: 0, limit: positions.count)
        let entries = logged.map { StreamEntry(position: $0.position, "event", $0.cloudEvent(source: "/test").json()) }
        _ = try await rig.redis.append(entries, to: rig.stream, after: 0)
        return entries
    }
}
