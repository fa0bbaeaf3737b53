import Foundation
import Logging

/// The file of a Unix socket.
enum SocketFile {
    /// Lets the proxy connect, which runs as another user: whoever may enter the folder may connect.
    static func open(_ path: String, logger: Logger) {
        guard chmod(path, 0o666) != 0 else { return }
        logger.warning(
            "The socket cannot be opened to other users", metadata: ["path": "\(path)", "errno": "\(errno)"])
    }
}
