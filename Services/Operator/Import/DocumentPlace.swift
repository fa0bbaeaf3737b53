import Yams

/// A place in the file; both numbers from 1.
struct DocumentPlace {
    var line: Int
    var column: Int

    static let beginning = DocumentPlace(line: 1, column: 1)

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Where a node begins.
    init(_ mark: Mark?) {
        self = mark.map { DocumentPlace(line: $0.line, column: $0.column) } ?? .beginning
    }
}
