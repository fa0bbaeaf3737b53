import Foundation

/// A Redis server of our own, on a Unix socket, with an append-only file.
package struct PrivateRedis: Sendable {
    package let directory: String
    package let socket: String
    package let process: ChildProcess

    /// Starts the server on the data that the folder holds, and waits until it accepts connections.
    package static func start(directory: String, socket: String) async throws(PrivateServerError) -> PrivateRedis {
        guard
            ["/usr/bin", "/usr/local/bin"].contains(where: {
                FileManager.default.isExecutableFile(atPath: $0 + "/redis-server")
            })
        else { throw .missing(program: "redis-server", package: "redis-server") }
        try await ChildProcess.run("mkdir", ["-p", directory])
        let process = try await ServerLog.startServer(
            "Redis", "redis-server",
            [
                "--port", "0", "--unixsocket", socket, "--unixsocketperm", "777", "--dir", directory, "--appendonly",
                "yes",
                "--appendfsync", "everysec", "--save", "", "--daemonize", "no", "--logfile", "", "--maxmemory-policy",
                "noeviction",
            ], as: nil, marker: "eady to accept connections", logPath: directory + "/redis.log",
            parentDeathSignal: .terminate)
        return PrivateRedis(directory: directory, socket: socket, process: process)
    }

    /// As the services take it.
    package var address: String { "unix:" + socket }

    package func stop() async {
        _ = await process.stop()
    }
}
