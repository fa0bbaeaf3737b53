import BookingService
import Domain
import Postgres
import TestSupport
import Testing

/// What closing a hall needs.
extension BookingRig {
    static let reason = LocalizedText(zh: "停电检修", en: "Power cut")

    /// Closes a hall on 2 June 2027, or for some hours of it.
    @discardableResult
    func close(
        _ hall: HallID = BookingCity.north, from first: Int = 0, to last: Int = 24
    ) async throws -> HallClosing.Outcome {
        let zone = try #require(TimeZoneRules("Asia/Shanghai"))
        let day = try #require(LocalDate(Self.tomorrow))
        let order = HallClosing.Order(
            hall: hall, from: zone.moment(of: day, minute: first * 60), to: zone.moment(of: day, minute: last * 60),
            reason: Self.reason, actor: "operator:test")
        let outcome = try await pool.withTransaction { connection in
            try await HallClosing.close(order, on: connection, now: clock.now)
        }
        try await parts.catalogue.refresh()
        return outcome
    }

    func reopen(_ closure: Int64) async throws {
        _ = try await pool.withTransaction { connection in
            try await HallClosing.reopen(closure, by: "operator:test", on: connection, now: clock.now)
        }
        try await parts.catalogue.refresh()
    }

    /// Until nobody is to be moved any more.
    func allMoved() async throws {
        _ = try await TestSupport.eventually("nobody is to be moved") { () -> Bool? in
            _ = try? await parts.moves.sweep()
            return try await scalar("SELECT count(*) FROM closure_move WHERE state = 'due'") == 0 ? true : nil
        }
    }

    /// Appointments that stand at a closed slot.
    func leftAtClosed() async throws -> Int {
        try await scalar(
            "SELECT count(*) FROM appointment a JOIN slot s ON s.id = a.slot_id WHERE s.is_closed AND a.state = 'booked'"
        )
    }

    func overbooked() async throws -> Int {
        try await scalar(
            "SELECT count(*) FROM slot WHERE taken > capacity OR (NOT is_closed AND shrinks_to IS NULL AND taken > 10)")
    }

    func events(_ type: String, with text: String) async throws -> Int {
        try await scalar(
            "SELECT count(*) FROM event_log WHERE type LIKE '%' || \(type) || '%' AND payload LIKE '%' || \(text) || '%'"
        )
    }

    func appointment(_ token: String) async throws -> JSONClient.Answer {
        try await client.get("/api/v1/appointments/\(token)")
    }
}
