/// What the buckets say to a request.
package enum Admission: Hashable, Sendable {
    case admitted
    /// A limit is near: only with some work. The fraction is what is left in the emptiest bucket, from 0 to a third.
    case challenged(left: Double)
    case refused(retryAfterMilliseconds: Int64)

    /// Below this part of a bucket work is asked for.
    static let challengeBelow = 1.0 / 3
}
