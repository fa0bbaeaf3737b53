import Domain
import Foundation
import NIOHTTP1
import Postgres
import QueuingService
import TestSupport
import Testing

@Suite struct SignInTests {
    private func signIn(
        _ rig: QueuingRig, _ name: String, _ password: String, cookie: String? = nil, address: String = "192.0.2.1"
    ) async throws -> JSONClient.Answer {
        var headers = ["X-Forwarded-For": "10.0.0.1, \(address)", "Accept-Language": "en"]
        if let cookie { headers["Cookie"] = cookie }
        return try await rig.client.send(
            .POST, "/staff/sign-in", form: [("name", name), ("password", password), ("next", "")], headers: headers)
    }

    @Test func signIn_setsACookieThatScriptsAndOtherSitesDoNotGet() async throws {
        try await withQueuing { rig in
            let page = try await rig.client.get("/staff", headers: ["Accept": "text/html"])
            #expect(page.status == 303)
            #expect(page.headers.first(name: "location") == "/staff/sign-in?next=/staff")
            let answer = try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1))
            #expect(answer.status == 303)
            let cookie = try #require(answer.headers[canonicalForm: "set-cookie"].first { $0.hasPrefix("staff=") })
            for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
                #expect(cookie.contains(attribute), "\(cookie)")
            }
            let token = try #require(answer.cookie("staff"))
            let home = try await rig.client.get("/staff", headers: ["Cookie": "staff=\(token)"])
            #expect(home.status == 200)
            // The token itself is nowhere in the database.
            #expect(try await rig.scalar("SELECT count(*) FROM session WHERE id_hash = \(token)") == 0)
            #expect(try await rig.scalar("SELECT count(*) FROM staff WHERE password_hash LIKE '$2a$10$%'") == 5)
        }
    }

    @Test func signIn_givesANewSession_whateverTheBrowserHad() async throws {
        try await withQueuing { rig in
            let planted = "AAAAAAAAAAAAAAAAAAAAAA"
            let first = try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1), cookie: "staff=\(planted)")
            let one = try #require(first.cookie("staff"))
            #expect(one != planted)
            #expect(try await rig.client.get("/staff", headers: ["Cookie": "staff=\(planted)"]).status == 303)
            let second = try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1), cookie: "staff=\(one)")
            #expect(second.cookie("staff") != one)
        }
    }

    @Test func wrongNameAndWrongPassword_lookTheSame() async throws {
        try await withQueuing { rig in
            let wrong = try await signIn(rig, "clerk-1", "wrong")
            let unknown = try await signIn(rig, "nobody-of-that-name", "wrong")
            #expect(wrong.status == 401)
            #expect(unknown.status == 401)
            #expect(
                wrong.text.replacing("clerk-1", with: "") == unknown.text.replacing("nobody-of-that-name", with: ""))
            let api = try await rig.client.post("/api/v1/queue/sessions", #"{"staff":"clerk-1","password":"wrong"}"#)
            #expect(api.status == 401)
            #expect(api.string("type") == "https://onetrip.example/problems/sign-in-refused")
            #expect(try await rig.scalar("SELECT count(*) FROM audit WHERE result = 'refused'") == 3)
        }
    }

    @Test(arguments: ["clerk-1", "nobody-of-that-name"])
    func fiveWrongGuesses_lockTheName_forFifteenMinutes(name: String) async throws {
        try await withQueuing { rig in
            // At once, so that counting after the fact would let more through.
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<12 { group.addTask { try await signIn(rig, name, "wrong").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0 == 401 }.count == 5)
            #expect(answers.filter { $0 == 429 }.count == 7)
            let locked = try await signIn(rig, name, TestCity.password(ofClerk: 1), address: "198.51.100.9")
            #expect(locked.status == 429)
            #expect(Int(locked.headers.first(name: "retry-after") ?? "") ?? 0 > 800)
            rig.clock.advance(seconds: 14 * 60)
            #expect(try await signIn(rig, name, TestCity.password(ofClerk: 1)).status == 429)
            rig.clock.advance(seconds: 61)
            let after = try await signIn(rig, name, TestCity.password(ofClerk: 1))
            #expect(after.status == (name == "clerk-1" ? 303 : 401))
        }
    }

    @Test func manyWrongGuessesFromOneAddress_areSlowedDown() async throws {
        try await withQueuing { rig in
            var refused = 0
            for number in 0..<SignInGuardStore.wrongByAddress + 2 {
                if try await signIn(rig, "name-\(number)", "wrong").status == 429 { refused += 1 }
            }
            #expect(refused == 2)
            #expect(try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1)).status == 429)
            let elsewhere = try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1), address: "203.0.113.7")
            #expect(elsewhere.status == 303)
        }
    }

    @Test func session_endsWhenIdle_atTheLatest_andAtSignOut() async throws {
        try await withQueuing { rig in
            func isIn(_ token: String) async throws -> Bool {
                try await rig.client.get("/staff", headers: ["Cookie": "staff=\(token)"]).status == 200
            }
            let password = TestCity.password(ofClerk: 1)
            var token = try #require(try await signIn(rig, "clerk-1", password).cookie("staff"))
            rig.clock.advance(seconds: 29 * 60)
            #expect(try await isIn(token))
            rig.clock.advance(seconds: 29 * 60)
            #expect(try await isIn(token))
            rig.clock.advance(seconds: 31 * 60)
            #expect(try await !isIn(token))

            token = try #require(try await signIn(rig, "clerk-1", password).cookie("staff"))
            for _ in 0..<21 {
                rig.clock.advance(seconds: 28 * 60)
                #expect(try await isIn(token))
            }
            rig.clock.advance(seconds: 13 * 60)
            #expect(try await !isIn(token))

            token = try #require(try await signIn(rig, "clerk-1", password).cookie("staff"))
            let home = try await rig.client.get("/staff", headers: ["Cookie": "staff=\(token)"])
            let csrf = try #require(home.hidden("csrf"))
            let out = try await rig.client.send(
                .POST, "/staff/sign-out", form: [("csrf", csrf)], headers: ["Cookie": "staff=\(token)"])
            #expect(out.status == 303)
            #expect(try await !isIn(token))
        }
    }

    @Test func changes_withACookie_needTheTokenOfThisSite() async throws {
        try await withQueuing { rig in
            let token = try #require(try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1)).cookie("staff"))
            let cookie = ["Cookie": "staff=\(token)"]
            let window = "/staff/halls/north/windows/1"
            let form = [("command", "open"), ("key", "0123456789abcdef0123")]
            #expect(try await rig.client.send(.POST, window, form: form, headers: cookie).status == 403)
            #expect(
                try await rig.client.send(.POST, window, form: form + [("csrf", "x")], headers: cookie).status == 403)
            let other = try #require(try await signIn(rig, "clerk-3", TestCity.password(ofClerk: 3)).cookie("staff"))
            let theirs = try #require(
                try await rig.client.get("/staff/window", headers: ["Cookie": "staff=\(other)"]).hidden("csrf"))
            #expect(
                try await rig.client.send(.POST, window, form: form + [("csrf", theirs)], headers: cookie).status == 403
            )
            #expect(try await rig.reading().queue.windows.isEmpty)
            let own = try #require(try await rig.client.get("/staff/window", headers: cookie).hidden("csrf"))
            let foreign = cookie.merging(["Sec-Fetch-Site": "cross-site"]) { $1 }
            #expect(
                try await rig.client.send(.POST, window, form: form + [("csrf", own)], headers: foreign).status == 403)
            #expect(
                try await rig.client.send(.POST, window, form: form + [("csrf", own)], headers: cookie).status == 303)

            // The API with the cookie: X-CSRF-Token; with a bearer token: nothing more.
            let path = QueuingRig.api + "/windows/1/commands"
            var headers = cookie.merging(["Idempotency-Key": "api-1"]) { $1 }
            #expect(try await rig.client.post(path, #"{"command":"close"}"#, headers: headers).status == 403)
            headers["X-CSRF-Token"] = own
            #expect(try await rig.client.post(path, #"{"command":"close"}"#, headers: headers).status == 200)
        }
    }

    @Test func importAgain_keepsPasswordsThatAreInUse_andEndsSessionsOfThoseWhoLeft() async throws {
        try await withQueuing { rig in
            let token = try await rig.signIn(clerk: 1)
            let catalogue = rig.processes[0].parts.catalogue.city.catalogue
            let staying = StaffInput(
                staff: Staff(id: "clerk-3", name: "新名字", roles: [.init(hall: "north", role: .clerk)]),
                initialPassword: "another-password-123")
            try await rig.pool.withTransaction { connection in
                try await QueuingCatalogueImport.run(catalogue, staff: [staying], kiosks: [], on: connection)
            }
            #expect(
                try await rig.client.get(QueuingRig.api, headers: ["Authorization": "Bearer \(token)"]).status == 401)
            #expect(try await signIn(rig, "clerk-1", TestCity.password(ofClerk: 1)).status == 401)
            #expect(try await signIn(rig, "clerk-3", TestCity.password(ofClerk: 3)).status == 303)
        }
    }
}
