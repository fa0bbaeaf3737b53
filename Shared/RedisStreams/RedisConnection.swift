internal import ConnectionThread

/// One connection to Redis on its own thread. Calls that are made while others wait for answers are pipelined.
actor RedisConnection {
    private let thread: ConnectionThread
    private let reactor = RedisReactor()

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Whether the connection has ended; it never comes back, a new one must be opened.
    nonisolated var isClosed: Bool { reactor.isClosed }

    private init(name: String) {
        thread = ConnectionThread(name: name)
    }

    deinit {
        thread.stop()
    }

    /// Connects, signs in, and makes sure that the server is able to work.
    static func open(_ configuration: RedisConfiguration, name: String) async throws(RedisError) -> RedisConnection {
        let connection = RedisConnection(name: name)
        do throws(RedisError) {
            try await connection.start(configuration, name: name)
        } catch {
            await connection.close(error)
            throw error
        }
        return connection
    }

    private func start(_ configuration: RedisConfiguration, name: String) async throws(RedisError) {
        thread.register(reactor)
        let address = configuration.address
        try reactor.connect(to: address.endpoint)
        var commands: [[RedisArgument]] = []
        if let password = address.password {
            commands.append(["AUTH"] + (address.user.map { [RedisArgument($0)] } ?? []) + [RedisArgument(password)])
        }
        if address.database != 0 { commands.append(["SELECT", RedisArgument(address.database)]) }
        commands.append(["CLIENT", "SETNAME", RedisArgument("\(configuration.clientName)-\(name)")])
        // While Redis loads its data it takes connections, but answers LOADING to this.
        commands.append(["PING"])
        for reply in try await send(commands, timeout: configuration.connectTimeout) { _ = try reply.checked() }
    }

    /// Sends commands in one piece; the answers come in the same order. An answer that is an error is among them.
    ///
    /// - Parameters:
    ///   - commands: at least one.
    ///   - timeout: for all of them; when it passes, the connection is closed, as answers can only come in order.
    /// - Throws: ``RedisError`` with code `connection`, `timeout`, `cancelled`, `closed` or `protocolError`.
    func send(_ commands: [[RedisArgument]], timeout: Duration) async throws(RedisError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        var bytes: [UInt8] = []
        for command in commands { RedisCommand.append(command, to: &bytes) }
        let id = reactor.nextID()
        let deadline = ContinuousClock.now.advanced(by: timeout)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: RedisReactor.Waiter) in
                reactor.send(bytes, id: id, expected: commands.count, deadline: deadline, waiter: waiter)
            }
        } onCancel: { [thread, reactor] in
            // Queued behind the job that registers the call, so it finds the call even when the task was cancelled
            // before.
            thread.perform { reactor.abandon(id) }
        }
        return try result.get()
    }

    func close(_ error: RedisError) {
        reactor.end(error)
        thread.register(nil)
    }
}
