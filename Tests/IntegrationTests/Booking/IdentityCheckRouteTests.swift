import Domain
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

/// What the queuing service is told of who has booked.
@Suite struct IdentityCheckRouteTests {
    private func ask(
        _ rig: BookingRig, _ id: String, hall: String = "north", token: String? = nil
    ) async throws -> JSONClient.Answer {
        try await rig.client.post(
            "/internal/v1/identity-checks", #"{"appointment":"\#(id)","hall":"\#(hall)","staff":"clerk-1"}"#,
            headers: ["Authorization": "Bearer \(token ?? rig.runtime.secrets.serviceToken)"])
    }

    @Test func `Another service is told the name, once it is noted who looks; of the wrong hall nothing`() async throws
    {
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let token = try #require(try await rig.book(slot, phone: BookingRig.phone(1)).string("token"))
            let rows = try await rig.pool.execute("SELECT id::text AS id FROM appointment")
            let id = try #require(try rows.first?.decode("id", as: String.self))
            let answer = try await ask(rig, id)
            #expect(answer.status == 200 && answer.string("name") == "王小明", "\(answer.text)")
            #expect(answer.headers.first(name: "cache-control") == "no-store")
            #expect(
                try await rig.scalar(
                    "SELECT count(*) FROM audit WHERE actor = 'staff:clerk-1' AND action = 'identity-checked'") == 1)
            #expect(try await ask(rig, id, hall: "south").status == 404)
            #expect(try await ask(rig, UUID().uuidString.lowercased()).status == 404)
            #expect(try await ask(rig, id, token: "wrong").status == 401)
            try await rig.cancel(token)
            #expect(try await ask(rig, id).status == 404)
            #expect(try await rig.scalar("SELECT count(*) FROM audit WHERE action = 'identity-checked'") == 1)
        }
    }
}
