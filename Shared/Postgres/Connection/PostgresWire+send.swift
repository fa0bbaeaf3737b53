internal import CLibpq
internal import DequeModule

extension PostgresWire {
    /// Sends the next group when the connection is free.
    func sendNext() {
        guard case .idle = activity, !isCancelling, let connection, let first = queue.first else { return }
        if PQtransactionStatus(connection) == PQTRANS_IDLE {
            let evicted = cache.takeEvicted()
            if !evicted.isEmpty {
                sendDeallocations(evicted, on: connection)
                return
            }
        }
        switch first.kind {
        case .script:
            queue.removeFirst()
            sendScript(first, on: connection)
        case .statements:
            queue.removeFirst()
            sendGroup([first], on: connection)
        case .read:
            var reads: [WireRequest] = []
            while reads.count < Self.largestGroup, let next = queue.first, next.kind == .read {
                reads.append(next)
                queue.removeFirst()
            }
            sendGroup(reads, on: connection)
        }
    }

    func flush() {
        guard needsFlush, let connection else { return }
        switch PQflush(connection) {
        case 0: needsFlush = false
        case 1: break
        default: close(PostgresError(.connection, Self.message(of: connection)))
        }
    }

    private func sendGroup(_ requests: [WireRequest], on connection: OpaquePointer) {
        var group = PipelineGroup(requests)
        for (index, request) in requests.enumerated() {
            for query in request.queries {
                let name: String
                if let known = cache.name(for: query.sql) {
                    name = known
                } else {
                    name = cache.add(query.sql)
                    group.append(.prepare(sql: query.sql, request: index))
                    guard PQsendPrepare(connection, name, query.sql, 0, nil) == 1 else {
                        return sendingFailed(group, on: connection)
                    }
                }
                group.append(.execute(request: index))
                guard send(query, prepared: name, on: connection) else { return sendingFailed(group, on: connection) }
            }
        }
        finishSending(group, on: connection)
    }

    private func send(_ query: PostgresQuery, prepared name: String, on connection: OpaquePointer) -> Bool {
        guard !query.binds.isEmpty else {
            return PQsendQueryPrepared(connection, name, 0, nil, nil, nil, 0) == 1
        }
        var bytes: [UInt8] = []
        var offsets: [Int?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for bind in query.binds {
            let start = bytes.count
            switch bind {
            case .null:
                offsets.append(nil)
                lengths.append(0)
                formats.append(0)
                continue
            case .text(let text):
                text.withBytes { bytes.append(contentsOf: $0) }
                formats.append(0)
            case .binary(let binary):
                bytes.append(contentsOf: binary)
                formats.append(1)
            }
            offsets.append(start)
            lengths.append(Int32(bytes.count - start))
            // Where a value in text format ends.
            bytes.append(0)
        }
        return bytes.withUnsafeBytes { buffer in
            let values: [UnsafePointer<CChar>?] = offsets.map { offset in
                guard let offset, let base = buffer.assumingMemoryBound(to: CChar.self).baseAddress else { return nil }
                return base + offset
            }
            return PQsendQueryPrepared(connection, name, Int32(values.count), values, lengths, formats, 0) == 1
        }
    }

    /// Names are our own, so they need no quoting.
    private func sendDeallocations(_ names: [String], on connection: OpaquePointer) {
        var group = PipelineGroup([])
        for name in names {
            group.append(.deallocate)
            guard PQsendQueryParams(connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1 else {
                return sendingFailed(group, on: connection)
            }
        }
        finishSending(group, on: connection)
    }

    private func finishSending(_ group: PipelineGroup, on connection: OpaquePointer) {
        guard PQpipelineSync(connection) == 1 else { return sendingFailed(group, on: connection) }
        activity = .group(group)
        needsFlush = true
    }

    /// A script cannot run in pipeline mode, so it leaves it and comes back when all answers are in.
    private func sendScript(_ request: WireRequest, on connection: OpaquePointer) {
        activity = .script(request)
        guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, request.queries[0].sql) == 1 else {
            close(PostgresError(.connection, Self.message(of: connection)))
            return
        }
        needsFlush = true
    }

    private func sendingFailed(_ group: PipelineGroup, on connection: OpaquePointer) {
        activity = .group(group)
        close(PostgresError(.connection, Self.message(of: connection)))
    }
}
