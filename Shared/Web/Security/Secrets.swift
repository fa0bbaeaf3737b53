import Crypto
import Foundation
import Synchronization

/// Everything that is derived from the keys of an installation.
///
/// Each purpose gets its own key (HKDF-SHA256, RFC 5869, with the purpose as `info`), so that bytes sealed for one
/// purpose cannot be opened for another, and a hash made for one cannot be looked up as another.
///
/// Keyed hashes, tokens and signatures come from the master key, which stays: with another one nothing would be found again and every link
/// would be dead. Sealing keys may be changed: the newest seals, all of them open, and a sealed value says by which key it was sealed.
package struct Secrets: Sendable {
    private let keys: Keyring
    /// The newest first; the master key when no others are given.
    private let sealing: [Keyring]

    /// The keys that were derived so far: deriving costs more than sealing a name.
    private final class Keyring: Sendable {
        /// Tells keys apart: four bytes that say nothing of the key.
        let id: [UInt8]
        private let master: SymmetricKey
        private let derived = Mutex<[String: SymmetricKey]>([:])

        init(hex: String, _ what: String) throws(WebError) {
            guard let bytes = Hexadecimal.bytes(hex), bytes.count == 32 else {
                throw WebError(
                    .masterKey, "\(what) must be 64 hexadecimal digits; make one with: openssl rand -hex 32")
            }
            master = SymmetricKey(data: bytes)
            id = Array(HMAC<SHA256>.authenticationCode(for: Array("key-id".utf8), using: master).prefix(4))
        }

        func key(_ info: String) -> SymmetricKey {
            if let key = derived.withLock({ $0[info] }) { return key }
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, salt: Array("onetrip".utf8), info: Array(info.utf8), outputByteCount: 32)
            derived.withLock { $0[info] = key }
            return key
        }
    }

    /// - Parameters:
    ///   - masterKeyHex: 64 hexadecimal digits (256 bits).
    ///   - sealingKeysHex: the keys that seal and open, the newest first; the master key seals when there are none, and opens in any case.
    /// - Throws: ``WebError`` with code `masterKey`.
    package init(masterKeyHex: String, sealingKeysHex: [String] = []) throws(WebError) {
        let master = try Keyring(hex: masterKeyHex, "The master key")
        keys = master
        var sealing: [Keyring] = []
        for hex in sealingKeysHex { sealing.append(try Keyring(hex: hex, "A sealing key")) }
        self.sealing = sealing + [master]
    }

    /// Purposes are written in the code, so there are few.
    private func key(_ use: String, _ purpose: String) -> SymmetricKey { keys.key("\(use)/\(purpose)") }

    /// What values that are sealed now begin with: version 2 and the key's name.
    package var sealedPrefix: [UInt8] { [2] + (sealing.first?.id ?? []) }

    /// The value sealed with the newest key; `nil` when it is.
    package func resealed(_ bytes: [UInt8], for purpose: String) throws(WebError) -> [UInt8]? {
        bytes.starts(with: sealedPrefix) ? nil : try seal(try open(bytes, for: purpose), for: purpose)
    }

    /// Encrypts a text (AES-256-GCM): one byte of version, four that name the key, nonce, ciphertext, tag.
    package func seal(_ text: String, for purpose: String) throws(WebError) -> [UInt8] {
        do {
            let ring = sealing.first ?? keys
            let box = try AES.GCM.seal(
                Array(text.utf8), using: ring.key("seal/\(purpose)"), authenticating: Array(purpose.utf8))
            return [2] + ring.id + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
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
        guard let (ring, header) = opener(of: bytes), bytes.count >= header + 12 + 16 else { throw broken }
        do {
            let box = try AES.GCM.SealedBox(combined: bytes.dropFirst(header))
            let plain = try AES.GCM.open(box, using: ring.key("seal/\(purpose)"), authenticating: Array(purpose.utf8))
            guard let text = String(validating: plain, as: UTF8.self) else { throw broken }
            return text
        } catch {
            throw broken
        }
    }

    /// The key that sealed a value, and how many bytes stand before the nonce. Version 1 was sealed with the master key and names none.
    private func opener(of bytes: [UInt8]) -> (Keyring, header: Int)? {
        switch bytes.first {
        case 1: return (keys, 1)
        case 2:
            let id = bytes.dropFirst().prefix(4)
            return sealing.first { $0.id.elementsEqual(id) }.map { ($0, 5) }
        default: return nil
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
