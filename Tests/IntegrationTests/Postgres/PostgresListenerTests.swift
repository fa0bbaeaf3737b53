import Postgres
import TestSupport
import Testing

@Suite struct PostgresListenerTests {
    @Test func notification_arrives_alsoAfterTheConnectionBroke() async throws {
        try await withDatabase { uri in
            try await withPool(PostgresConfiguration(uri: uri)) { pool in
                let (listening, listeningContinuation) = AsyncStream<Void>.makeStream()
                let (messages, messageContinuation) = AsyncStream<PostgresNotification>.makeStream()
                let listener = PostgresListener(
                    configuration: PostgresConfiguration(uri: uri, applicationName: "listener"),
                    channels: ["catalogue_booking", #"odd "name""#],
                    onListening: { listeningContinuation.yield() },
                    onNotification: { messageContinuation.yield($0) })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await listener.run() }
                    defer { group.cancelAll() }
                    var isListening = listening.makeAsyncIterator()
                    var next = messages.makeAsyncIterator()
                    await isListening.next()
                    try await pool.execute("SELECT pg_notify('catalogue_booking', \("版本 7"))")
                    #expect(await next.next() == PostgresNotification(channel: "catalogue_booking", payload: "版本 7"))
                    try await pool.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'listener' AND datname = current_database()
                        """)
                    await isListening.next()
                    try await pool.execute("SELECT pg_notify(\(#"odd "name""#), 'again')")
                    #expect(await next.next() == PostgresNotification(channel: #"odd "name""#, payload: "again"))
                }
            }
        }
    }

    @Test func `Heartbeats confirm what was committed before them, and a lost connection is told`() async throws {
        try await withDatabase { uri in
            try await withPool(PostgresConfiguration(uri: uri)) { pool in
                enum Told: Equatable {
                    case listening, alive(ContinuousClock.Instant), lost, message(String)
                }
                let (told, continuation) = AsyncStream<Told>.makeStream()
                let listener = PostgresListener(
                    configuration: PostgresConfiguration(uri: uri, applicationName: "beating"), channels: ["beats"],
                    heartbeat: .milliseconds(20),
                    onListening: { continuation.yield(.listening) },
                    onAlive: { continuation.yield(.alive($0)) },
                    onLost: { continuation.yield(.lost) },
                    onNotification: { continuation.yield(.message($0.payload)) })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await listener.run() }
                    defer { group.cancelAll() }
                    var next = told.makeAsyncIterator()
                    #expect(await next.next() == .listening)
                    try await pool.execute("SELECT pg_notify('beats', 'one')")
                    let committed = ContinuousClock.now
                    var isMessageHere = false
                    while let one = await next.next() {
                        if one == .message("one") { isMessageHere = true }
                        if case .alive(let asked) = one, asked > committed { break }
                    }
                    #expect(isMessageHere)
                    try await pool.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'beating' AND datname = current_database()
                        """)
                    var rest: [Told] = []
                    while rest.last != .listening, let one = await next.next() { rest.append(one) }
                    #expect(rest.contains(.lost))
                }
            }
        }
    }
}
