/// Why a catalogue's file cannot be imported: every problem in it, in the order of its lines.
package struct CatalogueImportError: Error, Equatable, Sendable {
    package struct Problem: Hashable, Sendable {
        /// From 1. The nearest known place when the thing itself is missing.
        package var line: Int
        package var column: Int
        /// Such as `halls[0].windows[3].services[1]`; empty for the file as a whole.
        package var path: String
        /// What is wrong, and what would be right.
        package var message: String

        package init(line: Int, column: Int, path: String, message: String) {
            self.line = line
            self.column = column
            self.path = path
            self.message = message
        }
    }

    package var file: String
    package var problems: [Problem]

    package init(file: String, problems: [Problem]) {
        self.file = file
        self.problems = problems
    }
}

extension CatalogueImportError: CustomStringConvertible {
    /// One line for each problem: `city.yaml:12:9: halls[0].id: …`.
    package var description: String {
        problems.map { problem in
            "\(file):\(problem.line):\(problem.column): " + (problem.path.isEmpty ? "" : problem.path + ": ")
                + problem.message
        }.joined(separator: "\n")
    }
}
