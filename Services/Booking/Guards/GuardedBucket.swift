package import Domain

/// One of the buckets that a request takes from.
package struct GuardedBucket: Hashable, Sendable {
    /// A keyed hash of whom it belongs to.
    package var name: String
    package var rate: RequestRate
    /// Many people may share it, so that an empty one asks for work and refuses nobody.
    package var isShared: Bool

    package init(name: String, rate: RequestRate, isShared: Bool) {
        self.name = name
        self.rate = rate
        self.isShared = isShared
    }
}
