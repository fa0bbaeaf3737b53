import Domain
import EventContracts
import Messaging
import Simulation

/// A hall's log as commands read it: from the database, without the service.
struct HallLog: Sendable {
    private let log: EventLog
    private let stream: String
    private static let page = 500

    init(_ log: EventLog, stream: String) {
        self.log = log
        self.stream = stream
    }

    /// What the hall had learned when its newest day was opened; `nil` before it has learned anything. Reads backwards,
    /// about a day's events.
    func newestHistory() async throws -> HallHistory? {
        var end = try await log.head(of: stream)
        while end > 0 {
            let start = max(0, end - Int64(Self.page))
            let events = try await log.read(stream, after: start, limit: Int(end - start))
            for logged in events.reversed() where logged.type == Self.dayOpened {
                guard case .dayOpened(let opened) = try QueueEvent(typeName: logged.type, data: logged.payload) else {
                    continue
                }
                return opened.history
            }
            end = start
        }
        return nil
    }

    /// The events of a day, from the one that opened it to the end of the day; empty when the hall had no such day.
    ///
    /// - Parameter midnight: the moment at which the day begins in the hall.
    func day(_ date: LocalDate, from midnight: Timestamp) async throws -> [RecordedHallDay.Entry] {
        var position = try await lastPosition(before: midnight)
        var entries: [RecordedHallDay.Entry] = []
        while true {
            let events = try await log.read(stream, after: position, limit: Self.page)
            for logged in events {
                let event = try QueueEvent(typeName: logged.type, data: logged.payload)
                if case .dayOpened(let opened) = event, opened.date > date { return entries }
                let isOpening = if case .dayOpened(let opened) = event { opened.date == date } else { false }
                // The close of the day before comes first.
                if isOpening || !entries.isEmpty { entries.append(.init(event: event, time: logged.time)) }
            }
            guard events.count == Self.page, let last = events.last else { return entries }
            position = last.position
        }
    }

    /// The position of the last event before a moment: the log's time never runs backwards, so by halving, O(log n) reads.
    private func lastPosition(before moment: Timestamp) async throws -> Int64 {
        var low: Int64 = 0
        var high = try await log.head(of: stream)
        while low < high {
            let middle = (low + high) / 2
            guard let event = try await log.read(stream, after: middle, limit: 1).first else {
                high = middle
                continue
            }
            if event.time < moment { low = event.position } else { high = middle }
        }
        return low
    }

    private static let dayOpened = QueueEvent.dayOpened(DayOpened(date: LocalDate(daysSinceEpoch: 0))).typeName
}
