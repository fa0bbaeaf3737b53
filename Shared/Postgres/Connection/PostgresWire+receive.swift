internal import CLibpq
internal import DequeModule

extension PostgresWire {
    /// Takes in what has arrived.
    func receive() {
        guard let connection else { return }
        guard PQconsumeInput(connection) == 1 else {
            // A last word of the server, such as "terminating connection", may be among what has been read.
            takeResults(on: connection)
            close(PostgresError(.connection, Self.message(of: connection)))
            return
        }
        takeResults(on: connection)
        takeNotifications()
    }

    private func takeResults(on connection: OpaquePointer) {
        while self.connection != nil, PQisBusy(connection) == 0 {
            switch activity {
            case .idle: return
            case .group(var group):
                // Let go of the copy in `activity`, so that advancing does not copy the steps.
                activity = .idle
                let goesOn = takeResult(of: &group, on: connection)
                if goesOn || group.currentStep != nil || !group.isSynced {
                    activity = .group(group)
                } else {
                    finish(group, on: connection)
                }
                guard goesOn else { return }
            case .script(let request):
                guard takeResult(of: request, on: connection) else { return }
            }
        }
    }

    /// - Returns: whether more of the group is expected.
    private func takeResult(of group: inout PipelineGroup, on connection: OpaquePointer) -> Bool {
        guard let pointer = PQgetResult(connection) else {
            // The end of one step. Without a result before it, the connection has broken.
            guard group.stepHasResult else { return false }
            group.advance()
            cancelIfGivenUp(&group)
            return true
        }
        let status = PQresultStatus(pointer)
        let failure = PostgresError(status: status, result: pointer)
        let result = ResultHandle(pointer)
        switch status {
        case PGRES_PIPELINE_SYNC:
            group.isSynced = true
            return false
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            if case .execute(let request) = group.currentStep {
                group.requests[request].outcomes.append(PostgresRows(result: result))
            }
        case PGRES_PIPELINE_ABORTED:
            forgetPrepared(group.currentStep)
            group.currentRequest?.wasAborted = true
        default:
            forgetPrepared(group.currentStep)
            if let request = group.currentRequest { request.failure = request.failure ?? failure }
        }
        group.stepHasResult = true
        return true
    }

    private func forgetPrepared(_ step: PipelineGroup.Step?) {
        if case .prepare(let sql, _) = step { cache.remove(sql) }
    }

    /// The server has reached a statement that nobody waits for any more.
    private func cancelIfGivenUp(_ group: inout PipelineGroup) {
        guard let request = group.currentRequest, request.interruption != nil, !group.cancelSent else { return }
        group.cancelSent = true
        sendCancel()
    }

    private func finish(_ group: PipelineGroup, on connection: OpaquePointer) {
        health.isInTransaction = PQtransactionStatus(connection) != PQTRANS_IDLE
        if !isCancelling { giveUpAt = nil }
        var again: [WireRequest] = []
        for request in group.requests {
            if settle(request, groupWasCancelled: group.cancelSent) { again.append(request) }
        }
        for request in again.reversed() {
            request.reset()
            queue.prepend(request)
        }
        cache.trim()
    }

    /// - Returns: whether the request must be sent again.
    private func settle(_ request: WireRequest, groupWasCancelled: Bool) -> Bool {
        if request.isAnswered { return false }
        guard var failure = request.failure else {
            if request.wasAborted || request.outcomes.count < request.queries.count {
                // What aborted it was the statement of another caller, which only reads share a group with.
                if request.kind == .read { return true }
                request.fail(PostgresError(.connection, "the server gave up the statement without an error"))
                return false
            }
            request.answer(.success(request.outcomes))
            return false
        }
        if failure.sqlState == "57014", let interruption = request.interruption {
            failure = interruption
        } else if failure.sqlState == "57014", groupWasCancelled, request.kind == .read {
            // The cancel request meant another's statement.
            return true
        } else if mustRefresh(request, failure) {
            request.wasRefreshed = true
            for query in request.queries { cache.remove(query.sql) }
            return true
        }
        request.fail(failure)
        return false
    }

    /// The prepared statement is out of date, because a table changed or the session was reset. Outside a transaction
    /// nothing of the group has taken effect, so it can be sent once more.
    private func mustRefresh(_ request: WireRequest, _ failure: PostgresError) -> Bool {
        guard !request.wasRefreshed, request.interruption == nil, !health.isInTransaction else { return false }
        return failure.sqlState == "26000"
            || failure.sqlState == "0A000" && failure.message.contains("cached plan")
    }

    /// - Returns: whether more of the script is expected.
    private func takeResult(of request: WireRequest, on connection: OpaquePointer) -> Bool {
        guard let pointer = PQgetResult(connection) else {
            guard PQstatus(connection) == CONNECTION_OK else { return false }
            activity = .idle
            health.isInTransaction = PQtransactionStatus(connection) != PQTRANS_IDLE
            if !isCancelling { giveUpAt = nil }
            guard PQenterPipelineMode(connection) == 1 else {
                close(PostgresError(.connection, Self.message(of: connection)))
                return false
            }
            if let failure = request.failure {
                request.fail(failure.sqlState == "57014" ? request.interruption ?? failure : failure)
            } else {
                request.answer(.success(request.outcomes))
            }
            return false
        }
        let status = PQresultStatus(pointer)
        let failure = PostgresError(status: status, result: pointer)
        let result = ResultHandle(pointer)
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            request.outcomes.append(PostgresRows(result: result))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            close(PostgresError(.server, "COPY is not supported in a script"))
            return false
        default:
            request.failure = request.failure ?? failure
        }
        return true
    }

    private func takeNotifications() {
        guard let connection else { return }
        while let pointer = PQnotifies(connection) {
            let notification = PostgresNotification(
                channel: String(cString: pointer.pointee.relname), payload: String(cString: pointer.pointee.extra))
            PQfreemem(pointer)
            onNotification?(notification)
        }
    }
}
