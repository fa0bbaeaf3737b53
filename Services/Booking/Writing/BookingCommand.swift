import Domain
import Messaging

/// Something that changes places, as the lane carries it out.
enum BookingCommand: Sendable {
    case hold(HoldOrder)
    case release(tokenHash: String, now: Timestamp)
    case book(PreparedBooking)
    case reschedule(RescheduleOrder)
    case cancel(CancelOrder)
    case decline(DeclineOrder)

    /// The key under which the answer is kept.
    var request: IdempotentRequest? {
        switch self {
        case .hold(let order): order.request
        case .book(let booking): booking.order.request
        case .release, .reschedule, .cancel, .decline: nil
        }
    }

    /// The hold that it uses or ends, by the hash of its token.
    var holdToken: String? {
        switch self {
        case .release(let tokenHash, _): tokenHash
        case .book(let booking): booking.order.place.holdToken
        case .reschedule(let order): order.place.holdToken
        case .decline(let order): order.tokenHash
        case .hold, .cancel: nil
        }
    }

    /// The slot that it takes an open place of.
    var openSlot: SlotID? {
        switch self {
        case .hold(let order): order.slot
        case .book(let booking): booking.order.place.slot
        case .reschedule(let order): order.place.slot
        case .release, .cancel, .decline: nil
        }
    }

    /// The slot in which a place is wanted, open or held, as far as the command knows it.
    var slot: SlotID? {
        if case .book(let booking) = self { booking.order.slot.id } else { openSlot }
    }

    var appointment: AppointmentID? {
        switch self {
        case .reschedule(let order): order.appointment
        case .cancel(let order): order.appointment
        case .hold, .release, .book, .decline: nil
        }
    }

    /// The move that a closure makes, where it is one.
    var lostPlace: LostPlace? {
        switch self {
        case .reschedule(let order): order.lost
        case .cancel(let order): order.lost
        case .hold, .release, .book, .decline: nil
        }
    }

    /// Whose visits must be known from a day on, because the service has limits.
    var limitedPerson: (person: BookingBatch.Person, since: LocalDate)? {
        switch self {
        case .book(let booking):
            booking.order.limited.map {
                (
                    BookingBatch.Person(key: booking.order.personKey, service: booking.appointment.service),
                    $0.firstDay(at: now)
                )
            }
        case .reschedule(let order):
            order.limited.map {
                (BookingBatch.Person(key: $0.personKey, service: $0.service), $0.visit.firstDay(at: now))
            }
        case .hold, .release, .cancel, .decline: nil
        }
    }

    /// Whether it may free a place that somebody waits for.
    var mayFree: Bool {
        switch self {
        case .release, .reschedule, .cancel: true
        case .hold, .book, .decline: false
        }
    }

    /// The entry of the waitlist whose offer it ends.
    var offeredPosition: Int64? {
        if case .decline(let order) = self { order.position } else { nil }
    }

    var now: Timestamp {
        switch self {
        case .hold(let order): order.now
        case .release(_, let now): now
        case .book(let booking): booking.order.now
        case .reschedule(let order): order.now
        case .cancel(let order): order.now
        case .decline(let order): order.now
        }
    }
}

extension Place {
    fileprivate var holdToken: String? {
        if case .hold(let tokenHash) = self { tokenHash } else { nil }
    }

    fileprivate var slot: SlotID? {
        if case .slot(let id) = self { id } else { nil }
    }
}

/// What became of a command.
enum BookingOutcome: Sendable {
    case answered(StoredAnswer)
    case released(Bool)
    case changed(before: Appointment, after: Appointment)
    /// Another process moved the appointment in between: to be asked again.
    case movedMeanwhile
}

/// A booking with everything made that does not depend on whether there is a place, so that nobody waits for it.
struct PreparedBooking: Sendable {
    var order: BookOrder
    var appointment: Appointment
    var answer: StoredAnswer
    var sealedAnswer: [UInt8]
    var event: NewEvent
}
