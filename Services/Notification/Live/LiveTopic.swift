package import Domain

/// The names of the topics that viewers watch.
package enum LiveTopic {
    package static let halls = "halls"
    package static let demoPhone = "demo-phone"

    package static func hall(_ hall: HallID) -> String { "hall:\(hall)" }
    /// - Parameter follow: SHA-256 (hex) of the personal token.
    package static func ticket(_ follow: String) -> String { "ticket:\(follow)" }
}
