package import Domain
import Foundation
package import Web

/// Says that its holder has proven a phone number a moment ago. Sealed, so nothing needs to be stored.
package struct ContactToken: Sendable {
    /// Minutes for which the proof is good.
    package static let minutes = 60

    private let secrets: Secrets

    package init(secrets: Secrets) {
        self.secrets = secrets
    }

    package func make(for phone: PhoneNumber, expires: Timestamp) throws -> String {
        Base64URL.encode(try secrets.seal("\(phone.national) \(expires.milliseconds)", for: "contact-token"))
    }

    /// - Throws: ``BookingError/contactTokenInvalid`` for every token that does not prove a phone now.
    package func phone(of token: String, at now: Timestamp) throws(BookingError) -> PhoneNumber {
        guard token.utf8.count <= 512, let bytes = Self.bytes(token),
            let text = try? secrets.open(bytes, for: "contact-token")
        else { throw .contactTokenInvalid }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let phone = PhoneNumber(String(parts[0])), let expires = Int64(parts[1]),
            now.milliseconds < expires
        else { throw .contactTokenInvalid }
        return phone
    }

    /// What ``Base64URL`` wrote.
    static func bytes(_ token: String) -> [UInt8]? {
        var text = token.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text).map(Array.init)
    }
}
