import ServiceLifecycle

/// Wakes a loop that also looks by itself now and then. Any number of signals while the loop works count as one.
package final class WakeSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package func signal() {
        continuation.yield()
    }

    /// Does the work once at the start, then at each signal, and at least at each interval. Returns at graceful shutdown or
    /// cancellation, after the work under way. For one caller only.
    package func forEach(orEvery interval: Duration, _ work: @Sendable () async -> Void) async {
        let continuation = continuation
        let stream = stream
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await cancelWhenGracefulShutdown {
                    while (try? await Task.sleep(for: interval)) != nil { continuation.yield() }
                }
            }
            continuation.yield()
            for await _ in stream.cancelOnGracefulShutdown() { await work() }
            group.cancelAll()
        }
    }
}
