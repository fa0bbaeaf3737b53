private import CLibpq

/// The rows that a statement returned, and how many it changed.
package struct PostgresRows: RandomAccessCollection, Sendable {
    let result: ResultHandle

    package var startIndex: Int { 0 }
    package var endIndex: Int { result.rowCount }

    package subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < result.rowCount, "there is no row \(position)")
        return PostgresRow(result: result, index: position)
    }

    /// Rows inserted, updated, deleted or selected.
    package var affected: Int { result.affected }

    /// What the server says was done, such as `COMMIT` or `INSERT 0 1`.
    package var commandTag: String { result.commandTag }

    /// All rows by the order of their columns: `try rows.decode(String.self, Int?.self)`.
    ///
    /// - Throws: ``PostgresError`` with `decoding`.
    package func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws(PostgresError) -> [(
        repeat each T
    )] {
        var values: [(repeat each T)] = []
        values.reserveCapacity(count)
        for row in self {
            values.append(try row.decode(repeat each types))
        }
        return values
    }
}

/// Owns a `PGresult` and frees it.
///
/// `@unchecked Sendable`: a result is never changed after libpq has handed it over, and the functions used here only read
/// it, so any thread may (PostgreSQL manual, 34.20). Indices are checked before each call, because libpq reports a bad one
/// through the connection's notice hook.
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
    }

    deinit {
        PQclear(pointer)
    }

    var affected: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    var commandTag: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    func columnIndex(_ name: String) -> Int? {
        (0..<columnCount).first { columnName($0) == name }
    }

    func columnName(_ column: Int) -> String {
        guard column < columnCount, let name = PQfname(pointer, Int32(column)) else { return "" }
        return String(cString: name)
    }

    /// `nil` is NULL.
    func text(row: Int, column: Int) -> String? {
        guard PQgetisnull(pointer, Int32(row), Int32(column)) == 0,
            let start = PQgetvalue(pointer, Int32(row), Int32(column))
        else { return nil }
        let length = Int(PQgetlength(pointer, Int32(row), Int32(column)))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}
