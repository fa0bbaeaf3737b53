import HTTPTypes
import Hummingbird
import Testing
import Web

@Suite struct QRCodeTests {
    @Test func svg_hasTheSizeOfItsVersion() throws {
        let small = try QRCode.svg("A")
        #expect(small.contains("viewBox=\"0 0 29 29\""))  // version 1: 21 modules and two quiet zones of 4
        let link = try QRCode.svg("http://localhost:8080/a/\(Secrets.randomToken())", label: "码 <1>")
        #expect(link.contains("viewBox=\"0 0 41 41\""))  // version 4 at level M holds 62 bytes
        #expect(link.contains("aria-label=\"码 &lt;1&gt;\""))
        // The finder pattern: a row of seven dark modules at the corner.
        #expect(link.contains("M4 4h7v1h-7z"))
        #expect(!link.contains("style="))
    }

    @Test func svg_ofNothingOrTooMuch_isRefused() {
        #expect(throws: WebError.self) { try QRCode.svg("") }
        #expect(throws: WebError.self) { try QRCode.svg(String(repeating: "a", count: 1001)) }
    }
}

@Suite struct TraceContextTests {
    @Test func traceparent_isReadAndWritten() throws {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try #require(TraceContext(traceparent: text))
        #expect(trace.traceparent == text)
        let child = trace.child()
        #expect(child.traceID == trace.traceID && child.spanID != trace.spanID)
        #expect(TraceContext(traceparent: TraceContext().traceparent) != nil)
        #expect(TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what") != nil)
    }

    @Test(arguments: [
        "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
    ])
    func wrongTraceparent_isIgnored(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }
}

@Suite struct IdempotencyKeyTests {
    private func request(_ values: [String]) -> Request {
        var headers = HTTPFields()
        headers[values: .idempotencyKey] = values
        return Request(
            head: HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test func key_isRead() throws {
        #expect(try IdempotencyKey(request(["a-1"])).value == "a-1")
    }

    @Test(
        arguments: [
            ([], "idempotency-key-missing"), ([""], "idempotency-key-invalid"), (["a b"], "idempotency-key-invalid"),
            (["键"], "idempotency-key-invalid"), ([String(repeating: "a", count: 129)], "idempotency-key-invalid"),
            (["a", "b"], "idempotency-key-invalid"),
        ] as [([String], String)])
    func wrongKey_isRefused(values: [String], code: String) {
        let problem = #expect(throws: Problem.self) { try IdempotencyKey(request(values)) }
        #expect(problem?.code == code)
        #expect(problem?.status == .badRequest)
    }
}
