import Domain

extension CatalogueReader {
    /// Both languages of a text. What is missing is noted and left empty.
    static func text(_ value: DocumentValue?) -> LocalizedText {
        guard let fields = value?.fields() else { return LocalizedText(zh: "", en: "") }
        let text = LocalizedText(
            zh: fields.required("zh")?.string() ?? "", en: fields.required("en")?.string() ?? "")
        fields.finish()
        return text
    }

    static func strings(_ value: DocumentValue?) -> [String] {
        value?.list().compactMap { $0.string() } ?? []
    }

    /// Given readings, and those of a name and its synonyms, each once.
    private static func pinyin(_ given: DocumentValue?, of texts: [String]) -> [String] {
        var known: Set<String> = []
        for value in given?.list() ?? [] {
            guard let reading = value.string() else { continue }
            if !reading.unicodeScalars.allSatisfy({ ("a"..."z").contains($0) || $0 == " " }) {
                value.report(
                    "'\(reading)' is not pinyin; write syllables in a-z, parted by spaces, with v for ü: 'hu zhao'")
            }
        }
        return (strings(given) + texts.compactMap(Pinyin.syllables)).filter { known.insert($0).inserted }
    }

    static func lifeEvent(_ value: DocumentValue) -> LifeEvent? {
        guard let fields = value.fields() else { return nil }
        let id = fields.required("id")?.string() ?? ""
        let name = text(fields.required("name"))
        let keywords = strings(fields.optional("keywords"))
        let pinyin = pinyin(fields.optional("pinyin"), of: [name.zh] + keywords)
        fields.finish()
        return LifeEvent(id: id, name: name, keywords: keywords, pinyin: pinyin)
    }

    static func service(_ value: DocumentValue, position: Int) -> Service? {
        guard let fields = value.fields() else { return nil }
        let id: ServiceID = fields.required("id")?.identifier() ?? ServiceID("?\(position)")
        let name = text(fields.required("name"))
        let keywords = strings(fields.optional("keywords"))
        let service = Service(
            id: id, position: position, name: name,
            summary: text(fields.required("summary")),
            letter: fields.required("letter")?.string() ?? "",
            meanMinutes: fields.required("meanMinutes")?.double() ?? 0,
            audience: fields.optional("audience")?.list().compactMap { $0.choice(Audience.self) } ?? [.citizen],
            keywords: keywords,
            pinyin: pinyin(fields.optional("pinyin"), of: [name.zh] + keywords),
            lifeEvents: strings(fields.optional("lifeEvents")),
            fee: fields.optional("fee").map(text),
            legalDays: fields.optional("legalDays")?.int(),
            after: fields.optional("after")?.list().compactMap { $0.identifier() } ?? [],
            checklist: checklist(fields.required("checklist")),
            identity: identity(fields),
            limits: limits(fields.optional("limits")),
            waitlist: fields.optional("waitlist").map(waitlist),
            returnDelayMinutes: fields.optional("returnDelayMinutes")?.int() ?? 0,
            release: fields.optional("release").flatMap(release))
        fields.finish()
        return service
    }

    /// `identity`, and in `identityDocuments` the kinds that will do: all when it is not given.
    private static func identity(_ fields: DocumentFields) -> IdentityRule {
        let demand = fields.optional("identity")?.choice(IdentityDemand.self) ?? .notAsked
        let documents = fields.optional("identityDocuments")?.list().compactMap {
            $0.choice(IdentityDocumentKind.self)
        }
        return IdentityRule(demand, documents: documents ?? (demand == .notAsked ? [] : IdentityDocumentKind.allCases))
    }

    /// What is left out has no bound.
    private static func limits(_ value: DocumentValue?) -> PersonLimits {
        guard let fields = value?.fields() else { return .none }
        let limits = PersonLimits(
            perWeek: fields.optional("perWeek")?.int(), perMonth: fields.optional("perMonth")?.int(),
            noShows: fields.optional("noShows").flatMap(noShows))
        fields.finish()
        return limits
    }

    private static func noShows(_ value: DocumentValue) -> NoShowRule? {
        guard let fields = value.fields() else { return nil }
        // What cannot be read is noted; 1 keeps it from being called a wrong number as well.
        let rule = NoShowRule(
            count: fields.required("count")?.int() ?? 1, withinDays: fields.required("withinDays")?.int() ?? 1,
            blockDays: fields.required("blockDays")?.int() ?? 1,
            forgiven: fields.optional("forgiven").map { $0.int() ?? 1 } ?? 1)
        fields.finish()
        return rule
    }

    /// An empty mapping, `waitlist: {}`, has the usual numbers.
    private static func waitlist(_ value: DocumentValue) -> WaitlistRule {
        guard let fields = value.fields() else { return WaitlistRule() }
        let rule = WaitlistRule(
            offerMinutes: fields.optional("offerMinutes")?.int() ?? WaitlistRule.usualOfferMinutes,
            maxDays: fields.optional("maxDays")?.int() ?? WaitlistRule.usualMaxDays)
        fields.finish()
        return rule
    }

    private static func checklist(_ value: DocumentValue?) -> Checklist {
        guard let fields = value?.fields() else { return Checklist() }
        let checklist = Checklist(
            version: fields.optional("version").map { $0.int() ?? 1 } ?? 1,
            questions: fields.optional("questions")?.list().compactMap(question) ?? [],
            items: fields.required("items")?.list().compactMap(item) ?? [])
        fields.finish()
        return checklist
    }

    private static func question(_ value: DocumentValue) -> Checklist.Question? {
        guard let fields = value.fields() else { return nil }
        let question = Checklist.Question(
            id: fields.required("id")?.string() ?? "",
            text: text(fields.required("text")),
            options: fields.required("options")?.list().compactMap(option) ?? [])
        fields.finish()
        return question
    }

    private static func option(_ value: DocumentValue) -> Checklist.Option? {
        guard let fields = value.fields() else { return nil }
        let option = Checklist.Option(id: fields.required("id")?.string() ?? "", text: text(fields.required("text")))
        fields.finish()
        return option
    }

    private static func item(_ value: DocumentValue) -> ChecklistItem? {
        guard let fields = value.fields() else { return nil }
        var conditions: [String: [String]]?
        if let when = fields.optional("when") {
            let pairs = when.pairs().compactMap { key, value in
                key.string().map { ($0, value.listOrOne().compactMap { $0.string() }) }
            }
            conditions = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }
        let item = ChecklistItem(
            id: fields.required("id")?.string() ?? "",
            name: text(fields.required("name")),
            form: fields.required("form")?.choice() ?? .original,
            count: fields.optional("count").map { $0.int() ?? 1 } ?? 1,
            whereToGet: fields.optional("whereToGet").map(text),
            sample: fields.optional("sample").map(text),
            when: conditions)
        fields.finish()
        return item
    }
}
