package import Domain
package import Messaging

/// Whether what is shown is up to date, as viewers are told. Being behind for a moment, as in any burst, is not worth a word.
package struct TailState: Hashable, Sendable {
    package private(set) var isLive = false
    package private(set) var hasCaughtUp = false
    private var behindSince: Timestamp?

    /// How long the process may lag before it says so, in seconds.
    static let patience = 2.0

    package init() {}

    /// - Returns: what viewers must be told now, if anything.
    package mutating func note(_ state: StreamTail.State, at now: Timestamp) -> Bool? {
        switch state {
        case .live:
            behindSince = nil
            hasCaughtUp = true
            return become(true)
        case .behind:
            if behindSince == nil { behindSince = now }
            return nil
        case .disconnected: return become(false)
        case .gap: return nil
        }
    }

    package mutating func tick(at now: Timestamp) -> Bool? {
        guard let behindSince, now.seconds(since: behindSince) > Self.patience else { return nil }
        return become(false)
    }

    private mutating func become(_ live: Bool) -> Bool? {
        guard isLive != live else { return nil }
        isLive = live
        return live
    }
}
