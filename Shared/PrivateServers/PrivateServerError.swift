import Glibc

/// Why a private server could not be had, and what to do about it.
package enum PrivateServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A system call failed: what was tried, and the error number.
    case system(String, Int32)
    case missing(program: String, package: String)
    /// The server ended before it was ready: its name and what it printed last.
    case notReady(String, output: String)
    case failed(command: String, output: String)

    package var description: String {
        switch self {
        case .system(let what, let number):
            "cannot \(what): \(String(cString: strerror(number)))"
        case .missing(let program, let package):
            "\(program) is not installed; run: apt-get install \(package)"
        case .notReady(let name, let output):
            "\(name) did not start; it said: \(output)"
        case .failed(let command, let output):
            "\(command) failed: \(output)"
        }
    }
}
