import Logging
import RedisStreams
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RedisClientTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withClient<R: Sendable>(
        _ address: String, _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> R
    ) async throws -> R {
        var configuration = try RedisConfiguration(address: address)
        configuration.backoff = Backoff(first: .milliseconds(5), longest: .milliseconds(50))
        change(&configuration)
        return try await RedisClient.withClient(configuration, logger: logger, body)
    }

    private func entries(_ positions: ClosedRange<Int64>) -> [StreamEntry] {
        positions.map { StreamEntry(position: $0, "event", "value \($0)") }
    }

    // MARK: Append

    @Test func append_afterAnotherPosition_writesNothing() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let stream = "\(prefix):{h}:s"
                let before = try await redis.lastPosition(of: stream)
                #expect(before == 0)
                #expect(try await redis.append(entries(1...3), to: stream, after: 0) == .appended)
                #expect(try await redis.append(entries(2...5), to: stream, after: 1) == .mismatch(last: 3))
                #expect(try await redis.append(entries(6...7), to: stream, after: 5) == .mismatch(last: 3))
                #expect(try await redis.append(entries(4...5), to: stream, after: 3) == .appended)
                #expect(try await redis.range(stream, from: 1, count: 100) == entries(1...5))
                #expect(try await redis.range(stream, from: 4, count: 1) == entries(4...4))
            }
        }
    }

    @Test func append_outOfOrder_isRefusedBeforeItIsSent() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let wrong = entries(1...2) + entries(2...2)
                await #expect(throws: RedisError.self) { try await redis.append(wrong, to: "\(prefix):s", after: 0) }
                let last = try await redis.lastPosition(of: "\(prefix):s")
                #expect(last == 0)
            }
        }
    }

    @Test func append_toATrimmedStream_comparesWithTheLastEverAppended() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let stream = "\(prefix):{h}:s"
                _ = try await redis.append(entries(1...9), to: stream, after: 0)
                try await redis.trim(stream, below: 10)
                #expect(try await redis.range(stream, from: 1, count: 10).isEmpty)
                #expect(try await redis.lastPosition(of: stream) == 9)
                #expect(try await redis.append(entries(10...10), to: stream, after: 9) == .appended)
            }
        }
    }

    @Test func append_racingWriters_leaveNoGapAndNoDouble() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let stream = "\(prefix):{h}:s"
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            var last: Int64 = 0
                            while last < 200 {
                                switch try await redis.append(
                                    [StreamEntry(position: last + 1, "n", "x")], to: stream, after: last)
                                {
                                case .appended: last += 1
                                case .mismatch(let position): last = position
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let positions = try await redis.range(stream, from: 1, count: 1000).map(\.position)
                #expect(positions == Array(1...positions.count).map(Int64.init))
                #expect(positions.count >= 200)
            }
        }
    }

    @Test func scripts_thatRedisForgot_areTaughtAgain() async throws {
        try await withOwnRedis { address, _ in
            try await withClient(address) { redis in
                _ = try await redis.append(entries(1...1), to: "s", after: 0)
                try await redis.command(["SCRIPT", "FLUSH"])
                #expect(try await redis.append(entries(2...2), to: "s", after: 1) == .appended)
                try await redis.command(["SCRIPT", "FLUSH"])
                #expect(try await redis.lastPositions(of: ["s", "absent", "s"]) == [2, 0, 2])
                #expect(try await redis.reset("s", beyond: 2) == false)
                #expect(try await redis.reset("s", beyond: 1) == true)
                #expect(try await redis.lastPosition(of: "s") == 0)
            }
        }
    }

    // MARK: Groups

    @Test func group_deliversClaimsAndAcknowledges() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let stream = "\(prefix):{h}:s"
                #expect(try await redis.groups(of: stream).isEmpty)
                _ = try await redis.append(entries(1...5), to: stream, after: 0)
                try await redis.createGroup(stream, group: "g")
                try await redis.createGroup(stream, group: "g")
                try await redis.withReader { reader in
                    let batches = try await reader.readGroup("g", consumer: "a", streams: [stream], count: 3)
                    #expect(batches == [StreamBatch(stream: stream, entries: entries(1...3))])
                    try await redis.acknowledge(stream, group: "g", positions: [1, 3])
                    let group = try #require(try await redis.groups(of: stream).first)
                    #expect(group == ConsumerGroupInfo(name: "g", consumers: 1, pending: 1, lastDelivered: 3, lag: 2))
                    #expect(try await redis.acknowledgedPosition(of: group, on: stream) == 1)
                    let claimed = try await reader.autoClaim(stream, group: "g", consumer: "b", minIdle: .zero)
                    #expect(claimed == entries(2...2))
                    try await redis.acknowledge(stream, group: "g", positions: [2])
                    #expect(try await redis.acknowledgedPosition(of: group, on: stream) == 3)
                }
            }
        }
    }

    @Test func group_thatIsAbsent_isATypedError() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                try await redis.withReader { reader in
                    let error = await #expect(throws: RedisError.self) {
                        try await reader.readGroup("g", consumer: "a", streams: ["\(prefix):none"], block: nil)
                    }
                    #expect(error?.isNoGroup == true)
                    let claimed = try await reader.autoClaim(
                        "\(prefix):none", group: "g", consumer: "a", minIdle: .zero)
                    #expect(claimed.isEmpty)
                }
            }
        }
    }

    @Test func key_thatIsNoStream_isATypedError() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                try await redis.command(["SET", RedisArgument("\(prefix):k"), "v"])
                for call in [
                    { try await redis.append([StreamEntry(position: 1, "a", "b")], to: "\(prefix):k", after: 0) }
                ] {
                    let error = await #expect(throws: RedisError.self) { try await call() }
                    #expect(error?.serverPrefix == "WRONGTYPE")
                }
            }
        }
    }

    // MARK: Reading

    @Test func read_wakesWhenAnEntryComes() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let stream = "\(prefix):{h}:s"
                try await redis.withReader { reader in
                    async let batches = reader.read([(stream, 0), ("\(prefix):other", 0)], block: .seconds(30))
                    // The reader is blocked once Redis says so.
                    _ = try await eventually("the reader is blocked") {
                        try await redis.command(["CLIENT", "LIST"]).text("clients").contains("cmd=xread ") ? true : nil
                    }
                    _ = try await redis.append(entries(1...2), to: stream, after: 0)
                    #expect(try await batches == [StreamBatch(stream: stream, entries: entries(1...2))])
                    #expect(try await reader.read([(stream, 2)], block: .milliseconds(5)).isEmpty)
                    #expect(try await reader.read([(stream, 1)], block: nil).first?.entries == entries(2...2))
                }
            }
        }
    }

    @Test func read_thatIsCancelled_endsAtOnce() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let start = ContinuousClock.now
                let reading = Task {
                    try await redis.withReader { reader in
                        try await reader.read([("\(prefix):s", 0)], block: .seconds(30))
                    }
                }
                _ = try await eventually("the reader is there") {
                    try await redis.command(["CLIENT", "LIST"]).text("clients").contains("cmd=xread ") ? true : nil
                }
                reading.cancel()
                let error = await #expect(throws: RedisError.self) { try await reading.value }
                #expect(error?.code == .cancelled)
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }

    // MARK: Values and load

    @Test func values_ofAnyBytesAndSize_goThrough() async throws {
        try await withRedis { address, prefix in
            try await withClient(address) { redis in
                let long = String(repeating: "窗口3\r\n", count: 200_000)
                let key = RedisArgument("\(prefix):k")
                for value in ["", "\0", "请 A001 到 3 号窗口", long] {
                    try await redis.command(["SET", key, RedisArgument(value)])
                    #expect(try await redis.command(["GET", key]) == .text(value))
                }
                try await redis.command(["SET", key, RedisArgument([0xff, 0x00])])
                #expect(try await redis.command(["GET", key]) == .bytes([0xff, 0x00]))
                #expect(try await redis.command(["GET", RedisArgument("\(prefix):absent")]) == .null)
            }
        }
    }

    @Test func commands_ofManyTasks_getTheirOwnAnswers() async throws {
        try await withRedis { address, _ in
            try await withClient(address) { redis in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for task in 0..<64 {
                        group.addTask {
                            for round in 0..<50 {
                                let text = "\(task)-\(round)"
                                guard try await redis.command(["ECHO", RedisArgument(text)]) == .text(text) else {
                                    return false
                                }
                            }
                            return true
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
            }
        }
    }

    @Test func cancelledCommands_doNotShiftTheAnswersOfOthers() async throws {
        try await withRedis { address, _ in
            try await withClient(address) { redis in
                try await redis.ping()
                for round in 0..<200 {
                    let victim = Task { try await redis.command(["ECHO", "victim"]) }
                    victim.cancel()
                    #expect(try await redis.command(["ECHO", RedisArgument(round)]) == .text("\(round)"))
                    _ = await victim.result
                }
            }
        }
    }
}
