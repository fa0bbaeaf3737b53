import Domain
import Web

/// The identifiers and page tokens of tickets, worked out from what asked for them, so that a repeated request comes to the same
/// ticket and the same page without anything being stored.
struct TicketNames: Sendable {
    let secrets: Secrets

    /// The ticket that a command issues: a UUID made from the command's key (RFC 9562, version 8).
    func ticket(for key: CommandKey, in hall: HallID) -> TicketID {
        var digits = Array(secrets.lookupHash("\(hall)|\(key.key)", for: "ticket-id").prefix(32))
        digits[12] = "8"
        digits[16] = "8"
        let text = String(digits)
        func part(_ range: Range<Int>) -> Substring {
            text[
                text.index(
                    text.startIndex, offsetBy: range.lowerBound)..<text.index(
                        text.startIndex, offsetBy: range.upperBound)]
        }
        return TicketID("\(part(0..<8))-\(part(8..<12))-\(part(12..<16))-\(part(16..<20))-\(part(20..<32))")
    }

    /// The token of a walk-in's page: 128 bits that only the ticket's holder is given.
    func token(of ticket: TicketID) -> String {
        let hash = secrets.lookupHash(ticket.rawValue, for: "ticket-token")
        var bytes: [UInt8] = []
        var rest = hash.utf8.prefix(32)
        while let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit {
            bytes.append(high << 4 | low)
        }
        return Base64URL.encode(bytes)
    }

    /// What the hall's log says of the token.
    func follow(of ticket: TicketID) -> String {
        Secrets.sha256Hex(token(of: ticket))
    }
}

extension UInt8 {
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
