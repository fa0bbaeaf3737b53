/// Draws the order of the entries and gives the places in it. Pure, so anybody can do it again.
///
/// The seed is drawn before anybody can enter, and its hash is published then: it cannot be changed afterwards. The order also
/// depends on the list of all entries and places (``root(of:round:)``), which is fixed at the deadline only: whoever knows the seed
/// cannot tell from it alone what an entry will get, and after the deadline nothing is left to choose.
package enum BallotDraw {
    /// What is published of the seed when the round opens.
    package static func commitment(to seed: String, of round: String) -> String {
        BallotHash("onetrip-ballot-seed-1").adding(round).adding(seed).text
    }

    /// What the list comes to that is drawn from.
    ///
    /// - Parameters:
    ///   - receipts: of the entries from number 1 on, `nil` where one has left.
    ///   - slots: in the order of their publication.
    package static func root(of receipts: [String?], slots: [BallotSlot], round: String) -> String {
        var hash = BallotHash("onetrip-ballot-list-1").adding(round).adding(receipts.count)
        for receipt in receipts { hash = hash.adding(receipt ?? "left") }
        hash = hash.adding(slots.count)
        for slot in slots {
            hash = hash.adding(slot.id).adding(slot.hall.rawValue).adding(slot.date.description).adding(slot.minute)
                .adding(slot.places)
        }
        return hash.text
    }

    /// Where an entry stands: the lowest is first.
    static func lot(of number: Int, seed: String, root: String) -> String {
        BallotHash("onetrip-ballot-lot-1").adding(seed).adding(root).adding(number).text
    }

    /// The numbers in the order in which they may choose. O(n log n).
    package static func order(of numbers: [Int], seed: String, root: String) -> [Int] {
        numbers.map { (lot: lot(of: $0, seed: seed, root: root), number: $0) }
            .sorted { ($0.lot, $0.number) < ($1.lot, $1.number) }
            .map(\.number)
    }

    /// Gives each entry in turn the first of its preferences that is left, there the earliest slot: nobody can do better by
    /// saying anything but what they want. For each entry, a look at the slots of the days that it names.
    ///
    /// - Parameter entries: in the order of ``order(of:seed:root:)``.
    /// - Returns: the entries with what they got.
    package static func assign(_ entries: [BallotEntry], slots: [BallotSlot]) -> [BallotEntry] {
        var left = slots.map(\.places)
        let days = Dictionary(grouping: slots.indices) { Day(hall: slots[$0].hall, date: slots[$0].date) }
            .mapValues { $0.sorted { (slots[$0].minute, slots[$0].id) < (slots[$1].minute, slots[$1].id) } }
        return entries.map { entry in
            var entry = entry
            let choice = entry.preferences.lazy.compactMap { preference in
                days[Day(hall: preference.hall, date: preference.date)]?.first { index in
                    left[index] > 0 && preference.part.start <= slots[index].minute
                        && slots[index].minute < preference.part.end
                }
            }.first
            if let choice { left[choice] -= 1 }
            entry.slot = choice.map { slots[$0].id }
            return entry
        }
    }

    private struct Day: Hashable {
        let hall: HallID
        let date: LocalDate
    }
}
