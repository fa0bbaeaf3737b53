package import Domain
package import Web

/// Makes challenges and checks their solutions. Nothing is stored: a challenge is signed and names whom it is for and until when.
///
/// Proof of work as in Hashcash (A. Back, "Hashcash – A Denial of Service Counter-Measure", 2002), with SHA-256: finding the number takes 2^bits
/// attempts on average, checking it one. A telephone makes some 200,000 attempts a second in a browser, so 14 bits take a tenth of a second and
/// 18 bits, when nothing is left, one to three seconds. One who waits instead gets at most one pass in each stretch of time.
package struct ChallengeMaker: Sendable {
    static let minutesGood = 3
    static let waitSeconds: Int64 = 15
    static let bits = 14...18

    private let secrets: Secrets

    package init(secrets: Secrets) {
        self.secrets = secrets
    }

    /// - Parameters:
    ///   - left: what is left in the emptiest bucket, from 0 to a third.
    ///   - waiting: a token of waiting that the caller has already and that is not yet good.
    package func make(
        _ action: GuardedAction, for subject: String, left: Double, waiting: String? = nil, at now: Timestamp
    ) -> Challenge {
        let part = 1 - min(1, max(0, left / Admission.challengeBelow))
        let bits = Self.bits.lowerBound + Int((part * Double(Self.bits.count - 1)).rounded())
        let salt = secrets.randomToken()
        let expires = now.advanced(minutes: Self.minutesGood).milliseconds
        let scope = action.rawValue + "|" + subject
        let token = signed("w.\(salt).\(bits).\(expires)", scope)
        if let waiting, let start = waitStart(waiting, action, subject, at: now), start > now.milliseconds {
            return Challenge(
                token: token, salt: salt, bits: bits, wait: waiting, waitSeconds: Self.seconds(until: start, now))
        }
        // One name for each stretch of time, so that asking again gives nothing more.
        let stretch = Self.waitSeconds * 1000
        let start = (now.milliseconds / stretch + 1) * stretch + 3000
        let name = secrets.lookupHash("\(scope)|\(start)", for: "challenge-wait").prefix(22)
        let wait = signed("p.\(name).\(start).\(start + Int64(Self.minutesGood) * 60_000)", scope)
        return Challenge(
            token: token, salt: salt, bits: bits, wait: wait, waitSeconds: Self.seconds(until: start, now))
    }

    /// The name under which a good solution is used up, and for how long it must be remembered; `nil` when it is none.
    package func check(
        _ solution: ChallengeSolution, _ action: GuardedAction, of subject: String, at now: Timestamp
    ) -> (name: String, keptMilliseconds: Int64)? {
        if let work = solution.work, let parts = verified(work.token, "w", action, subject), let bits = Int(parts[2]),
            let expires = Int64(parts[3]), now.milliseconds < expires, (1...20).contains(work.nonce.utf8.count),
            Self.leadingZeroBits(Secrets.sha256Hex("\(parts[1]):\(work.nonce)")) >= bits
        {
            return (parts[1], expires - now.milliseconds)
        }
        if let wait = solution.wait, let start = waitStart(wait, action, subject, at: now),
            start <= now.milliseconds, let parts = verified(wait, "p", action, subject)
        {
            return (parts[1], Int64(Self.minutesGood) * 60_000)
        }
        return nil
    }

    /// When a token of waiting becomes good; `nil` for one that is none of this caller's, or over.
    private func waitStart(
        _ token: String, _ action: GuardedAction, _ subject: String, at now: Timestamp
    ) -> Int64? {
        guard let parts = verified(token, "p", action, subject), let start = Int64(parts[2]),
            let expires = Int64(parts[3]), now.milliseconds < expires
        else { return nil }
        return start
    }

    private static func seconds(until start: Int64, _ now: Timestamp) -> Int {
        Int((start - now.milliseconds + 999) / 1000)
    }

    private func signed(_ text: String, _ scope: String) -> String { text + "." + signature(text, scope) }

    private func signature(_ text: String, _ scope: String) -> String {
        String(secrets.lookupHash(text + "|" + scope, for: "challenge").prefix(32))
    }

    private func verified(
        _ token: String, _ kind: String, _ action: GuardedAction, _ subject: String
    ) -> [String]? {
        guard token.utf8.count <= 200 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0] == kind,
            Secrets.equal(
                parts[4], signature(parts[..<4].joined(separator: "."), action.rawValue + "|" + subject))
        else { return nil }
        return parts
    }

    static func leadingZeroBits(_ hex: String) -> Int {
        var bits = 0
        for digit in hex {
            let value = digit.hexDigitValue ?? 15
            bits += value == 0 ? 4 : (UInt8(value) << 4).leadingZeroBitCount
            if value != 0 { break }
        }
        return bits
    }
}
