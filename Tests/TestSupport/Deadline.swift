/// What a test waited for did not come in time.
package struct DeadlinePassed: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Runs the body, and fails when it has not ended by the deadline. The body must respond to cancellation.
package func withDeadline<R: Sendable>(
    _ limit: Duration = .seconds(30), _ what: String = "the operation",
    _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlinePassed(description: "\(what) did not end within \(limit)")
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}

/// Asks again until the answer satisfies, for things that send no signal (another process's table, say).
///
/// - Parameter pause: between two questions; the deadline bounds them all.
@discardableResult
package func eventually<R: Sendable>(
    _ what: String, within limit: Duration = .seconds(30), pause: Duration = .milliseconds(20),
    _ question: @escaping @Sendable () async throws -> R?
) async throws -> R {
    try await withDeadline(limit, what) {
        while true {
            if let answer = try await question() { return answer }
            try await Task.sleep(for: pause)
        }
    }
}
