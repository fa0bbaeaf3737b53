package import RedisStreams

/// How a consumer paces itself.
package struct ConsumerSettings: Hashable, Sendable {
    /// Events in one transaction, at most.
    package var batch: Int
    /// Streams worked on at a time; each takes one connection of the pool.
    package var concurrency: Int
    /// How long a read waits for something new. Also the longest delay of a graceful shutdown.
    package var block: Duration
    /// How often the list of streams, and the requests for replay, are looked up.
    package var refreshInterval: Duration
    /// After how long an entry that a consumer holds is taken over by another; also the interval of sweeps.
    package var claimAfter: Duration
    /// Failures of one event before it becomes a dead letter.
    package var maximumAttempts: Int
    package var backoff: Backoff

    package init(
        batch: Int = 100, concurrency: Int = 4, block: Duration = .seconds(1), refreshInterval: Duration = .seconds(2),
        claimAfter: Duration = .seconds(15), maximumAttempts: Int = 5,
        backoff: Backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
    ) {
        self.batch = batch
        self.concurrency = concurrency
        self.block = block
        self.refreshInterval = refreshInterval
        self.claimAfter = claimAfter
        self.maximumAttempts = maximumAttempts
        self.backoff = backoff
    }
}
