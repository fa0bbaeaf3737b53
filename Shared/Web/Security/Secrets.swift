import Crypto
import Foundation
import Synchronization

/// Everything that is derived from the one master key of an installation.
///
/// Each purpose gets its own key (HKDF-SHA256, RFC 5869, with the purpose as `info`), so that bytes sealed for one
/// purpose cannot be opened for another, and a hash made for one cannot be looked up as another.
package struct Secrets: Sendable {
    private let keys: Keyring

    /// The keys that were derived so far: deriving costs more than sealing a name.
    private final class Keyring: Sendable {
        private let master: SymmetricKey
        private let derived = Mutex<[String: SymmetricKey]>([:])

        init(master: SymmetricKey) { self.master = master }

        func key(_ info: String) -> SymmetricKey {
            if let key = derived.withLock({ $0[info] }) { return key }
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, salt: Array("onetrip".utf8), info: Array(info.utf8), outputByteCount: 32)
            derived.withLock { $0[info] = key }
            return key
        }
    }

    /// - Parameter masterKeyHex: 64 hexadecimal digits (256 bits).
    /// - Throws: ``WebError`` with code `masterKey`.
    package init(masterKeyHex: String) throws(WebError) {
        guard let bytes = Hexadecimal.bytes(masterKeyHex), bytes.count == 32 else {
            throw WebError(
                .masterKey, "The master key must be 64 hexadecimal digits; make one with: openssl rand -hex 32")
        }
        keys = Keyring(master: SymmetricKey(data: bytes))
    }

    /// Purposes are written in the code, so there are few.
    private func key(_ use: String, _ purpose: String) -> SymmetricKey { keys.key("\(use)/\(purpose)") }

    /// Encrypts a text (AES-256-GCM): one byte of version, nonce, ciphertext, tag.
    package func seal(_ text: String, for purpose: String) throws(WebError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                Array(text.utf8), using: key("seal", purpose), authenticating: Array(purpose.utf8))
            return [1] + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw WebError(.sealBroken, "The text for \(purpose) could not be sealed: \(error)")
        }
    }

    /// Decrypts what ``seal(_:for:)`` gave for the same purpose.
    ///
    /// - Throws: ``WebError`` with code `sealBroken` when a bit was changed or the key or purpose differs.
    package func open(_ bytes: [UInt8], for purpose: String) throws(WebError) -> String {
        let broken = WebError(
            .sealBroken, "The sealed value for \(purpose) cannot be opened: it was changed or sealed with another key.")
        guard bytes.first == 1, bytes.count >= 1 + 12 + 16 else { throw broken }
        do {
            let box = try AES.GCM.SealedBox(combined: bytes.dropFirst())
            let plain = try AES.GCM.open(box, using: key("seal", purpose), authenticating: Array(purpose.utf8))
            guard let text = String(validating: plain, as: UTF8.self) else { throw broken }
            return text
        } catch {
            throw broken
        }
    }

    /// A keyed hash (HMAC-SHA256) as 64 hexadecimal digits: finds a value again without storing it.
    package func lookupHash(_ text: String, for purpose: String) -> String {
        Hexadecimal.text(
            HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key("lookup", purpose)))
    }

    /// The bearer token by which the services of one installation know each other.
    package var serviceToken: String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array("service".utf8), using: key("token", "service")))
    }

    /// Whether a presented service token is the right one; takes the same time whatever it is.
    package func isServiceToken(_ token: String) -> Bool {
        Self.equal(token, serviceToken)
    }

    /// The token that forms of a session carry against cross-site requests.
    package func csrfToken(_ session: String) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array(session.utf8), using: key("token", "csrf")))
    }

    /// An unguessable token of 128 bits as 22 characters of base64url.
    package func randomToken() -> String {
        Self.randomToken()
    }

    /// An unguessable token of 128 bits as 22 characters of base64url, from the system's generator.
    package static func randomToken() -> String {
        var generator = SystemRandomNumberGenerator()
        // The generator asks the system each time, so for eight bytes at once.
        let words = [generator.next(), generator.next()] as [UInt64]
        return Base64URL.encode(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    }

    /// Whether a text has the form of ``randomToken()``: 22 characters of base64url whose last carries only two bits.
    package static func isToken(_ text: String) -> Bool {
        text.utf8.count == 22
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            } && "AQgw".utf8.contains(text.utf8.last ?? 0)
    }

    /// SHA-256 as 64 lower-case hexadecimal digits.
    package static func sha256Hex(_ text: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array(text.utf8)))
    }

    /// Whether two texts are equal, in a time that depends on their lengths only.
    package static func equal(_ one: String, _ other: String) -> Bool {
        let left = Array(one.utf8)
        let right = Array(other.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
