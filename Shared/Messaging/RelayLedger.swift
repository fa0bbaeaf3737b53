private import DequeModule

/// What a relay knows and has to do: which streams wait to be copied, and how far each copy is believed to be.
///
/// A value without I/O. A stream is worked on by one task of the process at a time; a wake that comes meanwhile is
/// remembered, so no event can fall between two looks.
struct RelayLedger {
    private var waiting: Deque<String> = []
    private var queued: Set<String> = []
    /// Streams being copied, and whether they were woken meanwhile.
    private var active: [String: Bool] = [:]
    /// Position on Redis as last seen; absent when unknown.
    private(set) var copied: [String: Int64] = [:]

    var isIdle: Bool { waiting.isEmpty && active.isEmpty }

    mutating func wake(_ stream: String) {
        if active[stream] != nil {
            active[stream] = true
        } else if queued.insert(stream).inserted {
            waiting.append(stream)
        }
    }

    /// The next stream to copy, unless `limit` are being copied.
    mutating func take(limit: Int) -> String? {
        guard active.count < limit, let stream = waiting.popFirst() else { return nil }
        queued.remove(stream)
        active[stream] = false
        return stream
    }

    /// - Parameter position: how far the copy is now; `nil` after a failure: the next look asks Redis, and the sweep
    ///   wakes it.
    mutating func finished(_ stream: String, at position: Int64?) {
        copied[stream] = position
        if active.removeValue(forKey: stream) == true { wake(stream) }
    }

    /// Compares what is believed with what Redis says. Returns whether Redis has lost something.
    ///
    /// If one stream has lost entries, so have others, most likely: then nothing is believed any more. A stream beyond
    /// the log is not believed either: another relay has copied something newer, or somebody else has written to it.
    ///
    /// - Parameter head: position of the last event of the log, read before Redis was asked.
    mutating func verified(_ stream: String, at position: Int64, head: Int64) -> Bool {
        guard active[stream] == nil, let believed = copied[stream] else { return false }
        copied[stream] = position > head ? nil : position
        guard position < believed else { return false }
        copied = [:]
        return true
    }

    /// Wakes the streams whose copy is not known to be complete, and says how far behind the copies are.
    ///
    /// - Parameter heads: all streams of the log with the position of their last event.
    /// - Returns: events not yet copied, over all streams and of the worst one. Unknown copies count as complete.
    mutating func sweep(_ heads: [(stream: String, head: Int64)]) -> (total: Int64, worst: Int64) {
        var total: Int64 = 0
        var worst: Int64 = 0
        for (stream, head) in heads where copied[stream] != head {
            wake(stream)
            let behind = max(0, head - (copied[stream] ?? head))
            total += behind
            worst = max(worst, behind)
        }
        return (total, worst)
    }
}

/// How far a stream in Redis may be trimmed.
enum TrimPlan {
    /// The last position that may go, or `nil` when nothing is to be done.
    ///
    /// - Parameters:
    ///   - acknowledged: for each required group the position up to which it has acknowledged everything; `nil` for a
    ///     group that does not exist (yet), which then holds everything.
    ///   - keep: how many of the latest entries stay for those who read without a group.
    static func lastToDrop(head: Int64, trimmed: Int64, keep: Int64, acknowledged: [Int64?]) -> Int64? {
        var last = head - keep
        for position in acknowledged {
            guard let position else { return nil }
            last = min(last, position)
        }
        // Not for each single entry: each step writes the stream's row, for which appends wait.
        return last - trimmed >= max(1, keep / 8) ? last : nil
    }
}
