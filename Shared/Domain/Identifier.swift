/// A name that is unique among things of one kind, such as a hall or a ticket.
///
/// The phantom parameter keeps a hall's name from being passed where a service's is wanted.
package struct Identifier<Subject>: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    /// Whether the text may name a thing of the catalogue: 1 to 40 of `a-z`, `0-9` and `-`, not starting with `-`.
    package static func isSlug(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), text.utf8.count <= 40 else { return false }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
    }
}

extension Identifier: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        rawValue = value
    }
}

extension Identifier: CustomStringConvertible {
    package var description: String { rawValue }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Identifier: CodingKeyRepresentable {
    package var codingKey: any CodingKey { NameKey(stringValue: rawValue) }

    package init?(codingKey: some CodingKey) {
        rawValue = codingKey.stringValue
    }

    private struct NameKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}

package enum HallSubject {}
package enum ServiceSubject {}
package enum WindowSubject {}
package enum StaffSubject {}
package enum TicketSubject {}
package enum AppointmentSubject {}

/// A service hall. A slug from the catalogue.
package typealias HallID = Identifier<HallSubject>
/// A service of the catalogue, such as a passport application. A slug.
package typealias ServiceID = Identifier<ServiceSubject>
/// A window (counter) of a hall; unique within the hall: its number as people read it, such as `3`.
package typealias WindowID = Identifier<WindowSubject>
/// A member of staff. A slug; never a person's name.
package typealias StaffID = Identifier<StaffSubject>
/// A ticket. A booked person's ticket carries the appointment's identifier.
package typealias TicketID = Identifier<TicketSubject>
/// An appointment: a lower-case UUID.
package typealias AppointmentID = Identifier<AppointmentSubject>
