/// One row of a result.
package struct PostgresRow: Sendable {
    let result: ResultHandle
    let index: Int

    package var columns: [String] {
        (0..<result.columnCount).map(result.columnName)
    }

    /// The value of a named column; names are compared as they are, without folding case.
    ///
    /// - Throws: ``PostgresError`` with `decoding` when there is no such column or its value is not a `T`.
    package func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let index = result.columnIndex(column) else {
            throw PostgresError(.decoding, "no column \(column) among \(columns.joined(separator: ", "))")
        }
        return try value(at: index)
    }

    /// The value of a column by its number, from 0.
    package func decode<T: PostgresDecodable>(at column: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard column >= 0, column < result.columnCount else {
            throw PostgresError(.decoding, "no column \(column): the row has \(result.columnCount)")
        }
        return try value(at: column)
    }

    /// The values by the order of their columns: `let (name, count) = try row.decode(String.self, Int.self)`.
    package func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws(PostgresError) -> (
        repeat each T
    ) {
        var column = 0
        func next<U: PostgresDecodable>(_ type: U.Type) throws(PostgresError) -> U {
            defer { column += 1 }
            return try decode(at: column, as: type)
        }
        return (repeat try next(each types))
    }

    private func value<T: PostgresDecodable>(at column: Int) throws(PostgresError) -> T {
        guard let text = result.text(row: index, column: column) else {
            if let null = T.postgresNull { return null }
            throw PostgresError(.decoding, "column \(result.columnName(column)) is NULL, wanted \(T.self)")
        }
        guard let value = T(postgresText: text) else {
            // The value itself stays out of the message: it may be personal.
            throw PostgresError(
                .decoding, "column \(result.columnName(column)) is not a \(T.self) (\(text.utf8.count) bytes)")
        }
        return value
    }
}
