package import Domain

/// What is known of a part at a moment.
package struct AvailabilityView: Sendable {
    package let part: AvailabilityPart
    /// When it was certainly right last, if it may not be so any more; `nil` when it is right now.
    package let asOf: Timestamp?

    package var isFresh: Bool { asOf == nil }
}
