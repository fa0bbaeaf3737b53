import EventContracts
import Messaging
import Postgres
import RedisStreams
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct RelayTests {
    /// Appends from several writers, waking relays in turn.
    private func appendConcurrently(_ rig: MessagingRig, writers: Int, rounds: Int, wake relays: [Relay]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for round in 0..<rounds {
                        try await rig.append(1 + (writer + round) % 3)
                        relays[(writer + round) % relays.count].wake(rig.stream)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func expectComplete(_ rig: MessagingRig, from first: Int64 = 1) async throws {
        let entries = try await rig.copiedEntries()
        let head = try await rig.log.head(of: rig.stream)
        #expect(entries.map(\.position) == Array(first...head))
        let logged = try await rig.log.read(rig.stream, after: first - 1, limit: 1_000_000)
        #expect(entries.map { $0["event"] } == logged.map { $0.cloudEvent(source: "/test").json() })
    }

    @Test func threeRelays_andFiveWriters_copyEveryPositionOnceInOrder() async throws {
        try await MessagingRig.with { rig in
            let clients = try (0..<3).map { _ in try rig.anotherClient() }
            let relays = clients.map { rig.relay(redis: $0) }
            try await whileRunning(clients as [any Service] + relays) {
                try await appendConcurrently(rig, writers: 5, rounds: 40, wake: relays)
                try await expectComplete(rig)
            }
        }
    }

    @Test func flushAll_inTheMiddle_heals() async throws {
        try await MessagingRig.withControl { rig, control in
            let relays = [rig.relay(), rig.relay()]
            try await whileRunning(relays) {
                for _ in 0..<3 {
                    async let appending: Void = appendConcurrently(rig, writers: 4, rounds: 25, wake: relays)
                    _ = try await eventually("something was copied") {
                        try await rig.redis.lastPosition(of: rig.stream) > 0 ? true : nil
                    }
                    try await control.flushAll()
                    try await appending
                }
                // And once more when nobody appends: only the sweep can notice.
                _ = try await rig.copiedEntries()
                try await control.flushAll()
                try await expectComplete(rig)
            }
        }
    }

    @Test func redis_thatIsKilledAndRestarted_heals() async throws {
        try await MessagingRig.withControl { rig, control in
            let relay = rig.relay()
            try await whileRunning([relay]) {
                try await appendConcurrently(rig, writers: 2, rounds: 10, wake: [relay])
                async let appending: Void = appendConcurrently(rig, writers: 4, rounds: 40, wake: [relay])
                await control.killHard()
                try await appending
                try await control.restart()
                try await expectComplete(rig)
            }
        }
    }

    /// What somebody else wrote where the next events belong does not take their place.
    @Test(arguments: [
        StreamEntry(position: 6, "event", "{"), StreamEntry(position: 6, "other", "x"),
        StreamEntry(position: 1_795_000_000_000, "event", "{"),
        StreamEntry(
            position: 6, "event",
            CloudEvent(
                id: "x/6", source: "/test", type: "cn.onetrip.test.v1", subject: nil, time: MessagingRig.time,
                traceparent: nil, data: "{}"
            ).json()),
    ])
    func foreignEntry_isReplacedByTheLog(entry: StreamEntry) async throws {
        try await MessagingRig.with { rig in
            let relays = [rig.relay(), rig.relay(redis: try rig.anotherClient())]
            try await rig.append(5)
            try await whileRunning(relays) {
                try await expectComplete(rig)
                _ = try await rig.redis.append([entry], to: rig.stream, after: 5)
                try await rig.append(1)
                relays[0].wake(rig.stream)
                let logged = try await rig.log.read(rig.stream, after: 5, limit: 1)
                _ = try await eventually("the event is there") {
                    let entries = try await rig.redis.range(rig.stream, from: 6, count: 2)
                    return entries.first?["event"] == logged[0].cloudEvent(source: "/test").json() ? true : nil
                }
                try await expectComplete(rig)
            }
        }
    }

    @Test func event_withoutAWake_isFoundByTheSweep() async throws {
        try await MessagingRig.with { rig in
            try await whileRunning([rig.relay()]) {
                try await rig.append(3)
                try await expectComplete(rig)
            }
        }
    }

    @Test func trimming_waitsForTheSlowestGroup_andForGroupsThatAreNotThereYet() async throws {
        try await MessagingRig.withControl { rig, control in
            let relay = rig.relay(required: ["fast", "slow"], keep: 10)
            let stream = rig.stream
            try await whileRunning([relay]) {
                try await rig.append(100)
                _ = try await rig.copiedEntries()
                try await rig.redis.createGroup(stream, group: "fast")
                try await rig.redis.withReader { reader in
                    _ = try await reader.readGroup("fast", consumer: "c", streams: [stream], count: 100)
                    try await rig.redis.acknowledge(stream, group: "fast", positions: Array(1...100))
                    // Several sweeps with one group missing: the appends show that they have happened.
                    for _ in 0..<3 {
                        try await rig.append(1)
                        _ = try await rig.copiedEntries()
                    }
                    #expect(try await rig.log.state(of: stream)?.trimmed == 0)

                    try await rig.redis.createGroup(stream, group: "slow")
                    _ = try await reader.readGroup("slow", consumer: "c", streams: [stream], count: 100)
                    try await rig.redis.acknowledge(stream, group: "slow", positions: Array(1...20) + Array(30...100))
                    let trimmed = try await eventually("trimmed") {
                        let trimmed = try await rig.log.state(of: stream)?.trimmed ?? 0
                        return trimmed > 0 ? trimmed : nil
                    }
                    #expect(trimmed == 20)
                    _ = try await eventually("Redis is trimmed") {
                        try await rig.redis.range(stream, from: 1, count: 1).first?.position == 21 ? true : nil
                    }
                    // Entry 21 is pending with the slow group, so it must still be there after more has come.
                    try await rig.append(50)
                    #expect(try await rig.copiedEntries().first?.position == 21)

                    try await rig.redis.acknowledge(stream, group: "slow", positions: Array(21...29))
                    _ = try await eventually("the slow group no longer holds") {
                        try await rig.log.state(of: stream)?.trimmed == 100 ? true : nil
                    }
                }
                // After a wipe the copy begins behind what was trimmed, and has no gap.
                try await control.flushAll()
                try await expectComplete(rig, from: 101)
            }
        }
    }

    @Test func redis_aheadOfARestoredLog_isMadeAnew() async throws {
        try await MessagingRig.with { rig in
            try await rig.append(5)
            // What a lost standby had already published.
            _ = try await rig.redis.append(
                (1...9).map { StreamEntry(position: $0, "event", "from another past") }, to: rig.stream, after: 0)
            try await whileRunning([rig.relay()]) { try await expectComplete(rig) }
        }
    }

    @Test func manyStreams_areAllCopied() async throws {
        try await MessagingRig.with { rig in
            let names = (0..<60).map { "\(rig.stream):\($0)" }
            try await rig.pool.withTransaction { connection in
                _ = try await rig.log.append(
                    names.flatMap { name in (0..<3).map { _ in (name, NewEvent(type: "t", payload: "{}")) } },
                    at: MessagingRig.time, on: connection)
            }
            try await whileRunning([rig.relay()]) {
                _ = try await eventually("all copied") {
                    try await rig.redis.lastPositions(of: names).allSatisfy { $0 == 3 } ? true : nil
                }
            }
        }
    }
}
