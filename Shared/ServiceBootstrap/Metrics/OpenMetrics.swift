package import CoreMetrics
import Synchronization

/// Collects what the process measures and writes it as OpenMetrics text (openmetrics.io, version 1.0.0).
///
/// Labels become names of letters, digits and `_`. Counters end in `_total`, timers in `_seconds`; recorders that
/// aggregate are histograms, others gauges. Never destroyed: a metric that was seen once stays.
package final class OpenMetrics: MetricsFactory, Sendable {
    package static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    struct Key: Hashable, Sendable {
        let name: String
        let labels: String
    }

    enum Instrument: Sendable {
        case counter(OpenMetricsCounter)
        case gauge(OpenMetricsGauge)
        case histogram(OpenMetricsHistogram)
    }

    private struct State {
        var instruments: [Key: Instrument] = [:]
        /// The kind under which a name was seen first.
        var kinds: [String: String] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Everything measured so far; ends with `# EOF`.
    package func exposition() -> String {
        let all = state.withLock { $0.instruments }
        var text = ""
        for (family, members) in Dictionary(grouping: all, by: { $0.key.name }).sorted(by: { $0.key < $1.key }) {
            guard let kind = members.first?.value.kind else { continue }
            text += "# TYPE \(family) \(kind)\n"
            if family.hasSuffix("_seconds") { text += "# UNIT \(family) seconds\n" }
            for (key, instrument) in members.sorted(by: { $0.key.labels < $1.key.labels }) {
                instrument.write(key, to: &text)
            }
        }
        return text + "# EOF\n"
    }

    private func instrument(_ key: Key, _ make: () -> Instrument) -> Instrument {
        state.withLock { state in
            if let known = state.instruments[key] { return known }
            let new = make()
            // A family has one kind: under another, the instrument works but is not shown.
            guard state.kinds[key.name, default: new.kind] == new.kind else { return new }
            state.kinds[key.name] = new.kind
            state.instruments[key] = new
            return new
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
        -> any FloatingPointCounterHandler
    {
        counter(label, dimensions)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> OpenMetricsCounter {
        let key = Key(name: Self.name(label, without: "_total"), labels: Self.labels(dimensions))
        guard case .counter(let counter) = instrument(key, { .counter(OpenMetricsCounter()) }) else {
            return OpenMetricsCounter()
        }
        return counter
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) }
        return histogram(Self.name(label), dimensions, OpenMetricsHistogram.countBounds)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> OpenMetricsGauge {
        let key = Key(name: Self.name(label), labels: Self.labels(dimensions))
        guard case .gauge(let gauge) = instrument(key, { .gauge(OpenMetricsGauge()) }) else {
            return OpenMetricsGauge()
        }
        return gauge
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(Self.name(label, without: "_seconds") + "_seconds", dimensions, OpenMetricsHistogram.secondBounds)
    }

    private func histogram(
        _ name: String, _ dimensions: [(String, String)], _ bounds: [Double]
    ) -> OpenMetricsHistogram {
        let key = Key(name: name, labels: Self.labels(dimensions))
        guard case .histogram(let histogram) = instrument(key, { .histogram(OpenMetricsHistogram(bounds: bounds)) })
        else {
            return OpenMetricsHistogram(bounds: bounds)
        }
        return histogram
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private static func name(_ label: String, without suffix: String = "") -> String {
        var name = String(
            String.UnicodeScalarView(
                label.unicodeScalars.map { scalar in
                    scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value))
                        ? scalar : "_"
                }))
        if name.unicodeScalars.first.map({ (48...57).contains($0.value) }) ?? true { name = "_" + name }
        return !suffix.isEmpty && name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }

    private static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { key, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name(key))=\"\(escaped)\""
        }.joined(separator: ",")
    }
}
