package import Domain
private import Metrics
package import Postgres
import Synchronization

/// Says which places are free: from memory while the notices arrive, else from the database, and when that is silent too, from
/// memory as of when it was right last.
package final class Availability: Sendable {
    package let board: AvailabilityBoard
    private let pool: PostgresPool
    private let release: SlotRelease?
    private let clock: @Sendable () -> Timestamp
    /// One reading of a part serves all who want it meanwhile.
    private let readings = Mutex<[AvailabilityPart.Name: Task<AvailabilityView, any Error>]>([:])
    /// While the database does not answer it is asked once a second, so that nobody waits for it in vain.
    private let nextAttempt = Mutex<ContinuousClock.Instant?>(nil)
    private let reads = Counter(label: "availability_reads_total")
    private let staleAnswers = Counter(label: "availability_stale_answers_total")

    /// How long a reading may take while there is something older to show.
    private static let patience = Duration.seconds(1)

    /// - Parameter release: says when slots open; without it all are open.
    package init(
        board: AvailabilityBoard, pool: PostgresPool, release: SlotRelease? = nil,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.board = board
        self.pool = pool
        self.release = release
        self.clock = clock
    }

    /// What a program is answered. A question that was asked before costs two looks at dictionaries while nothing has changed.
    ///
    /// - Throws: ``PostgresError`` when nothing is known of the part and the database does not answer.
    package func answer(
        to question: AvailabilityQuestion, _ name: AvailabilityPart.Name, in city: City
    ) async throws -> AvailabilityAnswer {
        let now = clock()
        let earliest = city.earliestStart(in: name.hall, at: now)
        if let answer = board.answer(
            to: question, name, earliest: earliest, moment: now, cityVersion: city.version)
        {
            return answer
        }
        let view = try await view(name, in: city)
        let answer = AvailabilityAnswer(to: question, from: view, earliest: earliest, at: now)
        if view.isFresh { board.keep(answer, to: question, name) }
        return answer
    }

    /// The slots that can still be booked, now or once they open, and as of when, if something may have changed since.
    package func slots(
        _ name: AvailabilityPart.Name, in city: City
    ) async throws -> (slots: [ShownSlot], asOf: Timestamp?) {
        let view = try await view(name, in: city)
        let now = clock()
        let part = view.part
        let places = part.places[part.firstIndex(from: city.earliestStart(in: name.hall, at: now))...]
        let slots = places.indices.lazy.filter { places[$0].capacity > 0 }.map { index in
            ShownSlot(slot: places[index].slot(of: name), opening: part.opening(at: index, after: now))
        }
        return (Array(slots), view.asOf)
    }

    /// What is known of a part, as fresh as can be had.
    func view(_ name: AvailabilityPart.Name, in city: City) async throws -> AvailabilityView {
        if let view = board.view(name, cityVersion: city.version) { return view }
        let last = board.lastView(name)
        if let last, nextAttempt.withLock({ $0.map { .now < $0 } ?? false }) { return stale(last) }
        do {
            let view = try await read(name, in: city, patience: last == nil ? nil : Self.patience)
            nextAttempt.withLock { $0 = nil }
            return view
        } catch let error as PostgresError {
            guard let last else { throw error }
            nextAttempt.withLock { $0 = .now + Self.patience }
            return stale(last)
        }
    }

    private func stale(_ view: AvailabilityView) -> AvailabilityView {
        staleAnswers.increment()
        return view
    }

    private func read(
        _ name: AvailabilityPart.Name, in city: City, patience: Duration?
    ) async throws -> AvailabilityView {
        let reading = readings.withLock { readings in
            if let reading = readings[name] { return reading }
            let reading = Task {
                defer { _ = self.readings.withLock { $0.removeValue(forKey: name) } }
                return try await self.readNow(name, in: city, patience: patience)
            }
            readings[name] = reading
            return reading
        }
        return try await reading.value
    }

    private func readNow(
        _ name: AvailabilityPart.Name, in city: City, patience: Duration?
    ) async throws -> AvailabilityView {
        guard let zone = city.zone(of: name.hall) else { throw BookingError.unreadable("time zone of \(name.hall)") }
        reads.increment()
        let now = clock()
        let era = board.beginReading()
        defer { board.endReading() }
        let closures = city.closures[name.hall] ?? []
        // Places that people have at a closed hall are about to move, and none can be had there.
        let slots = try await SlotStore().upcoming(
            hall: name.hall, service: name.service, after: now, deadline: patience.map { .now + $0 }, on: pool
        ).filter { slot in !closures.contains { $0.covers(name.hall, from: slot.start, to: slot.end) } }
        var opening: ((Timestamp) -> SlotOpening?)?
        if let release, city.service(name.service)?.release != nil {
            opening = { release.opening(of: name.service, in: name.hall, start: $0, city) }
        }
        let part = AvailabilityPart(
            name: name, zone: zone, cityVersion: city.version, slots: slots, opening: opening,
            closures: closures)
        return AvailabilityView(part: board.take(part, era: era, readAt: now), asOf: nil)
    }
}
