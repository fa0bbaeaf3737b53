import Domain
import HTTPTypes
import Hummingbird
import Postgres
import Web

/// The demo's telephone. Outside of the demo only the API's route is there, and says so.
struct DemoRoutes: Sendable {
    let isDemo: Bool
    let site: Site
    let hub: SSEHub
    let store: DemoMessageStore
    let pool: PostgresPool
    let directory: DirectoryKeeper

    private static let shown = 50

    func add(to routes: RouteTable) {
        routes.add(.get, "/api/v1/live/demo-messages", access: .everyone, kind: .api) { _, context in
            guard isDemo else { throw Problem(.notFound, code: "demo-off") }
            return try await messages(context)
        }
        guard isDemo else { return }
        routes.add(.get, "/demo/phone", access: .everyone, kind: .page) { _, context in
            let view = PhoneView(
                try await store.newest(limit: Self.shown, in: pool), zone: directory.directory?.halls.first?.timeZone)
            return try site.pages.render(
                "phone", titleKey: "phone.title", view: view, context, scripts: ["live.js"], refreshSeconds: 10)
        }
        routes.add(.get, "/demo/phone/stream", access: .everyone, kind: .sse) { request, context in
            try hub.response(topic: LiveTopic.demoPhone, for: request, context) {
                try await store.newest(limit: Self.shown, in: pool).reversed().map { message in
                    SSEMessage(event: "text", data: LiveJSON.text(DemoMessageDocument(message)))
                }
            }
        }
    }

    private struct List: Encodable, Sendable {
        let items: [DemoMessageDocument]
    }

    private func messages(_ context: AppRequestContext) async throws -> Response {
        var fields = try context.queryFields()
        let phone = fields.string(
            "phone", 11...11, pattern: FieldPattern { $0.utf8.count == 11 && PhoneNumber($0)?.national == $0 })
        try fields.finish()
        let messages = try await store.newest(of: phone, limit: Self.shown, in: pool)
        return try Response.json(List(items: messages.map(DemoMessageDocument.init)))
    }
}
