import Crypto
package import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore

/// Style sheets, scripts and images, held in memory with their entity tags.
package struct Assets: Sendable {
    private struct Asset: Sendable {
        let content: ByteBuffer
        let type: String
        let tag: String
    }

    private let assets: [String: Asset]

    /// - Parameters:
    ///   - bundles: their `Resources/assets`, after this module's own.
    ///   - bootstrap: where Debian's `libjs-bootstrap5` puts its files; served below `/assets/bootstrap/`.
    /// - Throws: ``WebError`` with code `resource` when Bootstrap is not installed or a file cannot be read.
    package init(bundles: [Bundle] = [], bootstrap: String = "/usr/share/bootstrap-html") throws(WebError) {
        var assets: [String: Asset] = [:]
        for bundle in [Bundle.module] + bundles {
            let folder = bundle.webResources.appendingPathComponent("assets").path
            for name in Self.files(folder) {
                assets[name] = try Self.asset(folder + "/" + name)
            }
        }
        for name in ["css/bootstrap.min.css", "js/bootstrap.bundle.min.js"] {
            guard FileManager.default.fileExists(atPath: bootstrap + "/" + name) else {
                throw WebError(.resource, "\(bootstrap)/\(name) is missing: install the package libjs-bootstrap5.")
            }
            assets["bootstrap/" + name] = try Self.asset(bootstrap + "/" + name)
        }
        self.assets = assets
    }

    private static func files(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            types[fileExtension($0)] != nil
        }
    }

    private static func asset(_ path: String) throws(WebError) -> Asset {
        guard let data = FileManager.default.contents(atPath: path), let type = types[fileExtension(path)] else {
            throw WebError(.resource, "The asset \(path) cannot be read.")
        }
        return Asset(
            content: ByteBuffer(bytes: data), type: type,
            tag: String(Hexadecimal.text(SHA256.hash(data: data)).prefix(32)))
    }

    private static func fileExtension(_ name: String) -> String {
        name.split(separator: ".").last.map(String.init) ?? ""
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "ico": "image/x-icon", "wav": "audio/wav", "webmanifest": "application/manifest+json",
    ]

    /// The names that can be asked for.
    package var names: Set<String> { Set(assets.keys) }

    /// The asset that the rest of the path names.
    package func response(for request: Request, _ context: AppRequestContext) throws(Problem) -> Response {
        let name = context.parameters.getCatchAll().joined(separator: "/")
        guard let asset = assets[name] else { throw .notFound }
        return Response.tagged(asset.tag, for: request, headers: [.cacheControl: "public, max-age=300"]) {
            Response(
                status: .ok,
                headers: [.contentType: asset.type, .contentLength: String(asset.content.readableBytes)],
                body: ResponseBody(byteBuffer: asset.content))
        }
    }
}
