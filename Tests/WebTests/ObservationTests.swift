import CoreMetrics
import Domain
import Logging
import ServiceBootstrap
import Testing
import Web

@Suite struct OpenMetricsTests {
    @Test func exposition_followsTheFormat() {
        let metrics = OpenMetrics()
        metrics.makeCounter(label: "http.requests", dimensions: [("route", "/a/{token}"), ("b", "x\"\n\\")]).increment(
            by: 2)
        metrics.makeCounter(label: "redis_connects_total", dimensions: []).increment(by: 1)
        metrics.makeMeter(label: "pool_size", dimensions: []).set(Int64(3))
        let timer = metrics.makeTimer(label: "wait_seconds", dimensions: [("q", "1")])
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(60_000_000_000)
        let text = metrics.exposition()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains("# TYPE http_requests counter"))
        #expect(lines.contains(#"http_requests_total{b="x\"\n\\",route="/a/{token}"} 2"#))
        #expect(lines.contains("# TYPE redis_connects counter") && lines.contains("redis_connects_total 1"))
        #expect(lines.contains("# TYPE pool_size gauge") && lines.contains("pool_size 3"))
        #expect(lines.contains("# UNIT wait_seconds seconds"))
        #expect(lines.contains(#"wait_seconds_bucket{q="1",le="0.0025"} 0"#))
        #expect(lines.contains(#"wait_seconds_bucket{q="1",le="0.005"} 1"#))
        #expect(lines.contains(#"wait_seconds_bucket{q="1",le="+Inf"} 2"#))
        #expect(lines.contains(#"wait_seconds_count{q="1"} 2"#))
        #expect(lines.contains(#"wait_seconds_sum{q="1"} 60.003"#))
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test func sameLabels_shareOneInstrument() {
        let metrics = OpenMetrics()
        metrics.makeCounter(label: "a", dimensions: [("x", "1"), ("y", "2")]).increment(by: 1)
        metrics.makeCounter(label: "a", dimensions: [("y", "2"), ("x", "1")]).increment(by: 1)
        metrics.makeMeter(label: "a", dimensions: []).set(Int64(7))
        #expect(metrics.exposition() == "# TYPE a counter\na_total{x=\"1\",y=\"2\"} 2\n# EOF\n")
    }
}

@Suite struct LogTests {
    @Test(arguments: [
        ("call 13812345678 now", "call [phone] now"), ("+8613812345678", "+[phone]"), ("13812345678", "[phone]"),
        ("phone=19912345678,", "phone=[phone],"), ("请拨打13812345678。", "请拨打[phone]。"),
        ("113812345678", "113812345678"), ("1381234567", "1381234567"), ("12812345678", "12812345678"),
        ("4bf92f13812345678a3", "4bf92f13812345678a3"), ("1795426800000", "1795426800000"),
        ("13812345678 and 13987654321", "[phone] and [phone]"),
    ])
    func phones_areNotLogged(text: String, expected: String) {
        #expect(Redaction.redacted(text) == expected)
    }

    @Test func entry_isOneJSONObjectOnOneLine() throws {
        let lines = Lines()
        var logger = Logger(label: "onetrip.test") { label in
            JSONLogHandler(
                service: "booking", label: label, level: .info, now: { Timestamp(seconds: 0) },
                write: { lines.append($0) })
        }
        logger[metadataKey: "hall"] = "east"
        let trace = TraceContext()
        TraceContext.$current.withValue(trace) {
            logger.info("first\nline \"x\"", metadata: ["list": ["13812345678", "b"], "map": ["k": "13812345678"]])
        }
        logger.debug("not this")
        #expect(lines.all.count == 1)
        let line = try #require(lines.all.first)
        #expect(line.hasSuffix("\n") && line.split(separator: "\n").count == 1)
        let value = JSONValue(parsing: Array(line.utf8))
        let expected: JSONValue = [
            "time": "1970-01-01T00:00:00Z", "level": "info", "service": "booking", "label": "onetrip.test",
            "message": "first\nline \"x\"", "trace_id": .string(trace.traceID),
            "metadata": ["hall": "east", "list": ["[phone]", "b"], "map": ["k": "[phone]"]],
        ]
        #expect(value == expected)
    }
}
