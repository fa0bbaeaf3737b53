import BookingService
import Domain
import Foundation
import Logging
import NIOHTTP1
import Postgres
import RedisStreams
import ServiceBootstrap
import TestSupport
import Testing
import Web

/// Limits of phones, devices and networks, on real servers.
@Suite struct RequestGuardTests {
    private static let problem = "https://onetrip.example/problems/"
    private static let front = ["X-Forwarded-For": "203.0.113.9"]

    private static func catalogue(_ limits: RequestLimits) -> Catalogue {
        var catalogue = BookingCity.catalogue(places: 100)
        catalogue.requestLimits = limits
        return catalogue
    }

    private static func limits(_ rates: RequestRates) -> RequestLimits {
        RequestLimits(holds: rates, bookings: rates, codes: rates)
    }

    private static let few = RequestRate(burst: 6, perMinute: 6)

    /// The number that solves a challenge.
    private func solution(_ answer: JSONClient.Answer) throws -> String {
        let token = try #require(answer.string("challenge", "token"))
        let salt = try #require(answer.string("challenge", "salt"))
        let bits = try #require(answer["challenge", "bits"] as? Int)
        return "\(token) \(try number(salt, bits))"
    }

    private func number(_ salt: String, _ bits: Int) throws -> Int {
        try #require(
            (0..<20_000_000).first { number in
                let hash = Secrets.sha256Hex("\(salt):\(number)")
                let start = UInt32(hash.prefix(8), radix: 16) ?? .max
                return start.leadingZeroBitCount >= bits
            })
    }

    private func hold(_ rig: BookingRig, _ headers: [String: String]) async throws -> JSONClient.Answer {
        let slot = try #require(try await rig.slots().first)
        let key = ["Idempotency-Key": UUID().uuidString]
        return try await rig.client.post(
            "/api/v1/holds", #"{"slot":"\#(slot)"}"#, headers: headers.merging(key) { $1 })
    }

    /// The name that a browser is given with the page of times.
    private func device(_ rig: BookingRig) async throws -> String {
        let page = try await rig.client.get("/services/passport/slots")
        let cookie = try #require(page.headers.first(name: "set-cookie"))
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
        return String(cookie.dropFirst("device=".count).prefix { $0 != ";" })
    }

    @Test func `A device is asked for work near its limit and refused beyond it, and others go on`() async throws {
        try await withBooking(catalogue: Self.catalogue(Self.limits(RequestRates(device: Self.few)))) { rig in
            let mine = ["Device-Token": try await device(rig)]
            for _ in 0..<5 { #expect(try await hold(rig, mine).status == 201) }
            let challenged = try await hold(rig, mine)
            #expect(challenged.status == 428)
            #expect(challenged.string("type") == Self.problem + "challenge-required")
            let solved = mine.merging(["Challenge-Solution": try solution(challenged)]) { $1 }
            #expect(try await hold(rig, solved).status == 201)
            rig.clock.advance(seconds: 10)
            // Used up, and somebody else's.
            #expect(try await hold(rig, solved).status == 428)
            let other = ["Device-Token": try await device(rig)]
            #expect(try await hold(rig, other).status == 201)
            // A name that nobody gave is none.
            #expect(
                try await hold(rig, ["Device-Token": "AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"]).status == 201)
            #expect(try await rig.miscounted() == 0)
        }
    }

    @Test func `A device that takes all is told when to come again`() async throws {
        try await withBooking(catalogue: Self.catalogue(Self.limits(RequestRates(device: Self.few)))) { rig in
            let mine = ["Device-Token": try await device(rig)]
            for _ in 0..<5 { #expect(try await hold(rig, mine).status == 201) }
            let work = ["Challenge-Solution": try solution(try await hold(rig, mine))]
            #expect(try await hold(rig, mine.merging(work) { $1 }).status == 201)
            let refused = try await hold(rig, mine)
            #expect(refused.status == 429)
            #expect(refused.string("type") == Self.problem + "too-many-requests")
            #expect(refused.header("retry-after") == "10")
            rig.clock.advance(seconds: 60)
            #expect(try await hold(rig, mine).status == 201)
        }
    }

    @Test func `A phone books so often from whatever device; nothing of it is in Redis`() async throws {
        try await withBooking(catalogue: Self.catalogue(Self.limits(RequestRates(phone: Self.few)))) { rig in
            let slots = try await rig.slots()
            let phone = BookingRig.phone(42)
            var statuses: [Int] = []
            for slot in slots.prefix(8) { statuses.append(try await rig.book(slot, phone: phone).status) }
            #expect(statuses == [201, 409, 409, 409, 409, 428, 428, 428])
            #expect(try await rig.book(slots[0], phone: BookingRig.phone(43)).status == 201)
            let pattern = rig.runtime.configuration.streamPrefix + ":{guards}:*"
            let keys = try await rig.runtime.redis.command(["KEYS", RedisArgument(pattern)]).array("keys")
            #expect(!keys.isEmpty)
            for key in keys {
                let name = try key.text("a key")
                #expect(!name.contains(phone) && !name.contains("203.0.113.9"))
                #expect(try await rig.runtime.redis.command(["PTTL", RedisArgument(name)]).integer("ttl") > 0)
            }
        }
    }

    @Test func `A network that many share is asked for work and never refused`() async throws {
        try await withBooking(catalogue: Self.catalogue(Self.limits(RequestRates(address: Self.few)))) { rig in
            for _ in 0..<5 { #expect(try await hold(rig, Self.front).status == 201) }
            for _ in 0..<2 {
                let challenged = try await hold(rig, Self.front)
                #expect(challenged.status == 428)
                let work = ["Challenge-Solution": try solution(challenged)]
                #expect(try await hold(rig, Self.front.merging(work) { $1 }).status == 201)
            }
            #expect(try await hold(rig, ["X-Forwarded-For": "203.0.113.9, 198.51.100.7"]).status == 201)
            // Who cannot compute waits.
            let challenged = try await hold(rig, Self.front)
            let wait = try #require(challenged.string("challenge", "wait", "token"))
            let seconds = try #require(challenged["challenge", "wait", "seconds"] as? Int)
            let waiting = Self.front.merging(["Challenge-Solution": wait]) { $1 }
            #expect(try await hold(rig, waiting).status == 428)
            rig.clock.advance(seconds: Int64(seconds))
            #expect(try await hold(rig, waiting).status == 201)
            #expect(try await hold(rig, waiting).status == 428)
        }
    }

    @Test func `The page of a challenge works without scripts, and nothing that was entered is lost`() async throws {
        let slow = RequestRates(address: RequestRate(burst: 6, perMinute: 1))
        try await withBooking(catalogue: Self.catalogue(Self.limits(slow))) { rig in
            for _ in 0..<5 { #expect(try await hold(rig, Self.front).status == 201) }
            let slot = try #require(try await rig.slots().first)
            var form = [("service", "passport"), ("version", "1"), ("key", UUID().uuidString), ("slot", slot)]
            let page = try await rig.client.send(.POST, "/holds", form: form, headers: Self.front)
            #expect(page.status == 428, "\(page.text)")
            #expect(page.text.contains(#"role="status""#) && page.text.contains("/assets/challenge.js"))
            for (name, value) in form {
                #expect(page.text.contains(#"<input type="hidden" name="\#(name)" value="\#(value)">"#), "\(name)")
            }
            func value(_ name: String) throws -> String {
                let start = try #require(page.text.range(of: "name=\"\(name)\" value=\""))
                return String(page.text[start.upperBound...].prefix { $0 != "\"" })
            }
            let fields = [("challenge", try value("challenge")), ("nonce", ""), ("wait", try value("wait"))]
            form += fields
            #expect(try await rig.client.send(.POST, "/holds", form: form, headers: Self.front).status == 428)
            rig.clock.advance(seconds: 18)
            let held = try await rig.client.send(.POST, "/holds", form: form, headers: Self.front)
            #expect(held.status == 303, "\(held.text)")
            #expect(held.header("location")?.hasPrefix("/holds/") == true)
        }
    }

    @Test func `Processes share what they count, and each goes on alone when Redis is away`() async throws {
        let secrets = try Secrets(masterKeyHex: String(repeating: "5a", count: 32))
        let bucket = GuardedBucket(name: "device", rate: RequestRate(burst: 40, perMinute: 60), isShared: false)
        let now = BookingRig.start
        func admitted(_ guards: [RequestGuard]) async -> Int {
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        await guards[number % guards.count].take([bucket], isSolved: true, at: now) == .admitted
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
        }
        try await withRedis { address, prefix in
            try await RedisClient.withClient(
                try RedisConfiguration(address: address), logger: Logger(label: "test")
            ) { redis in
                let together = (0..<3).map { _ in
                    RequestGuard(
                        secrets: secrets, shared: SharedBuckets(redis: redis, prefix: prefix, deadline: .seconds(5)))
                }
                let count = await admitted(together)
                // Each gives a quarter at most by itself.
                #expect(count >= 40 && count <= 40 + 3 * 11, "\(count)")
            }
        }
        let nowhere = RedisClient(
            configuration: try RedisConfiguration(address: "unix:/nowhere/redis.sock"), logger: Logger(label: "test"))
        let alone = RequestGuard(secrets: secrets, shared: SharedBuckets(redis: nowhere, prefix: "p"))
        #expect(await admitted([alone]) == 40)
    }

    /// The script in Redis and the buckets of a process say the same.
    @Test func `Redis and a process count alike`() async throws {
        let own = GuardedBucket(name: "a", rate: RequestRate(burst: 7, perMinute: 30), isShared: false)
        let common = GuardedBucket(name: "b", rate: RequestRate(burst: 9, perMinute: 20), isShared: true)
        try await withRedis { address, prefix in
            try await RedisClient.withClient(
                try RedisConfiguration(address: address), logger: Logger(label: "test")
            ) { redis in
                let shared = SharedBuckets(redis: redis, prefix: prefix, deadline: .seconds(5))
                var local = LocalBuckets(limit: 100)
                for step in 0..<60 {
                    let now = BookingRig.start.advanced(seconds: Int64(step * step / 20))
                    let buckets = step % 3 == 0 ? [own] : step % 3 == 1 ? [common] : [own, common]
                    let isSolved = step % 4 != 0
                    let mine = local.take(buckets, isSolved: isSolved, at: now).admission
                    let theirs = try #require(await shared.take(buckets, isSolved: isSolved, at: now))
                    switch (mine, theirs) {
                    case (.challenged(let one), .challenged(let other)): #expect(abs(one - other) < 0.001)
                    case (.refused(let one), .refused(let other)): #expect(abs(one - other) <= 1)
                    default: #expect(mine == theirs, "step \(step)")
                    }
                }
            }
        }
    }
}
