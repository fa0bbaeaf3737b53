private import Synchronization

extension RedisClient {
    /// Appends entries as `<position>-0`, all or none, if the stream's last position is `expected`.
    ///
    /// - Parameters:
    ///   - entries: positions strictly ascending, all greater than `expected`; each with at least one field.
    ///   - expected: 0 for a stream that is absent, or new and empty.
    /// - Returns: `appended`, or the position where the stream really stands.
    package func append(
        _ entries: [StreamEntry], to stream: String, after expected: Int64
    ) async throws(RedisError) -> AppendResult {
        guard !entries.isEmpty else { return .appended }
        // A refusal in the middle of the script would leave half of the entries behind, so it is ruled out here.
        var previous = expected
        var arguments: [RedisArgument] = [RedisArgument(expected)]
        arguments.reserveCapacity(1 + entries.count * 4)
        for entry in entries {
            guard entry.position > previous, !entry.fields.isEmpty else {
                throw RedisError(
                    .protocolError,
                    "entry \(entry.position) of \(stream) is out of order after \(previous) or has no fields")
            }
            previous = entry.position
            arguments.append(RedisArgument(entry.position))
            arguments.append(RedisArgument(entry.fields.count * 2))
            for field in entry.fields {
                arguments.append(RedisArgument(field.name))
                arguments.append(RedisArgument(field.value))
            }
        }
        let answer = try await evaluate(.append, key: stream, arguments).array("the result of an append")
        guard answer.count == 2 else { throw RedisError(.protocolError, "an append answered \(answer.count) values") }
        let wasAppended = try answer[0].integer("the result of an append") == 1
        return wasAppended ? .appended : .mismatch(last: try answer[1].integer("the position of a stream"))
    }

    /// Position of the last entry ever appended, also when it was trimmed; 0 when the stream is absent.
    package func lastPosition(of stream: String) async throws(RedisError) -> Int64 {
        try await evaluate(.lastPosition, key: stream, []).integer("the position of a stream")
    }

    /// The same for many streams in one round trip, in the order asked.
    package func lastPositions(of streams: [String]) async throws(RedisError) -> [Int64] {
        guard let first = streams.first else { return [] }
        // Asking for one alone brings the script back after a SCRIPT FLUSH.
        var positions = [try await lastPosition(of: first)]
        let name = scriptNames.withLock { $0[.lastPosition] ?? "" }
        let replies = try await pipeline(
            streams.dropFirst().map { ["EVALSHA", RedisArgument(name), 1, RedisArgument($0)] })
        for reply in replies { positions.append(try reply.integer("the position of a stream")) }
        return positions
    }

    /// Removes the stream with its groups if it stands beyond `position`; returns whether it did.
    package func reset(_ stream: String, beyond position: Int64) async throws(RedisError) -> Bool {
        try await evaluate(.resetBeyond, key: stream, [RedisArgument(position)]).integer("the result of a reset") == 1
    }

    /// The consumer groups; none when the stream is absent.
    package func groups(of stream: String) async throws(RedisError) -> [ConsumerGroupInfo] {
        do throws(RedisError) {
            var groups: [ConsumerGroupInfo] = []
            for reply in try await command(["XINFO", "GROUPS", RedisArgument(stream)]).array("groups") {
                groups.append(try ConsumerGroupInfo(reply))
            }
            return groups
        } catch  where error.serverPrefix == "ERR" && error.message.contains("no such key") {
            return []
        }
    }

    /// Everything up to this position was delivered to the group and acknowledged; 0 when the stream or group is
    /// absent.
    package func acknowledgedPosition(of group: ConsumerGroupInfo, on stream: String) async throws(RedisError) -> Int64
    {
        guard group.pending > 0 else { return group.lastDelivered }
        do throws(RedisError) {
            let summary = try await command(["XPENDING", RedisArgument(stream), RedisArgument(group.name)])
                .array("pending entries")
            guard summary.count == 4 else {
                throw RedisError(.protocolError, "XPENDING answered \(summary.count) values in place of 4")
            }
            // Acknowledged since the group was looked at: that position stays true.
            guard case .text(let smallest) = summary[1] else { return group.lastDelivered }
            return try StreamEntry.position(ofID: smallest) - 1
        } catch  where error.isNoGroup {
            return 0
        }
    }

    /// Drops the entries with positions smaller than `minimum`. Never uses `XDEL`, which would hide the lag of groups.
    package func trim(_ stream: String, below minimum: Int64) async throws(RedisError) {
        try await command(["XTRIM", RedisArgument(stream), "MINID", "=", StreamEntry.id(minimum)])
    }

    /// Makes the group, and the stream if it is absent; a group that exists is left as it is.
    ///
    /// - Parameter position: the group gets what comes after this.
    package func createGroup(_ stream: String, group: String, from position: Int64 = 0) async throws(RedisError) {
        try await createGroups([stream], group: group, from: position)
    }

    /// The same group on many streams, in one round trip.
    package func createGroups(_ streams: [String], group: String, from position: Int64 = 0) async throws(RedisError) {
        let replies = try await pipeline(
            streams.map {
                ["XGROUP", "CREATE", RedisArgument($0), RedisArgument(group), StreamEntry.id(position), "MKSTREAM"]
            })
        for case .error(let error) in replies where error.serverPrefix != "BUSYGROUP" { throw error }
    }

    /// Removes a consumer of a group. Entries that it had not acknowledged are forgotten by the group.
    package func removeConsumer(_ consumer: String, of group: String, on streams: [String]) async throws(RedisError) {
        _ = try await pipeline(
            streams.map { ["XGROUP", "DELCONSUMER", RedisArgument($0), RedisArgument(group), RedisArgument(consumer)] })
    }

    /// Marks entries as done for the group; those that are not pending are ignored.
    package func acknowledge(_ stream: String, group: String, positions: [Int64]) async throws(RedisError) {
        guard !positions.isEmpty else { return }
        try await command(["XACK", RedisArgument(stream), RedisArgument(group)] + positions.map(StreamEntry.id))
    }

    /// Entries from position `from` on, at most `count`, in order.
    package func range(_ stream: String, from: Int64, count: Int) async throws(RedisError) -> [StreamEntry] {
        try StreamEntry.list(
            await command(["XRANGE", RedisArgument(stream), StreamEntry.id(from), "+", "COUNT", RedisArgument(count)]))
    }

    /// Runs a script by its name, and in full when Redis has forgotten it (a restart, `SCRIPT FLUSH`), which teaches it
    /// again.
    private func evaluate(
        _ script: StreamScript, key: String, _ arguments: [RedisArgument]
    ) async throws(RedisError) -> RedisReply {
        let name = scriptNames.withLock { $0[script] }
        if let name {
            do throws(RedisError) {
                return try await command(["EVALSHA", RedisArgument(name), 1, RedisArgument(key)] + arguments)
            } catch  where error.isNoScript {}
        }
        return try await command(["EVAL", RedisArgument(script.text), 1, RedisArgument(key)] + arguments)
    }
}
