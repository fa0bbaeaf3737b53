package import Domain
import HTTPTypes
package import Hummingbird
import NIOCore
import Web

/// What can be asked.
package enum AvailabilityQuestion: Hashable, Sendable {
    /// Single slots, from the first to the last of days since 1970-01-01 by the hall's calendar.
    case slots(first: Int, last: Int)
    /// The days of a month, which the first day names.
    case month(LocalDate)
}

/// An answer that is ready to be sent, as often as it is asked for: bytes, tag, headers.
package struct AvailabilityAnswer: Sendable {
    /// The version of the part that it was made from.
    let version: UInt64
    /// It holds while the earliest start that can be booked is after the one and not after the other: a slot drops out of
    /// the answer by the time alone.
    let validAfter: Timestamp
    let validUntil: Timestamp
    /// Until this moment, not included: then a slot opens.
    let opensNext: Timestamp?
    /// With quotes: strong, and the same for the same bytes, whichever process made them.
    let tag: String
    let body: ByteBuffer
    private let headers: HTTPFields

    /// Bytes that it takes in memory, roughly.
    var size: Int { body.readableBytes + 512 }

    init(
        version: UInt64, validAfter: Timestamp, validUntil: Timestamp, opensNext: Timestamp? = nil, body: [UInt8]
    ) {
        self.version = version
        self.validAfter = validAfter
        self.validUntil = validUntil
        self.opensNext = opensNext
        self.body = ByteBuffer(bytes: body)
        tag = "\"\(Secrets.sha256Hex(String(decoding: body, as: UTF8.self)).prefix(32))\""
        headers = [
            .contentType: "application/json", .contentLength: String(body.count), .cacheControl: "no-cache",
            .eTag: tag,
        ]
    }

    func holds(from earliest: Timestamp, at now: Timestamp) -> Bool {
        validAfter < earliest && earliest <= validUntil && opensNext.map { now < $0 } ?? true
    }

    /// The answer, or 304 when the request already has it (RFC 9110 section 13.1.2).
    package func response(to request: Request) -> Response {
        if let known = request.headers[.ifNoneMatch], known == tag || known == "*" || known.contains(tag) {
            return Response(status: .notModified, headers: [.cacheControl: "no-cache", .eTag: tag])
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
