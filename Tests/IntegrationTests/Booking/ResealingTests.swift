import BookingService
import Domain
import Foundation
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct ResealingTests {
    @Test func `Stored data is sealed anew in batches, and then the old key is not needed`() async throws {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            for number in 0..<7 {
                #expect(try await rig.book(slot, phone: BookingRig.phone(number)).status == 201)
            }
            let master = String(repeating: "5a", count: 32)
            let newer = try Secrets(masterKeyHex: master, sealingKeysHex: [String(repeating: "7c", count: 32)])
            func sealed() async throws -> [(name: [UInt8], phone: [UInt8], token: [UInt8])] {
                try await rig.pool.execute(
                    "SELECT name_sealed, phone_sealed, token_sealed FROM appointment ORDER BY created_at, id"
                ).decode([UInt8].self, [UInt8].self, [UInt8].self).map { ($0.0, $0.1, $0.2) }
            }
            let before = try await sealed()
            #expect(before.allSatisfy { !$0.name.starts(with: newer.sealedPrefix) })
            // Stopped after the first batch.
            struct Stopped: Error {}
            await #expect(throws: Stopped.self) {
                try await Resealing(pool: rig.pool, secrets: newer).run(batch: 3) { _ in throw Stopped() }
            }
            #expect(try await sealed().count { $0.name.starts(with: newer.sealedPrefix) } == 3)
            #expect(try await Resealing(pool: rig.pool, secrets: newer).run(batch: 3) == 4)
            #expect(try await Resealing(pool: rig.pool, secrets: newer).run(batch: 3) == 0)
            for row in try await sealed() {
                #expect(row.phone.starts(with: newer.sealedPrefix) && row.token.starts(with: newer.sealedPrefix))
                #expect(try newer.open(row.name, for: "name") == "王小明")
                #expect(try newer.open(row.phone, for: "phone").hasPrefix("+86139"))
                #expect(throws: WebError.self) { try rig.runtime.secrets.open(row.name, for: "name") }
            }
        }
    }
}
