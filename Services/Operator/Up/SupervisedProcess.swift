import Foundation
import Glibc
import PrivateServers

/// A program that is started again when it dies, with growing pauses, until it is told to stop.
actor SupervisedProcess {
    nonisolated let name: String
    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    private let logPath: String
    private let pidPath: String
    private let report: @Sendable (String) -> Void

    private var child: ChildProcess?
    private var stopping = false
    private var pause: Task<Void, any Error>?

    init(
        name: String, executable: String, arguments: [String] = [], environment: [String: String],
        directory: StateDirectory,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        logPath = directory.logs + "/\(name).log"
        pidPath = directory.run + "/\(name).pid"
        self.report = report
    }

    /// Keeps the program running; returns after ``stop()``.
    func run() async throws {
        var failures = 0
        while !stopping {
            let log = try LogFile(path: logPath)
            let started = ContinuousClock.now
            let child = try await ChildProcess.start(executable, arguments, environment: environment) { line in
                if let line { log.write(line) }
            }
            self.child = child
            try "\(child.pid)\n".write(toFile: pidPath, atomically: true, encoding: .utf8)
            if stopping { child.send(SIGTERM) }
            let exit = await child.exit()
            self.child = nil
            try? FileManager.default.removeItem(atPath: pidPath)
            guard !stopping else { return }
            // One that ran for a while has earned a quick restart.
            failures = ContinuousClock.now - started > .seconds(10) ? 1 : failures + 1
            let delay = min(5000, 100 << min(failures, 6))
            report("\(name) ended (\(exit)); starting it again in \(delay) ms; its log: \(logPath)")
            let pause = Task { try await Task.sleep(for: .milliseconds(delay)) }
            self.pause = pause
            try? await pause.value
        }
    }

    func stop(grace: Duration) async {
        stopping = true
        pause?.cancel()
        _ = await child?.stop(SIGTERM, grace: grace)
    }
}

/// A file that lines are added to.
private final class LogFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw UpError.cannotWrite(path) }
    }

    deinit {
        close(descriptor)
    }

    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
