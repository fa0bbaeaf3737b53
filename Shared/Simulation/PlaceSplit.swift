import Domain

/// Divides the places planned for each cell of a day among the services, each on the grid of its own slots.
///
/// Service by service: every slot's share in proportion to what its cells were given, whole numbers by the largest
/// remainders, never more than the windows with the skill can begin. What rounding leaves over in a cell is carried on to
/// the next service, so the sums of the cells come out as planned.
struct PlaceSplit: Sendable {
    /// Places by service and start of the slot.
    private(set) var places: [ServiceID: [Int: Int]] = [:]
    /// Places that no slot can hold.
    private(set) var left: [ServiceID: Int] = [:]

    /// O(services · (slots · cells + places · slots)).
    init(_ plan: [Int], of hall: HallScenario) {
        var carried = plan.map { _ in 0.0 }
        let total = Double(max(1, plan.reduce(0, +)))
        // Who has most places has most room to follow the plan.
        let order = hall.bookable.sorted {
            ($1.offer.places * $1.starts.count, $0.service) < ($0.offer.places * $0.starts.count, $1.service)
        }
        for bookable in order {
            let count = bookable.offer.places * bookable.starts.count
            let slots = bookable.starts.map { $0..<$0 + bookable.offer.slotMinutes }
            let parts = slots.map { slot in
                hall.cells.enumerated().compactMap { number, cell in
                    let shared = cell.clamped(to: slot).count
                    return shared > 0
                        ? (cell: number, ofCell: Double(shared) / Double(cell.count), shared: shared) : nil
                }
            }
            let wanted = parts.map { part in
                part.reduce(0) { $0 + Double(plan[$1.cell]) * $1.ofCell } * Double(count) / total
            }
            let adjusted = zip(parts, wanted).map { part, share in
                // More than one place of the services before would distort this one.
                share + min(1, max(-1, part.reduce(0) { $0 + carried[$1.cell] * $1.ofCell }))
            }
            let most = slots.map { hall.starts(of: bookable.service, in: $0) }
            let given = Self.rounded(adjusted, to: count, most: most)
            for (number, part) in parts.enumerated() {
                let shared = Double(max(1, part.reduce(0) { $0 + $1.shared }))
                for piece in part {
                    carried[piece.cell] += (wanted[number] - Double(given[number])) * Double(piece.shared) / shared
                }
            }
            places[bookable.service] = Dictionary(uniqueKeysWithValues: zip(bookable.starts, given))
            let missing = count - given.reduce(0, +)
            if missing > 0 { left[bookable.service] = missing }
        }
    }

    /// Whole numbers in proportion to the shares, with the sum given as far as `most` allows.
    private static func rounded(_ shares: [Double], to count: Int, most: [Int]) -> [Int] {
        let positive = shares.map { max(0, $0) }
        let sum = positive.reduce(0, +)
        let exact = positive.map { sum > 0 ? $0 * Double(count) / sum : Double(count) / Double(positive.count) }
        var whole = zip(exact, most).map { min(Int($0), $1) }
        for _ in 0..<max(0, count - whole.reduce(0, +)) {
            let open = whole.indices.filter { whole[$0] < most[$0] }
            /// The largest remainder; of equal ones not the earliest, or all would go to the morning.
            func rank(_ index: Int) -> Double {
                let spread = (Double(index) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
                return ((exact[index] - Double(whole[index])) * 1e6).rounded() + spread
            }
            guard let next = open.max(by: { rank($0) < rank($1) }) else { break }
            whole[next] += 1
        }
        return whole
    }
}
