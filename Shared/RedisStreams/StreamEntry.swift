/// An entry of a stream whose ID is `<position>-0`.
package struct StreamEntry: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var position: Int64
    package var fields: [Field]

    package init(position: Int64, fields: [Field]) {
        self.position = position
        self.fields = fields
    }

    package init(position: Int64, _ name: String, _ value: String) {
        self.init(position: position, fields: [Field(name, value)])
    }

    /// The value of the first field of that name.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

/// Entries of one stream, as one read gave them.
package struct StreamBatch: Hashable, Sendable {
    package var stream: String
    package var entries: [StreamEntry]

    package init(stream: String, entries: [StreamEntry]) {
        self.stream = stream
        self.entries = entries
    }
}

extension StreamEntry {
    /// Reads `[id, [name, value, …]]`. An entry that was trimmed while pending has no fields.
    init(_ reply: RedisReply) throws(RedisError) {
        let parts = try reply.array("a stream entry")
        guard parts.count == 2 else {
            throw RedisError(.protocolError, "a stream entry has \(parts.count) parts in place of 2")
        }
        let content = try parts[1].array("the fields of a stream entry")
        var fields: [Field] = []
        fields.reserveCapacity(content.count / 2)
        for index in stride(from: 0, to: content.count - 1, by: 2) {
            fields.append(Field(content[index].lossyText, content[index + 1].lossyText))
        }
        self.init(position: try Self.position(ofID: try parts[0].text("the ID of a stream entry")), fields: fields)
    }

    static func list(_ reply: RedisReply) throws(RedisError) -> [StreamEntry] {
        var entries: [StreamEntry] = []
        for element in try reply.array("stream entries") where element != .null {
            entries.append(try StreamEntry(element))
        }
        return entries
    }

    /// The number before the `-` of an ID.
    static func position(ofID id: String) throws(RedisError) -> Int64 {
        guard let number = Int64(id.prefix { $0 != "-" }) else {
            throw RedisError(.protocolError, "\(id) is not the ID of a stream entry")
        }
        return number
    }

    static func id(_ position: Int64) -> RedisArgument {
        RedisArgument("\(position)-0")
    }
}

extension RedisReply {
    /// Text as it is; bytes that are not UTF-8 with replacement characters, so that one broken entry cannot stop a
    /// reader: whoever reads the field finds that it is not what it should be.
    var lossyText: String {
        switch self {
        case .text(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        case .null, .array, .error: ""
        }
    }
}

extension StreamBatch {
    /// Reads `[[stream, entries], …]`, the answer of `XREAD` and `XREADGROUP`; null when nothing came in time.
    static func list(_ reply: RedisReply) throws(RedisError) -> [StreamBatch] {
        var batches: [StreamBatch] = []
        for element in try reply.array("streams") {
            let parts = try element.array("a stream")
            guard parts.count == 2 else {
                throw RedisError(.protocolError, "a stream of a read has \(parts.count) parts in place of 2")
            }
            batches.append(
                StreamBatch(stream: try parts[0].text("the name of a stream"), entries: try StreamEntry.list(parts[1])))
        }
        return batches
    }
}
