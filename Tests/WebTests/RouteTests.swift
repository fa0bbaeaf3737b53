import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Web

@Suite struct RouteTests {
    struct Unforeseen: Error {}

    private func service() -> TestService {
        let service = TestService()
        service.routes.add(.get, "/api/v1/things/{id}", access: .everyone, kind: .api) { _, context in
            Response.json(text: JSONValue.object(["id": .string(try context.parameter("id"))]).text)
        }
        service.routes.add(.post, "/api/v1/things", access: .everyone, kind: .api) { _, context in
            var fields = try context.jsonFields()
            let name = fields.string("name", 1...5)
            try fields.finish()
            return Response.json(text: JSONValue.object(["name": .string(name)]).text, status: .created)
        }
        service.routes.add(.get, "/api/v1/broken", access: .everyone, kind: .api) { _, _ -> Response in
            throw Unforeseen()
        }
        service.routes.add(.get, "/page/broken", access: .everyone, kind: .page) { _, _ -> Response in
            throw Problem(.conflict, code: "unavailable", wayOut: "/start")
        }
        service.routes.add(.get, "/a/{token}", access: .link, kind: .page) { _, _ in Response.html("yours") }
        return service
    }

    @Test func parameter_isPercentDecoded() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/api/v1/things/%E8%AF%81%201", method: .get)
            #expect(response.member("id") == "证 1")
        }
    }

    @Test(arguments: ["/api/v1/things/%FF", "/api/v1/things/a%00b", "/api/v1/nothing", "/api/v1/things/a/b"])
    func unknownPath_isProblem(path: String) async throws {
        try await service().test { client in
            let response = try await client.execute(uri: path, method: .get, headers: [.acceptLanguage: "en"])
            #expect(response.status == .notFound)
            #expect(response.headers[.contentType] == "application/problem+json")
            #expect(response.headers[.contentLanguage] == "en")
            #expect(response.member("type") == "https://onetrip.example/problems/not-found")
            #expect(response.member("title") == "This page was not found")
            #expect(response.member("status") == 404)
        }
    }

    @Test func unknownPath_forBrowser_isPageInChinese() async throws {
        try await service().test { client in
            let response = try await client.execute(
                uri: "/nothing", method: .get, headers: [.accept: "text/html,*/*", .acceptLanguage: "zh-CN,zh;q=0.9"])
            #expect(response.status == .notFound)
            #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            #expect(response.text.contains("<html lang=\"zh-Hans\""))
            #expect(response.text.contains("没有找到这个页面"))
        }
    }

    @Test func pageProblem_keepsStatusAndShowsWayOut() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/page/broken?lang=en", method: .get)
            #expect(response.status == .conflict)
            #expect(response.text.contains("href=\"/start\""))
            #expect(response.text.contains("The service is not available"))
        }
    }

    @Test func unknownMethod_isRefusedWithAllow() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/api/v1/things/1", method: .delete)
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[.allow] == "GET, HEAD")
            let list = try await client.execute(uri: "/api/v1/things", method: .get)
            #expect(list.status == .methodNotAllowed)
            #expect(list.headers[.allow] == "POST")
            let odd = try await client.execute(uri: "/api/v1/things", method: .init("PROPFIND")!)
            #expect(odd.status == .methodNotAllowed)
        }
    }

    @Test func head_isGetWithoutBody() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/api/v1/things/1", method: .head)
            #expect(response.status == .ok)
            #expect(response.headers[.contentLength] == "10")
            #expect(response.body.readableBytes == 0)
        }
    }

    @Test func unforeseenError_tellsNothing() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/api/v1/broken", method: .get)
            #expect(response.status == .internalServerError)
            #expect(response.member("type") == "https://onetrip.example/problems/internal-error")
            #expect(!response.text.contains("Unforeseen"))
        }
    }

    @Test func trace_isContinued() async throws {
        try await service().test { client in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let response = try await client.execute(
                uri: "/api/v1/nothing", method: .get,
                headers: [.init("traceparent")!: "00-\(trace)-00f067aa0ba902b7-01"])
            #expect(response.member("instance") == .string("urn:onetrip:trace:\(trace)"))
        }
    }

    @Test(arguments: [
        (ByteBuffer(repeating: 0x20, count: 70_000), "application/json", 413),
        (ByteBuffer(string: "name=x"), "application/x-www-form-urlencoded", 415),
        (ByteBuffer(string: "{}"), "text/plain", 415),
        (ByteBuffer(string: "{"), "application/json", 400),
        (ByteBuffer(string: "[]"), "application/json", 400),
        (ByteBuffer(string: #"{"name":"a","name":"b"}"#), "application/json", 400),
        (ByteBuffer(bytes: [0x7B, 0xFF, 0x7D]), "application/json", 400),
        (ByteBuffer(string: #"{"name":"123456"}"#), "application/json", 422),
        (ByteBuffer(string: #"{"name":"1","more":1}"#), "application/json; charset=utf-8", 422),
        (ByteBuffer(string: #"{"name":"证"}"#), "Application/JSON", 201),
    ])
    func body_isJudged(body: ByteBuffer, type: String, status: Int) async throws {
        try await service().test { client in
            let response = try await client.execute(
                uri: "/api/v1/things", method: .post, headers: [.contentType: type], body: body)
            #expect(response.status.code == status)
            if status >= 400 { #expect(response.headers[.contentType] == "application/problem+json") }
        }
    }

    @Test func emptyBody_isNotJSON() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/api/v1/things", method: .post)
            #expect(response.status == .unsupportedMediaType)
            #expect(response.headers[.accept] == "application/json")
        }
    }

    @Test func everyResponse_isSecured() async throws {
        try await service().test { client in
            for path in ["/api/v1/things/1", "/nothing"] {
                let response = try await client.execute(uri: path, method: .get)
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'self';") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe-inline"))
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                #expect(response.headers[.init("Referrer-Policy")!] == "no-referrer")
                #expect(response.headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test func link_needsTokenOf128Bits() async throws {
        try await service().test { client in
            let good = try await client.execute(uri: "/a/\(Secrets.randomToken())", method: .get)
            #expect(good.status == .ok)
            for token in [
                "short", String(repeating: "A", count: 23), "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAA%20",
            ] {
                let bad = try await client.execute(uri: "/a/\(token)", method: .get)
                #expect(bad.status == .notFound, "\(token)")
            }
        }
    }

    @Test func declarations_listWhatWasAdded() {
        let declarations = service().routes.declarations
        #expect(declarations.map(\.description).contains("GET /a/{token}"))
        #expect(declarations.count == 5)
    }
}
