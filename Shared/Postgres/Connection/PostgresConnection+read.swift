internal import ConnectionThread
internal import Synchronization

extension PostgresConnection {
    /// Runs one statement together with those of others in one round trip. It must not write: it may be sent twice.
    ///
    /// - Throws: ``PostgresError``.
    package nonisolated(nonsending) func read(
        _ query: PostgresQuery, deadline: ContinuousClock.Instant? = nil, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> PostgresRows {
        try Self.check([query], file, line)
        let start = ContinuousClock.now
        let id = ids.wrappingAdd(1, ordering: .relaxed).newValue
        let deadline = deadline ?? start + statementTimeout
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { (reply: WireRequest.Reply) in
                addRead(
                    WireRequest(
                        id: id, kind: .read, queries: [query], deadline: deadline, file: file, line: line, reply: reply)
                )
                // The handler may have run before the request was there to be found.
                if Task.isCancelled { interruptRead(id) }
            }
        } onCancel: {
            interruptRead(id)
        }
        metrics.record(.now - start, failed: result.isFailure)
        return try result.get()[0]
    }

    private nonisolated func addRead(_ request: WireRequest) {
        let (isFirst, closed) = wire.inbox.withLock { inbox in
            if let closed = inbox.closed { return (false, PostgresError?.some(closed)) }
            inbox.requests.append(request)
            return (inbox.requests.count == 1, nil)
        }
        if let closed { return request.fail(closed) }
        // The first wakes the thread, which takes all that are there by then.
        if isFirst { thread.wake() }
    }

    private nonisolated func interruptRead(_ id: UInt64) {
        thread.perform { [wire] in wire.interrupt(id: id, Self.cancelled) }
    }
}
