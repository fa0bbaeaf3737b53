/// A language of the user interface. The raw value is its BCP 47 tag.
package enum Language: String, Codable, Sendable, CaseIterable {
    /// Chinese in simplified characters: the first language, and the one used when nothing else is asked for.
    case zhHans = "zh-Hans"
    case en
}
