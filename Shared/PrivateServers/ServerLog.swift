import Glibc
import Synchronization

/// Follows what a server prints: keeps the last lines, writes all of them to a file, and tells when a certain text has come.
final class ServerLog: Sendable {
    private struct State {
        var recent: [String] = []
        var seen = false
        var ended = false
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let state = Mutex(State())
    private let marker: String
    private let file: Int32

    /// - Parameter marker: the text that tells that the server is ready.
    init(marker: String, path: String) {
        self.marker = marker
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    }

    deinit {
        if file >= 0 { close(file) }
    }

    var recent: String {
        state.withLock { $0.recent.joined(separator: "\n") }
    }

    func add(_ line: String) {
        if file >= 0 {
            let bytes = Array((line + "\n").utf8)
            _ = write(file, bytes, bytes.count)
        }
        let waiting = state.withLock { state in
            state.recent.append(line)
            if state.recent.count > 20 { state.recent.removeFirst() }
            guard line.contains(marker) else { return [CheckedContinuation<Bool, Never>]() }
            state.seen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: true) }
    }

    /// The server has ended: nothing more will come.
    func end() {
        let waiting = state.withLock { state in
            state.ended = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: false) }
    }

    /// Waits for the marker; `false` when the server ended first.
    func ready() async -> Bool {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Bool? in
                if state.seen { return true }
                if state.ended { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}

extension ServerLog {
    /// Starts a server and waits until it says that it is ready.
    static func startServer(
        _ name: String, _ executable: String, _ arguments: [String], as user: String?, marker: String, logPath: String,
        parentDeathSignal: ChildProcess.DeathSignal
    ) async throws(PrivateServerError) -> ChildProcess {
        let log = ServerLog(marker: marker, path: logPath)
        let child = try await ChildProcess.start(
            executable, arguments, as: user, parentDeathSignal: parentDeathSignal
        ) { line in
            if let line { log.add(line) } else { log.end() }
        }
        guard await log.ready() else { throw .notReady(name, output: log.recent) }
        return child
    }
}
