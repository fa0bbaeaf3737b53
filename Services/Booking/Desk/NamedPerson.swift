import Domain
import Web

/// Who an appointment is for, as the database knows them.
struct NamedPerson {
    /// The keyed hash under which there is one living appointment of a service.
    let key: String
    let identitySealed: [UInt8]?
    /// The keyed hash of the phone; `nil` when the phone itself is the person, who then needs no other limit.
    let phoneKey: String?

    /// The person whom the document names; without one, the owner of the phone.
    init(_ identity: IdentityDocument?, phone: PhoneNumber, secrets: Secrets) throws {
        if let identity {
            key = secrets.lookupHash(identity.storedText, for: "person-document")
            identitySealed = try secrets.seal(identity.storedText, for: "identity")
            phoneKey = secrets.lookupHash(phone.e164, for: "booking-phone")
        } else {
            key = secrets.lookupHash(phone.e164, for: "person")
            identitySealed = nil
            phoneKey = nil
        }
    }
}
