import Domain
import Messaging
import OrderedCollections

extension BookingBatch {
    /// What is to be written, in the order decided.
    struct Changes: Sendable {
        struct NewHold: Sendable {
            var order: HoldOrder
            var slot: SlotID
        }

        struct EndedHold: Sendable {
            var id: String
            var state: Hold.State
            var appointment: AppointmentID?
        }

        /// A place that stays taken until it is decided who gets it.
        struct Returning: Sendable {
            var slot: SlotID
            var expires: Timestamp
            var now: Timestamp
        }

        struct Note: Sendable {
            var time: Timestamp
            var actor: String
            var action: String
            var subject: String
        }

        struct Event: Sendable {
            var stream: String
            var event: NewEvent
            var time: Timestamp
            var traceparent: String?
        }

        var answers: [(request: IdempotentRequest, sealed: [UInt8], time: Timestamp)] = []
        var booked: [(appointment: Appointment, time: Timestamp)] = []
        var held: [NewHold] = []
        var endedHolds: [EndedHold] = []
        /// Each once, as it stands in the end.
        var changed: OrderedDictionary<AppointmentID, (appointment: Appointment, time: Timestamp)> = [:]
        /// Places taken of each slot, below 0 for places given back.
        var taken: [SlotID: Int] = [:]
        var returning: [Returning] = []
        var waitlist: [WaitlistChange] = []
        /// What became of people whose place is gone.
        var moves: [(id: Int64, state: ClosureMove.State)] = []
        var notes: [Note] = []
        var events: [Event] = []

        /// Whether places now wait to be given to somebody, or will in a moment.
        var leavesPlaces: Bool { !returning.isEmpty || !waitlist.isEmpty }

        var isEmpty: Bool {
            answers.isEmpty && booked.isEmpty && held.isEmpty && endedHolds.isEmpty && changed.isEmpty
                && taken.isEmpty && returning.isEmpty && waitlist.isEmpty && moves.isEmpty
        }
    }
}
