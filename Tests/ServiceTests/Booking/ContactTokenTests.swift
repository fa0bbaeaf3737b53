import Domain
import Testing
import Web

@testable import BookingService

struct ContactTokenTests {
    let secrets: Secrets
    let now = Timestamp(seconds: 1_790_000_000)
    let phone: PhoneNumber

    init() throws {
        secrets = try Secrets(masterKeyHex: String(repeating: "ab", count: 32))
        phone = try #require(PhoneNumber("13800138000"))
    }

    @Test func token_provesThePhone_untilItExpires() throws {
        let tokens = ContactToken(secrets: secrets)
        let token = try tokens.make(for: phone, expires: now.advanced(minutes: 1))
        #expect(try tokens.phone(of: token, at: now) == phone)
        #expect(try tokens.phone(of: token, at: Timestamp(milliseconds: now.milliseconds + 59_999)) == phone)
        #expect(throws: BookingError.contactTokenInvalid) {
            try tokens.phone(of: token, at: now.advanced(minutes: 1))
        }
        #expect(!token.contains("13800138000"))
    }

    @Test func token_changedOrForeign_isRefused() throws {
        let tokens = ContactToken(secrets: secrets)
        let token = try tokens.make(for: phone, expires: now.advanced(minutes: 1))
        var changed = Array(token)
        changed[20] = changed[20] == "A" ? "B" : "A"
        let other = ContactToken(secrets: try Secrets(masterKeyHex: String(repeating: "cd", count: 32)))
        let foreign = try other.make(for: phone, expires: now.advanced(minutes: 1))
        for text in [String(changed), foreign, "", "x", "====", String(repeating: "A", count: 5000)] {
            #expect(throws: BookingError.contactTokenInvalid) { try tokens.phone(of: text, at: now) }
        }
    }
}
