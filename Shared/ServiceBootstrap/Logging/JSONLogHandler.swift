package import Domain
import Foundation
package import Logging
import Web

/// Writes each entry as one JSON object on one line: time, level, service, label, message, trace_id, metadata.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let service: String
    private let label: String
    private let now: @Sendable () -> Timestamp
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets the line with its line end; standard error unless told otherwise.
    package init(
        service: String, label: String, level: Logger.Level,
        now: @escaping @Sendable () -> Timestamp = { SystemClock.now() },
        write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
    ) {
        self.service = service
        self.label = label
        logLevel = level
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        if let error = event.error { all["error"] = "\(String(reflecting: error))" }
        let trace = all.removeValue(forKey: "trace_id").map { "\($0)" } ?? TraceContext.current?.traceID
        all["hb.request.id"] = nil
        var line = "{\"time\":"
        JSONValue.quote(now().rfc3339(), to: &line)
        line += ",\"level\":\"\(event.level.rawValue)\",\"service\":"
        JSONValue.quote(service, to: &line)
        line += ",\"label\":"
        JSONValue.quote(label, to: &line)
        line += ",\"message\":"
        JSONValue.quote(Redaction.redacted("\(event.message)"), to: &line)
        if let trace {
            line += ",\"trace_id\":"
            JSONValue.quote(trace, to: &line)
        }
        if !all.isEmpty { line += ",\"metadata\":" + Self.json(.dictionary(all)).text }
        write(line + "}\n")
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(Redaction.redacted(text))
        case .stringConvertible(let value): .string(Redaction.redacted(value.description))
        case .array(let values): .array(values.map(json))
        case .dictionary(let members):
            .object(
                Dictionary(members.map { (Redaction.redacted($0.key), json($0.value)) }) { first, _ in first })
        }
    }
}
