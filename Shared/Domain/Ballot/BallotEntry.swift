/// An entry as it takes part in the draw, without anything about the person.
package struct BallotEntry: Hashable, Codable, Sendable {
    /// From 1 on, in the order of entering, without gaps.
    package var number: Int
    /// Random, so that nobody can guess the preferences from the receipt before the draw.
    package var salt: String
    /// The first is wanted most.
    package var preferences: [BallotPreference]
    /// The slot that the draw gave it.
    package var slot: String?

    package init(number: Int, salt: String, preferences: [BallotPreference], slot: String? = nil) {
        self.number = number
        self.salt = salt
        self.preferences = preferences
        self.slot = slot
    }

    /// The receipt: what the person is told on entering, and what the list that is drawn from holds.
    package func receipt(in round: String) -> String {
        BallotHash("onetrip-ballot-entry-1").adding(round).adding(number).adding(salt)
            .adding(preferences.map(\.description)).text
    }
}
