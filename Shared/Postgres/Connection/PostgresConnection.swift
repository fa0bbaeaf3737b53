internal import ConnectionThread
internal import Synchronization

/// A message of `NOTIFY`.
package struct PostgresNotification: Sendable, Hashable {
    package let channel: String
    package let payload: String

    package init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}

/// One session with PostgreSQL, on a thread of its own.
///
/// A statement ends with its answer, at its deadline, or when its task is cancelled; in the last two cases the server
/// cancels it and the connection stays usable. Statements of several tasks run one after another.
package actor PostgresConnection {
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    nonisolated let thread: ConnectionThread
    nonisolated let wire: PostgresWire
    nonisolated let health = ConnectionHealth()
    nonisolated let statementTimeout: Duration
    nonisolated let ids = Atomic<UInt64>(0)
    nonisolated let metrics: PostgresMetrics

    private init(_ configuration: PostgresConfiguration, onClose: @escaping @Sendable (PostgresError) -> Void) {
        thread = ConnectionThread(name: "pg-\(configuration.applicationName)")
        statementTimeout = configuration.statementTimeout
        metrics = PostgresMetrics.shared
        wire = PostgresWire(
            thread: thread, health: health, preparedStatements: configuration.preparedStatements, onClose: onClose)
    }

    deinit {
        // Work that is queued still runs before the thread ends, so the session is closed there.
        let wire = wire
        thread.perform { wire.close(PostgresError(.closed, "the connection was closed")) }
        thread.stop()
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - readOnly: every transaction of the session is read-only.
    ///   - hostRotation: which of several hosts is tried first.
    ///   - onClose: called once, on the connection's thread, when the connection has ended for whatever reason.
    /// - Throws: ``PostgresError`` with `connection` or `cancelled`.
    package static func connect(
        _ configuration: PostgresConfiguration, readOnly: Bool = false, hostRotation: Int = 0,
        onClose: @escaping @Sendable (PostgresError) -> Void = { _ in }
    ) async throws(PostgresError) -> PostgresConnection {
        let parameters = try ConnectionParameters(configuration, readOnly: readOnly, hostRotation: hostRotation)
        let connection = PostgresConnection(configuration, onClose: onClose)
        if let error = await connection.open(parameters, timeout: configuration.connectTimeout) { throw error }
        return connection
    }

    private func open(_ parameters: ConnectionParameters, timeout: Duration) async -> PostgresError? {
        thread.register(wire)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { waiting in
                wire.connect(parameters, deadline: .now + timeout, waiting: waiting)
            }
        } onCancel: { [thread, wire] in
            thread.perform { wire.close(PostgresError(.cancelled, "connecting was cancelled")) }
        }
    }

    /// Ends the session; what is under way fails with `closed`.
    package func close() {
        wire.close(PostgresError(.closed, "the connection was closed"))
    }

    /// Ends the session when its thread comes to it, without waiting.
    nonisolated func closeSoon() {
        thread.perform { [wire] in wire.close(PostgresError(.closed, "the connection was closed")) }
    }

    package nonisolated var isClosed: Bool { health.isClosed }

    // MARK: Statements

    /// Runs one statement.
    ///
    /// - Parameter deadline: `nil` allows the configuration's `statementTimeout` from now.
    /// - Throws: ``PostgresError``.
    @discardableResult
    package func query(
        _ query: PostgresQuery, deadline: ContinuousClock.Instant? = nil, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> PostgresRows {
        let rows = try await submit(.statements, [query], deadline, file, line)
        return rows[0]
    }

    /// Runs statements in one round trip and, unless a transaction is open, as one transaction: all or none.
    ///
    /// - Returns: the rows of each.
    /// - Throws: ``PostgresError`` of the first that failed; those after it have not run.
    @discardableResult
    package func pipeline(
        _ queries: [PostgresQuery], deadline: ContinuousClock.Instant? = nil, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> [PostgresRows] {
        guard !queries.isEmpty else { return [] }
        return try await submit(.statements, queries, deadline, file, line)
    }

    /// Runs a script of any number of statements without values, as one transaction unless it says otherwise.
    package func simple(
        _ sql: String, deadline: ContinuousClock.Instant? = nil, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) {
        _ = try await submit(.script, [PostgresQuery(unescaped: sql)], deadline, file, line)
    }

    /// Receives the messages of the channels that the session listens to, on the connection's thread.
    package func onNotification(_ handler: @escaping @Sendable (PostgresNotification) -> Void) {
        wire.onNotification = handler
    }

    private func submit(
        _ kind: WireRequest.Kind, _ queries: [PostgresQuery], _ deadline: ContinuousClock.Instant?, _ file: String,
        _ line: Int
    ) async throws(PostgresError) -> [PostgresRows] {
        try Self.check(queries, file, line)
        let start = ContinuousClock.now
        let id = ids.wrappingAdd(1, ordering: .relaxed).newValue
        let deadline = deadline ?? start + statementTimeout
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { (reply: WireRequest.Reply) in
                wire.add(
                    WireRequest(
                        id: id, kind: kind, queries: queries, deadline: deadline, file: file, line: line, reply: reply))
            }
        } onCancel: { [thread, wire] in
            // Runs after the request has been added, which happens in the work under way on the same thread.
            thread.perform { wire.interrupt(id: id, Self.cancelled) }
        }
        metrics.record(.now - start, failed: result.isFailure)
        return try result.get()
    }

    /// Runs a statement to its end even when the task has been cancelled: the end of a transaction must be known.
    func finishTransaction(_ query: PostgresQuery, file: String, line: Int) async throws(PostgresError) -> PostgresRows
    {
        let id = ids.wrappingAdd(1, ordering: .relaxed).newValue
        let deadline = ContinuousClock.now + statementTimeout
        let rows = await withUnsafeContinuation { (reply: WireRequest.Reply) in
            wire.add(
                WireRequest(
                    id: id, kind: .statements, queries: [query], deadline: deadline, file: file, line: line,
                    reply: reply))
        }
        return try rows.get()[0]
    }
}

extension PostgresConnection {
    static let cancelled = PostgresError(.cancelled, "the task was cancelled, and the statement with it")

    /// The text format ends at a zero byte, so a value with one would arrive cut short.
    static func check(_ queries: [PostgresQuery], _ file: String, _ line: Int) throws(PostgresError) {
        for query in queries {
            guard !query.sql.hasByte(0) else {
                throw PostgresError(.encoding, "a statement contains U+0000", file: file, line: line)
            }
            for (index, bind) in query.binds.enumerated() {
                guard case .text(let text) = bind, text.hasByte(0) else { continue }
                throw PostgresError(
                    .encoding, "value $\(index + 1) contains U+0000, which PostgreSQL cannot store as text",
                    statement: query.sql, file: file, line: line)
            }
            guard query.binds.count <= 65_535 else {
                throw PostgresError(
                    .encoding, "\(query.binds.count) values are more than a statement may have: use \\(list:)",
                    statement: query.sql, file: file, line: line)
            }
        }
    }
}

extension Result {
    var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
