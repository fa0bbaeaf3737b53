/// What a person is told of the wait: a middle, and an interval that holds with known odds. Seconds from the moment of
/// issue.
package struct StatedWait: Sendable, Hashable, Codable {
    /// The ends belong to the interval.
    package var low: Double
    package var expected: Double
    package var high: Double
    /// Odds that the wait is shorter than `low` or longer than `high`. Together they are what the interval is to miss, or
    /// less where many waits are the same to the second: an interval from zero is never missed below.
    package var below: Double
    package var above: Double

    package func holds(_ wait: Double) -> Bool { low <= wait && wait <= high }

    private enum CodingKeys: String, CodingKey {
        case low = "l"
        case expected = "m"
        case high = "h"
        case below = "b"
        case above = "a"
    }
}
