import Domain
import Foundation
import Web

/// What a person has entered on the way to the waitlist. It travels sealed in the form from step to step, since there is no place to keep
/// it beside.
struct WaitlistDraft: Codable, Sendable {
    var wish: WaitlistWish
    var name: String
    /// National digits.
    var phone: String
    /// The document of who comes.
    var identity: IdentityDocument?
    var checklist: AcceptedChecklist
    /// Of the code that was sent to the phone.
    var verification: String

    func sealed(by secrets: Secrets) throws -> String {
        Base64URL.encode(
            try secrets.seal(String(decoding: try JSONEncoder().encode(self), as: UTF8.self), for: "waitlist-draft"))
    }

    /// `nil` for a text that this service has not made.
    init?(sealed text: String, by secrets: Secrets) {
        guard let bytes = ContactToken.bytes(text), let plain = try? secrets.open(bytes, for: "waitlist-draft"),
            let draft = try? JSONDecoder().decode(WaitlistDraft.self, from: Data(plain.utf8))
        else { return nil }
        self = draft
    }

    init(
        wish: WaitlistWish, name: PersonName, phone: PhoneNumber, identity: IdentityDocument?,
        checklist: AcceptedChecklist, verification: String
    ) {
        self.wish = wish
        self.name = name.text
        self.phone = phone.national
        self.identity = identity
        self.checklist = checklist
        self.verification = verification
    }
}
