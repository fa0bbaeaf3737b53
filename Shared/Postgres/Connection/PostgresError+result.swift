internal import CLibpq

extension PostgresError {
    /// The error that the server reported (PostgreSQL manual, 34.3.1, PQresultErrorField).
    /// `nil` when the result is no error.
    init?(status: ExecStatusType, result: OpaquePointer) {
        guard status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE else { return nil }
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let sqlState = field("C")
        let whole = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        self.init(
            sqlState == nil || Self.isConnectionFailure(sqlState: sqlState ?? "") ? .connection : .server,
            field("M") ?? whole.split(whereSeparator: \.isNewline).joined(separator: " "), sqlState: sqlState,
            detail: field("D"), hint: field("H"), constraint: field("n"))
    }
}
