/// Something that a caller waits for on a connection.
///
/// Lives on the connection's thread; only an array of new reads crosses to it, through a lock, and is not touched again by
/// the caller.
final class WireRequest: @unchecked Sendable {
    typealias Reply = UnsafeContinuation<Result<[PostgresRows], PostgresError>, Never>

    enum Kind {
        /// Statements of one caller, answered together.
        case statements
        /// One statement that may share a group with those of others and may be sent again.
        case read
        /// Text with any number of statements, without values.
        case script
    }

    let id: UInt64
    let kind: Kind
    let queries: [PostgresQuery]
    let deadline: ContinuousClock.Instant
    let file: String
    let line: Int
    private var reply: Reply?

    var outcomes: [PostgresRows] = []
    var failure: PostgresError?
    /// The group was given up before its turn came.
    var wasAborted = false
    /// Why nobody waits for it any longer.
    var interruption: PostgresError?
    /// Sent once more because its prepared statement was out of date.
    var wasRefreshed = false

    init(
        id: UInt64, kind: Kind, queries: [PostgresQuery], deadline: ContinuousClock.Instant, file: String, line: Int,
        reply: Reply
    ) {
        self.id = id
        self.kind = kind
        self.queries = queries
        self.deadline = deadline
        self.file = file
        self.line = line
        self.reply = reply
    }

    var isAnswered: Bool { reply == nil }

    /// Answers the caller; only the first answer counts.
    func answer(_ result: Result<[PostgresRows], PostgresError>) {
        guard let reply else { return }
        self.reply = nil
        reply.resume(returning: result)
    }

    func fail(_ error: PostgresError) {
        var located = error
        located.file = file
        located.line = line
        if located.statement == nil, queries.count == 1 { located.statement = queries[0].sql }
        answer(.failure(located))
    }

    /// Forgets what came of an attempt, before the next.
    func reset() {
        outcomes = []
        failure = nil
        wasAborted = false
    }
}
