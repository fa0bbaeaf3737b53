/// Which of several ways to be served costs a person the least time, and whether it is worth saying.
///
/// Another way than the person's own is recommended only when it saves the person at least `margin`: a forecast is not
/// exact, and a longer way is certain while a shorter wait is not. Among those the least sum of the own time and the
/// delay to others counts, so that a crowded hall is not filled for a small gain.
package struct HallChoice: Sendable, Hashable {
    /// Seconds that another way must save.
    package var margin: Double
    /// What a second of others' waiting weighs by a second of one's own.
    package var others: Double
    /// The range told lies between these quantiles.
    package static let range = (low: 0.1, high: 0.9)

    package init(margin: Double = 180, others: Double = 0.5) {
        self.margin = margin
        self.others = others
    }

    package struct Option: Sendable, Hashable {
        /// The place in the candidates.
        package var candidate: Int
        /// Expected seconds on the way and in the hall until the call, and the range told.
        package var total: Double
        package var low: Double
        package var high: Double
        /// Seconds by which it is shorter than the person's own way; negative: longer.
        package var saving: Double
        /// Seconds by which all others wait less than with the person's own way.
        package var othersSaving: Double
        /// The own way, or one that saves enough to be told.
        package var isWorthIt: Bool
    }

    /// The way to recommend; `nil` when there is none.
    package func recommended(_ candidates: [HallCandidate], own: Int) -> HallCandidate? {
        rank(candidates, own: own).first.map { candidates[$0.candidate] }
    }

    /// The ways in the order in which they are recommended: first those worth it, by the time that they cost the person
    /// and others. O(n log n) for n candidates and a sample's quantiles.
    ///
    /// - Parameter own: what the person would do without advice.
    package func rank(_ candidates: [HallCandidate], own: Int) -> [Option] {
        guard candidates.indices.contains(own) else { return [] }
        let now = candidates[own]
        let (low, high) = Self.range
        let options = candidates.indices.map { index in
            let candidate = candidates[index]
            let saving = now.total - candidate.total
            let othersSaving = now.delayToOthers - candidate.delayToOthers
            return Option(
                candidate: index, total: candidate.total, low: candidate.time(until: candidate.call.quantile(low)),
                high: candidate.time(until: candidate.call.quantile(high)), saving: saving,
                othersSaving: othersSaving,
                isWorthIt: index == own || (saving >= margin && saving + others * othersSaving > 0))
        }
        return options.sorted { one, other in
            if one.isWorthIt != other.isWorthIt { return one.isWorthIt }
            let gain = one.saving + others * one.othersSaving
            let otherGain = other.saving + others * other.othersSaving
            if gain != otherGain { return gain > otherGain }
            if (one.candidate == own) != (other.candidate == own) { return one.candidate == own }
            return one.candidate < other.candidate
        }
    }
}
