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
    /// The services that come before this one when somebody needs both in one visit.
    package var after: [ServiceID]
    package var checklist: Checklist
    /// Whether who books must say by a document who comes.
    package var identity: IdentityRule
    /// How often one person may book it.
    package var limits: PersonLimits
    /// `nil` where nobody can wait for a place.
    package var waitlist: WaitlistRule?
    /// Minutes for which a place that somebody gave up stays closed before it returns to the open, where nobody waits for it: who
    /// trades in places then cannot hand one over. 0 for at once.
    package var returnDelayMinutes: Int
    /// When its places open; `nil`: as soon as the hall makes them.
    package var release: ReleaseRule?

    package init(
        id: ServiceID, position: Int = 0, name: LocalizedText, summary: LocalizedText, letter: String,
        meanMinutes: Double, audience: [Audience] = [.citizen], keywords: [String] = [], pinyin: [String] = [],
        lifeEvents: [String] = [], fee: LocalizedText? = nil, legalDays: Int? = nil, after: [ServiceID] = [],
        checklist: Checklist, identity: IdentityRule = .notAsked, limits: PersonLimits = .none,
        waitlist: WaitlistRule? = nil, returnDelayMinutes: Int = 0, release: ReleaseRule? = nil
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
        self.after = after
        self.checklist = checklist
        self.identity = identity
        self.limits = limits
        self.waitlist = waitlist
        self.returnDelayMinutes = returnDelayMinutes
        self.release = release
    }
}

extension Service {
    /// Catalogues that were stored before services had an order, asked for documents, had limits or waitlists say nothing of it.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(ServiceID.self, forKey: .id),
            position: try container.decode(Int.self, forKey: .position),
            name: try container.decode(LocalizedText.self, forKey: .name),
            summary: try container.decode(LocalizedText.self, forKey: .summary),
            letter: try container.decode(String.self, forKey: .letter),
            meanMinutes: try container.decode(Double.self, forKey: .meanMinutes),
            audience: try container.decode([Audience].self, forKey: .audience),
            keywords: try container.decode([String].self, forKey: .keywords),
            pinyin: try container.decode([String].self, forKey: .pinyin),
            lifeEvents: try container.decode([String].self, forKey: .lifeEvents),
            fee: try container.decodeIfPresent(LocalizedText.self, forKey: .fee),
            legalDays: try container.decodeIfPresent(Int.self, forKey: .legalDays),
            after: try container.decodeIfPresent([ServiceID].self, forKey: .after) ?? [],
            checklist: try container.decode(Checklist.self, forKey: .checklist),
            identity: try container.decodeIfPresent(IdentityRule.self, forKey: .identity) ?? .notAsked,
            limits: try container.decodeIfPresent(PersonLimits.self, forKey: .limits) ?? .none,
            waitlist: try container.decodeIfPresent(WaitlistRule.self, forKey: .waitlist),
            returnDelayMinutes: try container.decodeIfPresent(Int.self, forKey: .returnDelayMinutes) ?? 0,
            release: try container.decodeIfPresent(ReleaseRule.self, forKey: .release))
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
