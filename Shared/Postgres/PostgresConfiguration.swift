/// Where the server is and how its sessions are set up.
package struct PostgresConfiguration: Sendable {
    /// A libpq URI or `keyword=value` string; several hosts and `target_session_attrs` as in the PostgreSQL manual, 34.1.
    package var uri: String
    /// The schemas that unqualified names are looked up in, such as `booking`.
    package var searchPath: String?
    package var applicationName: String
    /// The most connections for leases: `execute`, `withConnection`, `withTransaction`.
    package var poolSize: Int
    /// Connections for `read`, shared by all readers.
    package var readers: Int
    /// The most callers that wait for a connection; more are refused at once.
    package var maximumWaiting: Int
    /// How long one attempt to connect may take, over all hosts.
    package var connectTimeout: Duration
    /// How long a caller waits for a connection.
    package var leaseTimeout: Duration
    /// How long a statement may take when the caller gives no deadline.
    package var statementTimeout: Duration
    /// Statements kept prepared by a connection; the least recently used one goes first.
    package var preparedStatements: Int
    /// Server settings of every session, by name.
    package var settings: [String: String]

    package init(
        uri: String, searchPath: String? = nil, applicationName: String = "onetrip", poolSize: Int = 8,
        readers: Int = 2,
        maximumWaiting: Int = 2048, connectTimeout: Duration = .seconds(5), leaseTimeout: Duration = .seconds(10),
        statementTimeout: Duration = .seconds(30), preparedStatements: Int = 256,
        settings: [String: String] = PostgresConfiguration.defaultSettings
    ) {
        precondition(poolSize > 0 && readers > 0 && preparedStatements > 0, "a pool needs connections")
        self.uri = uri
        self.searchPath = searchPath
        self.applicationName = applicationName
        self.poolSize = poolSize
        self.readers = readers
        self.maximumWaiting = maximumWaiting
        self.connectTimeout = connectTimeout
        self.leaseTimeout = leaseTimeout
        self.statementTimeout = statementTimeout
        self.preparedStatements = preparedStatements
        self.settings = settings
    }

    /// Times in UTC and ISO style; no just-in-time compilation, which costs more than these statements; one plan for all
    /// values, so that a prepared statement is planned once.
    package static let defaultSettings = [
        "TimeZone": "UTC", "DateStyle": "ISO, YMD", "bytea_output": "hex", "jit": "off",
        "plan_cache_mode": "force_generic_plan",
    ]
}
