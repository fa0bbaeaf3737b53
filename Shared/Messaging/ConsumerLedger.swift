internal import RedisStreams

/// What a consumer holds in its hands: entries that it was given and has not acknowledged, and streams that rest after
/// a failure. A value without I/O.
struct ConsumerLedger {
    private struct Stream {
        /// Positions given to this consumer, ascending.
        var owed: [Int64] = []
        /// Entries as they came, for the coming step only.
        var fresh: [StreamEntry] = []
        /// The sweep found the stream longer than the group's offset.
        var isBehind = false
        var failures = 0
        var restsUntil: ContinuousClock.Instant?

        var hasWork: Bool { !owed.isEmpty || isBehind }
    }

    private var streams: [String: Stream] = [:]

    /// Whether nothing is owed to the group.
    var isClear: Bool { streams.values.allSatisfy { $0.owed.isEmpty } }

    mutating func received(_ batch: StreamBatch) {
        streams[batch.stream, default: Stream()].owed.append(contentsOf: batch.entries.map(\.position))
        streams[batch.stream, default: Stream()].fresh = batch.entries
    }

    mutating func foundBehind(_ stream: String) {
        streams[stream, default: Stream()].isBehind = true
    }

    /// The streams that may be read now: those at rest would only pile up entries.
    func readable(of names: [String], at now: ContinuousClock.Instant) -> [String] {
        names.filter { name in streams[name]?.restsUntil.map { $0 <= now } ?? true }
    }

    /// The streams to work on now, with the entries that have just come.
    mutating func due(at now: ContinuousClock.Instant) -> [(stream: String, fresh: [StreamEntry])] {
        var due: [(stream: String, fresh: [StreamEntry])] = []
        for (name, stream) in streams where stream.hasWork {
            // Entries that came before a rest are read again when it is over.
            streams[name]?.fresh = []
            if let until = stream.restsUntil, until > now { continue }
            due.append((name, stream.fresh))
        }
        return due
    }

    /// When the next rest is over.
    var nextDue: ContinuousClock.Instant? {
        streams.values.lazy.filter(\.hasWork).compactMap(\.restsUntil).min()
    }

    /// The group has consumed up to `position`: returns what can be acknowledged. Call ``acknowledged(_:through:)``
    /// after that.
    mutating func advanced(_ name: String, to position: Int64) -> [Int64] {
        streams[name]?.failures = 0
        streams[name]?.restsUntil = nil
        streams[name]?.isBehind = false
        return streams[name]?.owed.filter { $0 <= position } ?? []
    }

    mutating func acknowledged(_ name: String, through position: Int64) {
        streams[name]?.owed.removeAll { $0 <= position }
        if streams[name]?.hasWork == false { streams[name] = nil }
    }

    /// The stream rests. Returns the number of failures in a row.
    mutating func rest(_ name: String, at now: ContinuousClock.Instant, delay: (_ failures: Int) -> Duration) {
        let failures = (streams[name]?.failures ?? 0) + 1
        streams[name, default: Stream()].failures = failures
        streams[name]?.restsUntil = now.advanced(by: delay(failures))
    }
}
