import Foundation
import Glibc
import PrivateServers

/// Where `onetrip up` keeps everything of one machine: data, sockets, logs, the secret.
struct StateDirectory: Sendable {
    let path: String
    /// Sockets lie here: the kernel allows their paths 107 bytes only, so a deep folder sends them to `/tmp`.
    let sockets: String

    var logs: String { path + "/log" }
    var run: String { path + "/run" }

    /// - Parameters:
    ///   - requested: as the operator named it.
    ///   - fresh: remove what is there.
    /// - Throws: ``UpError`` when another `onetrip up` uses it.
    static func prepare(_ requested: String, fresh: Bool) async throws -> (StateDirectory, lock: DirectoryLock) {
        var path = URL(fileURLWithPath: requested).standardizedFileURL.path
        try await ChildProcess.run("mkdir", ["-p", path])
        // PostgreSQL runs as another user when we are root, and must be able to walk there.
        if getuid() == 0, !(await canReach(path)) {
            path = "/var/tmp/onetrip-" + stableName(path)
            try await ChildProcess.run("mkdir", ["-p", path])
        }
        let lock = try DirectoryLock(path: path + "/lock")
        if fresh {
            for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "lock" {
                try FileManager.default.removeItem(atPath: path + "/" + name)
            }
        }
        let deep = (path + "/run/notification-99.sock").utf8.count > 100
        let sockets = deep ? "/tmp/onetrip-" + stableName(path) : path + "/run"
        for folder in [path + "/log", path + "/run", path + "/nginx", sockets] {
            try await ChildProcess.run("mkdir", ["-p", folder])
        }
        return (StateDirectory(path: path, sockets: sockets), lock)
    }

    /// The key from which all others are derived; made once.
    func secret() throws -> String {
        let file = path + "/secret"
        if let known = try? String(contentsOfFile: file, encoding: .utf8) {
            return known.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        var generator = SystemRandomNumberGenerator()
        let text = (0..<32).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw UpError.cannotWrite(file) }
        return text
    }

    private static func canReach(_ path: String) async -> Bool {
        (try? await ChildProcess.run("test", ["-x", path], as: "postgres")) != nil
    }

    /// FNV-1a, so that the same folder gets the same name again.
    private static func stableName(_ path: String) -> String {
        let hash = path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }
}

/// Held while an `onetrip up` uses a folder; the kernel lets it go with the process.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw UpError.cannotWrite(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw UpError.inUse(path)
        }
    }

    deinit {
        close(descriptor)
    }
}
