import Domain
import Foundation
import HTTPTypes
import NotificationService
import ServiceBootstrap
import TestSupport
import Testing
import Web

@Suite struct NotificationAPITests {
    private static func routes() async throws -> [RouteDeclaration] {
        let runtime = try NotificationRig.runtime(
            uri: "host=/nowhere", redis: "unix:/nowhere", prefix: "test", socket: "/tmp/nowhere.sock",
            booking: "unix:/nowhere")
        return try await buildNotification(runtime).routes
    }

    private static func document() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(openAPI().utf8)) as? [String: Any])
    }

    @Test func document_andRoutes_agree() async throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: Any]])
        let documented = Set(paths.flatMap { path, item in item.keys.map { "\($0.uppercased()) \(path)" } })
        let declared = Set(try await Self.routes().filter { $0.kind == .api }.map(\.description))
        #expect(documented == declared)
    }

    @Test func document_isStrict() throws {
        let document = try Self.document()
        #expect(document["openapi"] as? String == "3.1.0")
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        for (name, schema) in schemas where schema["type"] as? String == "object" {
            #expect(schema["additionalProperties"] as? Bool == false, "\(name)")
        }
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        for (path, item) in paths {
            for (method, operation) in item {
                let responses = try #require(operation["responses"] as? [String: [String: Any]])
                #expect(responses["200"] != nil, "\(method) \(path)")
                for (status, response) in responses where status != "304" {
                    let content = try #require(response["content"] as? [String: [String: Any]])
                    let expected = status == "200" ? "application/json" : "application/problem+json"
                    #expect(content[expected]?["example"] != nil, "\(method) \(path) \(status)")
                }
            }
        }
    }

    /// What every kind of route says to somebody who proves nothing.
    @Test func access_isAsDeclared() async throws {
        try await NotificationRig.with { rig in
            #expect(rig.routes.allSatisfy { $0.method == .get })
            for route in rig.routes {
                let path = route.path.replacing("{hall}", with: "north").replacing(
                    "{token}", with: Secrets.randomToken()
                )
                .replacing("**", with: "nothing")
                switch (route.access, route.kind) {
                case (.everyone, .sse): continue  // does not end; LiveStateTests and DeliveryTests read them
                case (.everyone, .asset): #expect(try await rig.client.get(path).status == 404, "\(route)")
                case (.everyone, _):
                    let query = path.hasSuffix("demo-messages") ? "?phone=13800000000" : ""
                    let status = try await rig.client.get(path + query).status
                    #expect(status == 200 || (path == "/preferences" && status == 303), "\(route): \(status)")
                case (.link, _): #expect(try await rig.client.get(path).status == 404, "\(route)")
                case (.probe, _): #expect(try await rig.client.get(path).status == 200, "\(route)")
                default: Issue.record("\(route): an access that this service does not know")
                }
                let refused = try await rig.client.post(path, "{}")
                #expect(refused.status == 405, "\(route): \(refused.status)")
                #expect(refused.header("allow") == "GET, HEAD", "\(route)")
            }
        }
    }

    @Test(arguments: [
        "", "?phone=", "?phone=12345", "?phone=1381234567a", "?phone=13812345678&x=1", "?phone=1&phone=2",
    ])
    func wrongQuery_isRefused(query: String) async throws {
        try await NotificationRig.with { rig in
            let answer = try await rig.client.get("/api/v1/live/demo-messages" + query)
            #expect(answer.status == 422)
            #expect(answer.string("type") == "https://onetrip.example/problems/invalid-fields")
            #expect(answer.string("errors", "0", "parameter") != nil)
        }
    }

    @Test func problems_speakTheLanguageOfTheRequest() async throws {
        try await NotificationRig.with { rig in
            let chinese = try await rig.client.get("/api/v1/live/halls/nowhere")
            let english = try await rig.client.get("/api/v1/live/halls/nowhere", headers: ["Accept-Language": "en"])
            #expect(chinese.string("title") == "没有这个大厅")
            #expect(english.string("title") == "There is no such hall")
            #expect(chinese.string("type") == english.string("type"))
        }
    }
}
