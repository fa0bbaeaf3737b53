import BookingService
import Domain
import EventContracts
import Foundation
import NIOHTTP1
import Postgres
import ServiceBootstrap
import TestSupport
import Testing
import Web

/// Booking where the service asks who comes, on real servers. Every number is invented.
@Suite struct BookingIdentityTests {
    /// A number with a sound check character for each number from 0.
    private static func resident(_ number: Int) -> String {
        let sequence = String(number)
        let digits = "11010519491231" + String(repeating: "0", count: 3 - sequence.count) + sequence
        return digits + String(decoding: [IdentityDocument.checkCharacter(of: Array(digits.utf8))], as: UTF8.self)
    }

    private static func catalogue(
        _ rule: IdentityRule = IdentityRule(.required, documents: [.residentCard, .passport]), phoneLimit: Int = 5
    ) -> Catalogue {
        var catalogue = BookingCity.catalogue(rules: BookingRules(phoneLimit: phoneLimit))
        catalogue.services[BookingCity.passport]?.identity = rule
        catalogue.services[BookingCity.idCard]?.identity = rule
        return catalogue
    }

    private func book(
        _ rig: BookingRig, _ slot: String, phone: Int, identity: String?, key: String = UUID().uuidString,
        version: Int = 1
    ) async throws -> JSONClient.Answer {
        let part = identity.map { #","identity":\#($0)"# } ?? ""
        return try await rig.client.post(
            "/api/v1/appointments",
            #"{"name":"王小明","slot":"\#(slot)","checklist":{"version":\#(version)}\#(part)}"#,
            headers: [
                "Authorization": "Bearer \(try rig.contactToken(BookingRig.phone(phone)))", "Idempotency-Key": key,
            ])
    }

    private func card(_ number: String) -> String { #"{"kind":"residentCard","number":"\#(number)"}"# }

    /// Everything in the tables of the service, events among them, as text.
    private func everything(_ rig: BookingRig) async throws -> String {
        let tables = try await rig.pool.execute(
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'booking'"
        ).map { try $0.decode("name", as: String.self) }
        #expect(tables.contains("appointment") && tables.contains("event_log"))
        var all = ""
        for table in tables {
            for row in try await rig.pool.execute("SELECT t::text AS row FROM \(unescaped: table) t") {
                all += try row.decode("row", as: String.self) + "\n"
            }
        }
        return all
    }

    @Test func `Two phones at once, the same person: one booking`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            let slots = Array(try await rig.slots().prefix(16))
            let number = Self.resident(2)
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for (phone, slot) in slots.enumerated() {
                    // Written in different ways, it is the same document.
                    let written = phone % 2 == 0 ? number : number.prefix(6) + " " + number.dropFirst(6).lowercased()
                    group.addTask { try await self.book(rig, slot, phone: phone, identity: self.card(String(written))) }
                }
                return try await group.reduce(into: [JSONClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            let refused = answers.filter { $0.string("type") == "https://onetrip.example/problems/already-booked" }
            #expect(refused.count == slots.count - 1)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 1)
            #expect(try await rig.miscounted() == 0)
            // One phone may book for another person, and the same person for another service.
            #expect(try await book(rig, slots[0], phone: 0, identity: card(Self.resident(4))).status == 201)
            let other = try #require(try await rig.slots(service: BookingCity.idCard).first)
            #expect(try await book(rig, other, phone: 0, identity: card(number), version: 2).status == 201)
        }
    }

    @Test func `A wrong or missing document is refused by the field's name`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            let slot = try #require(try await rig.slots().first)
            let sound = Self.resident(2)
            let wrong = String(sound.prefix(17)) + (sound.last == "1" ? "2" : "1")
            for (identity, pointer) in [
                (nil, "/identity"), (card(wrong), "/identity/number"), (card("1"), "/identity/number"),
                (card(""), "/identity/number"), (#"{"kind":"residentCard"}"#, "/identity/number"),
                (#"{"kind":"card","number":"1"}"#, "/identity/kind"),
                (#"{"kind":"taiwanPermit","number":"12345678"}"#, "/identity/kind"),
                (#"{"kind":"passport","number":"E12345678","name":"x"}"#, "/identity/name"), (#""x""#, "/identity"),
            ] as [(String?, String)] {
                let answer = try await book(rig, slot, phone: 1, identity: identity)
                #expect(answer.status == 422, "\(identity ?? "none"): \(answer.text)")
                #expect(answer.string("errors", "0", "pointer") == pointer, "\(answer.text)")
                #expect(!answer.text.contains(wrong))
            }
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 0)
            #expect(try await rig.scalar("SELECT sum(taken) FROM slot") == 0)
        }
        try await withBooking { rig in
            let slot = try #require(try await rig.slots().first)
            let answer = try await book(rig, slot, phone: 1, identity: card(Self.resident(2)))
            #expect(answer.status == 422 && answer.string("errors", "0", "pointer") == "/identity", "\(answer.text)")
        }
    }

    @Test func `The number is seen masked only, and stands nowhere in the tables`() async throws {
        try await withBooking(catalogue: Self.catalogue()) { rig in
            let slot = try #require(try await rig.slots().first)
            let number = Self.resident(2)
            let booked = try await book(rig, slot, phone: 1, identity: card(number), key: "one")
            #expect(booked.status == 201, "\(booked.text)")
            let masked = "110*************2X"
            #expect(
                booked.string("identity", "number") == masked && booked.string("identity", "kind") == "residentCard")
            #expect(try await book(rig, slot, phone: 1, identity: card(number), key: "one").text == booked.text)
            let token = try #require(booked.string("token"))
            let read = try await rig.client.get("/api/v1/appointments/\(token)")
            let page = try await rig.client.get("/a/\(token)")
            #expect(page.text.contains(masked))
            let row = try #require(
                try await rig.pool.execute("SELECT id::text AS id, person_key FROM appointment").first)
            let id = try row.decode("id", as: String.self)
            let contact = try await rig.contact(of: id)
            #expect(contact["contacts", id] != nil)
            let stored = try await everything(rig)
            for text in [booked.text, read.text, page.text, contact.text, stored] {
                #expect(!text.contains(number) && !text.contains("19491231"))
            }
            // Neither is it there without a key: as bytes, or hashed by what everybody can.
            let bytes = Data(number.utf8).map { String($0, radix: 16) }.joined()
            #expect(!stored.contains(bytes) && !stored.contains(Secrets.sha256Hex(number)))
            let sealed = try await rig.pool.execute("SELECT identity_sealed FROM appointment").first
            #expect(try sealed?.decode("identity_sealed", as: [UInt8].self).first == 2)

            // The visit is over: the number goes after a month, and the appointment stays readable.
            _ = try await rig.pool.execute("UPDATE appointment SET state = 'served'")
            let purge = Purge(
                pool: rig.pool, secrets: rig.runtime.secrets, clock: { rig.clock.now }, logger: rig.runtime.logger)
            #expect(try await purge.run(at: rig.clock.now).documents == 0)
            #expect(try await purge.run(at: rig.clock.now.advanced(seconds: 40 * 86_400)).documents == 1)
            #expect(try await rig.scalar("SELECT count(*) FROM appointment WHERE identity_sealed IS NULL") == 1)
            let later = try await rig.client.get("/api/v1/appointments/\(token)")
            #expect(later.status == 200 && later["identity"] == nil)
        }
    }

    @Test func `One phone books for so many persons and no more, however much at once`() async throws {
        try await withBooking(catalogue: Self.catalogue(phoneLimit: 3)) { rig in
            let slots = Array(try await rig.slots().prefix(4))
            let answers = try await withThrowingTaskGroup(of: JSONClient.Answer.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await self.book(
                            rig, slots[number % 4], phone: 1, identity: self.card(Self.resident(number)))
                    }
                }
                return try await group.reduce(into: [JSONClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 3)
            #expect(
                answers.filter { $0.string("type") == "https://onetrip.example/problems/phone-full" }.count == 17)
            #expect(try await rig.miscounted() == 0)
            // One is cancelled, and one may be booked again.
            let own = try #require(answers.first { $0.status == 201 })
            let token = try #require(own.string("token"))
            let gone = try await rig.client.send(
                .DELETE, "/api/v1/appointments/\(token)", headers: ["If-Match": "\"1\""])
            #expect(gone.status == 204, "\(gone.text)")
            #expect(try await book(rig, slots[0], phone: 1, identity: card(Self.resident(30))).status == 201)
            #expect(try await book(rig, slots[0], phone: 1, identity: card(Self.resident(31))).status == 409)
            #expect(try await book(rig, slots[0], phone: 2, identity: card(Self.resident(31))).status == 201)
        }
    }

    @Test func `Two processes do not get past the limit of a phone`() async throws {
        try await withBooking(catalogue: Self.catalogue(phoneLimit: 3)) { rig in
            let names = Array(try await rig.slots().prefix(2))
            let writers = (0..<2).map { _ in
                GroupCommitBookingWriter(
                    pool: rig.pool, streams: rig.runtime.streams, secrets: rig.runtime.secrets, waitingLimit: 4096,
                    wake: { _ in })
            }
            let phone = try #require(PhoneNumber(BookingRig.phone(1)))
            // Each process has a slot of its own, so that no lock of a slot keeps them apart.
            var orders: [(writer: GroupCommitBookingWriter, order: BookOrder)] = []
            for (process, name) in names.enumerated() {
                let id = try #require(SlotID(name))
                let slot = try #require(try await SlotStore().slot(id, at: rig.clock.now, on: rig.pool))
                for number in 0..<10 {
                    let order = BookOrder(
                        request: IdempotentRequest(scope: "test", key: "\(process)-\(number)", fingerprint: "f"),
                        place: .slot(slot.id), slot: slot, personKey: "person-\(process)-\(number)", nameSealed: [1],
                        phone: phone, phoneSealed: [1], checklist: AcceptedChecklist(version: 1), language: .zhHans,
                        channel: .online, now: rig.clock.now, earliestStart: rig.clock.now, identitySealed: [1],
                        phoneKey: "phone", phoneLimit: 3, answer: { _, _ in StoredAnswer(status: 201) })
                    orders.append((writers[process], order))
                }
            }
            let refusals = await withTaskGroup(of: BookingError?.self) { group in
                for (writer, order) in orders {
                    group.addTask {
                        do {
                            _ = try await writer.book(order)
                            return nil
                        } catch {
                            return error as? BookingError ?? .unreadable("\(error)")
                        }
                    }
                }
                return await group.reduce(into: [BookingError?]()) { $0.append($1) }
            }
            #expect(refusals.filter { $0 == nil }.count == 3)
            #expect(refusals.compactMap { $0 }.allSatisfy { $0 == .phoneFull(limit: 3) }, "\(refusals)")
            #expect(try await rig.scalar("SELECT count(*) FROM appointment") == 3)
            #expect(try await rig.scalar("SELECT max(phone_seat) FROM appointment") == 3)
            #expect(try await rig.miscounted() == 0)
        }
    }
}
