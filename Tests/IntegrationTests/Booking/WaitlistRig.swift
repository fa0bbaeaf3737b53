import BookingService
import Domain
import Foundation
import NIOHTTP1
import Postgres
import TestSupport
import Testing
import Web

/// What waiting people do.
extension BookingRig {
    static let tomorrow = "2027-06-02"

    /// Two slots a day, which people can wait for.
    static func waitlistCity(places: Int = 1, delay: Int = 0, rule: WaitlistRule? = WaitlistRule()) -> Catalogue {
        var catalogue = BookingCity.catalogue(places: places, horizonDays: 2)
        let hours = Dictionary(
            uniqueKeysWithValues: Weekday.allCases.map {
                ($0, [TimeRange(start: 14 * 60, end: 16 * 60)].compactMap(\.self))
            })
        for id in catalogue.halls.keys { catalogue.halls[id]?.hours = hours }
        catalogue.services[BookingCity.passport]?.waitlist = rule
        catalogue.services[BookingCity.passport]?.returnDelayMinutes = delay
        return catalogue
    }

    /// The slots of tomorrow, in order.
    func tomorrowsSlots(hall: HallID = BookingCity.north) async throws -> [String] {
        let answer = try await client.get(
            "/api/v1/slots?hall=\(hall)&service=passport&from=\(Self.tomorrow)&to=\(Self.tomorrow)")
        return (answer["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    /// Books every place of the slots, for persons from 1 on.
    ///
    /// - Returns: the tokens of the appointments.
    func fill(_ slots: [String], places: Int = 1) async throws -> [String] {
        var tokens: [String] = []
        for slot in slots {
            for _ in 0..<places {
                let answer = try await book(slot, phone: Self.phone(tokens.count + 1))
                tokens.append(try #require(answer.string("token"), "\(answer.text)"))
            }
        }
        return tokens
    }

    func tryToJoin(
        _ person: Int, automatic: Bool = false, halls: [HallID] = [BookingCity.north], service: String = "passport",
        from: String = tomorrow, to: String = tomorrow, key: String = UUID().uuidString
    ) async throws -> JSONClient.Answer {
        let names = halls.map { "\"\($0)\"" }.joined(separator: ",")
        return try await client.post(
            "/api/v1/waitlist",
            #"{"name":"李小红","service":"\#(service)","halls":[\#(names)],"from":"\#(from)","to":"\#(to)","#
                + #""automatic":\#(automatic),"checklist":{"version":1}}"#,
            headers: ["Authorization": "Bearer \(try contactToken(Self.phone(person)))", "Idempotency-Key": key])
    }

    func join(
        _ person: Int, automatic: Bool = false, halls: [HallID] = [BookingCity.north], to: String = tomorrow
    ) async throws -> String {
        let answer = try await tryToJoin(person, automatic: automatic, halls: halls, to: to)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.string("token"))
    }

    func cancel(_ token: String) async throws {
        let answer = try await client.send(
            .DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": "\"1\""])
        #expect(answer.status == 204, "\(answer.text)")
    }

    func waiting(_ token: String) async throws -> JSONClient.Answer {
        try await client.get("/api/v1/waitlist/\(token)")
    }

    /// Waits until the entry stands so, and returns it.
    @discardableResult
    func eventually(_ token: String, is state: String) async throws -> JSONClient.Answer {
        try await TestSupport.eventually("the entry is \(state)") {
            let answer = try await waiting(token)
            return answer.string("state") == state ? answer : nil
        }
    }

    /// The slot that an entry is offered.
    func offer(_ token: String) async throws -> String {
        try #require(try await eventually(token, is: "offered").string("offer", "slot", "id"))
    }

    func accept(_ token: String, key: String = UUID().uuidString) async throws -> JSONClient.Answer {
        try await client.post(
            "/api/v1/waitlist/\(token)/acceptance", #"{"checklist":{"version":1}}"#,
            headers: ["Idempotency-Key": key])
    }

    /// Writes down every slot of passports that a commit leaves with an open place, from now on.
    func watchOpenPlaces() async throws {
        for statement: PostgresQuery in [
            "CREATE TABLE opened (slot bigint NOT NULL)",
            """
            CREATE FUNCTION note_opened() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO booking.opened SELECT id FROM booking.slot WHERE id = NEW.id AND taken < capacity;
                RETURN NEW;
            END $$
            """,
            """
            CREATE CONSTRAINT TRIGGER note_opened AFTER INSERT OR UPDATE ON slot DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW.service = 'passport') EXECUTE FUNCTION note_opened()
            """,
        ] { try await pool.execute(statement) }
    }
}
