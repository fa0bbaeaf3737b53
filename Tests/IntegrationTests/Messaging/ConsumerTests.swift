import Messaging
import Postgres
import RedisStreams
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct ConsumerTests {
    private struct Poison: Error {}

    /// Counts what a test's handlers have been given, from any task.
    private final class Calls: Sendable {
        private let counts = Mutex<[Int64: Int]>([:])
        let isOn = Atomic<Bool>(false)

        func add(_ position: Int64) -> Int {
            counts.withLock { counts in
                counts[position, default: 0] += 1
                return counts[position] ?? 0
            }
        }

        subscript(position: Int64) -> Int { counts.withLock { $0[position] ?? 0 } }
    }

    private func consumer(
        _ rig: MessagingRig, redis: RedisClient? = nil, streams: [String]? = nil,
        handler: @escaping Consumer.Handler = MessagingRig.record
    ) -> Consumer {
        let streams = streams ?? [rig.stream]
        return Consumer(
            group: "group", pool: rig.pool, redis: redis ?? rig.redis, streams: { streams },
            settings: MessagingRig.settings,
            logger: rig.logger, handler: handler)
    }

    private func pending(_ rig: MessagingRig) async throws -> Int64 {
        try await rig.redis.groups(of: rig.stream).first { $0.name == "group" }?.pending ?? 0
    }

    @Test func twoConsumers_withFailures_makeEachEffectOnceInOrder() async throws {
        try await MessagingRig.with { rig in
            let calls = Calls()
            let handler: Consumer.Handler = { event, connection in
                try await MessagingRig.record(event, connection)
                // After the effect, so that a lost rollback would be seen.
                if event.position % 7 == 0, calls.add(event.position) <= 3 { throw Poison() }
                if event.position % 11 == 0, calls.add(-event.position) <= 8 { throw TransientFailure("later") }
            }
            let relay = rig.relay()
            try await whileRunning([
                relay, consumer(rig, handler: handler), consumer(rig, redis: try rig.anotherClient(), handler: handler),
            ]) {
                for _ in 0..<50 {
                    try await rig.append(4)
                    relay.wake(rig.stream)
                }
                #expect(try await rig.waitForEffects(200) == Array(1...200))
                _ = try await eventually("all is acknowledged") { try await pending(rig) == 0 ? true : nil }
            }
            #expect(try await DeadLetters(pool: rig.pool).list().isEmpty)
        }
    }

    @Test func manyStreams_areConsumedInTheirOwnOrder() async throws {
        try await MessagingRig.with { rig in
            let names = (0..<20).map { "\(rig.stream):\($0)" }
            try await whileRunning([
                rig.relay(), consumer(rig, streams: names),
                consumer(rig, redis: try rig.anotherClient(), streams: names),
            ]) {
                for _ in 0..<5 {
                    try await rig.pool.withTransaction { connection in
                        _ = try await rig.log.append(
                            names.map { ($0, NewEvent(type: "t", payload: "{}")) }, at: MessagingRig.time,
                            on: connection)
                    }
                }
                for name in names {
                    let effects = try await eventually("effects of \(name)") {
                        let effects = try await rig.effects(of: name)
                        return effects.count == 5 ? effects : nil
                    }
                    #expect(effects == Array(1...5))
                }
            }
        }
    }

    @Test func deadConsumer_leavesItsEntriesToOthers() async throws {
        try await MessagingRig.with { rig in
            try await whileRunning([rig.relay()]) {
                try await rig.append(30)
                _ = try await rig.copiedEntries()
                try await rig.redis.createGroup(rig.stream, group: "group")
                // Takes everything and dies.
                try await rig.redis.withReader { reader in
                    _ = try await reader.readGroup("group", consumer: "dead", streams: [rig.stream], count: 100)
                }
                #expect(try await pending(rig) == 30)
                try await whileRunning([consumer(rig)]) {
                    #expect(try await rig.waitForEffects(30) == Array(1...30))
                    _ = try await eventually("the dead one's entries are acknowledged") {
                        try await pending(rig) == 0 ? true : nil
                    }
                }
            }
        }
    }

    @Test func flushAll_neitherLosesNorRepeatsAnEffect() async throws {
        try await MessagingRig.withControl { rig, control in
            let relay = rig.relay()
            try await whileRunning([relay, consumer(rig), consumer(rig, redis: try rig.anotherClient())]) {
                for round in 1...3 {
                    for _ in 0..<20 {
                        try await rig.append(2)
                        relay.wake(rig.stream)
                    }
                    try await control.flushAll()
                    try await rig.append(1)
                    #expect(try await rig.waitForEffects(round * 41) == Array(1...Int64(round * 41)))
                }
            }
        }
    }

    @Test func poison_becomesADeadLetter_andCanBeReplayed() async throws {
        try await MessagingRig.with { rig in
            let calls = Calls()
            let letters = DeadLetters(pool: rig.pool)
            let consumers = try (0..<2).map { index in
                consumer(rig, redis: index == 0 ? rig.redis : try rig.anotherClient()) { event, connection in
                    try await MessagingRig.record(event, connection)
                    if event.position == 3, !calls.isOn.load(ordering: .acquiring) {
                        _ = calls.add(3)
                        throw Poison()
                    }
                }
            }
            try await whileRunning([rig.relay()] + consumers) {
                try await rig.append(6)
                #expect(try await rig.waitForEffects(5) == [1, 2, 4, 5, 6])
                let letter = try #require(try await letters.list(group: "group").first)
                #expect(letter.position == 3 && letter.attempts == 5 && letter.error.contains("Poison"))
                #expect(letter.type == "cn.onetrip.test.v1" && !letter.isRequested)
                // In a batch of several it fails once more before it stands alone.
                #expect((5...10).contains(calls[3]))

                // Still broken: the request is taken back and the reason kept.
                try await letters.replay(letter.id)
                _ = try await eventually("the replay has failed") {
                    try await letters.list().first?.attempts == 6 ? true : nil
                }
                #expect(try await letters.list().first?.isRequested == false)

                calls.isOn.store(true, ordering: .releasing)
                try await letters.replay(letter.id)
                #expect(try await rig.waitForEffects(6) == [1, 2, 4, 5, 6, 3])
                _ = try await eventually("the letter is marked") { try await letters.list().isEmpty ? true : nil }
                #expect(try await letters.list(includingReplayed: true).first?.replayed != nil)
            }
            let error = await #expect(throws: MessagingError.self) { try await letters.replay(1) }
            #expect(error?.code == .noSuchDeadLetter)
        }
    }

    @Test func entry_thatStaysNoEvent_becomesADeadLetter() async throws {
        try await MessagingRig.with { rig in
            _ = try await rig.redis.append(
                [
                    StreamEntry(position: 1, "event", "{\"half\":"), StreamEntry(position: 2, "other", "x"),
                ], to: rig.stream, after: 0)
            try await whileRunning([consumer(rig)]) {
                let letters = try await eventually("two dead letters") {
                    let letters = try await DeadLetters(pool: rig.pool).list()
                    return letters.count == 2 ? letters : nil
                }
                #expect(letters.map(\.position) == [1, 2])
                #expect(letters.map(\.payload) == ["{\"half\":", ""])
                #expect(
                    letters.allSatisfy {
                        $0.attempts == MessagingRig.settings.maximumAttempts && $0.type == "unreadable"
                    })
            }
            #expect(try await rig.effects().isEmpty)
        }
    }

    @Test func entry_thatIsNoEvent_isReplacedByTheRelay_andTheEventTakesEffect() async throws {
        try await MessagingRig.with { rig in
            var settings = MessagingRig.settings
            settings.backoff = Backoff(first: .milliseconds(2), longest: .seconds(5))
            let careful = Consumer(
                group: "group", pool: rig.pool, redis: rig.redis, streams: { [stream = rig.stream] in [stream] },
                settings: settings, logger: rig.logger, handler: MessagingRig.record)
            let relay = rig.relay()
            try await rig.append(1)
            try await whileRunning([relay, careful]) {
                _ = try await rig.waitForEffects(1)
                _ = try await rig.redis.append([StreamEntry(position: 2, "event", "{")], to: rig.stream, after: 1)
                _ = try await eventually("the consumer has met it") {
                    let failed = try await rig.pool.read("SELECT FROM consumer_offset WHERE attempts > 0")
                    return failed.isEmpty ? nil : true
                }
                try await rig.append(2)
                relay.wake(rig.stream)
                #expect(try await rig.waitForEffects(3) == [1, 2, 3])
            }
            #expect(try await DeadLetters(pool: rig.pool).list().isEmpty)
        }
    }

    @Test func newStream_isConsumedWhenItAppears() async throws {
        try await MessagingRig.with { rig in
            let calls = Calls()
            let late = Consumer(
                group: "group", pool: rig.pool, redis: rig.redis,
                streams: { calls.isOn.load(ordering: .acquiring) ? [rig.stream] : [] }, settings: MessagingRig.settings,
                logger: rig.logger, handler: MessagingRig.record)
            try await whileRunning([rig.relay(), late]) {
                try await rig.append(3)
                _ = try await rig.copiedEntries()
                calls.isOn.store(true, ordering: .releasing)
                #expect(try await rig.waitForEffects(3) == [1, 2, 3])
            }
        }
    }

    @Test func gracefulShutdown_finishesWhatIsInHand() async throws {
        try await MessagingRig.with { rig in
            let (started, signal) = AsyncStream<Void>.makeStream()
            let consumer = consumer(rig) { event, connection in
                signal.yield()
                try await MessagingRig.record(event, connection)
            }
            try await whileRunning([rig.relay()]) {
                try await rig.append(50)
                _ = try await rig.copiedEntries()
                let group = ServiceGroup(
                    configuration: .init(services: [.init(service: consumer)], logger: rig.logger))
                let ended = Task { try await group.run() }
                for await _ in started { break }
                await group.triggerGracefulShutdown()
                try await withDeadline(.seconds(10), "the shutdown") { try await ended.value }
                let effects = try await rig.effects()
                #expect(effects == Array(1...Int64(effects.count)))
                #expect(!effects.isEmpty)
                #expect(try await pending(rig) == 0)
                // Nothing owed, so the consumer has taken its name away.
                #expect(try await rig.redis.groups(of: rig.stream).first?.consumers == 0)
            }
        }
    }
}
