import Domain

/// What is noted while a document is read: where everything stands, and what is wrong.
///
/// A class because every value of the document shares it; it lives and dies within one call of ``CatalogueReader``.
final class DocumentNotes {
    private var places: [String: (place: DocumentPlace, path: String)] = [:]
    private(set) var problems: [CatalogueImportError.Problem] = []

    /// Notes where a path stands.
    ///
    /// - Parameter written: the path as the file has it, when one place of the file stands for several paths (`weekdays`).
    func note(_ path: String, at place: DocumentPlace, written: String? = nil) {
        places[path] = (place, written ?? path)
    }

    /// - Parameter place: `nil` is the place noted for the path.
    func report(_ path: String, at place: DocumentPlace? = nil, _ message: String) {
        let place = place ?? self.place(of: path).place
        problems.append(.init(line: place.line, column: place.column, path: path, message: message))
    }

    /// Adds what the rules of the catalogue say, unless the reader has already said something about the same place.
    func add(_ issues: [CatalogueIssue]) {
        let known = problems.map(\.path)
        for issue in issues {
            let (place, path) = place(of: issue.path)
            guard !known.contains(where: { DocumentNotes.touches($0, path) || DocumentNotes.touches($0, issue.path) })
            else { continue }
            problems.append(.init(line: place.line, column: place.column, path: path, message: issue.message))
        }
    }

    /// The problems in the order of the file, each once.
    var sorted: [CatalogueImportError.Problem] {
        var seen: Set<CatalogueImportError.Problem> = []
        return problems.enumerated()
            .sorted {
                ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
            }
            .map(\.element)
            .filter { seen.insert($0).inserted }
    }

    /// The place of a path, or of the nearest thing around it; the path as the file has it.
    private func place(of path: String) -> (place: DocumentPlace, path: String) {
        var around = path[...]
        while true {
            if let found = places[String(around)] {
                let written = found.path + path[around.endIndex...]
                return (places[written]?.place ?? found.place, written)
            }
            guard let cut = around.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            around = around[..<cut]
        }
        return (.beginning, path)
    }

    /// Whether one path is the other, or lies in it.
    private static func touches(_ lhs: String, _ rhs: String) -> Bool {
        guard !lhs.isEmpty, !rhs.isEmpty else { return false }
        if lhs == rhs { return true }
        let (short, long) = lhs.utf8.count < rhs.utf8.count ? (lhs, rhs) : (rhs, lhs)
        guard long.hasPrefix(short), let next = long.dropFirst(short.count).first else { return false }
        return next == "." || next == "["
    }
}
