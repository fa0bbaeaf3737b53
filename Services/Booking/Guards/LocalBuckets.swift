package import Domain

/// The buckets that this process knows of: for itself, and in place of the common ones when Redis is away.
///
/// Two generations of at most `limit` buckets: when the younger is full, the elder is forgotten, which makes those buckets full again.
/// O(1) for each request, and memory is bounded.
package struct LocalBuckets: Sendable {
    private var young: [String: TokenBucket] = [:]
    private var old: [String: TokenBucket] = [:]
    private let limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes a token from each, or from none.
    ///
    /// - Parameter isSolved: whether the request has done the work that a low bucket asks for.
    /// - Returns: also whether all are so full that no other process need be asked.
    package mutating func take(
        _ buckets: [GuardedBucket], isSolved: Bool, at now: Timestamp
    ) -> (admission: Admission, isAmple: Bool) {
        var wait: Int64 = 0
        var lowest = 1.0
        for bucket in buckets {
            let level = known(bucket, at: now).level(bucket.rate, at: now)
            lowest = min(lowest, level / Double(bucket.rate.burst))
            if level < 1, !bucket.isShared {
                wait = max(wait, Int64(((1 - level) / bucket.rate.perMillisecond).rounded(.up)))
            }
        }
        if wait > 0 { return (.refused(retryAfterMilliseconds: wait), false) }
        if !isSolved, lowest < Admission.challengeBelow { return (.challenged(left: lowest), false) }
        for bucket in buckets {
            var taken = known(bucket, at: now)
            taken.take(bucket.rate, at: now)
            keep(taken, bucket.name)
        }
        return (.admitted, lowest >= Self.ample)
    }

    /// The first quarter of a bucket each process gives by itself: who books once is never looked up elsewhere.
    private static let ample = 0.75

    private func known(_ bucket: GuardedBucket, at now: Timestamp) -> TokenBucket {
        young[bucket.name] ?? old[bucket.name] ?? TokenBucket(bucket.rate, at: now)
    }

    private mutating func keep(_ bucket: TokenBucket, _ name: String) {
        if young.count >= limit, young[name] == nil {
            old = young
            young = [:]
        }
        young[name] = bucket
    }
}
