package import Domain
package import RedisStreams
import Synchronization

/// The buckets that all processes share, in Redis: all that a request takes from in one round trip and one indivisible step.
///
/// Whoever asks has an answer within the deadline or none: Redis may be slow, away or wiped at any moment, and nobody waits for it. After a
/// failure it is left alone for a moment.
package final class SharedBuckets: Sendable {
    private let redis: RedisClient
    private let prefix: String
    private let deadline: Duration
    private let scriptName = Mutex<String?>(nil)
    private let awayUntil = Mutex<ContinuousClock.Instant?>(nil)
    static let pause = Duration.seconds(1)

    /// - Parameter prefix: of the keys; those of one request share a slot of a cluster by the braces.
    package init(redis: RedisClient, prefix: String, deadline: Duration = .milliseconds(50)) {
        self.redis = redis
        self.prefix = prefix + ":{guards}:"
        self.deadline = deadline
    }

    /// Takes a token from each, or from none; `nil` when Redis did not answer in time.
    package func take(_ buckets: [GuardedBucket], isSolved: Bool, at now: Timestamp) async -> Admission? {
        var arguments: [RedisArgument] = buckets.map { RedisArgument(prefix + $0.name) }
        arguments.append(RedisArgument(now.milliseconds))
        arguments.append(isSolved ? 1 : 0)
        for bucket in buckets {
            arguments.append(RedisArgument(bucket.rate.burst))
            arguments.append(RedisArgument(bucket.rate.perMinute))
            arguments.append(bucket.isShared ? 1 : 0)
        }
        let call = [RedisArgument(buckets.count)] + arguments
        return await inTime { () async throws -> Admission in
            let answer = try await self.evaluate(call).array("the answer of the buckets")
            guard answer.count == 2 else { throw RedisError(.protocolError, "the buckets answered otherwise") }
            let number = try answer[1].integer("a number of the buckets")
            switch try answer[0].integer("the word of the buckets") {
            case 0: return .admitted
            case 1: return .challenged(left: Double(number) / 1_000_000)
            default: return .refused(retryAfterMilliseconds: number)
            }
        }
    }

    /// Notes that something was used; `false` when it had been before, `nil` when Redis did not answer in time.
    func spend(_ name: String, keptMilliseconds: Int64) async -> Bool? {
        let command: [RedisArgument] = [
            "SET", RedisArgument(prefix + name), "1", "NX", "PX", RedisArgument(max(1, keptMilliseconds)),
        ]
        return await inTime { try await self.redis.command(command) != .null }
    }

    private func evaluate(_ arguments: [RedisArgument]) async throws(RedisError) -> RedisReply {
        if let name = scriptName.withLock({ $0 }) {
            do throws(RedisError) {
                return try await redis.command(["EVALSHA", RedisArgument(name)] + arguments)
            } catch  where error.isNoScript {}
        }
        let name = try await redis.command(["SCRIPT", "LOAD", RedisArgument(Self.script)]).text("the name of a script")
        scriptName.withLock { $0 = name }
        return try await redis.command(["EVALSHA", RedisArgument(name)] + arguments)
    }

    /// Runs a call to Redis until the deadline. The call may go on a little beyond it; nobody waits for it.
    private func inTime<Value: Sendable>(_ call: @escaping @Sendable () async throws -> Value) async -> Value? {
        guard awayUntil.withLock({ $0.map { $0 <= .now } ?? true }) else { return nil }
        let value: Value? = await withCheckedContinuation { continuation in
            let waiting = FirstAnswer(continuation)
            let work = Task { waiting.answer(try? await call()) }
            Task { [deadline] in
                // The deadline itself: whoever is first answers, and the other is not waited for.
                try? await Task.sleep(for: deadline)
                if waiting.answer(nil) { work.cancel() }
            }
        }
        let away: ContinuousClock.Instant? = value == nil ? ContinuousClock.now.advanced(by: Self.pause) : nil
        awayUntil.withLock { $0 = away }
        return value
    }

    /// As ``LocalBuckets/take(_:isSolved:at:)``. Numbers are kept as text with 14 digits, which is exact to a thousandth of a token.
    private static let script = """
        local now, solved = tonumber(ARGV[1]), ARGV[2] == '1'
        local levels, times, lowest, wait = {}, {}, 1, 0
        for i, key in ipairs(KEYS) do
          local burst, rate, shared = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]) / 60000, ARGV[3 * i + 2] == '1'
          local known = redis.call('HMGET', key, 'tokens', 'at')
          local tokens, at = tonumber(known[1] or burst), tonumber(known[2] or now)
          levels[i] = math.min(burst, tokens + math.max(0, now - at) * rate)
          times[i] = math.max(now, at)
          lowest = math.min(lowest, levels[i] / burst)
          if levels[i] < 1 and not shared then wait = math.max(wait, math.ceil((1 - levels[i]) / rate)) end
        end
        if wait > 0 then return {2, wait} end
        if not solved and lowest < 1 / 3 then return {1, math.floor(lowest * 1000000)} end
        for i, key in ipairs(KEYS) do
          local burst, rate = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]) / 60000
          redis.call('HSET', key, 'tokens', tostring(math.max(0, levels[i] - 1)), 'at', tostring(times[i]))
          redis.call('PEXPIRE', key, math.ceil(burst / rate) + 1000)
        end
        return {0, 0}
        """
}

/// Hands on the first of two answers.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) {
        self.continuation = Mutex(continuation)
    }

    /// - Returns: whether it was the first.
    @discardableResult
    func answer(_ value: Value?) -> Bool {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
        return waiting != nil
    }
}
