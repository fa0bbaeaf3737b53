import Domain
import Foundation
import Web

/// By what a person who comes to the hall is found.
enum Arrival: Sendable, Hashable {
    /// What was typed or scanned: a reference (`ABCD-EFGH`, with or without `OT1:` before it), or the address of a ticket's page.
    case code(String)
    /// The last four digits of the phone, and the ticket when several have the same.
    case phone(String, ticket: TicketID?)
    /// Staff chose it from a list.
    case ticket(TicketID)

    /// The person's tickets of today; several only for the digits of a phone.
    func tickets(in queue: HallQueue, of hall: HallID, secrets: Secrets) -> [Ticket] {
        switch self {
        case .ticket(let id): return queue.tickets[id].map { [$0] } ?? []
        case .phone(let digits, let chosen):
            let key = secrets.lookupHash("\(hall)|\(digits)", for: "check-in-phone")
            let found = queue.tickets(checkInKey: key).filter { chosen == nil || $0.id == chosen }
            // Who is done needs no choice; if everybody is, the refusal says so.
            let open = found.filter { !$0.state.isEnded }
            return open.isEmpty ? found : open
        case .code(let text):
            if let token = Self.pageToken(in: text), let ticket = queue.ticket(follow: Secrets.sha256Hex(token)) {
                return [ticket]
            }
            guard let reference = Self.reference(in: text) else { return [] }
            return queue.tickets(checkInKey: secrets.lookupHash(reference, for: "check-in-reference"))
        }
    }

    /// The reference in a typed or scanned text as booking writes it: `ABCD-EFGH`.
    static func reference(in text: String) -> String? {
        var rest = text.uppercased()
        if rest.hasPrefix("OT1:") { rest.removeFirst(4) }
        let letters = rest.unicodeScalars.compactMap { scalar -> Character? in
            switch scalar.value {
            // Full-width letters and digits, as Chinese input methods write them.
            case 0xFF10...0xFF19, 0xFF21...0xFF3A: Unicode.Scalar(scalar.value - 0xFEE0).map(Character.init)
            case 0x30...0x39, 0x41...0x5A: Character(scalar)
            default: nil
            }
        }
        guard letters.count == 8 else { return nil }
        return String(letters[..<4]) + "-" + String(letters[4...])
    }

    /// The token at the end of the address of a ticket's or an appointment's page.
    static func pageToken(in text: String) -> String? {
        for mark in ["/t/", "/a/"] {
            guard let range = text.range(of: mark) else { continue }
            let token = String(text[range.upperBound...].prefix { $0 != "?" && $0 != "/" && $0 != "#" })
            if Secrets.isToken(token) { return token }
        }
        return nil
    }
}
