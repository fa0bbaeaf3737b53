import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Web

extension StoredAnswer {
    /// JSON with a status and headers.
    init(json value: some Encodable, status: HTTPResponse.Status, headers: [String: String] = [:]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            status: status.code, headers: headers.merging(["Content-Type": "application/json"]) { own, _ in own },
            body: Array(try encoder.encode(value)))
    }

    /// To another page.
    init(redirect location: String) {
        self.init(status: HTTPResponse.Status.seeOther.code, headers: ["Location": location])
    }

    var response: Response {
        var fields: HTTPFields = [.contentLength: String(body.count)]
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: HTTPResponse.Status(code: status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
