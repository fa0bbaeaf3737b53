import Foundation

/// A PostgreSQL cluster of our own, on a Unix socket, for one machine: `onetrip up` and the tests.
package struct PrivatePostgres: Sendable {
    /// Durability of the commits.
    package enum Durability: Sendable {
        /// Survives the power going off.
        case full
        /// Survives the death of the server process, not of the machine.
        case processOnly
    }

    /// The folder of the cluster.
    package let directory: String
    /// The folder of its Unix socket; its length is limited by the kernel (107 bytes with the file name).
    package let socketDirectory: String
    package let process: ChildProcess

    private static let userName = "postgres"

    /// Makes the cluster when there is none yet, starts it, and waits until it accepts connections.
    package static func start(
        directory: String, socketDirectory: String, maximumConnections: Int = 100, durability: Durability = .full,
        settings: [String: String] = [:]
    ) async throws(PrivateServerError) -> PrivatePostgres {
        let programs = try programDirectory()
        // PostgreSQL refuses to run as root.
        let user = getuid() == 0 ? userName : nil
        for folder in [directory, socketDirectory] { try await makeFolder(folder, owner: user) }
        if !FileManager.default.fileExists(atPath: directory + "/data/PG_VERSION") {
            try await run(
                programs + "/initdb",
                [
                    "-D", directory + "/data", "-U", userName, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                    "--no-instructions",
                ], as: user)
        }
        var all = [
            "listen_addresses": "", "unix_socket_directories": socketDirectory,
            "max_connections": "\(maximumConnections)",
            "shared_buffers": "128MB", "jit": "off", "logging_collector": "off", "wal_level": "minimal",
            "max_wal_senders": "0", "log_min_messages": "warning", "unix_socket_permissions": "0777",
        ]
        if durability == .processOnly {
            all["fsync"] = "off"
            all["full_page_writes"] = "off"
        }
        all.merge(settings) { $1 }
        let arguments =
            ["-D", directory + "/data"] + all.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let process = try await ServerLog.startServer(
            "PostgreSQL", programs + "/postgres", arguments, as: user, marker: "ready to accept connections",
            logPath: directory + "/postgres.log", parentDeathSignal: .interrupt)
        return PrivatePostgres(directory: directory, socketDirectory: socketDirectory, process: process)
    }

    /// How a client names a database of this cluster (libpq URI).
    package func uri(database: String) -> String {
        let host = socketDirectory.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socketDirectory
        return "postgresql:///\(database)?host=\(host)&user=\(Self.userName)"
    }

    /// Ends it: open transactions are rolled back, then a checkpoint is made.
    package func stop() async {
        _ = await process.stop(SIGINT)
    }

    package func createDatabase(_ name: String) async throws(PrivateServerError) {
        let programs = try Self.programDirectory()
        try await Self.run(
            programs + "/psql", [uri(database: "postgres"), "-qc", "CREATE DATABASE \"\(name)\""], as: nil)
    }

    package func hasDatabase(_ name: String) async throws(PrivateServerError) -> Bool {
        let programs = try Self.programDirectory()
        let output = try await Self.run(
            programs + "/psql",
            [uri(database: "postgres"), "-Atc", "SELECT count(*) FROM pg_database WHERE datname = '\(name)'"],
            as: nil)
        return output.contains("1")
    }

    private static func programDirectory() throws(PrivateServerError) -> String {
        let base = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []).compactMap(Int.init)
        for version in versions.sorted(by: >)
        where FileManager.default.isExecutableFile(atPath: "\(base)/\(version)/bin/postgres") {
            return "\(base)/\(version)/bin"
        }
        throw .missing(program: "PostgreSQL", package: "postgresql")
    }

    private static func makeFolder(_ path: String, owner: String?) async throws(PrivateServerError) {
        try await run("mkdir", ["-p", path], as: nil)
        if let owner {
            try await run("chown", [owner, path], as: nil)
        }
    }

    @discardableResult
    private static func run(
        _ program: String, _ arguments: [String], as user: String?
    ) async throws(PrivateServerError) -> String {
        try await ChildProcess.run(program, arguments, as: user)
    }
}
