import Domain
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Web

@Suite struct AccessTests {
    private func service() -> TestService {
        let service = TestService(authenticator: CookieAuthenticator())
        let routes = service.routes
        routes.add(.get, "/staff/{hall}", access: .staff([.clerk]), kind: .page) { _, context in
            Response.html(context.csrfToken ?? "")
        }
        routes.add(.post, "/staff/{hall}/call", access: .staff([.clerk]), kind: .page) { _, _ in Response.html("done") }
        routes.add(.get, "/api/v1/queue/halls/{hall}", access: .staff([]), kind: .api) { _, _ in
            Response.json(text: "{}")
        }
        routes.add(.post, "/api/v1/queue/halls/{hall}/tickets", access: .kiosk, kind: .api) { _, _ in
            Response.json(text: "{}", status: .created)
        }
        routes.add(.get, "/internal/v1/contacts/{id}", access: .service, kind: .api) { _, _ in Response.json(text: "{}")
        }
        routes.add(.get, "/api/v1/queue/halls/{hall}/tickets", access: .kioskOrStaff([.reception]), kind: .api) {
            _, _ in
            Response.json(text: "[]")
        }
        routes.add(.post, "/open", access: .everyone, kind: .page) { _, _ in Response.html("done") }
        return service
    }

    @Test(arguments: [
        ("/staff/east", "", 303), ("/staff/east", "clerk", 200), ("/staff/east", "reception", 403),
        ("/staff/west", "clerk", 403), ("/staff/EAST", "clerk", 404), ("/staff/east", "kiosk", 303),
        ("/api/v1/queue/halls/east", "", 401), ("/api/v1/queue/halls/east", "reception", 200),
        ("/api/v1/queue/halls/west", "reception", 403), ("/api/v1/queue/halls/east/tickets", "kiosk", 200),
        ("/api/v1/queue/halls/east/tickets", "reception", 200), ("/api/v1/queue/halls/east/tickets", "clerk", 403),
        ("/api/v1/queue/halls/west/tickets", "kiosk", 403), ("/api/v1/queue/halls/east/tickets", "", 401),
        ("/internal/v1/contacts/1", "clerk", 401),
    ])
    func get_isDecidedByRole(path: String, who: String, status: Int) async throws {
        try await service().test { client in
            let response = try await client.execute(uri: path, method: .get, headers: [.cookie: "who=\(who)"])
            #expect(response.status.code == status)
        }
    }

    @Test func signIn_comesBack() async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/staff/east?window=3", method: .get)
            #expect(response.status == .seeOther)
            #expect(response.headers[.location] == "/staff/sign-in?next=/staff/east%3Fwindow%3D3")
        }
    }

    @Test(arguments: [("kiosk", "east", 201), ("kiosk", "west", 403), ("clerk", "east", 401), ("", "east", 401)])
    func kiosk_worksForItsHall(who: String, hall: String, status: Int) async throws {
        try await service().test { client in
            let response = try await client.execute(
                uri: "/api/v1/queue/halls/\(hall)/tickets", method: .post,
                headers: [.cookie: "who=\(who)", .contentType: "application/json"], body: ByteBuffer(string: "{}"))
            #expect(response.status.code == status)
        }
    }

    @Test func serviceToken_opensInternalRoutes() async throws {
        try await service().test { client in
            let good = try await client.execute(
                uri: "/internal/v1/contacts/1", method: .get,
                headers: [.authorization: "Bearer \(TestService.secrets.serviceToken)"])
            #expect(good.status == .ok)
            let bad = try await client.execute(
                uri: "/internal/v1/contacts/1", method: .get, headers: [.authorization: "Bearer x"])
            #expect(bad.status == .unauthorized)
            #expect(bad.headers[.wwwAuthenticate] != nil)
        }
    }

    @Test func staffForm_needsItsToken() async throws {
        try await service().test { client in
            let headers: HTTPFields = [.cookie: "who=clerk", .contentType: "application/x-www-form-urlencoded"]
            let token = try await client.execute(uri: "/staff/east", method: .get, headers: headers).text
            func post(_ body: String) async throws -> HTTPResponse.Status {
                try await client.execute(
                    uri: "/staff/east/call", method: .post, headers: headers, body: ByteBuffer(string: body)
                ).status
            }
            #expect(token == TestService.secrets.csrfToken("s1"))
            #expect(try await post("csrf=\(token)") == .ok)
            #expect(try await post("csrf=x") == .forbidden)
            #expect(try await post("") == .forbidden)
            #expect(try await post("csrf=\(token)&csrf=\(token)") == .forbidden)
            #expect(try await post("csrf=\(TestService.secrets.csrfToken("s2"))") == .forbidden)
        }
    }

    @Test(arguments: [
        ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-site", 403),
        ("Sec-Fetch-Site", "same-origin", 200),
        ("Sec-Fetch-Site", "none", 200), ("Origin", "https://evil.example", 403), ("Origin", "null", 403),
        ("Origin", "http://localhost", 200), ("X-Other", "1", 200),
    ])
    func unsafeRequestWithCookies_mustComeFromHere(header: String, value: String, status: Int) async throws {
        try await service().test { client in
            let response = try await client.execute(
                uri: "/open", method: .post, headers: [.cookie: "lang=en", .init(header)!: value])
            #expect(response.status.code == status)
        }
    }

    @Test(arguments: [
        ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-origin", 200),
        ("Origin", "https://evil.example", 403), ("Origin", "null", 200), ("X-Other", "1", 200),
    ])
    func formWithoutCookies_mustComeFromHere(header: String, value: String, status: Int) async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/open", method: .post, headers: [.init(header)!: value])
            #expect(response.status.code == status)
        }
    }
}
