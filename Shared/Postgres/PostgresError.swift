/// Why something asked of PostgreSQL was not done.
package struct PostgresError: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        /// The server cannot be reached, or the connection broke; whether the statement took effect is then unknown.
        case connection
        /// The server refused the statement; see ``PostgresError/sqlState``.
        case server
        /// A value of a row is not of the type asked for.
        case decoding
        /// A value cannot be sent, such as text with U+0000.
        case encoding
        /// The deadline passed; the statement was cancelled.
        case timeout
        /// The task was cancelled, and with it the statement.
        case cancelled
        /// The connection or the pool has been closed.
        case closed
        /// Too many wait for a connection, or waited too long.
        case poolExhausted
        /// The migrations of the code and of the database disagree.
        case migration
    }

    package var code: Code
    /// The five characters of PostgreSQL manual, appendix A.
    package var sqlState: String?
    package var message: String
    /// May show values of rows, so it is not part of ``description``.
    package var detail: String?
    package var hint: String?
    package var constraint: String?
    /// The statement without its values.
    package var statement: String?
    package var file: String
    package var line: Int

    package init(
        _ code: Code, _ message: String, sqlState: String? = nil, detail: String? = nil, hint: String? = nil,
        constraint: String? = nil, statement: String? = nil, file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.detail = detail
        self.hint = hint
        self.constraint = constraint
        self.statement = statement
        self.file = file
        self.line = line
    }
}

extension PostgresError {
    /// 23505.
    package var isUniqueViolation: Bool { sqlState == "23505" }
    /// 23503.
    package var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// 23514.
    package var isCheckViolation: Bool { sqlState == "23514" }
    /// 40001 or a deadlock, 40P01: the whole transaction may be tried again.
    package var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
    /// The server is gone, is starting or shutting down, or the connection broke: trying later may help.
    package var isConnectionFailure: Bool {
        if code == .connection { return true }
        guard let sqlState else { return false }
        return Self.isConnectionFailure(sqlState: sqlState)
    }

    /// Class 08, and the operator interventions that end a session.
    static func isConnectionFailure(sqlState: String) -> Bool {
        sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05"].contains(sqlState)
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = "PostgreSQL, \(code.rawValue)"
        if let sqlState { text += " \(sqlState)" }
        text += ": \(message)"
        if let constraint { text += " [constraint \(constraint)]" }
        if let hint { text += " Hint: \(hint)" }
        if let statement { text += " In: \(statement.prefix(200))" }
        return text + " (\(file):\(line))"
    }
}
