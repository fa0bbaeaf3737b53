import Domain
import HTTPTypes
import Hummingbird
import Web

extension QueuingInterface {
    func addWindowPages(to routes: RouteTable) {
        routes.add(.get, "/staff/window", access: .staff([.clerk]), kind: .page) { _, context in
            try await chooseWindow(context)
        }
        routes.add(.get, "/staff/halls/{hall}/windows/{window}", access: .staff([.clerk]), kind: .page) { _, context in
            let hall = try hall(context)
            return try await console(hall, try window(context, in: hall), refusal: nil, context)
        }
        routes.add(.post, "/staff/halls/{hall}/windows/{window}", access: .staff([.clerk]), kind: .page) { _, context in
            let hall = try hall(context)
            let window = try window(context, in: hall)
            var fields = try context.formFields()
            let order = WindowOrder(reading: &fields)
            let key = fields.formKey()
            try fields.finish()
            do {
                _ = try await carryOut(order, at: window, in: hall, key: key, context)
            } catch let problem as Problem where problem.status == .conflict || problem.status == .notFound {
                return try await console(hall, window, refusal: problem, context)
            } catch let problem as Problem where problem.code == "idempotency-key-reused" {
                // Two buttons of one page, pressed one after the other: the first one counted.
                return try await console(hall, window, refusal: Problem(.conflict, code: "page-outdated"), context)
            }
            return order.name == .close
                ? .redirect("/staff/window") : .redirect("/staff/halls/\(hall.id)/windows/\(window.id.pathEncoded)")
        }
    }

    /// Halls and windows to sit down at; who has one open goes straight to it.
    private func chooseWindow(_ context: AppRequestContext) async throws -> Response {
        let clerk = try staffID(context)
        guard let person = try await staff.person(clerk) else { throw Problem.signInRequired }
        var halls: [WindowChoiceView.HallView] = []
        for hall in catalogue.city.catalogue.orderedHalls where person.roles[hall.id]?.contains(.clerk) == true {
            let reading = try await reading(hall.id, context)
            if let own = reading.queue.window(of: clerk) {
                return .redirect("/staff/halls/\(hall.id)/windows/\(own.id.pathEncoded)")
            }
            let windows = hall.windows.map { window in
                let services = window.services.filter { person.skills?.contains($0) ?? true }
                let holder = reading.queue.windows[window.id]?.staff
                let name =
                    window.name?.text(context.language)
                    ?? context.text("staff.window.name", ["window": window.id.rawValue])
                return WindowChoiceView.Window(
                    path: window.id.pathEncoded, name: name,
                    openLabel: context.text("staff.window.open-named", ["window": name]), key: Secrets.randomToken(),
                    services: services.map { serviceName($0, context) }.joined(
                        separator: context.text("queue.list-separator")),
                    note: holder != nil
                        ? context.text("staff.window.taken")
                        : services.isEmpty ? context.text("staff.window.no-skill") : nil,
                    isFree: holder == nil && !services.isEmpty)
            }
            halls.append(
                WindowChoiceView.HallView(
                    hall: hall.id.rawValue, name: hall.name.text(context.language), windows: windows))
        }
        return try site.pages.render(
            "staff-window-choice", titleKey: "staff.window.choose", view: WindowChoiceView(halls: halls), context,
            layout: .console, scripts: ["console.js"])
    }

    private func console(
        _ hall: Hall, _ window: HallWindow, refusal: Problem?, _ context: AppRequestContext
    ) async throws -> Response {
        let reading = try await reading(hall.id, context)
        let view = try await consoleView(hall, window, reading, refusal: refusal, context)
        return try site.pages.render(
            "staff-console", title: view.title, view: view, context, layout: .console, status: refusal?.status ?? .ok,
            scripts: ["live.js", "console.js"])
    }
}

struct WindowChoiceView: Sendable {
    struct Window: Sendable {
        let path: String
        let name: String
        let openLabel: String
        let key: String
        let services: String
        let note: String?
        let isFree: Bool
    }

    struct HallView: Sendable {
        let hall: String
        let name: String
        let windows: [Window]
    }

    let halls: [HallView]
}

extension FieldReader {
    /// The key that a form carries, so that pressing twice does once.
    mutating func formKey() -> IdempotencyKey {
        let key = parsed("key", 16...64, substitute: nil as IdempotencyKey?) { IdempotencyKey(text: $0) }
        // A substitute is only used when an error was noted, and then the form is refused.
        return key ?? IdempotencyKey.placeholder
    }
}

extension IdempotencyKey {
    fileprivate static var placeholder: IdempotencyKey {
        guard let key = IdempotencyKey(text: "-") else { preconditionFailure("a hyphen is a visible ASCII character") }
        return key
    }
}

extension WindowID {
    /// For a path: windows are named by numbers or words of the catalogue.
    var pathEncoded: String { LocalPath.queryEncoded(rawValue) }
}
