/// The wait that somebody was told when taking a number or checking in, in seconds from then until the call. It is kept
/// in the event, so that anyone can hold it against what happened.
package struct QuotedWait: Sendable, Hashable, Codable {
    /// One in ten waits less.
    package var low: Int
    /// One in two waits less.
    package var expected: Int
    /// One in ten waits longer.
    package var high: Int

    package init(low: Int, expected: Int, high: Int) {
        self.low = max(0, low)
        self.expected = max(self.low, expected)
        self.high = max(self.expected, high)
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
