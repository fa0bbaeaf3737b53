/// Which statements a connection holds prepared, by their text; the one used longest ago goes first.
struct StatementCache {
    fileprivate struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    private var counter = 0
    /// Names that the server still holds and nobody needs.
    private var evicted: [String] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The name of a statement that is prepared already.
    mutating func name(for sql: String) -> String? {
        clock += 1
        let now = clock
        return entries[sql]?.used(at: now)
    }

    /// A new name, never used before on this connection, counted as prepared from now on.
    mutating func add(_ sql: String) -> String {
        counter += 1
        clock += 1
        let name = "s\(counter)"
        entries[sql] = Entry(name: name, lastUse: clock)
        return name
    }

    /// The server does not hold it, or its plan is no longer valid.
    mutating func remove(_ sql: String) {
        entries[sql] = nil
    }

    /// Brings the cache back to its bound. Not while statements are under way.
    mutating func trim() {
        while entries.count > capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            evicted.append(oldest.value.name)
        }
    }

    /// The statements that the server should forget.
    mutating func takeEvicted() -> [String] {
        guard !evicted.isEmpty else { return [] }
        defer { evicted = [] }
        return evicted
    }
}

extension StatementCache.Entry {
    fileprivate mutating func used(at time: UInt64) -> String {
        lastUse = time
        return name
    }
}
