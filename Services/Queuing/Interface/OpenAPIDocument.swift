import Foundation
import Hummingbird
import Web

/// The description of this service's API, as the file of the bundle has it.
package enum OpenAPIDocument {
    /// The text of `openapi.json`.
    package static let text: String = {
        let file = Bundle.module.webResources.appendingPathComponent("openapi.json")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            preconditionFailure("\(file.path) is missing: the build is broken")
        }
        return text
    }()

    private static let tag = String(Secrets.sha256Hex(text).prefix(32))

    static func response(for request: Request) -> Response {
        Response.tagged(tag, for: request, headers: [.cacheControl: "public, max-age=60"]) { .json(text: text) }
    }
}
