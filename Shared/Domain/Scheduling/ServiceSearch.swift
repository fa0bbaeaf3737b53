/// Finds services by words, pinyin (in full or by initials, from any syllable on), synonyms and life events.
///
/// The index is built once for a catalogue, in time and space that grow with the total length of its texts (pinyin: with the square
/// of the syllables of one text). A query costs a binary search for each word, plus the entries found, plus a sort of the services
/// found; it never scans the catalogue.
package struct ServiceSearch: Sendable {
    /// A service by its place in ``services``, and how much a hit in that text counts.
    struct Hit: Sendable {
        var service: Int
        var weight: Double
    }

    struct Word: Sendable {
        var text: String
        var hits: [Hit]
    }

    let services: [Service]
    /// Words and pinyin, sorted by their bytes, so that a prefix is a range.
    let words: [Word]
    /// Han characters, and pairs of neighbouring ones.
    let han: [String: [Hit]]
    /// Runs of Han characters of each service, for hits that are longer than a pair.
    let texts: [[(text: String, weight: Double)]]

    package init(_ catalogue: Catalogue) {
        var builder = ServiceSearchBuilder(catalogue)
        builder.build()
        services = builder.services
        words = builder.sortedWords()
        han = builder.han
        texts = builder.texts
    }

    /// The services that fit a query best, best first; equal ones in the catalogue's order. Empty for a query without letters.
    ///
    /// Every word counts, rare ones more; a service that only fits a common word of a longer query is left out when others fit much
    /// better.
    ///
    /// - Parameters:
    ///   - query: as typed; only the first 100 characters count.
    ///   - audience: only services for these clients; `nil` is all.
    package func find(_ query: String, audience: Audience? = nil, limit: Int = 20) -> [ServiceID] {
        let runs = SearchText.runs(of: query.prefix(100))
        guard !runs.isEmpty, limit > 0 else { return [] }
        var totals = Array(repeating: 0.0, count: services.count)
        var matched = Array(repeating: 0, count: services.count)
        for run in runs {
            let scores = score(run)
            for (service, score) in scores where score > 0 {
                totals[service] += score
                matched[service] += 1
            }
        }
        // Pinyin is often typed syllable by syllable: "hu zhao".
        if let joined = joinedWord(runs) {
            for (service, score) in score(.word(joined)) where score * Double(runs.count) > totals[service] {
                totals[service] = score * Double(runs.count)
                matched[service] = runs.count
            }
        }
        var found: [(service: Int, score: Double)] = []
        for index in services.indices where matched[index] > 0 {
            guard audience.map(services[index].audience.contains) ?? true else { continue }
            found.append((index, totals[index] * Double(matched[index]) / Double(runs.count)))
        }
        let best = found.map(\.score).max() ?? 0
        return found.filter { $0.score >= best * 0.2 }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.service < $1.service }
            .prefix(limit)
            .map { services[$0.service].id }
    }

    private func joinedWord(_ runs: [SearchText.Run]) -> String? {
        guard runs.count > 1 else { return nil }
        var joined = ""
        for run in runs {
            guard case .word(let word) = run else { return nil }
            joined += word
        }
        return joined
    }

    private func score(_ run: SearchText.Run) -> [Int: Double] {
        switch run {
        case .word(let word): score(word: word)
        case .han(let text): score(han: text)
        }
    }

    private func score(word: String) -> [Int: Double] {
        var best: [Int: Double] = [:]
        var index = firstWord(from: word)
        while index < words.count, words[index].text.utf8.starts(with: word.utf8) {
            let share = Double(word.utf8.count) / Double(words[index].text.utf8.count)
            for hit in words[index].hits {
                // A whole word counts double what its mere beginning does.
                let score = hit.weight * (share == 1 ? 1 : 0.25 + 0.25 * share)
                best[hit.service] = max(best[hit.service, default: 0], score)
            }
            index += 1
        }
        let rarity = rarity(best.count)
        return best.mapValues { $0 * rarity }
    }

    private func firstWord(from word: String) -> Int {
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if words[middle].text.utf8.lexicographicallyPrecedes(word.utf8) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func score(han text: String) -> [Int: Double] {
        let pairs = SearchText.pairs(of: text)
        var sums: [Int: Double] = [:]
        var possible = 0.0
        for pair in pairs {
            let hits = han[pair] ?? []
            let rarity = rarity(hits.count)
            possible += rarity
            for hit in hits { sums[hit.service, default: 0] += hit.weight * rarity }
        }
        var scores: [Int: Double] = [:]
        for (service, sum) in sums {
            let rarity = possible / Double(pairs.count)
            var score = sum / possible * rarity
            for (other, weight) in texts[service] where pairs.count > 1 {
                // All of it together, or a whole name or synonym inside a longer question, beats the same pairs apart.
                if other == text {
                    score = max(score, weight * rarity * 3)
                } else if other.contains(text) {
                    score = max(score, weight * rarity * 2)
                } else if other.count > 1, text.contains(other) {
                    score = max(score, weight * rarity * 1.5)
                }
            }
            scores[service] = score
        }
        return scores
    }

    /// Weight of a find by the number of services that have it: 1 when all have it, growing with the logarithm of its rarity.
    private func rarity(_ count: Int) -> Double {
        var value = 1.0
        var share = Double(services.count) / Double(max(1, count))
        // The base-2 logarithm in whole steps needs no floating-point library and is the same on every machine.
        while share >= 2 {
            value += 1
            share /= 2
        }
        return value + (share - 1)
    }
}
