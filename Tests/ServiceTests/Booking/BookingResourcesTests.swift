import Domain
import EventContracts
import Foundation
import Logging
import Messaging
import Postgres
import Testing
import Web

@testable import BookingService

/// The routes, put together without servers.
func unconnectedBookingRoutes() throws -> RouteTable {
    let logger = Logger(label: "test")
    let pool = PostgresPool(configuration: PostgresConfiguration(uri: "postgresql://nowhere.invalid"), logger: logger)
    let secrets = try Secrets(masterKeyHex: String(repeating: "ab", count: 32))
    let gate = AdmissionGate(atOnce: 1, waitingLimit: 1)
    let clock: @Sendable () -> Timestamp = { Timestamp(seconds: 1_790_000_000) }
    let events = EventLog(pool: pool)
    let writer = GroupCommitBookingWriter(
        pool: pool, streams: StreamNames(), secrets: secrets, waitingLimit: 1, wake: { _ in })
    let contact = ContactProof(
        pool: pool, events: events, streams: StreamNames(), secrets: secrets, gate: gate, clock: clock, wake: { _ in })
    let desk = BookingDesk(
        pool: pool, writer: writer, catalogue: LiveCatalogue(pool: pool, logger: logger),
        availability: Availability(board: AvailabilityBoard(), pool: pool, clock: clock), contact: contact,
        secrets: secrets, publicURL: "http://localhost", clock: clock)
    return try bookingRoutes(desk: desk, site: try Site(bundles: [bookingResources]), secrets: secrets, isDemo: true)
}

struct BookingResourcesTests {
    @Test func openAPI_describesExactlyTheRoutesOfTheAPI() throws {
        let file = bookingResources.webResources.appendingPathComponent("openapi.json")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let described = Set(paths.flatMap { path, operations in operations.keys.map { "\($0.uppercased()) \(path)" } })
        let declared = Set(
            try unconnectedBookingRoutes().declarations.filter { $0.path.hasPrefix("/api/") }.map(\.description))
        #expect(described == declared)
    }

    @Test func openAPI_everyReferenceLeadsSomewhere() throws {
        let file = bookingResources.webResources.appendingPathComponent("openapi.json")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        func resolve(_ reference: String) -> Any? {
            reference.dropFirst(2).split(separator: "/").reduce(document as Any?) {
                ($0 as? [String: Any])?[String($1)]
            }
        }
        func walk(_ value: Any) {
            if let array = value as? [Any] { array.forEach(walk) }
            guard let object = value as? [String: Any] else { return }
            if let reference = object["$ref"] as? String { #expect(resolve(reference) != nil, "\(reference)") }
            object.values.forEach(walk)
        }
        walk(document)
    }

    @Test func messages_bothLanguages_haveTheSameKeysAndPlaceholders() {
        // Chinese leaves the year of a date out.
        #expect(Localisation.check(bookingResources) == ["date.day: the placeholders differ"])
    }

    @Test func templates_nameTextsThatExist() throws {
        let texts = try Localisation(bundles: [bookingResources])
        let folder = bookingResources.webResources.appendingPathComponent("Templates")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let template = try String(contentsOf: file, encoding: .utf8)
            for match in template.matches(of: /\{\{#t\}\}([^{]+)\{\{\/t\}\}/) {
                #expect(texts.has(String(match.output.1)), "\(file.lastPathComponent): \(match.output.1)")
            }
        }
    }

    @Test func problems_allHaveTexts() throws {
        let texts = try Localisation(bundles: [bookingResources])
        for code in [
            "slot-not-open", "ballot-closed", "already-entered", "slot-unknown", "slot-full", "slot-closed",
            "slot-of-other-service", "already-booked", "phone-full", "week-quota", "month-quota", "no-show-block",
            "hold-unknown",
            "hold-ended", "checklist-changed", "appointment-ended", "too-late", "idempotency-key-reused", "busy",
            "verification-ended", "challenge-required", "too-many-requests", "code-wrong", "too-many-verifications",
            "contact-token-invalid", "no-waitlist", "already-waiting", "offer-ended",
        ] {
            #expect(texts.has("problem.\(code).title"), "\(code)")
            #expect(texts.has("problem.\(code).detail"), "\(code)")
        }
    }

    @Test func documents_allHaveTexts() throws {
        let texts = try Localisation(bundles: [bookingResources])
        let keys =
            IdentityDocumentKind.allCases.map { "identity.kind.\($0.rawValue)" }
            + IdentityDocumentError.allCases.map(\.textKey)
            + IdentityRefusal.allCases.map { "field.identity.\($0.rawValue)" }
            + [IdentityDemand.optional, .required].map { "details.identity.hint.\($0.rawValue)" }
        for key in keys { #expect(texts.has(key), "\(key)") }
    }

    @Test func routes_ofPersonalThings_areLinks() throws {
        for route in try unconnectedBookingRoutes().declarations {
            let isPersonal = route.path.contains("{token}")
            let isInternal = route.path.hasPrefix("/internal/")
            #expect(route.access == (isPersonal ? .link : isInternal ? .service : .everyone), "\(route)")
        }
    }
}
