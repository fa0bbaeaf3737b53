/// Gathers the texts of a catalogue into the index of ``ServiceSearch``.
struct ServiceSearchBuilder {
    private enum Weight {
        static let name = 10.0
        static let keyword = 8.0
        static let pinyin = 6.0
        static let initials = 5.0
        static let lifeEvent = 4.0
        static let summary = 1.0
    }

    let services: [Service]
    private let lifeEvents: [String: LifeEvent]
    private var words: [String: [Int: Double]] = [:]
    private var pairs: [String: [Int: Double]] = [:]
    private(set) var texts: [[(text: String, weight: Double)]]

    init(_ catalogue: Catalogue) {
        services = catalogue.orderedServices
        lifeEvents = Dictionary(catalogue.lifeEvents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        texts = Array(repeating: [], count: services.count)
    }

    var han: [String: [ServiceSearch.Hit]] {
        pairs.mapValues(ServiceSearchBuilder.hits)
    }

    func sortedWords() -> [ServiceSearch.Word] {
        words.map { ServiceSearch.Word(text: $0.key, hits: ServiceSearchBuilder.hits($0.value)) }
            .sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    }

    mutating func build() {
        for (index, service) in services.enumerated() {
            add(service.name, Weight.name, index)
            add(service.id.rawValue, Weight.keyword, index)
            add(service.summary, Weight.summary, index)
            for keyword in service.keywords { add(keyword, Weight.keyword, index) }
            for text in service.pinyin { add(pinyin: text, 1, index) }
            for event in service.lifeEvents.compactMap({ lifeEvents[$0] }) {
                add(event.name, Weight.lifeEvent, index)
                for keyword in event.keywords { add(keyword, Weight.lifeEvent, index) }
                for text in event.pinyin { add(pinyin: text, 0.5, index) }
            }
        }
    }

    private mutating func add(_ text: LocalizedText, _ weight: Double, _ service: Int) {
        add(text.zh, weight, service)
        add(text.en, weight, service)
    }

    private mutating func add(_ text: String, _ weight: Double, _ service: Int) {
        for run in SearchText.runs(of: text) {
            switch run {
            case .word(let word):
                note(word, weight, service, in: \.words)
            case .han(let han):
                texts[service].append((han, weight))
                for pair in SearchText.pairs(of: han) { note(pair, weight, service, in: \.pairs) }
                for character in han { note(String(character), weight * 0.5, service, in: \.pairs) }
            }
        }
    }

    /// From every syllable on, so that "shenfenzheng" finds "ju min shen fen zheng", and so do its initials.
    private mutating func add(pinyin text: String, _ factor: Double, _ service: Int) {
        let syllables = SearchText.runs(of: text).compactMap { run in
            if case .word(let word) = run { word } else { nil }
        }
        for start in syllables.indices {
            let rest = syllables[start...]
            // What is found at the start counts a little more than what is found further in.
            let weight = factor * (start == 0 ? 1 : 0.8)
            let full = rest.joined()
            note(full, weight * Weight.pinyin, service, in: \.words)
            if full.contains("v") {
                note(String(full.map { $0 == "v" ? "u" : $0 }), weight * Weight.pinyin, service, in: \.words)
            }
            if rest.count > 1 {
                note(String(rest.compactMap(\.first)), weight * Weight.initials, service, in: \.words)
            }
        }
    }

    private mutating func note(
        _ text: String, _ weight: Double, _ service: Int, in index: WritableKeyPath<Self, [String: [Int: Double]]>
    ) {
        let known = self[keyPath: index][text]?[service] ?? 0
        self[keyPath: index][text, default: [:]][service] = max(known, weight)
    }

    private static func hits(_ weights: [Int: Double]) -> [ServiceSearch.Hit] {
        weights.sorted { $0.key < $1.key }.map { ServiceSearch.Hit(service: $0.key, weight: $0.value) }
    }
}
