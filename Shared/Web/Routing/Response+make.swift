import Foundation
package import HTTPTypes
package import Hummingbird
import NIOCore

extension Response {
    /// JSON from a value; keys sorted, so that equal values give equal bytes.
    ///
    /// - Throws: ``WebError`` with code `encoding`.
    package static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws(WebError) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return json(bytes: ByteBuffer(bytes: try encoder.encode(value)), status: status, headers: headers)
        } catch {
            throw WebError(.encoding, "\(type(of: value)) cannot be written as JSON: \(error)")
        }
    }

    /// JSON that is already text.
    package static func json(
        text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        json(bytes: ByteBuffer(string: text), status: status, headers: headers)
    }

    private static func json(bytes: ByteBuffer, status: HTTPResponse.Status, headers: HTTPFields) -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        headers[.contentLength] = String(bytes.readableBytes)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    /// An HTML page that is already text.
    package static func html(
        _ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        let buffer = ByteBuffer(string: text)
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLength] = String(buffer.readableBytes)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }

    /// To another page, by GET (RFC 9110 section 15.4.4).
    package static func redirect(_ location: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.location] = location
        headers[.contentLength] = "0"
        return Response(status: .seeOther, headers: headers)
    }

    /// JSON with an entity tag: 304 when the request already has this version (RFC 9110 section 13.1.2).
    ///
    /// - Parameter tag: the version without quotes.
    package static func tagged(
        _ tag: String, for request: Request, headers: HTTPFields = [:], make: () throws -> Response
    ) rethrows -> Response {
        let etag = "\"\(tag)\""
        if request.headers[values: .ifNoneMatch].contains(where: { $0 == "*" || $0.contains(etag) }) {
            var headers = headers
            headers[.eTag] = etag
            return Response(status: .notModified, headers: headers)
        }
        var response = try make()
        for field in headers { response.headers[field.name] = field.value }
        response.headers[.eTag] = etag
        return response
    }
}

extension Request {
    /// The version of `If-Match`, without quotes.
    ///
    /// - Throws: ``Problem`` 428 when the header is missing.
    package func requiredIfMatch() throws(Problem) -> String {
        guard let value = headers[.ifMatch] else { throw .preconditionRequired }
        return value.trimmingSpaces.replacing("W/", with: "").replacing("\"", with: "")
    }
}
