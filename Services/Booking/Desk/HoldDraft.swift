package import Domain
import Foundation
package import Web

/// What a person has entered while a place is held. Kept sealed beside the hold, so that nothing is lost on the way
/// and nothing is in an address.
package struct HoldDraft: Codable, Hashable, Sendable {
    package var checklist: AcceptedChecklist
    package var name: String?
    /// National digits.
    package var phone: String?
    /// The document of who comes.
    package var identity: IdentityDocument?
    package var verification: String?
    package var verificationExpires: Timestamp?
    /// The phone that was proven; national digits.
    package var provenPhone: String?

    package init(checklist: AcceptedChecklist) {
        self.checklist = checklist
    }

    /// Whether the phone that is entered now is the one that was proven.
    package var isProven: Bool { phone != nil && phone == provenPhone }

    package func sealed(by secrets: Secrets) throws -> [UInt8] {
        try secrets.seal(String(decoding: try JSONEncoder().encode(self), as: UTF8.self), for: "hold-draft")
    }

    package init?(sealed: [UInt8]?, by secrets: Secrets) throws {
        guard let sealed else { return nil }
        let text = try secrets.open(sealed, for: "hold-draft")
        self = try JSONDecoder().decode(HoldDraft.self, from: Data(text.utf8))
    }
}
