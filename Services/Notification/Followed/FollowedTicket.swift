package import Domain

/// Where a personal link leads: a booked appointment or a walk-in's ticket, as the streams have told of it.
package struct FollowedTicket: Hashable, Sendable {
    /// SHA-256 (hex) of the link's token.
    package var follow: String
    package var ticket: TicketID
    package var hall: HallID
    package var service: ServiceID
    /// `nil` for a walk-in.
    package var slot: Timestamp?
    package var slotEnd: Timestamp?
    /// Counts the changes of the booking.
    package var sequence: Int
    package var state: TicketState
    package var number: String?

    package init(
        follow: String, ticket: TicketID, hall: HallID, service: ServiceID, slot: Timestamp? = nil,
        slotEnd: Timestamp? = nil, sequence: Int = 0, state: TicketState, number: String? = nil
    ) {
        self.follow = follow
        self.ticket = ticket
        self.hall = hall
        self.service = service
        self.slot = slot
        self.slotEnd = slotEnd
        self.sequence = sequence
        self.state = state
        self.number = number
    }

    /// Whether the text can be the hash of a token: 64 lower-case hexadecimal digits.
    package static func isFollow(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
