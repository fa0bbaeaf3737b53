import Foundation

/// One result.
struct Figure: Codable, Sendable {
    var name: String
    var unit: String
    var value: Double
    /// What something well known, such as pgbench, did in the same run; in the same unit.
    var base: Double?
    /// `value / base`.
    var ratio: Double?
    /// How it was measured.
    var command: String

    static func write(_ figures: [Figure], to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(figures).write(to: url, options: .atomic)
    }

    /// The figures in columns.
    static func table(_ figures: [Figure]) -> String {
        let rows =
            [["figure", "value", "unit", "base", "ratio"]]
            + figures.map { figure in
                [
                    figure.name, text(figure.value), figure.unit, figure.base.map(text) ?? "–",
                    figure.ratio.map { String(format: "%.2f", $0) } ?? "–",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 1 || index >= 3 ? space + cell.0 : cell.0 + space
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func text(_ value: Double) -> String {
        String(format: value >= 100 || value == value.rounded() ? "%.0f" : "%.1f", value)
    }
}
