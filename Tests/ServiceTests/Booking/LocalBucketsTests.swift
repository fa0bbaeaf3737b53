import Domain
import Testing

@testable import BookingService

@Suite("Buckets of one process")
struct LocalBucketsTests {
    private static let now = Timestamp(seconds: 1_811_815_200)
    private static let own = GuardedBucket(
        name: "device", rate: RequestRate(burst: 6, perMinute: 60), isShared: false)
    private static let common = GuardedBucket(
        name: "network", rate: RequestRate(burst: 6, perMinute: 60), isShared: true)

    @Test func `Work is asked for below a third, and an empty bucket refuses until it has filled`() {
        var buckets = LocalBuckets(limit: 10)
        func take(_ isSolved: Bool = false, after seconds: Int64 = 0) -> Admission {
            buckets.take([Self.own], isSolved: isSolved, at: Self.now.advanced(seconds: seconds)).admission
        }
        #expect((0..<5).map { _ in take() } == Array(repeating: .admitted, count: 5))
        #expect(take() == .challenged(left: 1.0 / 6))
        // Who is asked for work and does none takes nothing.
        #expect(take() == .challenged(left: 1.0 / 6))
        #expect(take(true) == .admitted)
        #expect(take(true) == .refused(retryAfterMilliseconds: 1000))
        #expect(take(true, after: 1) == .admitted)
        #expect(take(after: 8) == .admitted)
    }

    @Test func `An empty bucket that many share asks for work and refuses nobody`() {
        var buckets = LocalBuckets(limit: 10)
        for _ in 0..<20 {
            #expect(buckets.take([Self.common], isSolved: true, at: Self.now).admission == .admitted)
        }
        #expect(buckets.take([Self.common], isSolved: false, at: Self.now).admission == .challenged(left: 0))
        // Nothing is taken of one bucket when another says no.
        #expect(buckets.take([Self.own, Self.common], isSolved: false, at: Self.now).admission != .admitted)
        #expect(buckets.take([Self.own], isSolved: false, at: Self.now).isAmple)
    }

    @Test func `Only who takes little is not looked up elsewhere`() {
        var buckets = LocalBuckets(limit: 10)
        let ample = (0..<3).map { _ in buckets.take([Self.own], isSolved: false, at: Self.now).isAmple }
        #expect(ample == [true, true, false])
    }

    @Test func `The least used are forgotten, and memory is bounded`() {
        var buckets = LocalBuckets(limit: 10)
        func take(_ name: String) -> Bool {
            let bucket = GuardedBucket(name: name, rate: Self.own.rate, isShared: false)
            return buckets.take([bucket], isSolved: false, at: Self.now).admission == .admitted
        }
        for _ in 0..<5 { #expect(take("me")) }
        #expect(!take("me"))
        for number in 0..<9 { #expect(take("a\(number)")) }
        #expect(!take("me"))
        for number in 0..<20 { #expect(take("b\(number)")) }
        #expect(take("me"))
    }

    @Test func `A name is new once`() {
        var names = RecentNames(limit: 2)
        let news = ["a", "a", "b", "c", "a", "c", "d", "e", "a"].map { names.insert($0) }
        #expect(news == [true, false, true, true, false, false, true, true, true])
    }
}
