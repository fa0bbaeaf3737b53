/// What a request brings to show that work was done, or time has passed.
package struct ChallengeSolution: Hashable, Sendable {
    static let fields = ["challenge", "nonce", "wait"]

    /// The challenge and the number that solves it.
    package var work: (token: String, nonce: String)? {
        guard let token, let nonce else { return nil }
        return (token, nonce)
    }
    private var token: String?
    private var nonce: String?
    /// The token that is good after a while.
    package private(set) var wait: String?

    /// `Challenge-Solution: <token> <nonce>`, or with the token of waiting alone.
    package init?(header: String) {
        let parts = header.split(separator: " ").map(String.init)
        switch parts.count {
        case 1: wait = parts[0]
        case 2: (token, nonce) = (parts[0], parts[1])
        default: return nil
        }
    }

    init?(form: [String: String]) {
        if let nonce = form["nonce"], !nonce.isEmpty { self.nonce = nonce }
        token = form["challenge"]
        wait = form["wait"]
        guard token != nil || wait != nil else { return nil }
    }
}
