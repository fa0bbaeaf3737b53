/// The wait that somebody was told when taking a number or checking in, in seconds from then until the call. It is kept
/// in the event, so that anyone can hold it against what happened.
package struct QuotedWait: Sendable, Hashable, Codable {
    /// One in ten waits less.
    package var low: Int
    /// One in two waits less.
    package var expected: Int
    /// One in ten waits longer.
    package var high: Int
    /// Nine in ten waits are in it; `nil` in older events.
    package var ninety: ClosedRange<Int>?

    package init(low: Int, expected: Int, high: Int, ninety: ClosedRange<Int>? = nil) {
        self.low = max(0, low)
        self.expected = max(self.low, expected)
        self.high = max(self.expected, high)
        self.ninety = ninety
    }

    init(_ eighty: StatedWait, ninety: StatedWait) {
        func seconds(_ value: Double) -> Int { Int(value.rounded()) }
        self.init(
            low: seconds(eighty.low), expected: seconds(eighty.expected), high: seconds(eighty.high),
            ninety: seconds(min(eighty.low, ninety.low))...seconds(max(eighty.high, ninety.high)))
    }

    /// Whether a wait lies in the range as people read it.
    package func covers(seconds: Double) -> Bool { Self.covers(low...high, seconds) }

    /// The same of the range for nine in ten; `nil` where none was told.
    package func coversNinety(seconds: Double) -> Bool? { ninety.map { Self.covers($0, seconds) } }

    /// In whole minutes, and a call within the first minute for who was told to go at once.
    private static func covers(_ range: ClosedRange<Int>, _ seconds: Double) -> Bool {
        let low = Double(range.lowerBound / 60 * 60)
        let high = Double(max(1, (range.upperBound + 59) / 60) * 60)
        return (low...high).contains(seconds)
    }
}

/// What a hall tells somebody who takes a number or checks in.
package struct ArrivalPromise: Sendable, Hashable {
    /// The moment after which nobody passes whose own such moment has not come; `nil` where the policy promises nothing.
    package var promisedBy: Timestamp?
    /// `nil` where nobody can know, such as while no window serves the service.
    package var quoted: QuotedWait?

    package init(promisedBy: Timestamp? = nil, quoted: QuotedWait? = nil) {
        self.promisedBy = promisedBy
        self.quoted = quoted
    }
}
