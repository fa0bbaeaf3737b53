import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Web

@Suite struct PageTests {
    struct View: Sendable {
        let heading: String
        let detail: String
        let errors: [String]
        var hasErrors = true
        let trace: String? = nil
        let wayOut = "/x"
    }

    private func service() -> TestService {
        let service = TestService(authenticator: CookieAuthenticator())
        service.routes.addShell()
        service.routes.add(.get, "/page", access: .everyone, kind: .page) { _, context in
            try TestService.site.pages.render(
                "problem", title: "<T>",
                view: View(heading: "<script>{{heading}}", detail: "a & \"b\"", errors: ["<i>"]), context,
                scripts: ["live.js", "/own/x.js"], styles: ["x.css"], refreshSeconds: 20)
        }
        service.routes.add(.get, "/kiosk/{hall}", access: .kiosk, kind: .page) { _, context in
            try TestService.site.pages.render(
                "live-state", titleKey: "shell.staff", view: [String: String](), context, layout: .kiosk)
        }
        return service
    }

    @Test func values_areEscapedAndNeverTemplates() async throws {
        try await service().test { client in
            let text = try await client.execute(uri: "/page?lang=en", method: .get).text
            #expect(text.contains("&lt;script&gt;{{heading}}"))
            #expect(text.contains("a &amp; &quot;b&quot;"))
            #expect(text.contains("<li>&lt;i&gt;</li>"))
            #expect(text.contains("<title>&lt;T&gt; · One Trip at Most</title>"))
            #expect(text.contains("<script src=\"/assets/live.js\" defer></script>"))
            #expect(text.contains("<script src=\"/own/x.js\" defer>") && text.contains("href=\"/assets/x.css\""))
            #expect(text.contains("<meta http-equiv=\"refresh\" content=\"20\">"))
            #expect(!text.contains("style=\"") && !text.contains("onclick"))
        }
    }

    @Test func shell_carriesLanguageAndSwitches() async throws {
        try await service().test { client in
            let text = try await client.execute(uri: "/page?lang=en&q=1", method: .get).text
            #expect(text.contains("<html lang=\"en\""))
            #expect(
                text.contains("/preferences?lang&#x3D;zh-Hans")
                    || text.contains("/preferences?lang=zh-Hans&amp;to=/page%3Fq%3D1"))
            #expect(text.contains("Skip to main content"))
            let elder = try await client.execute(
                uri: "/page", method: .get, headers: [.cookie: "elder=1; lang=zh-Hans"]
            ).text
            #expect(elder.contains("<html lang=\"zh-Hans\" class=\"elder\">"))
            #expect(elder.contains("标准版"))
        }
    }

    @Test func kioskLayout_isUsed() async throws {
        try await service().test { client in
            let text = try await client.execute(uri: "/kiosk/east", method: .get, headers: [.cookie: "who=kiosk"]).text
            #expect(text.contains("class=\"kiosk\"") && text.contains("data-live-state=\"connecting\""))
        }
    }

    @Test(arguments: [
        ("lang=en&to=/page%3Fq%3D1", "/page?q=1", "lang=en"), ("elder=1&to=/a", "/a", "elder=1"),
        ("elder=0", "/", "elder=0"), ("lang=en&to=//evil.example", "/", "lang=en"),
        ("lang=en&to=https://evil.example", "/", "lang=en"), ("lang=en&to=/%5Cevil", "/", "lang=en"),
    ])
    func preferences_setCookieAndGoBack(query: String, location: String, cookie: String) async throws {
        try await service().test { client in
            let response = try await client.execute(uri: "/preferences?\(query)", method: .get)
            #expect(response.status == .seeOther)
            #expect(response.headers[.location] == location)
            let set = try #require(response.headers[.setCookie])
            #expect(set.hasPrefix(cookie) && set.contains("SameSite=Lax") && set.contains("HttpOnly"))
        }
    }

    @Test func assets_haveTags() async throws {
        try await service().test { client in
            for name in [
                "app.css", "live.js", "kiosk.js", "hold-timer.js", "icon.svg", "bootstrap/css/bootstrap.min.css",
            ] {
                let response = try await client.execute(uri: "/assets/\(name)", method: .get)
                #expect(response.status == .ok, "\(name)")
                let tag = try #require(response.headers[.eTag])
                #expect(response.headers[.cacheControl] == "public, max-age=300")
                let again = try await client.execute(
                    uri: "/assets/\(name)", method: .get, headers: [.ifNoneMatch: tag])
                #expect(again.status == .notModified && again.body.readableBytes == 0)
            }
            for name in ["nothing.css", "../messages.en.json", "%2e%2e/messages.en.json", ""] {
                let response = try await client.execute(uri: "/assets/\(name)", method: .get)
                #expect(response.status == .notFound, "\(name)")
            }
        }
    }
}
