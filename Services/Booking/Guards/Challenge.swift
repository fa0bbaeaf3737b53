import Web

/// Work that a request must show when a limit is near, and time that does instead.
package struct Challenge: Hashable, Sendable {
    /// Signed; comes back with the solution.
    package var token: String
    /// Find a number such that SHA-256 of `<salt>:<number>` begins with so many zero bits.
    package var salt: String
    package var bits: Int
    /// The token that does as well after so many seconds, for who cannot compute.
    package var wait: String
    package var waitSeconds: Int

    /// For the API.
    var json: JSONValue {
        [
            "algorithm": .string("sha-256"), "token": .string(token), "salt": .string(salt), "bits": .int(Int64(bits)),
            "wait": ["token": .string(wait), "seconds": .int(Int64(waitSeconds))],
        ]
    }
}
