import Foundation
package import PrivateServers
import Synchronization

/// A whole system, run by the real `onetrip up` with the real binaries, for one test or benchmark.
package final class RunningSystem: Sendable {
    /// Where nginx answers: `http://localhost:PORT`.
    package let base: String
    package let directory: String
    private let process: ChildProcess
    private let output: OutputLines

    private init(base: String, directory: String, process: ChildProcess, output: OutputLines) {
        self.base = base
        self.directory = directory
        self.process = process
        self.output = output
    }

    /// The folder of the built products: that of the running test or benchmark.
    package static var productFolder: String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().path
    }

    /// Starts a system and waits until it prints its addresses.
    ///
    /// - Parameters:
    ///   - city: the YAML text of its city.
    ///   - processes: how many of each service.
    package static func start(
        city: String, processes: Int = 1, environment: [String: String] = [:]
    ) async throws -> RunningSystem {
        let directory = try await TestServers.shared.folder()
        let file = directory + "/city.yaml"
        try city.write(toFile: file, atomically: true, encoding: .utf8)
        let port = await TestServers.shared.portHint()
        let output = OutputLines()
        var all = ProcessInfo.processInfo.environment
        all.merge(environment) { $1 }
        all["ONETRIP_PUBLIC_URL"] = nil
        let process = try await ChildProcess.start(
            productFolder + "/onetrip",
            [
                "up", "--directory", directory + "/state", "--port", "\(port)", "--city", file, "--booking",
                "\(processes)",
                "--queuing", "\(processes)", "--notification", "\(processes)",
            ], environment: all
        ) { output.add($0) }
        guard let line = await output.first(where: { $0.contains("citizens ") }),
            let base = line.split(separator: " ").last.map({ String($0.dropLast()) })
        else {
            throw DeadlinePassed(
                description: "onetrip up did not start:\n\(output.text)\n\(logs(directory + "/state"))")
        }
        return RunningSystem(base: base, directory: directory + "/state", process: process, output: output)
    }

    /// The number of a service's process, such as `booking-1`; changes when it is started again.
    package func pid(of name: String) -> Int32? {
        (try? String(contentsOfFile: "\(directory)/run/\(name).pid", encoding: .utf8))
            .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// `kill -9` of a service's process.
    package func killHard(_ name: String) {
        if let pid = pid(of: name) { kill(pid, SIGKILL) }
    }

    /// Holds `onetrip up` still, so that it starts nothing again, until ``goOn()``.
    package func pause() { kill(process.pid, SIGSTOP) }

    package func goOn() { kill(process.pid, SIGCONT) }

    /// The folder of the sockets of the private PostgreSQL and Redis. The folders of test runs are short enough to hold them.
    private var sockets: String { directory + "/run" }

    package var postgresURI: String {
        let host = sockets.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? sockets
        return "postgresql:///onetrip?host=\(host)&user=postgres"
    }

    /// What the last lines of the services' logs say; for failures.
    package var logs: String { Self.logs(directory) }

    private static func logs(_ directory: String) -> String {
        let folder = directory + "/log"
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return files.map { name in
            let text = (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
            return "--- \(name)\n" + text.split(separator: "\n").suffix(15).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Runs `onetrip` with other arguments against this system's database.
    @discardableResult
    package func command(_ arguments: [String]) async throws -> String {
        var environment = ProcessInfo.processInfo.environment
        environment["ONETRIP_POSTGRES"] = postgresURI
        return try await ChildProcess.run(Self.productFolder + "/onetrip", arguments, environment: environment)
    }

    package func redis(_ arguments: [String]) async throws -> String {
        try await ChildProcess.run("redis-cli", ["-s", sockets + "/redis.sock"] + arguments)
    }

    package func sql(_ statement: String) async throws -> String {
        try await ChildProcess.run("psql", [postgresURI, "-At", "-v", "ON_ERROR_STOP=1", "-c", statement])
    }

    /// Ctrl-C.
    @discardableResult
    package func stop() async -> ChildProcess.Exit {
        await process.stop(SIGINT, grace: .seconds(60))
    }
}

/// Gives the body a running system and ends it afterwards.
package func withSystem<R: Sendable>(
    city: String, processes: Int = 1, environment: [String: String] = [:], _ body: (RunningSystem) async throws -> R
) async throws -> R {
    let system = try await RunningSystem.start(city: city, processes: processes, environment: environment)
    do {
        let result = try await body(system)
        await system.stop()
        return result
    } catch {
        print(system.logs)
        await system.stop()
        throw error
    }
}

/// The lines that a process printed, and a wait for one of them.
private final class OutputLines: Sendable {
    private struct Waiter {
        let matches: @Sendable (String) -> Bool
        let continuation: CheckedContinuation<String?, Never>
    }

    private struct State {
        var lines: [String] = []
        var ended = false
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    var text: String { state.withLock { $0.lines.joined(separator: "\n") } }

    /// - Parameter line: `nil` at the end.
    func add(_ line: String?) {
        let due = state.withLock { state -> [(Waiter, String?)] in
            guard let line else {
                state.ended = true
                defer { state.waiters = [] }
                return state.waiters.map { ($0, nil) }
            }
            state.lines.append(line)
            let matching = state.waiters.filter { $0.matches(line) }
            state.waiters.removeAll { $0.matches(line) }
            return matching.map { ($0, line) }
        }
        for (waiter, line) in due { waiter.continuation.resume(returning: line) }
    }

    /// The first line, printed already or still to come, that matches; `nil` when the output ended first.
    func first(where matches: @escaping @Sendable (String) -> Bool) async -> String? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> String?? in
                if let line = state.lines.first(where: matches) { return .some(line) }
                if state.ended { return .some(nil) }
                state.waiters.append(Waiter(matches: matches, continuation: continuation))
                return .none
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
