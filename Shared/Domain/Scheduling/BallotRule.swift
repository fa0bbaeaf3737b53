/// How the places of a period are drawn before they open to all: people enter from so many days before the release until so many
/// hours before it, then the draw is made, and what is left opens at the release.
package struct BallotRule: Hashable, Codable, Sendable {
    package var entryDays: Int
    package var closesHoursBefore: Int
    /// How many preferences an entry may name.
    package var preferences: Int

    package init(entryDays: Int, closesHoursBefore: Int, preferences: Int = 5) {
        self.entryDays = entryDays
        self.closesHoursBefore = closesHoursBefore
        self.preferences = preferences
    }

    /// When people can enter for places that open at a release.
    package func entryTime(before release: Timestamp) -> (opens: Timestamp, closes: Timestamp) {
        (
            release.advanced(seconds: -Int64(entryDays) * 86_400),
            release.advanced(seconds: -Int64(closesHoursBefore) * 3600)
        )
    }
}
