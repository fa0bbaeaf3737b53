/// Whom a service is for.
package enum Audience: String, Codable, Sendable, CaseIterable {
    case citizen, business, agency
}

/// A service of the city, such as a passport application.
package struct Service: Hashable, Codable, Sendable {
    package var id: ServiceID
    /// Place in the catalogue's list, from 0: the order in which services are shown when nothing else orders them.
    package var position: Int
    package var name: LocalizedText
    /// One or two sentences.
    package var summary: LocalizedText
    /// The first character of its ticket numbers: one of `A` to `Z`, unique among the services of a hall.
    package var letter: String
    /// Mean time at the window, in minutes.
    package var meanMinutes: Double
    package var audience: [Audience]
    /// Other words for it that people use, in any language.
    package var keywords: [String]
    /// Pinyin of the Chinese name and keywords without tone marks, `v` for ü: syllables parted by spaces, such as `hu zhao`.
    /// Initials are the first letters of the syllables and need not be listed.
    package var pinyin: [String]
    /// ``LifeEvent/id`` of the events in which it is needed.
    package var lifeEvents: [String]
    /// `nil` when it is free of charge.
    package var fee: LocalizedText?
    /// Working days within which the result must be given by law; 0 is on the spot, `nil` is not stated.
    package var legalDays: Int?
    package var checklist: Checklist

    package init(
        id: ServiceID, position: Int = 0, name: LocalizedText, summary: LocalizedText, letter: String,
        meanMinutes: Double, audience: [Audience] = [.citizen], keywords: [String] = [], pinyin: [String] = [],
        lifeEvents: [String] = [], fee: LocalizedText? = nil, legalDays: Int? = nil, checklist: Checklist
    ) {
        self.id = id
        self.position = position
        self.name = name
        self.summary = summary
        self.letter = letter
        self.meanMinutes = meanMinutes
        self.audience = audience
        self.keywords = keywords
        self.pinyin = pinyin
        self.lifeEvents = lifeEvents
        self.fee = fee
        self.legalDays = legalDays
        self.checklist = checklist
    }
}

/// An event in a person's or a firm's life that needs several services, such as the birth of a child.
package struct LifeEvent: Hashable, Codable, Sendable {
    /// A slug.
    package var id: String
    package var name: LocalizedText
    package var keywords: [String]
    /// As ``Service/pinyin``.
    package var pinyin: [String]

    package init(id: String, name: LocalizedText, keywords: [String] = [], pinyin: [String] = []) {
        self.id = id
        self.name = name
        self.keywords = keywords
        self.pinyin = pinyin
    }
}
