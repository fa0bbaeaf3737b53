import Domain
import Messaging
import OrderedCollections
import Postgres

/// The statements of a batch.
enum BatchStore {
    // MARK: Reading

    /// Plans are made while tables are small and kept when they have grown, so that only index scans will do.
    static let settings: PostgresQuery = """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true)
        """

    /// Begins a transaction and locks and reads what the commands name: holds, slots, appointments, each by name.
    static func load(
        _ commands: [BookingCommand], into state: inout BookingBatch, on connection: PostgresConnection
    ) async throws {
        let requests = commands.compactMap(\.request)
        let tokens = Set(commands.compactMap(\.holdToken)).sorted()
        let appointments = Set(commands.compactMap(\.appointment)).sorted { $0.rawValue < $1.rawValue }
        let slots = Set(commands.compactMap(\.openSlot)).sorted()
        let people = commands.compactMap { command -> BookingBatch.Person? in
            guard case .book(let booking) = command else { return nil }
            return BookingBatch.Person(key: booking.order.personKey, service: booking.appointment.service)
        }
        let phones = Set(
            commands.compactMap { command -> String? in
                guard case .book(let booking) = command else { return nil }
                return booking.appointment.phoneKey
            }
        ).sorted()
        var queries: [PostgresQuery] = ["BEGIN", settings]
        var places: [Part: Int] = [:]
        func ask(_ part: Part, _ query: PostgresQuery) {
            places[part] = queries.count
            queries.append(query)
        }
        if !tokens.isEmpty { ask(.holds, HoldStore.locking(tokens)) }
        ask(.slots, SlotStore.locking(slots, ofHolds: tokens, ofAppointments: appointments))
        // Only where the city has waitlists. Entries are locked before appointments.
        let waitlisted = state.freedPlaces.waitlisted
        let waiting = people.filter { waitlisted.contains($0.service) }
        let offered = commands.compactMap(\.offeredPosition)
        if !waiting.isEmpty || !offered.isEmpty { ask(.waiting, WaitlistStore.locking(waiting, offered)) }
        if !waitlisted.isEmpty, commands.contains(where: \.mayFree) {
            ask(.waited, WaitlistStore.waited(ofHolds: tokens, ofAppointments: appointments))
        }
        if !appointments.isEmpty { ask(.appointments, AppointmentStore.locking(appointments)) }
        let moves = commands.compactMap { $0.lostPlace?.move }.sorted()
        if !moves.isEmpty { ask(.moves, ClosureMoveStore.locking(moves)) }
        // After the locks: the same request may have been under way at another process, which has committed by then. And
        // before who is living, so that it is not taken for a second booking.
        if !requests.isEmpty { ask(.answers, IdempotencyStore.lookup(requests)) }
        if !people.isEmpty { ask(.living, AppointmentStore.living(people)) }
        if !phones.isEmpty { ask(.seats, AppointmentStore.seats(phones)) }
        let limited = commands.compactMap(\.limitedPerson)
        if !limited.isEmpty {
            queries.append(PersonVisitStore.locking(limited.map(\.person)))
            ask(.visits, PersonVisitStore.visits(limited))
        }
        let results = try await connection.pipeline(queries)

        if let place = places[.answers] {
            state.given = try state.idempotency.decode(results[place])
        }
        if let place = places[.holds] {
            for row in results[place] {
                state.holds[try row.decode("token_hash")] = try Hold(row)
            }
        }
        if let place = places[.slots] {
            for row in results[place] {
                let slot = try Slot(row)
                state.slots[slot.id] = slot
            }
        }
        if let place = places[.waiting] {
            for row in results[place] {
                let (position, person, service, hold) = try row.decode(
                    Int64.self, String.self, String.self, String?.self)
                state.waiting[BookingBatch.Person(key: person, service: ServiceID(service))] = LiveWaiting(
                    position: position, offerHold: hold)
            }
        }
        if let place = places[.waited] {
            for row in results[place] { state.waited.insert(SlotID(rawValue: try row.decode("id"))) }
        }
        if let place = places[.appointments] {
            for row in results[place] {
                let appointment = try Appointment(row)
                state.appointments[appointment.id] = appointment
            }
        }
        if let place = places[.living] {
            for row in results[place] {
                let (person, service) = try row.decode(String.self, String.self)
                state.living.insert(BookingBatch.Person(key: person, service: ServiceID(service)))
            }
        }
        if let place = places[.moves] {
            for row in results[place] { state.dueMoves.insert(try row.decode("id")) }
        }
        if let place = places[.visits] { state.visits = try PersonVisitStore.decode(results[place]) }
        if let place = places[.seats] {
            for row in results[place] {
                let (phone, seat) = try row.decode(String.self, Int.self)
                state.seats[phone, default: []].insert(seat)
            }
        }
    }

    private enum Part {
        case answers, holds, slots, waiting, waited, appointments, moves, living, seats, visits
    }

    // MARK: Writing

    /// Rows that others may want at the same moment are written in the order of their names, streams last.
    static func writing(_ changes: BookingBatch.Changes) throws -> [PostgresQuery] {
        var queries: [PostgresQuery] = []
        if !changes.answers.isEmpty {
            queries.append(
                IdempotencyStore.insertion(
                    changes.answers.sorted {
                        ($0.request.scope, $0.request.key) < ($1.request.scope, $1.request.key)
                    }))
        }
        // Before the new ones, since who has cancelled may book again.
        if !changes.changed.isEmpty { queries.append(AppointmentStore.update(Array(changes.changed.values))) }
        if !changes.booked.isEmpty {
            queries.append(
                try AppointmentStore.insertion(
                    changes.booked.sorted {
                        ($0.appointment.personKey, $0.appointment.service)
                            < ($1.appointment.personKey, $1.appointment.service)
                    }))
        }
        if !changes.held.isEmpty { queries.append(HoldStore.insertion(changes.held)) }
        if !changes.endedHolds.isEmpty { queries.append(HoldStore.ending(changes.endedHolds)) }
        if !changes.returning.isEmpty { queries.append(HoldStore.returning(changes.returning)) }
        queries += WaitlistStore.writing(changes.waitlist)
        if !changes.moves.isEmpty { queries.append(ClosureMoveStore.settling(changes.moves)) }
        queries += SlotStore.changing(changes.taken)
        if !changes.notes.isEmpty { queries.append(AuditStore.insertion(changes.notes)) }
        if !changes.events.isEmpty {
            // Its tables are those that it makes itself, and looked through for each event otherwise.
            queries.append("SELECT set_config('enable_hashjoin', 'on', true)")
            queries.append(
                EventLog.appending(
                    changes.events.map {
                        EventLog.Entry(
                            stream: $0.stream, event: $0.event, time: $0.time, traceparent: $0.traceparent)
                    }))
        }
        return queries
    }
}
