extension ChildProcess {
    /// Runs a program to its end and gives what it printed.
    ///
    /// - Throws: `PrivateServerError.failed` with the output when the exit code is not 0.
    @discardableResult
    package static func run(
        _ program: String, _ arguments: [String], as user: String? = nil, environment: [String: String]? = nil
    ) async throws(PrivateServerError) -> String {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let child = try await start(program, arguments, as: user, environment: environment) { line in
            if let line { continuation.yield(line) } else { continuation.finish() }
        }
        var output: [String] = []
        for await line in lines { output.append(line) }
        guard await child.exit() == .code(0) else {
            throw .failed(
                command: ([program] + arguments.prefix(3)).joined(separator: " "),
                output: output.joined(separator: "\n"))
        }
        return output.joined(separator: "\n")
    }
}
