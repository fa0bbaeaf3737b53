internal import CLibpq

extension PostgresWire {
    /// Starts to connect; `waiting` gets `nil` when the session is ready.
    func connect(
        _ parameters: ConnectionParameters, deadline: ContinuousClock.Instant,
        waiting: UnsafeContinuation<PostgresError?, Never>
    ) {
        guard case .new = phase else {
            waiting.resume(returning: PostgresError(.closed, "the connection was closed before it was made"))
            return
        }
        connection = Self.withCStrings(parameters.values.map(\.keyword)) { keywords in
            Self.withCStrings(parameters.values.map(\.value)) { values in
                PQconnectStartParams(keywords, values, 0)
            }
        }
        phase = .connecting(wantsWrite: true, deadline: deadline, waiting)
        guard let connection, PQstatus(connection) != CONNECTION_BAD else {
            close(PostgresError(.connection, connection.map { Self.message(of: $0) } ?? "out of memory"))
            return
        }
        // Notices are for people at a terminal; without a processor libpq writes them to the standard error.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    func continueConnecting() {
        guard case .connecting(_, let deadline, let waiting) = phase, let connection else { return }
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING:
            phase = .connecting(wantsWrite: false, deadline: deadline, waiting)
        case PGRES_POLLING_WRITING:
            phase = .connecting(wantsWrite: true, deadline: deadline, waiting)
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
                close(PostgresError(.connection, Self.message(of: connection)))
                return
            }
            phase = .ready
            waiting.resume(returning: nil)
        default:
            close(PostgresError(.connection, Self.message(of: connection)))
        }
    }

    /// A NULL-terminated array of C strings that lives during the call.
    static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8.map(CChar.init(bitPattern:)))
            bytes.append(0)
        }
        return bytes.withUnsafeBufferPointer { buffer in
            var pointers: [UnsafePointer<CChar>?] = offsets.map { offset in
                buffer.baseAddress.map { $0 + offset }
            }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { list in
                withExtendedLifetime(list) { body(list.baseAddress.unsafelyUnwrapped) }
            }
        }
    }
}
