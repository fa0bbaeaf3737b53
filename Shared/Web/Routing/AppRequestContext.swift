package import Domain
import Foundation
package import Hummingbird
package import NIOCore

/// What is known about a request beside the request itself.
package struct AppRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection: server-sent events are written to it directly.
    package let channel: any NIOCore.Channel
    package var language: Language = .zhHans
    /// Whether the person chose the elder mode: larger text and targets.
    package var isElder = false
    package var principal: Principal = .anonymous
    /// What forms of the signed-in person must carry; `nil` when nobody is signed in.
    package var csrfToken: String?
    package var trace = TraceContext()
    /// The route that was found.
    package var route: RouteDeclaration?
    /// The body of an unsafe request, at most 64 KiB unless the route takes more.
    package var body = ByteBuffer()
    /// `Content-Type` of the body without its parameters, in lower case.
    package var mediaType: String?
    /// The path and query of the request as sent.
    package var target = "/"
    package var texts: Localisation = .empty

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The bound on bodies, in bytes.
    package static let bodyLimit = 64 * 1024

    package var maxUploadSize: Int { Self.bodyLimit }

    /// A parameter of the path, with percent-encoding removed.
    ///
    /// - Throws: ``Problem`` 404 when it is absent, empty, or not UTF-8.
    package func parameter(_ name: String) throws(Problem) -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding, !text.isEmpty,
            !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else { throw .notFound }
        return text
    }

    /// A parameter of the path that names a thing of the catalogue.
    package func identifier<Subject>(_ name: String, as _: Identifier<Subject>.Type) throws(Problem) -> Identifier<
        Subject
    > {
        let text = try parameter(name)
        guard Identifier<Subject>.isSlug(text) else { throw .notFound }
        return Identifier(text)
    }

    /// A text of the catalogues in the person's language.
    package func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        texts.text(key, language, arguments)
    }

    /// A text about a number of things, with the number as `{count}`.
    package func text(_ key: String, count: Int, _ arguments: [String: String] = [:]) -> String {
        texts.text(key, language, count: count, arguments)
    }
}
