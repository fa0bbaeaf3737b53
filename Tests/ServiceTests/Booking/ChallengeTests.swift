import Domain
import Testing
import Web

@testable import BookingService

@Suite("Work in place of a refusal")
struct ChallengeTests {
    private static let now = Timestamp(seconds: 1_811_815_201)
    private let maker: ChallengeMaker

    init() throws {
        maker = ChallengeMaker(secrets: try Secrets(masterKeyHex: String(repeating: "5a", count: 32)))
    }

    private func solved(_ challenge: Challenge) throws -> ChallengeSolution {
        let number = try #require(
            (0..<10_000_000).first { number in
                ChallengeMaker.leadingZeroBits(Secrets.sha256Hex("\(challenge.salt):\(number)")) >= challenge.bits
            })
        return try #require(ChallengeSolution(header: "\(challenge.token) \(number)"))
    }

    @Test func `A solution is good for who was asked, for the action and for a while`() throws {
        let challenge = maker.make(.hold, for: "me", left: 0.3, at: Self.now)
        let solution = try solved(challenge)
        let used = try #require(maker.check(solution, .hold, of: "me", at: Self.now))
        #expect(used.name == challenge.salt)
        #expect(maker.check(solution, .hold, of: "you", at: Self.now) == nil)
        #expect(maker.check(solution, .booking, of: "me", at: Self.now) == nil)
        #expect(maker.check(solution, .hold, of: "me", at: Self.now.advanced(minutes: 3)) == nil)
    }

    @Test func `What was changed, or was not worked for, is no solution`() throws {
        let challenge = maker.make(.hold, for: "me", left: 0.3, at: Self.now)
        let number = try #require(try solved(challenge).work?.nonce)
        func isGood(_ header: String) -> Bool {
            ChallengeSolution(header: header).flatMap { maker.check($0, .hold, of: "me", at: Self.now) } != nil
        }
        #expect(isGood("\(challenge.token) \(number)"))
        #expect(!isGood("\(challenge.token) x\(number)"))
        // An easier one.
        #expect(!isGood(challenge.token.replacing(".\(challenge.bits).", with: ".1.") + " \(number)"))
        #expect(!isGood("a.b.c \(number)") && !isGood(challenge.token) && !isGood("w.... \(number)"))
        #expect(ChallengeSolution(header: "a b c") == nil && ChallengeSolution(header: "") == nil)
    }

    @Test func `The emptier the bucket, the more work`() {
        let bits = [0.33, 0.25, 0.17, 0.08, 0].map { maker.make(.hold, for: "me", left: $0, at: Self.now).bits }
        #expect(bits == bits.sorted() && bits.first == 14 && bits.last == 18, "\(bits)")
    }

    @Test func `Who waits gets one pass in a stretch of time, and not before it has passed`() throws {
        let challenge = maker.make(.hold, for: "me", left: 0.3, at: Self.now)
        #expect(challenge.waitSeconds <= 18 && challenge.waitSeconds >= 3)
        // Asking again does not give another.
        #expect(maker.make(.hold, for: "me", left: 0, at: Self.now.advanced(seconds: 1)).wait == challenge.wait)
        #expect(maker.make(.hold, for: "you", left: 0, at: Self.now).wait != challenge.wait)
        let waited = try #require(ChallengeSolution(header: challenge.wait))
        #expect(maker.check(waited, .hold, of: "me", at: Self.now) == nil)
        let later = Self.now.advanced(seconds: Int64(challenge.waitSeconds))
        #expect(maker.check(waited, .hold, of: "me", at: later) != nil)
        #expect(maker.check(waited, .hold, of: "you", at: later) == nil)
        #expect(maker.check(waited, .hold, of: "me", at: later.advanced(minutes: 3)) == nil)
        // Who presses too early keeps the place in time.
        let early = maker.make(.hold, for: "me", left: 0.3, waiting: challenge.wait, at: later.advanced(seconds: -1))
        #expect(early.wait == challenge.wait && early.waitSeconds == 1)
    }

    @Test(arguments: [("00ff", 8), ("ff", 0), ("7f", 1), ("000fff", 12), ("1f", 3), ("0000", 16)])
    func `Leading zero bits`(hex: String, bits: Int) {
        #expect(ChallengeMaker.leadingZeroBits(hex) == bits)
    }
}
