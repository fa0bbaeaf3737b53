import CoreMetrics
import Synchronization

final class OpenMetricsCounter: CounterHandler, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    var total: Double { value.withLock { $0 } }

    func increment(by amount: Int64) {
        increment(by: Double(amount))
    }

    func increment(by amount: Double) {
        value.withLock { $0 += amount }
    }

    func reset() {
        value.withLock { $0 = 0 }
    }
}

final class OpenMetricsGauge: MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    var present: Double { value.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

final class OpenMetricsHistogram: TimerHandler, RecorderHandler {
    struct Sample {
        var counts: [UInt64]
        var sum = 0.0
    }

    /// Seconds: from a query in memory to a person waiting.
    static let secondBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    static let countBounds = [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

    let bounds: [Double]
    private let sample: Mutex<Sample>

    init(bounds: [Double]) {
        self.bounds = bounds
        sample = Mutex(Sample(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var present: Sample { sample.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        sample.withLock { sample in
            sample.counts[bucket] += 1
            sample.sum += value
        }
    }
}

extension OpenMetrics.Instrument {
    var kind: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    func write(_ key: OpenMetrics.Key, to text: inout String) {
        let labels = key.labels.isEmpty ? "" : "{\(key.labels)}"
        switch self {
        case .counter(let counter): text += "\(key.name)_total\(labels) \(Self.number(counter.total))\n"
        case .gauge(let gauge): text += "\(key.name)\(labels) \(Self.number(gauge.present))\n"
        case .histogram(let histogram):
            let sample = histogram.present
            var count: UInt64 = 0
            let rest = key.labels.isEmpty ? "" : key.labels + ","
            for (index, bound) in histogram.bounds.enumerated() {
                count += sample.counts[index]
                text += "\(key.name)_bucket{\(rest)le=\"\(bound)\"} \(count)\n"
            }
            count += sample.counts[histogram.bounds.count]
            text += "\(key.name)_bucket{\(rest)le=\"+Inf\"} \(count)\n"
            text += "\(key.name)_count\(labels) \(count)\n\(key.name)_sum\(labels) \(Self.number(sample.sum))\n"
        }
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? String(value)
    }
}
