private import CHiredis
internal import ConnectionThread
private import Glibc
private import Synchronization

/// The hiredis side of a connection.
///
/// `@unchecked Sendable`: everything but ``isClosed`` is touched only on the thread of the connection; the actor
/// ``RedisConnection`` runs there, `ConnectionThread` calls the reactor there, and ``abandon(_:)`` is sent there. The
/// last reference may go elsewhere, but then nobody is left who could touch it at the same time.
final class RedisReactor: ConnectionReactor, @unchecked Sendable {
    typealias Waiter = CheckedContinuation<Result<[RedisReply], RedisError>, Never>

    private var context: UnsafeMutablePointer<redisContext>?
    private var pending = PendingReplies<Waiter>()
    private var hasOutput = false
    private var failure: RedisError?
    private var lastID: UInt64 = 0
    private let closedFlag = Atomic<Bool>(false)

    /// Whether the connection has ended; may be asked from anywhere.
    var isClosed: Bool { closedFlag.load(ordering: .acquiring) }

    deinit {
        if let context { redisFree(context) }
    }

    // MARK: For the actor

    /// Begins to connect. Commands may be sent at once; they leave when the socket is ready.
    func connect(to endpoint: RedisAddress.Endpoint) throws(RedisError) {
        blockBrokenPipeSignal()
        // Names are resolved here, blocking, which holds up nobody but this thread.
        let made =
            switch endpoint {
            case .unix(let path): redisConnectUnixNonBlock(path)
            case .tcp(let host, let port): redisConnectNonBlock(host, Int32(port))
            }
        guard let made else { throw RedisError(.connection, "no memory for a connection") }
        guard made.pointee.err == 0 else {
            let message = errorText(made)
            redisFree(made)
            closedFlag.store(true, ordering: .releasing)
            throw RedisError(.connection, message)
        }
        context = made
    }

    func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    func send(_ bytes: [UInt8], id: UInt64, expected: Int, deadline: ContinuousClock.Instant, waiter: Waiter) {
        guard let context, failure == nil else {
            waiter.resume(returning: .failure(failure ?? RedisError(.connection, "not connected to Redis")))
            return
        }
        let status = bytes.withUnsafeBytes { buffer in
            redisAppendFormattedCommand(context, buffer.bindMemory(to: CChar.self).baseAddress, buffer.count)
        }
        pending.add(id: id, expected: expected, deadline: deadline, waiter: waiter)
        guard status == REDIS_OK else {
            end(RedisError(.connection, errorText(context)))
            return
        }
        hasOutput = true
    }

    func abandon(_ id: UInt64) {
        pending.abandon(id: id)?.resume(
            returning: .failure(RedisError(.cancelled, "the task that waited was cancelled")))
    }

    /// Closes the socket; calls in flight fail with the error.
    func end(_ error: RedisError) {
        guard failure == nil else { return }
        failure = error
        closedFlag.store(true, ordering: .releasing)
        if let context { redisFree(context) }
        context = nil
        let waiters = pending.removeAll(at: .now)
        for waiter in waiters.overdue {
            waiter.resume(
                returning: .failure(RedisError(.timeout, "Redis did not answer in time; it may be overloaded or gone")))
        }
        for waiter in waiters.others { waiter.resume(returning: .failure(error)) }
    }

    // MARK: ConnectionReactor

    func prepareToWait() -> ConnectionInterest? {
        flush()
        guard let context else { return nil }
        return (context.pointee.fd, wantsRead: true, wantsWrite: hasOutput, deadline: pending.deadline)
    }

    func ready(readable: Bool, writable: Bool) {
        if writable { flush() }
        guard readable, let context else { return }
        guard redisBufferRead(context) == REDIS_OK else {
            let message = errorText(context)
            // A full answer may have come before the end of the stream.
            drain(context)
            end(RedisError(.connection, message))
            return
        }
        drain(context)
    }

    func deadlinePassed() {
        end(RedisError(.connection, "the connection was closed because an earlier command got no answer in time"))
    }

    private func flush() {
        guard hasOutput, let context else { return }
        var done: Int32 = 0
        guard redisBufferWrite(context, &done) == REDIS_OK else {
            end(RedisError(.connection, errorText(context)))
            return
        }
        hasOutput = done == 0
    }

    private func drain(_ context: UnsafeMutablePointer<redisContext>) {
        while failure == nil {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &raw) == REDIS_OK else {
                end(RedisError(.protocolError, errorText(context)))
                return
            }
            guard let raw else { return }
            let reply = RedisReply(raw.assumingMemoryBound(to: redisReply.self).pointee)
            freeReplyObject(raw)
            switch pending.receive(reply) {
            case .none: break
            case .finish(let waiter, let replies): waiter.resume(returning: .success(replies))
            case .protocolViolation:
                end(RedisError(.protocolError, "Redis sent an answer that nobody had asked for"))
            }
        }
    }
}

/// hiredis writes with write(2), which raises SIGPIPE on a socket that the server has closed. The signal goes to the
/// thread that wrote; blocked there, it leaves only the error `EPIPE`, and the rest of the process keeps its own rule.
private func blockBrokenPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}

private func errorText(_ context: UnsafeMutablePointer<redisContext>) -> String {
    withUnsafeBytes(of: context.pointee.errstr) { bytes in
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return text.isEmpty ? "the connection to Redis broke" : text
    }
}

extension RedisReply {
    /// Copies an answer out of the memory of hiredis.
    fileprivate init(_ raw: redisReply) {
        switch raw.type {
        case REDIS_REPLY_INTEGER: self = .integer(raw.integer)
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_ARRAY:
            self = .array(
                UnsafeBufferPointer(start: raw.element, count: raw.elements).map { element in
                    element.map { RedisReply($0.pointee) } ?? .null
                })
        case REDIS_REPLY_ERROR:
            self = .error(RedisError(answer: String(decoding: content(of: raw), as: UTF8.self)))
        default:  // a string or a status
            let bytes = content(of: raw)
            self = String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(Array(bytes))
        }
    }
}

private func content(of raw: redisReply) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafeRawPointer(raw.str)?.assumingMemoryBound(to: UInt8.self), count: raw.len)
}
