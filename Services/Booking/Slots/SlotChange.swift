/// How a slot stands after a change, as processes tell one another.
///
/// Of two changes of a slot the one with the greater version is the later one, in whatever order they are heard of.
package struct SlotChange: Hashable, Sendable {
    package var id: SlotID
    package var version: Int64
    package var capacity: Int
    package var taken: Int

    package init(id: SlotID, version: Int64, capacity: Int, taken: Int) {
        self.id = id
        self.version = version
        self.capacity = capacity
        self.taken = taken
    }
}

/// What a notice on the channel says.
package enum SlotNotice: Hashable, Sendable {
    /// `id,version,capacity,taken;…`
    case changes([SlotChange])
    /// So much has changed that all must be read anew: slots were made, or places planned otherwise.
    case everything

    package static let channel = "booking_slots"
    static let everythingText = "*"

    /// A text that cannot be understood says that anything may have changed.
    package init(_ text: String) {
        var changes: [SlotChange] = []
        for part in text.utf8.split(separator: UInt8(ascii: ";")) {
            let numbers = part.split(separator: UInt8(ascii: ",")).compactMap { Int64(Substring($0)) }
            guard numbers.count == 4, let capacity = Int(exactly: numbers[2]), let taken = Int(exactly: numbers[3])
            else {
                self = .everything
                return
            }
            changes.append(
                SlotChange(
                    id: SlotID(rawValue: numbers[0]), version: numbers[1], capacity: capacity, taken: taken))
        }
        self = changes.isEmpty ? .everything : .changes(changes)
    }
}
