import Domain
import Foundation
import HTTPTypes
import Logging
import ServiceBootstrap
import Testing
import Web

@testable import QueuingService

@Suite struct QueuingResourcesTests {
    /// The service put together without servers.
    private func routes() throws -> [RouteDeclaration] {
        let runtime = try ServiceRuntime(
            service: "queuing", schema: QueuingSchema.name,
            configuration: ServiceConfiguration(
                postgres: "postgresql://nowhere.invalid", redis: "unix:/nowhere", listen: .unix(path: "/nowhere"),
                secret: String(repeating: "ab", count: 32)),
            logger: Logger(label: "test"), metrics: OpenMetrics())
        return try buildQueuingParts(runtime).assembly.routes
    }

    private func document() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.text.utf8)) as? [String: Any])
    }

    @Test func openAPI_describesExactlyTheRoutesOfTheAPI() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        let described = Set(paths.flatMap { path, operations in operations.keys.map { "\($0.uppercased()) \(path)" } })
        let declared = Set(try routes().filter { $0.path.hasPrefix("/api/") }.map(\.description))
        #expect(described == declared)
    }

    @Test func openAPI_saysWhoMayCall() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: [String: Any]]])
        for route in try routes() where route.path.hasPrefix("/api/") {
            let operation = try #require(paths[route.path]?[route.method.rawValue.lowercased()])
            let schemes = Set((operation["security"] as? [[String: Any]] ?? []).flatMap(\.keys))
            switch route.access {
            case .everyone: #expect(schemes.isEmpty, "\(route)")
            case .staff: #expect(schemes.contains("staff") && !schemes.contains("kiosk"), "\(route)")
            case .kioskOrStaff: #expect(schemes.contains("staff") && schemes.contains("kiosk"), "\(route)")
            default: Issue.record("\(route)")
            }
        }
    }

    @Test func openAPI_everyReferenceLeadsSomewhere() throws {
        let document = try document()
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
        #expect(Localisation.check(queuingResources) == [])
    }

    @Test func everyRefusalAndProblem_hasItsTexts() throws {
        let texts = try Localisation(bundles: [queuingResources])
        let own = [
            "hall-busy", "outcome-unknown", "sign-in-refused", "picking-needs-operator", "no-appointment-found",
            "several-appointments", "idempotency-key-reused", "page-outdated",
        ]
        for code in QueueRefusal.codes + own {
            #expect(texts.has("problem.\(code).title"), "\(code)")
            #expect(texts.has("problem.\(code).detail"), "\(code)")
        }
    }

    @Test(arguments: [
        ("queue.duration", "1\u{A0}minute", "2\u{A0}minutes"), ("queue.people", "1 person", "2 people"),
        ("queue.ahead", "1 person is ahead of you", "2 people are ahead of you"),
        ("queue.waiting", "1 person is waiting", "2 people are waiting"),
        ("queue.wait.about", "Expected wait about 1\u{A0}minute", "Expected wait about 2\u{A0}minutes"),
    ])
    func oneOfAThing_isSingularInEnglish(key: String, one: String, two: String) throws {
        let texts = try Localisation(bundles: [queuingResources])
        #expect(texts.text(key, .en, count: 1) == one)
        #expect(texts.text(key, .en, count: 2) == two)
    }

    @Test func everyChoiceOnAPage_hasItsText() throws {
        let texts = try Localisation(bundles: [queuingResources])
        let keys =
            TicketState.allCases.map { "queue.state.\($0.rawValue)" }
            + TicketClass.allCases.map { "queue.class.\($0.rawValue)" }
            + RoutingReason.Rule.allCases.map { "queue.reason.\($0.rawValue)" }
            + ServiceOutcome.allCases.map { "staff.outcome.\($0.rawValue)" }
            + ServiceOutcome.allCases.map { "queue.leg.\($0.rawValue)" }
            + PauseReason.allCases.map { "staff.pause.\($0.rawValue)" }
            + Audience.allCases.map { "kiosk.group.\($0.rawValue)" }
        for key in keys { #expect(texts.has(key), "\(key)") }
    }

    @Test func everyTextOfATemplate_isInTheCatalogues() throws {
        let texts = try Localisation(bundles: [queuingResources])
        let folder = queuingResources.webResources.appendingPathComponent("Templates")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let template = try String(contentsOf: file, encoding: .utf8)
            for match in template.matches(of: /\{\{#t\}\}([^{]+)\{\{\/t\}\}/) {
                #expect(texts.has(String(match.output.1)), "\(file.lastPathComponent): \(match.output.1)")
            }
        }
    }

    @Test func everyRouteOfStaffAtAHall_namesTheHall() throws {
        for route in try routes() where route.path.hasPrefix("/staff/") || route.path.hasPrefix("/api/v1/queue/halls") {
            guard case .staff(let roles) = route.access, route.method == .post, !roles.isEmpty else { continue }
            #expect(route.path.contains("{hall}"), "\(route)")
        }
    }
}
