package import Domain
import EventContracts
package import Logging
package import Messaging
import Metrics
package import Web

/// The live state of all halls in this process, and what it tells the viewers.
///
/// Each process follows every hall's stream, so any process can serve any viewer. Growth: an event costs its fold (see `HallQueue`);
/// boards and tickets are made at most once per ``pace`` for each hall that changed, O(waiting people) each, and encoded once however many
/// watch. Memory: the tickets of one day of each hall.
package actor LiveHalls {
    private struct Published {
        var board: BoardDocument?
        var at: Timestamp
    }

    private let directory: DirectoryKeeper
    private let hub: SSEHub
    private let policy: any RoutingPolicy
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let wake = WakeSignal()
    private let boards = Counter(label: "live_boards_published_total")
    private let calls = Counter(label: "live_calls_published_total")

    private var halls: [HallID: HallLive] = [:]
    private var published: [HallID: Published] = [:]
    private var dirty: Set<HallID> = []
    /// Halls whose viewers came back and may lack the last board, with when.
    private var returned: [HallID: Timestamp] = [:]
    /// What the followers of each ticket saw last, by hall.
    private var followers: [HallID: [String: TicketStatus]] = [:]
    private var tail = TailState()

    /// At most this often a hall's board goes out; a single event is not held back.
    static let pace = Duration.milliseconds(25)
    /// Waits age: after this many seconds without an event they go out again.
    static let republishSeconds = 30.0

    package init(
        directory: DirectoryKeeper, hub: SSEHub, policy: any RoutingPolicy, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.directory = directory
        self.hub = hub
        self.policy = policy
        self.logger = logger
        self.now = now
    }

    // MARK: From the streams

    /// Folds an event of a hall's queue. Calls go out at once, everything else with the next flush.
    package func absorb(_ event: QueueEvent, of hall: HallID, at time: Timestamp, position: Int64) {
        guard position > halls[hall]?.queue.position ?? 0 else { return }
        let call = halls[hall, default: HallLive(hall: hall)].apply(event, at: time, position: position)
        if let call, tail.hasCaughtUp {
            calls.increment()
            hub.publish(LiveTopic.hall(hall), SSEMessage(id: position, event: "call", data: LiveJSON.text(call)))
        }
        dirty.insert(hall)
        wake.signal()
    }

    package func note(_ state: StreamTail.State) {
        if case .gap(let stream, let expected, let found) = state {
            logger.error(
                "Entries of a hall were trimmed before they could be read; the hall's state may be wrong until its next day",
                metadata: ["stream": "\(stream)", "expected": "\(expected)", "found": "\(found)"])
        }
        guard let live = tail.note(state, at: now()) else { return }
        publishStatus(live)
    }

    package var isLive: Bool { tail.isLive }
    /// Whether what is on the streams has been seen once, so that the state may be shown.
    package var hasCaughtUp: Bool { tail.hasCaughtUp }

    private func publishStatus(_ live: Bool) {
        for topic in hub.watchedTopics where topic.hasPrefix("hall:") || topic.hasPrefix("ticket:") {
            hub.publish(topic, LiveJSON.status(live))
        }
    }

    // MARK: To the viewers

    /// Publishes what has changed, soon after each event and as waits age, until shutdown.
    package func run() async {
        await wake.forEach(orEvery: .seconds(1)) {
            // What comes in while this rests goes out together: a burst costs one board for each rest.
            if await self.flush() { try? await Task.sleep(for: Self.pace) }
        }
    }

    /// - Returns: whether there was anything to publish.
    @discardableResult
    package func flush() -> Bool {
        let moment = now()
        if let live = tail.tick(at: moment) { publishStatus(live) }
        guard tail.hasCaughtUp, let directory = directory.directory else { return false }
        for (hall, state) in halls where state.queue.waitingCount > 0 && !dirty.contains(hall) {
            if moment.seconds(since: published[hall]?.at ?? Timestamp(milliseconds: 0)) >= Self.republishSeconds {
                dirty.insert(hall)
            }
        }
        // A moment later, so that the viewers who came back are surely registered.
        let repeats = Set(returned.filter { moment.seconds(since: $0.value) >= 1 }.keys)
        for hall in repeats { returned[hall] = nil }
        let changed = dirty.union(repeats)
        dirty = []
        for hall in changed {
            guard let configuration = directory.hall(hall)?.configuration else { continue }
            publish(hall, configuration, at: moment, isRepeat: repeats.contains(hall))
        }
        return !changed.isEmpty
    }

    private func publish(
        _ hall: HallID, _ configuration: HallConfiguration, at moment: Timestamp, isRepeat: Bool
    ) {
        let before = published[hall]?.board
        let board = halls[hall, default: HallLive(hall: hall)].board(
            at: moment, configuration: configuration, policy: policy)
        if board != before || isRepeat {
            let topic = LiveTopic.hall(hall)
            if hub.isWatched(topic) {
                boards.increment()
                // An aged board has the position of the one before: it is not for resuming.
                let id = board.position > before?.position ?? 0 ? board.position : nil
                hub.publish(topic, SSEMessage(id: id, event: "board", data: LiveJSON.text(board)))
                if isRepeat { hub.publish(topic, LiveJSON.status(tail.isLive)) }
            }
            let summary = HallSummary(board)
            if summary != before.map(HallSummary.init) {
                hub.publish(LiveTopic.halls, SSEMessage(event: "hall", data: LiveJSON.text(summary)))
            }
        }
        published[hall] = Published(board: board, at: moment)
        publishTickets(of: hall, configuration, at: moment)
    }

    private func publishTickets(of hall: HallID, _ configuration: HallConfiguration, at moment: Timestamp) {
        for (follow, before) in followers[hall] ?? [:] {
            guard hub.isWatched(LiveTopic.ticket(follow)) else {
                followers[hall]?[follow] = nil
                continue
            }
            guard
                let status = halls[hall]?.status(of: follow, at: moment, configuration: configuration, policy: policy),
                status.state != .withdrawn, status != before
            else { continue }
            publish(status, to: follow)
        }
    }

    private func publish(_ status: TicketStatus, to follow: String) {
        followers[status.hall, default: [:]][follow] = status
        hub.publish(LiveTopic.ticket(follow), SSEMessage(event: "ticket", data: LiveJSON.text(status)))
    }

    // MARK: For requests

    /// The board of a hall now.
    package func board(_ hall: CityDirectory.Hall) -> BoardDocument {
        halls[hall.id, default: HallLive(hall: hall.id)]
            .board(at: now(), configuration: hall.configuration, policy: policy)
    }

    /// The ticket that a personal link follows, if a hall's day has it. Growth: one look-up for each hall.
    package func status(of follow: String) -> TicketStatus? {
        guard let directory = directory.directory else { return nil }
        var withdrawn: TicketStatus?
        for hall in halls.keys {
            guard let configuration = directory.hall(hall)?.configuration,
                let status = halls[hall]?.status(of: follow, at: now(), configuration: configuration, policy: policy)
            else { continue }
            // A booking that moved to another hall is withdrawn here and expected there.
            guard status.state == .withdrawn else { return status }
            withdrawn = status
        }
        return withdrawn
    }

    /// What a new viewer of a hall sees first. The last `id` is the position that it holds.
    package func snapshot(of hall: CityDirectory.Hall) -> [SSEMessage] {
        let board = board(hall)
        return [
            LiveJSON.status(tail.isLive), SSEMessage(id: board.position, event: "board", data: LiveJSON.text(board)),
        ]
    }

    /// A viewer came back with the position that it saw last: it gets what it missed from the hub, and the board again soon, because the
    /// connection may have broken between a call and its board.
    package func noteReturn(to hall: HallID) {
        returned[hall] = now()
    }

    /// Remembers that somebody follows a ticket, and what was shown. What has changed meanwhile goes out with the next flush.
    package func follow(_ follow: String, _ status: TicketStatus) {
        followers[status.hall, default: [:]][follow] = status
        dirty.insert(status.hall)
        wake.signal()
    }

    /// Something outside of the hall's day changed what followers of a ticket see, such as a booking that moved.
    package func update(_ status: TicketStatus, for follow: String) {
        for hall in followers.keys where hall != status.hall { followers[hall]?[follow] = nil }
        guard followers[status.hall]?[follow] != status else { return }
        publish(status, to: follow)
    }
}
