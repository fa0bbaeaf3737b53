import Domain
import HTTPTypes
import Hummingbird
import Web

extension QueuingInterface {
    func addSignInPages(to routes: RouteTable) {
        routes.add(.get, "/staff/sign-in", access: .everyone, kind: .page) { _, context in
            var fields = try context.queryFields()
            let next = fields.optionalString("next", 1...1000)
            try fields.finish()
            return try signInPage(next: next, name: "", messageKey: nil, context)
        }
        routes.add(.post, "/staff/sign-in", access: .everyone, kind: .page) { request, context in
            var fields = try context.formFields()
            let name = fields.string("name", 1...60)
            let password = fields.string("password", 1...200)
            let next = fields.optionalString("next", 1...1000)
            try fields.finish()
            switch try await signIn.signIn(name: name, password: password, address: request.clientAddress) {
            case .signedIn(let token, let expires):
                var response = Response.redirect(next.flatMap(LocalPath.validated) ?? "/staff")
                response.setCookie(sessionCookie(token, until: expires))
                return response
            case .refused:
                return try signInPage(
                    next: next, name: name, messageKey: "staff.sign-in.refused", context, status: .unauthorized)
            case .locked(let seconds):
                return try signInPage(
                    next: next, name: name, messageKey: "staff.sign-in.locked", context, status: .tooManyRequests,
                    headers: [.retryAfter: String(seconds)])
            }
        }
        routes.add(.post, "/staff/sign-out", access: .staff([]), kind: .page) { request, context in
            if case .staff(let staff, _, let session) = context.principal {
                try await sessions.end(session)
                try await audit.note(.signOut, by: staff.rawValue, result: .done, from: request.clientAddress)
            }
            var response = Response.redirect("/staff/sign-in")
            response.setCookie(sessionCookie("", until: clock()))
            return response
        }
        routes.add(.get, "/staff", access: .staff([]), kind: .page) { _, context in
            try await staffHome(context)
        }
    }

    /// Goes with every request of this site's own pages, and with no other site's.
    func sessionCookie(_ token: String, until expires: Timestamp) -> Cookie {
        Cookie(
            name: ServiceAuthenticator.sessionCookie, value: token,
            maxAge: max(0, Int(expires.seconds(since: clock()))), path: "/", secure: publicURL.hasPrefix("https:"),
            httpOnly: true, sameSite: .strict)
    }

    private func signInPage(
        next: String?, name: String, messageKey: String?, _ context: AppRequestContext,
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        try site.pages.render(
            "staff-sign-in", titleKey: "staff.sign-in.title",
            view: SignInView(
                next: next.flatMap(LocalPath.validated) ?? "", name: name,
                message: messageKey.map { context.text($0, count: SignInGuardStore.lockMinutes) }),
            context, layout: .console, status: status, headers: headers)
    }

    private func staffHome(_ context: AppRequestContext) async throws -> Response {
        guard let person = try await staff.person(try staffID(context)) else { throw Problem.signInRequired }
        let halls = catalogue.city.catalogue.orderedHalls.compactMap { hall -> StaffHomeView.HallView? in
            guard let roles = person.roles[hall.id], !roles.isEmpty else { return nil }
            return StaffHomeView.HallView(
                id: hall.id.rawValue, name: hall.name.text(context.language), isClerk: roles.contains(.clerk),
                isReception: roles.contains(.reception) || roles.contains(.operator),
                isOperator: roles.contains(.operator))
        }
        return try site.pages.render(
            "staff-home", titleKey: "staff.home.title",
            view: StaffHomeView(
                greeting: context.text("staff.home.greeting", ["name": person.name]), halls: halls,
                isEmpty: halls.isEmpty),
            context, layout: .console)
    }
}

struct SignInView: Sendable {
    let next: String
    let name: String
    let message: String?
}

struct StaffHomeView: Sendable {
    struct HallView: Sendable {
        let id: String
        let name: String
        let isClerk: Bool
        let isReception: Bool
        let isOperator: Bool
    }

    let greeting: String
    let halls: [HallView]
    let isEmpty: Bool
}

extension Request {
    /// The network address as the front reports it: the last one of the list, which the front itself has added. Without a front,
    /// everybody shares one.
    var clientAddress: String {
        guard let name = HTTPField.Name("X-Forwarded-For"), let list = headers[name],
            let last = list.split(separator: ",").last, last.utf8.count <= 64
        else { return "direct" }
        return String(last.filter { $0 != " " })
    }
}
