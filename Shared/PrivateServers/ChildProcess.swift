import CSpawn
import Glibc
import Synchronization

/// A process that this process started, and that does not outlive it.
///
/// One thread starts the child and then waits for its end. The kernel's parent-death signal is bound to the thread that started the
/// child, so that thread must live as long as the child does; that is why it is a thread of its own and not a task.
package final class ChildProcess: Sendable {
    /// How a child ended.
    package enum Exit: Hashable, Sendable, CustomStringConvertible {
        case code(Int32)
        case signal(Int32)

        package var description: String {
            switch self {
            case .code(let code): "exit code \(code)"
            case .signal(let signal): "signal \(signal)"
            }
        }
    }

    /// What the kernel sends the child when this process ends.
    package enum DeathSignal: String, Sendable {
        case terminate = "TERM"
        case interrupt = "INT"
        case kill = "KILL"
    }

    private struct State {
        var exit: Exit?
        var waiting: [CheckedContinuation<Exit, Never>] = []
    }

    package let pid: Int32
    private let state = Mutex(State())

    private init(pid: Int32) {
        self.pid = pid
    }

    /// Starts a program; it is sent `parentDeathSignal` when this process ends in whatever way.
    ///
    /// - Parameters:
    ///   - executable: a path, or a name that is looked up in `PATH`.
    ///   - user: run as this user; only root may ask for another than itself.
    ///   - environment: the whole environment of the child; `nil` hands on our own.
    ///   - onLine: every line that the child prints on its output or error stream, then `nil` when both are closed; called from a thread
    ///     of its own.
    package static func start(
        _ executable: String, _ arguments: [String], as user: String? = nil, environment: [String: String]? = nil,
        parentDeathSignal: DeathSignal = .terminate, onLine: @escaping @Sendable (String?) -> Void = { _ in }
    ) async throws(PrivateServerError) -> ChildProcess {
        let identity = user.map { ["--reuid=\($0)", "--regid=\($0)", "--init-groups"] } ?? []
        let command =
            ["setpriv", "--pdeathsig", parentDeathSignal.rawValue] + identity + ["--", executable] + arguments
        let result: Result<ChildProcess, PrivateServerError> = await withCheckedContinuation { continuation in
            let job = ThreadJob {
                switch spawn(command, environment: environment) {
                case .failure(let error):
                    continuation.resume(returning: .failure(error))
                case .success(let (pid, output)):
                    let child = ChildProcess(pid: pid)
                    continuation.resume(returning: .success(child))
                    startThread(ThreadJob { readLines(of: output, to: onLine) })
                    child.waitForEnd()
                }
            }
            startThread(job)
        }
        return try result.get()
    }

    package func send(_ signal: Int32) {
        // Under the lock, so that the number cannot have gone to another process: it is reaped only after `exit` is set.
        state.withLock { state in
            if state.exit == nil { _ = kill(pid, signal) }
        }
    }

    package var isRunning: Bool {
        state.withLock { $0.exit == nil }
    }

    /// Waits until the child has ended.
    package func exit() async -> Exit {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state -> Exit? in
                if state.exit == nil { state.waiting.append(continuation) }
                return state.exit
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }

    /// Asks the child to end and waits; after `grace` it is killed.
    package func stop(_ signal: Int32 = SIGTERM, grace: Duration = .seconds(30)) async -> Exit {
        send(signal)
        return await withTaskGroup(of: Exit?.self) { group in
            group.addTask { await self.exit() }
            group.addTask {
                // The bound on patience, not a wait for a condition.
                try? await Task.sleep(for: grace)
                if !Task.isCancelled { self.send(SIGKILL) }
                return nil
            }
            defer { group.cancelAll() }
            for await case let ended? in group { return ended }
            return await self.exit()
        }
    }

    private func waitForEnd() {
        var information = siginfo_t()
        // First look without reaping: the number stays ours until `exit` is recorded.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        let waiting = state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            state.exit = status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
            defer { state.waiting = [] }
            return state.waiting
        }
        let ended = state.withLock { $0.exit } ?? .code(-1)
        for continuation in waiting { continuation.resume(returning: ended) }
    }
}

/// Carries a closure into a new thread.
private final class ThreadJob: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func startThread(_ job: ThreadJob) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(job).toOpaque()
    let result = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadJob>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, argument)
    precondition(result == 0, "no thread could be started: \(result)")
    pthread_detach(thread)
}

private func spawn(
    _ command: [String], environment: [String: String]?
) -> Result<(pid: Int32, output: Int32), PrivateServerError> {
    var pipeEnds: [Int32] = [0, 0]
    guard pipe2(&pipeEnds, O_CLOEXEC) == 0 else { return .failure(.system("pipe2", errno)) }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        close(pipeEnds[1])
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, pipeEnds[1], 1)
    posix_spawn_file_actions_adddup2(&actions, pipeEnds[1], 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    // A process group of its own: Ctrl-C in the terminal reaches us alone, and we end the children in order.
    posix_spawnattr_setpgroup(&attributes, 0)
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { $0.map { strdup("\($0.key)=\($0.value)") } + [nil] }
    defer {
        for pointer in arguments { free(pointer) }
        for pointer in variables ?? [] { free(pointer) }
    }
    var pid: Int32 = 0
    let result = posix_spawnp(&pid, command[0], &actions, &attributes, arguments, variables ?? currentEnvironment())
    guard result == 0 else {
        close(pipeEnds[0])
        return .failure(.system("start \(command.joined(separator: " "))", result))
    }
    return .success((pid, pipeEnds[0]))
}

private func currentEnvironment() -> [UnsafeMutablePointer<CChar>?] {
    var result: [UnsafeMutablePointer<CChar>?] = []
    var entry = environ
    while let variable = entry.pointee {
        result.append(variable)
        entry += 1
    }
    return result + [nil]
}

private func readLines(of descriptor: Int32, to onLine: (String?) -> Void) {
    defer { close(descriptor) }
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        pending.append(contentsOf: buffer[..<count])
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            onLine(String(decoding: pending[..<end], as: UTF8.self))
            pending.removeSubrange(...end)
        }
    }
    if !pending.isEmpty { onLine(String(decoding: pending, as: UTF8.self)) }
    onLine(nil)
}
