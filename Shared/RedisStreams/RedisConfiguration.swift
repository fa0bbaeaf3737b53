/// How to reach Redis and how patient to be.
package struct RedisConfiguration: Sendable {
    package var address: RedisAddress
    /// Shown by `CLIENT LIST`; no spaces.
    package var clientName: String
    /// Limit for connecting and signing in.
    package var connectTimeout: Duration
    /// Limit for the answer to one command that does not block on purpose.
    package var commandTimeout: Duration
    /// Waits between attempts to connect.
    package var backoff: Backoff

    package init(
        address: RedisAddress, clientName: String = "onetrip", connectTimeout: Duration = .seconds(5),
        commandTimeout: Duration = .seconds(5), backoff: Backoff = Backoff()
    ) {
        self.address = address
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.backoff = backoff
    }

    /// - Parameter address: `unix:/path` or `redis://[user:password@]host[:port][/database]`.
    /// - Throws: ``RedisError`` with code `configuration`.
    package init(address: String, clientName: String = "onetrip") throws(RedisError) {
        self.init(address: try RedisAddress(address), clientName: clientName)
    }
}
