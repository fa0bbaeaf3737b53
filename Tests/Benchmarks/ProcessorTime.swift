import Foundation
import PrivateServers

/// Seconds of CPU: unlike a rate they do not depend on what else the machine is doing.
struct ProcessorTime: Sendable {
    private let root: Int32

    init(postgres server: PrivatePostgres) {
        root = server.process.pid
    }

    /// - Parameter root: a process whose children count as well.
    init(root: Int32) {
        self.root = root
    }

    /// Of this process.
    static var own: Double {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_utime.seconds + usage.ru_stime.seconds
    }

    /// Of the process and its children, and of those that have ended (proc(5), `stat`).
    var seconds: Double {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let ticks = names.compactMap(Int32.init).reduce(0.0) { sum, pid in
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return sum }
            // After the name: state, parent, … utime and stime are fields 14 and 15, those of ended children 16 and 17.
            let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
            guard fields.count > 14 else { return sum }
            if pid == root { return sum + fields[11...14].reduce(0, +) }
            return Int32(fields[1]) == root ? sum + fields[11] + fields[12] : sum
        }
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
