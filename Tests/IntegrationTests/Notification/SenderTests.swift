import Domain
import Messaging
import NotificationService
import Postgres
import ServiceBootstrap
import Synchronization
import TestSupport
import Testing
import Web

/// The sender against crashes and against its like.
@Suite struct SenderTests {
    /// The demo's telephone, with a place where a test can hold a delivery up.
    private struct HeldChannel: DeliveryChannel {
        let name = "demo-phone"
        let channel: DemoPhoneChannel
        let reached: AsyncStream<Int64>.Continuation
        let isHeld: Bool

        func deliver(_ message: OutgoingMessage, on connection: PostgresConnection) async throws {
            try await channel.deliver(message, on: connection)
            reached.yield(message.id)
            // The process dies here: after the message was written, before the commit.
            if isHeld { try await Task.sleep(for: .seconds(60)) }
        }
    }

    private struct OneContact: ContactSource {
        func contacts(of subjects: [String]) -> [String: Contact] {
            let contact = Contact(phone: "+8613900000001", language: .zhHans, parameters: ["code": "1"])
            return Dictionary(uniqueKeysWithValues: subjects.map { ($0, contact) })
        }
    }

    private struct Rig: Sendable {
        let pool: PostgresPool
        let directory: DirectoryKeeper
        let store: DemoMessageStore
        let text: MessageText

        func sender(_ channel: any DeliveryChannel, lanes: Int = 1) -> Sender {
            var settings = Sender.Settings()
            settings.lanes = lanes
            return Sender(
                pool: pool, contacts: OneContact(), channel: channel, text: text, directory: directory,
                settings: settings,
                logger: NotificationRig.logger, now: { SystemClock.now() })
        }

        func add(_ count: Int) async throws {
            let now = SystemClock.now()
            try await pool.withTransaction { connection in
                let planned = (1...count).map { position in
                    MessageStore.Planned(
                        PlannedMessage(template: .verificationCode, subject: .verification("v\(position)")),
                        stream: "stream", position: Int64(position), time: now)
                }
                try await MessageStore().add(planned, now: now, on: connection)
            }
        }

        func count(_ query: PostgresQuery) async throws -> Int {
            try await pool.execute(query)[0].decode(at: 0)
        }
    }

    private func withRig<R: Sendable>(_ body: @Sendable @escaping (Rig) async throws -> R) async throws -> R {
        try await withDatabase { uri in
            try await NotificationRig.migrate(uri)
            let pool = PostgresPool(
                configuration: PostgresConfiguration(uri: uri, searchPath: NotificationSchema.name),
                logger: NotificationRig.logger)
            let directory = DirectoryKeeper(store: CatalogueStore(pool: pool), logger: NotificationRig.logger)
            let rig = Rig(
                pool: pool, directory: directory,
                store: DemoMessageStore(secrets: try Secrets(masterKeyHex: NotificationRig.masterKey)),
                text: MessageText(localisation: try Localisation(bundles: [NotificationResources.bundle])))
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await pool.run() }
                group.addTask { try? await directory.run() }
                try await eventually("the catalogue is there") { directory.directory.map { _ in true } }
                let result = try await body(rig)
                group.cancelAll()
                return result
            }
        }
    }

    @Test func senderThatDies_beforeTheCommit_sendsNothing_andAnotherSendsIt() async throws {
        try await withRig { rig in
            try await rig.add(1)
            let (reached, continuation) = AsyncStream.makeStream(of: Int64.self)
            let dying = rig.sender(
                HeldChannel(channel: DemoPhoneChannel(store: rig.store), reached: continuation, isHeld: true))
            let task = Task { try await dying.sendBatch() }
            var iterator = reached.makeAsyncIterator()
            _ = await iterator.next()
            // While it is held, nobody else takes the message.
            #expect(try await rig.sender(DemoPhoneChannel(store: rig.store)).sendBatch() == 0)
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(try await rig.count("SELECT count(*) FROM demo_message") == 0)
            #expect(try await rig.count("SELECT count(*) FROM message WHERE state = 'pending' AND attempts = 0") == 1)

            #expect(try await rig.sender(DemoPhoneChannel(store: rig.store)).sendBatch() == 1)
            #expect(try await rig.sender(DemoPhoneChannel(store: rig.store)).sendBatch() == 0)
            #expect(try await rig.count("SELECT count(*) FROM demo_message") == 1)
            #expect(try await rig.count("SELECT count(*) FROM message WHERE state = 'sent'") == 1)
        }
    }

    @Test func manySenders_sendEachMessageOnce() async throws {
        try await withRig { rig in
            try await rig.add(200)
            let channel = DemoPhoneChannel(store: rig.store)
            let sent = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var sent = 0
                        while case let count = try await rig.sender(channel).sendBatch(), count > 0 { sent += count }
                        return sent
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sent == 200)
            #expect(try await rig.count("SELECT count(*) FROM demo_message") == 200)
            #expect(try await rig.count("SELECT count(DISTINCT message) FROM demo_message") == 200)
            #expect(try await rig.count("SELECT count(*) FROM message WHERE state = 'sent' AND attempts = 1") == 200)
        }
    }

    @Test func sameEvent_givesOneMessage() async throws {
        try await withRig { rig in
            try await rig.add(3)
            try await rig.add(3)
            #expect(try await rig.count("SELECT count(*) FROM message") == 3)
        }
    }

    @Test func phoneAndText_areSealedInTheTable() async throws {
        try await withRig { rig in
            try await rig.add(1)
            _ = try await rig.sender(DemoPhoneChannel(store: rig.store)).sendBatch()
            let rows = try await rig.pool.read("SELECT demo_message::text || message::text FROM demo_message, message")
            let text = try rows[0].decode(at: 0, as: String.self)
            #expect(!text.contains("13900000001"))
            #expect(!text.contains("验证码"))
            let newest = try await rig.store.newest(of: "13900000001", limit: 5, in: rig.pool)
            #expect(newest.map(\.phone) == ["+8613900000001"])
            #expect(newest.map(\.maskedPhone) == ["139****0001"])
        }
    }

    @Test func oldRows_areRemoved() async throws {
        try await withRig { rig in
            try await rig.add(2)
            _ = try await rig.sender(DemoPhoneChannel(store: rig.store)).sendBatch()
            let later = SystemClock.now().advanced(minutes: (Retention.days + 1) * 24 * 60)
            await Retention(pool: rig.pool, logger: NotificationRig.logger, now: { SystemClock.now() }).purge()
            #expect(try await rig.count("SELECT count(*) FROM message") == 2)
            await Retention(pool: rig.pool, logger: NotificationRig.logger, now: { later }).purge()
            #expect(try await rig.count("SELECT count(*) FROM message") == 0)
            #expect(try await rig.count("SELECT count(*) FROM demo_message") == 0)
        }
    }
}
