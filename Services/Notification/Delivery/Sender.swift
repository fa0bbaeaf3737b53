package import Domain
package import Logging
import Messaging
import Metrics
package import Postgres
import ServiceLifecycle

/// Delivers the messages that are due.
///
/// A batch is one transaction: rows are locked, contacts fetched, messages handed over, outcomes noted, commit. So a sender that dies loses
/// nothing and leaves no lock, any number of senders share the work, and a channel that writes on the same connection delivers exactly once.
/// Growth: one index access and one request to booking for each batch.
package final class Sender: ServiceLifecycle.Service {
    package struct Settings: Sendable {
        /// Messages that one transaction takes.
        package var batch = 50
        /// Batches at the same time in this process, so that a slow contact holds up few others.
        package var lanes = 2
        /// Between two looks for messages whose time has come.
        package var sweep = Duration.seconds(1)
        package var retry = RetryRule()

        package init() {}
    }

    private let pool: PostgresPool
    private let store = MessageStore()
    private let contacts: any ContactSource
    private let channel: any DeliveryChannel
    private let text: MessageText
    private let directory: DirectoryKeeper
    private let settings: Settings
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let wakes: [WakeSignal]
    private let sent = Counter(label: "messages_sent_total")
    private let failed = Counter(label: "messages_failed_total")
    private let retried = Counter(label: "messages_retried_total")

    package init(
        pool: PostgresPool, contacts: any ContactSource, channel: any DeliveryChannel, text: MessageText,
        directory: DirectoryKeeper, settings: Settings = Settings(), logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.pool = pool
        self.contacts = contacts
        self.channel = channel
        self.text = text
        self.directory = directory
        self.settings = settings
        self.logger = logger
        self.now = now
        wakes = (0..<max(1, settings.lanes)).map { _ in WakeSignal() }
    }

    /// There may be new messages.
    package func wake() {
        for wake in wakes { wake.signal() }
    }

    /// Delivers until graceful shutdown; the batch under way is finished.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for wake in wakes {
                group.addTask { await wake.forEach(orEvery: self.settings.sweep) { await self.sendAll() } }
            }
        }
    }

    private func sendAll() async {
        do {
            while try await sendBatch() == settings.batch {
                if Task.isCancelled { return }
            }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("Messages could not be sent; trying again", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: how many messages were due.
    @discardableResult
    package func sendBatch() async throws -> Int {
        guard let directory = directory.directory else { return 0 }
        let outcomes = try await pool.withTransaction { connection in
            let due = try await store.lockDue(limit: settings.batch, now: now(), on: connection)
            guard !due.isEmpty else { return [MessageStore.Outcome]() }
            let contacts = try await fetch(due)
            var outcomes: [(id: Int64, outcome: MessageStore.Outcome)] = []
            for message in due {
                let contact = contacts.map { $0[message.subject] }
                outcomes.append((message.id, try await send(message, contact, directory, on: connection)))
            }
            try await store.note(outcomes, now: now(), on: connection)
            return outcomes.map(\.outcome)
        }
        for outcome in outcomes { count(outcome) }
        return outcomes.count
    }

    /// The contacts of those whose message is still of use, or why none can be had now.
    private func fetch(_ due: [DueMessage]) async throws -> Result<[String: Contact], any Error> {
        let moment = now()
        let subjects = Set(due.lazy.filter { $0.expires > moment }.map(\.subject)).sorted()
        guard !subjects.isEmpty else { return .success([:]) }
        do {
            return .success(try await contacts.contacts(of: subjects))
        } catch {
            try Task.checkCancellation()
            return .failure(error)
        }
    }

    /// Only an error of the database is thrown, for it ends the transaction; everything else is an outcome of the message.
    private func send(
        _ message: DueMessage, _ answer: Result<Contact?, any Error>, _ directory: CityDirectory,
        on connection: PostgresConnection
    ) async throws -> MessageStore.Outcome {
        let moment = now()
        guard message.expires > moment else { return .failed(reason: RetryRule.Reason.expired.rawValue) }
        do {
            guard let contact = try answer.get() else { return .skipped(reason: "noContact") }
            let outgoing = OutgoingMessage(
                id: message.id, template: message.template, contact: contact,
                text: text.write(message, to: contact, directory: directory, now: moment), at: moment)
            try await channel.deliver(outgoing, on: connection)
            return .sent(channel: channel.name)
        } catch let error as PostgresError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            let decision = settings.retry.decide(
                attempts: message.attempts + 1, expires: message.expires, now: moment, jitter: .random(in: 0...1))
            logger.notice(
                "A message could not be delivered",
                metadata: ["message": "\(message.id)", "template": "\(message.template)", "error": "\(error)"])
            return switch decision {
            case .retry(let next): .retry(at: next, reason: Self.reason(error))
            case .giveUp(let reason): .failed(reason: "\(reason.rawValue): \(Self.reason(error))")
            }
        }
    }

    /// Without the text of the error, which may be personal.
    private static func reason(_ error: any Error) -> String {
        (error as? NotificationError)?.code.rawValue ?? "\(type(of: error))"
    }

    private func count(_ outcome: MessageStore.Outcome) {
        switch outcome {
        case .sent: sent.increment()
        case .failed: failed.increment()
        case .retry: retried.increment()
        case .skipped: break
        }
    }
}
