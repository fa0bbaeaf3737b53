/// All that is published of a round: enough to do the draw again, and nothing about any person.
package struct BallotRecord: Hashable, Codable, Sendable {
    /// What is known once the draw has been made.
    package struct Draw: Hashable, Codable, Sendable {
        package var seed: String
        /// Of the list: ``BallotDraw/root(of:slots:round:)``.
        package var root: String
        package var drawnAt: Timestamp
        package var slots: [BallotSlot]
        /// In the order drawn, with what each got.
        package var entries: [BallotEntry]
        /// The numbers of those that left before the deadline.
        package var left: [Int]

        package init(
            seed: String, root: String, drawnAt: Timestamp, slots: [BallotSlot], entries: [BallotEntry], left: [Int]
        ) {
            self.seed = seed
            self.root = root
            self.drawnAt = drawnAt
            self.slots = slots
            self.entries = entries
            self.left = left
        }
    }

    package var round: String
    package var service: ServiceID
    /// The days of the visits.
    package var period: ReleasePeriod
    /// When entries begin and end, and when what is left opens to all.
    package var opens: Timestamp
    package var closes: Timestamp
    package var releases: Timestamp
    /// The hash of the seed: ``BallotDraw/commitment(to:of:)``.
    package var commitment: String
    /// Numbers given so far.
    package var count: Int
    package var draw: Draw?

    package init(
        round: String, service: ServiceID, period: ReleasePeriod, opens: Timestamp, closes: Timestamp,
        releases: Timestamp, commitment: String, count: Int, draw: Draw? = nil
    ) {
        self.round = round
        self.service = service
        self.period = period
        self.opens = opens
        self.closes = closes
        self.releases = releases
        self.commitment = commitment
        self.count = count
        self.draw = draw
    }

    /// The record with the draw made.
    ///
    /// - Parameters:
    ///   - entries: those that take part, in any order.
    ///   - left: the other numbers.
    package func drawn(
        seed: String, slots: [BallotSlot], entries: [BallotEntry], left: [Int], at now: Timestamp
    ) -> BallotRecord {
        var record = self
        let root = BallotDraw.root(of: Self.receipts(entries, count: count, round: round), slots: slots, round: round)
        let byNumber = Dictionary(entries.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        let order = BallotDraw.order(of: entries.map(\.number), seed: seed, root: root)
        record.draw = Draw(
            seed: seed, root: root, drawnAt: now, slots: slots,
            entries: BallotDraw.assign(order.compactMap { byNumber[$0] }, slots: slots), left: left)
        return record
    }

    static func receipts(_ entries: [BallotEntry], count: Int, round: String) -> [String?] {
        var receipts = [String?](repeating: nil, count: max(0, count))
        for entry in entries where receipts.indices.contains(entry.number - 1) {
            receipts[entry.number - 1] = entry.receipt(in: round)
        }
        return receipts
    }
}
