/// Reads streams on a connection of its own, where waiting blocks nobody else. Got from ``RedisClient/withReader(_:)``.
///
/// Growth: Redis looks at every named stream on each call, so a call is linear in the number of streams.
package struct RedisStreamReader: Sendable {
    let connection: RedisConnection
    let commandTimeout: Duration

    /// Takes new entries for a consumer of a group; they stay pending until they are acknowledged.
    ///
    /// - Parameters:
    ///   - streams: at least one.
    ///   - count: at most so many of each stream.
    ///   - block: how long to wait when there is nothing; `nil` answers at once.
    /// - Returns: nothing when nothing came in time.
    /// - Throws: ``RedisError``; `isNoGroup` when a stream or its group is absent.
    package func readGroup(
        _ group: String, consumer: String, streams: [String], count: Int = 100, block: Duration? = .seconds(1)
    ) async throws(RedisError) -> [StreamBatch] {
        var command: [RedisArgument] = [
            "XREADGROUP", "GROUP", RedisArgument(group), RedisArgument(consumer), "COUNT", RedisArgument(count),
        ]
        command += blockArguments(block) + ["STREAMS"] + streams.map { RedisArgument($0) }
        command += streams.map { _ in ">" }
        return try await read(command, block: block)
    }

    /// Reads what comes after the given positions, without a group.
    package func read(
        _ streams: [(stream: String, after: Int64)], count: Int = 100, block: Duration? = .seconds(1)
    ) async throws(RedisError) -> [StreamBatch] {
        var command: [RedisArgument] = ["XREAD", "COUNT", RedisArgument(count)]
        command += blockArguments(block) + ["STREAMS"] + streams.map { RedisArgument($0.stream) }
        command += streams.map { StreamEntry.id($0.after) }
        return try await read(command, block: block)
    }

    /// Takes over entries that other consumers have left pending for at least `minIdle`.
    ///
    /// - Returns: the entries taken, at most `count`; those that were trimmed meanwhile are left out.
    package func autoClaim(
        _ stream: String, group: String, consumer: String, minIdle: Duration, count: Int = 100
    ) async throws(RedisError) -> [StreamEntry] {
        try await autoClaim([stream], group: group, consumer: consumer, minIdle: minIdle, count: count).first?.entries
            ?? []
    }

    /// The same on many streams in one round trip; streams with nothing to take, or without the group, are left out.
    package func autoClaim(
        _ streams: [String], group: String, consumer: String, minIdle: Duration, count: Int = 100
    ) async throws(RedisError) -> [StreamBatch] {
        let replies = try await connection.send(
            streams.map {
                [
                    "XAUTOCLAIM", RedisArgument($0), RedisArgument(group), RedisArgument(consumer),
                    RedisArgument(minIdle.wholeMilliseconds), "0-0", "COUNT", RedisArgument(count),
                ]
            }, timeout: commandTimeout)
        var batches: [StreamBatch] = []
        for (stream, reply) in zip(streams, replies) {
            if case .error(let error) = reply, error.isNoGroup { continue }
            let parts = try reply.array("claimed entries")
            guard parts.count >= 2 else {
                throw RedisError(.protocolError, "XAUTOCLAIM answered \(parts.count) values in place of 3")
            }
            let entries = try StreamEntry.list(parts[1])
            if !entries.isEmpty { batches.append(StreamBatch(stream: stream, entries: entries)) }
        }
        return batches
    }

    private func blockArguments(_ block: Duration?) -> [RedisArgument] {
        // 0 would wait for ever.
        block.map { ["BLOCK", RedisArgument(max(1, $0.wholeMilliseconds))] } ?? []
    }

    private func read(_ command: [RedisArgument], block: Duration?) async throws(RedisError) -> [StreamBatch] {
        let reply = try await connection.send([command], timeout: commandTimeout + (block ?? .zero))[0]
        return try StreamBatch.list(reply.checked())
    }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
