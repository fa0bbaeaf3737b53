package import Foundation

/// A comparison for people and for machines.
extension Comparison {
    /// What a table shows, in its order.
    package static let shown = ["mean", "p90", "p99", "max", "J", "punct10", "prio_mean", "walk_mean", "overtime"]

    /// A fixed-width table: for each rule the mean of each figure, with the half-width of its 95 % interval, and J by the
    /// base's J.
    package func table(base: Policy) -> String {
        var rows = [["rule"] + Self.shown + ["J / \(base.rawValue)"]]
        for policy in policies {
            rows.append(
                [policy.rawValue] + Self.shown.map { Self.text(estimate($0, of: policy)) }
                    + [Self.text(ratio("J", of: policy, to: base), places: 3)])
        }
        return Self.aligned(rows)
    }

    /// Columns of fixed width, the first to the left and the others to the right.
    static func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    package static func text(_ estimate: Estimate, places: Int = 2) -> String {
        guard estimate.mean.isFinite else { return "–" }
        let mean = String(format: "%.\(places)f", estimate.mean)
        return estimate.margin.isFinite ? mean + String(format: "±%.\(places)f", estimate.margin) : mean
    }

    /// One row for each day and rule, all figures (RFC 4180).
    package func csv() -> String {
        var lines = [(["scenario", "seed", "policy"] + DayMetrics.names).joined(separator: ",")]
        for policy in policies {
            let columns = DayMetrics.names.map { values($0, of: policy) }
            for day in days.indices {
                let cells = columns.map { String(format: "%.4f", $0[day]) }
                lines.append(([scenario, String(days[day]), policy.rawValue] + cells).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private struct File: Encodable {
        struct Row: Encodable {
            var policy: String
            var metrics: [String: Figure]
            /// By the base's.
            var ratios: [String: Figure]
        }

        struct Figure: Encodable {
            var mean: Double
            /// Half-width of the 95 % interval; absent for a single day.
            var margin: Double?

            init?(_ estimate: Estimate) {
                guard estimate.mean.isFinite else { return nil }
                mean = estimate.mean
                margin = estimate.margin.isFinite ? estimate.margin : nil
            }
        }

        var scenario: String
        var days: [Int]
        var base: String
        var policies: [Row]
    }

    /// Means and ratios with their intervals.
    package func json(base: Policy) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            File(
                scenario: scenario, days: days, base: base.rawValue,
                policies: policies.map { policy in
                    func figures(_ estimate: (String) -> Estimate) -> [String: File.Figure] {
                        Dictionary(
                            uniqueKeysWithValues: DayMetrics.names.compactMap { name in
                                File.Figure(estimate(name)).map { (name, $0) }
                            })
                    }
                    return File.Row(
                        policy: policy.rawValue, metrics: figures { self.estimate($0, of: policy) },
                        ratios: figures { ratio($0, of: policy, to: base) })
                }))
    }

    /// A page that needs nothing else: a table, and for each figure a chart of the means with their intervals.
    ///
    /// - Parameter text: the words of the page, by key and language.
    package func html(base: Policy, language: String, text: (String) -> String) -> String {
        let charts = Self.shown.map { chart($0, title: text("simulate.metric.\($0)")) }.joined(separator: "\n")
        let head = ([text("simulate.rule")] + Self.shown.map { text("simulate.metric.\($0)") })
            .map { "<th scope=\"col\">\(Self.escaped($0))</th>" }.joined()
        let rows = policies.map { policy in
            "<tr><th scope=\"row\">\(Self.escaped(text("simulate.policy.\(policy.rawValue)")))</th>"
                + Self.shown.map { "<td>\(Self.text(estimate($0, of: policy)))</td>" }.joined() + "</tr>"
        }.joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="\(language)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(text("simulate.title")))</title>
            <style>
            body{font:1rem/1.5 system-ui,"WenQuanYi Micro Hei",sans-serif;margin:1.5rem auto;max-width:75rem;padding:0 1rem;color:#1b1b1b;background:#fff}
            .scroll{overflow-x:auto}table{border-collapse:collapse}th,td{padding:.35rem .6rem;border-bottom:1px solid #ccc;text-align:right;white-space:nowrap}
            thead th{white-space:normal;min-width:5rem;vertical-align:bottom}th[scope=row],th:first-child{text-align:left}figure{margin:1rem 0;display:inline-block;vertical-align:top;width:24rem;max-width:100%}
            figcaption{font-weight:600}svg{width:100%;height:auto}
            </style></head>
            <body><main>
            <h1>\(Self.escaped(text("simulate.title")))</h1>
            <p>\(Self.escaped(text("simulate.scenario"))): \(Self.escaped(scenario)). \(Self.escaped(text("simulate.days"))): \(days.count). \(Self.escaped(text("simulate.note")))</p>
            <div class="scroll" tabindex="0" role="region" aria-label="\(Self.escaped(text("simulate.table")))"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(rows)
            </tbody></table></div>
            \(charts)
            </main></body></html>

            """
    }

    private func chart(_ metric: String, title: String) -> String {
        let estimates = policies.map { estimate(metric, of: $0) }
        let largest = max(1e-9, estimates.map { $0.mean + ($0.margin.isFinite ? $0.margin : 0) }.max() ?? 1)
        let row = 26.0
        let left = 130.0
        let width = 210.0
        func x(_ value: Double) -> String { String(format: "%.1f", left + width * max(0, value) / largest) }
        let bars = zip(policies, estimates).enumerated().map { index, pair in
            let (policy, estimate) = pair
            let y = row * Double(index) + 6
            let middle = y + 8
            var mark = """
                <text x="\(left - 6)" y="\(middle + 4)" text-anchor="end" font-size="12">\(policy.rawValue)</text>\
                <rect x="\(left)" y="\(y)" width="\(String(format: "%.1f", width * max(0, estimate.mean) / largest))" height="16" fill="#2b6cb0"/>
                """
            if estimate.margin.isFinite {
                mark += """
                    <line x1="\(x(estimate.mean - estimate.margin))" x2="\(x(estimate.mean + estimate.margin))" \
                    y1="\(middle)" y2="\(middle)" stroke="#1b1b1b" stroke-width="2"/>
                    """
            }
            return mark
                + "<text x=\"\(left + width + 8)\" y=\"\(middle + 4)\" font-size="
                + "\"12\">\(String(format: "%.2f", estimate.mean))</text>"
        }.joined()
        let height = row * Double(policies.count) + 8
        return """
            <figure><figcaption>\(Self.escaped(title))</figcaption>
            <svg viewBox="0 0 400 \(height)" role="img" aria-label="\(Self.escaped(title))">\(bars)</svg></figure>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: "\"", with: "&quot;")
    }
}
