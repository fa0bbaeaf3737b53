import Domain
import HTTPTypes
import Hummingbird

extension RouteTable {
    /// The routes that every page needs: assets, and the switches of language and elder mode.
    package func addShell() {
        let assets = site.assets
        add(.get, "/assets/**", access: .everyone, kind: .asset) { request, context in
            try assets.response(for: request, context)
        }
        add(.get, "/preferences", access: .everyone, kind: .page) { _, context in
            try Preferences.response(context)
        }
    }
}

/// The choices that a browser keeps in cookies.
enum Preferences {
    static func response(_ context: AppRequestContext) throws(Problem) -> Response {
        var fields = try context.queryFields()
        let language = fields.optionalChoice("lang", of: Language.self)
        let elder = fields.optionalBool("elder")
        let target = fields.optionalString("to", 1...1000).flatMap(LocalPath.validated) ?? "/"
        try fields.finish()
        var response = Response.redirect(target)
        if let language { response.setCookie(cookie("lang", language.rawValue)) }
        if let elder { response.setCookie(cookie("elder", elder ? "1" : "0")) }
        return response
    }

    private static func cookie(_ name: String, _ value: String) -> Cookie {
        Cookie(name: name, value: value, maxAge: 365 * 86_400, path: "/", httpOnly: true, sameSite: .lax)
    }
}
