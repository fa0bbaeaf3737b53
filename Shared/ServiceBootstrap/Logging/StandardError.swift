import Foundation
import Synchronization

/// Whole lines to standard error.
package enum StandardError {
    private static let lock = Mutex(())

    package static func write(_ line: String) {
        lock.withLock { _ in
            var line = line
            line.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let count = Foundation.write(STDERR_FILENO, rest.baseAddress, rest.count)
                    if count < 0, errno != EINTR { return }
                    if count > 0 { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
                }
            }
        }
    }
}
