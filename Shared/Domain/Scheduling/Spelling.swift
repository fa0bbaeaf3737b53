/// Finds what somebody probably meant.
package enum Spelling {
    /// The candidate with the fewest edits from a word, if that is at most a third of its length (one edit for two letters, none for
    /// one); of equally near ones the first in alphabetical order.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased())
        guard (2...60).contains(letters.count) else { return nil }
        let allowed = max(1, letters.count / 3)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let distance = distance(letters, Array(candidate.lowercased()))
            guard distance <= allowed else { continue }
            if let found = best, (found.distance, found.candidate) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.candidate
    }

    /// Damerau-Levenshtein distance with adjacent transpositions (optimal string alignment), in O(m n).
    private static func distance(_ lhs: [Character], _ rhs: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...rhs.count)
        for i in lhs.indices {
            var row = [i + 1]
            row.reserveCapacity(rhs.count + 1)
            for j in rhs.indices {
                var value = min(last[j + 1] + 1, row[j] + 1, last[j] + (lhs[i] == rhs[j] ? 0 : 1))
                if i > 0, j > 0, lhs[i] == rhs[j - 1], lhs[i - 1] == rhs[j] {
                    value = min(value, beforeLast[j - 1] + 1)
                }
                row.append(value)
            }
            beforeLast = last
            last = row
        }
        return last[rhs.count]
    }
}
