/// Why the system could not be started, and what to do.
enum UpError: Error, CustomStringConvertible {
    case cannotWrite(String)
    case inUse(String)
    case missingProgram(String, hint: String)
    case noFreePort(Int)
    case notReady(service: String, log: String)
    case badCity(String)

    var description: String {
        switch self {
        case .cannotWrite(let path): "cannot write \(path): choose another place with --directory"
        case .inUse(let path):
            "another `onetrip up` uses this folder (\(path) is locked): stop it first, or choose another with --directory"
        case .missingProgram(let program, let hint): "\(program) was not found: \(hint)"
        case .noFreePort(let port): "no free port from \(port) to \(port + 99): choose one with --port"
        case .notReady(let service, let log): "\(service) did not become ready in time; see \(log)"
        case .badCity(let text): text
        }
    }
}
