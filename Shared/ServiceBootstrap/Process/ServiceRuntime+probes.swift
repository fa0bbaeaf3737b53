import HTTPTypes
import Hummingbird
import NIOCore
import Web

extension ServiceRuntime {
    /// `/livez`, `/readyz` and `/metrics`: for supervisors and monitoring, never through the public front.
    func addProbes(to routes: RouteTable) {
        routes.add(.get, "/livez", access: .probe, kind: .probe) { _, _ in
            Response.json(text: #"{"status":"ok"}"#)
        }
        routes.add(.get, "/readyz", access: .probe, kind: .probe) { [readiness] _, _ in
            let report = await readiness.report()
            let checks = JSONValue.object(report.checks.mapValues { .string($0) })
            let body: JSONValue = ["status": report.isReady ? "ok" : "not-ready", "checks": checks]
            return Response.json(
                text: body.text, status: report.isReady ? .ok : .serviceUnavailable,
                headers: report.isReady ? [:] : [.retryAfter: "2"])
        }
        routes.add(.get, "/metrics", access: .probe, kind: .probe) { [metrics] _, _ in
            let buffer = ByteBuffer(string: metrics.exposition())
            return Response(
                status: .ok,
                headers: [.contentType: OpenMetrics.contentType, .contentLength: String(buffer.readableBytes)],
                body: ResponseBody(byteBuffer: buffer))
        }
    }
}
