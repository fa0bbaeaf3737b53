package import NIOCore

/// One server-sent event (WHATWG HTML, section 9.2).
package struct SSEMessage: Sendable, Hashable {
    /// The position in the log that made it. A browser that comes back tells the last it saw. `nil`: not for resuming.
    package let id: Int64?
    /// Name of the event; `nil` is `message`.
    package let event: String?
    /// Any text; its lines are sent as lines of data.
    package let data: String

    package init(id: Int64? = nil, event: String? = nil, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// The bytes on the wire.
    package func encoded() -> ByteBuffer {
        var buffer = ByteBuffer()
        if let id { buffer.writeString("id: \(id)\n") }
        if let event { buffer.writeString("event: \(event)\n") }
        let lines = data.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        for line in lines {
            buffer.writeString("data: ")
            buffer.writeSubstring(line)
            buffer.writeString("\n")
        }
        buffer.writeString("\n")
        return buffer
    }
}
