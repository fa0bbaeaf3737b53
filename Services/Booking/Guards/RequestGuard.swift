package import Domain
import Synchronization
package import Web

/// Keeps single phones, devices and networks from taking more than a share, before the writer is asked.
///
/// Each process counts for itself first, and for who takes little that is all: a usual booking costs no round trip. Beyond a quarter of a
/// bucket the common count in Redis decides; when Redis does not answer, the own count does. So with n processes somebody may take up to n
/// quarters of a bucket more than the whole.
package final class RequestGuard: Sendable {
    private let secrets: Secrets
    private let shared: SharedBuckets?
    private let maker: ChallengeMaker
    private let local = Mutex(LocalBuckets(limit: 50_000))
    private let spent = Mutex(RecentNames(limit: 50_000))

    package init(secrets: Secrets, shared: SharedBuckets?) {
        self.secrets = secrets
        self.shared = shared
        maker = ChallengeMaker(secrets: secrets)
    }

    /// - Throws: ``BookingError/tooManyRequests(retryAfterSeconds:)``, ``BookingError/challenged(_:)``.
    func admit(
        _ action: GuardedAction, _ caller: Caller, phone: PhoneNumber?, limits: RequestLimits, at now: Timestamp
    ) async throws(BookingError) {
        let buckets = buckets(action, caller, phone, limits)
        guard !buckets.isEmpty else { return }
        let solved = caller.solution.flatMap { maker.check($0, action, of: caller.subject, at: now) }
        switch await take(buckets, isSolved: solved != nil, at: now) {
        case .admitted:
            guard let solved, await !spend(solved) else { return }
            throw .challenged(challenge(action, caller, left: 0, at: now))
        case .challenged(let left): throw .challenged(challenge(action, caller, left: left, at: now))
        case .refused(let wait): throw .tooManyRequests(retryAfterSeconds: Int((wait + 999) / 1000))
        }
    }

    private func challenge(_ action: GuardedAction, _ caller: Caller, left: Double, at now: Timestamp) -> Challenge {
        maker.make(action, for: caller.subject, left: left, waiting: caller.solution?.wait, at: now)
    }

    /// By keyed hashes: Redis holds no number and no address.
    private func buckets(
        _ action: GuardedAction, _ caller: Caller, _ phone: PhoneNumber?, _ limits: RequestLimits
    ) -> [GuardedBucket] {
        let rates = action.rates(of: limits)
        var buckets: [GuardedBucket] = []
        func add(_ kind: String, _ value: String?, _ rate: RequestRate?, isShared: Bool = false) {
            guard let value, let rate else { return }
            let name = secrets.lookupHash("\(action.rawValue)|\(kind)|\(value)", for: "request-bucket").prefix(32)
            buckets.append(GuardedBucket(name: String(name), rate: rate, isShared: isShared))
        }
        add("phone", phone?.e164, rates.phone)
        add("device", caller.device, rates.device)
        add("address", caller.network, rates.address, isShared: true)
        return buckets
    }

    package func take(_ buckets: [GuardedBucket], isSolved: Bool, at now: Timestamp) async -> Admission {
        let own = local.withLock { $0.take(buckets, isSolved: isSolved, at: now) }
        guard own.admission == .admitted, !own.isAmple, let shared else { return own.admission }
        return await shared.take(buckets, isSolved: isSolved, at: now) ?? own.admission
    }

    /// Uses a solution up; `false` when it had been used before.
    private func spend(_ solved: (name: String, keptMilliseconds: Int64)) async -> Bool {
        guard spent.withLock({ $0.insert(solved.name) }) else { return false }
        return await shared?.spend("spent:" + solved.name, keptMilliseconds: solved.keptMilliseconds) ?? true
    }
}

/// The names that came last, at least as many as the limit says.
struct RecentNames: Sendable {
    private var young: Set<String> = []
    private var old: Set<String> = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: whether it is new.
    mutating func insert(_ name: String) -> Bool {
        guard !old.contains(name) else { return false }
        if young.count >= limit {
            old = young
            young = []
        }
        return !old.contains(name) && young.insert(name).inserted
    }
}
