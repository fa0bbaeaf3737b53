extension BallotRecord {
    /// Something in a record that does not follow from the rest.
    package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        case notDrawn
        /// The seed is not the one whose hash was published.
        case seed
        /// Numbers from 1 on, each once, are not what is there.
        case numbers
        /// The list is not the one that was drawn from.
        case root(expected: String)
        /// The first place in the order that differs.
        case order(place: Int, expected: Int, found: Int)
        /// An entry got something else than it should have.
        case assignment(number: Int, expected: String?, found: String?)
        /// The receipt of an entry is not the one that its person was given.
        case receipt(number: Int, expected: String)

        package var description: String {
            switch self {
            case .notDrawn: "the draw has not been made yet"
            case .seed: "the seed does not fit the hash that was published when the round opened"
            case .numbers: "the numbers of the entries are not 1 to the count, each once"
            case .root(let expected):
                "the list of entries and places comes to \(expected), not to the root that is given"
            case .order(let place, let expected, let found):
                "at place \(place) of the order stands entry \(found), where entry \(expected) belongs"
            case .assignment(let number, let expected, let found):
                "entry \(number) got \(found.map { "slot \($0)" } ?? "nothing"); it should have got "
                    + (expected.map { "slot \($0)" } ?? "nothing")
            case .receipt(let number, let expected):
                "entry \(number) comes to the receipt \(expected), not to the one given"
            }
        }
    }

    /// Does the draw again. Empty when the record is what it should be.
    ///
    /// - Parameter receipts: what persons were told on entering, by number.
    package func faults(receipts: [Int: String] = [:]) -> [Fault] {
        guard let draw else { return [.notDrawn] }
        var faults: [Fault] = []
        if BallotDraw.commitment(to: draw.seed, of: round) != commitment { faults.append(.seed) }
        let numbers = draw.entries.map(\.number)
        guard count >= 0, (numbers + draw.left).count == count,
            (numbers + draw.left).sorted().elementsEqual(1..<(count + 1))
        else { return faults + [.numbers] }
        let root = BallotDraw.root(
            of: Self.receipts(draw.entries, count: count, round: round), slots: draw.slots, round: round)
        if root != draw.root { faults.append(.root(expected: root)) }
        let order = BallotDraw.order(of: numbers, seed: draw.seed, root: root)
        if let place = order.indices.first(where: { order[$0] != numbers[$0] }) {
            faults.append(.order(place: place + 1, expected: order[place], found: numbers[place]))
        }
        for (expected, found) in zip(BallotDraw.assign(draw.entries, slots: draw.slots), draw.entries)
        where expected.slot != found.slot {
            faults.append(.assignment(number: found.number, expected: expected.slot, found: found.slot))
        }
        for (number, receipt) in receipts.sorted(by: { $0.key < $1.key }) {
            let own = draw.entries.first { $0.number == number }?.receipt(in: round) ?? "none"
            if own != receipt { faults.append(.receipt(number: number, expected: own)) }
        }
        return faults
    }
}
