/// Why a command was refused. Nothing has changed then.
package enum QueueRefusal: Error, Hashable, Sendable {
    /// The hall's day is closed. Open it again, or wait for tomorrow.
    case dayClosed
    /// The hall's time zone is not in the system's database: correct the catalogue.
    case timeZoneUnknown(String)

    case windowUnknown(WindowID)
    /// Nobody has opened the window: open it first.
    case windowClosed(WindowID)
    /// The window is paused: resume it first.
    case windowPaused(WindowID)
    /// Another clerk has the window.
    case windowTaken(WindowID)
    /// The clerk has another window open: close that one first.
    case staffElsewhere(WindowID)
    /// The clerk is skilled in nothing that the window serves.
    case nothingToServe(WindowID)
    /// The number is called at the window and not served yet: start, mark missed, park or transfer it first.
    case stillCalled(number: String)
    /// The number is being served at the window: finish, park or transfer it first.
    case stillServing(number: String)
    case noTicketAtWindow(WindowID)

    case nobodyWaiting
    /// The step is for a ticket in service, and this one is only called: start serving first.
    case notServing(number: String)
    /// The step is for a called ticket, and this one is already in service: finish, park or transfer it.
    case alreadyServing(number: String)

    case ticketUnknown
    case ticketExists
    /// The visit is over: served, left, withdrawn or not come.
    case ticketEnded
    /// Booked, and not here yet: check in first.
    case notCheckedIn
    case alreadyCheckedIn(number: String)
    /// Only a waiting ticket can be called.
    case notWaiting(number: String)
    /// Only a parked or missed ticket can be brought back.
    case notAway(number: String)
    /// The person is being served: the clerk finishes the ticket.
    case inService(number: String)
    case checkInTooEarly(opens: Timestamp)
    case appointmentOnOtherDay(LocalDate)
    /// Missed, and the time to come back is over: take a new number.
    case returnExpired(until: Timestamp)

    case serviceUnknown(ServiceID)
    /// The window does not serve the ticket's service.
    case serviceNotAtWindow(ServiceID)
    /// The ticket already waits for, or is served in, this service; or a number was asked for it twice.
    case sameService(ServiceID)
    /// A number is for no service, or for more than so many.
    case tooManyServices(limit: Int)
    /// A number of the class `appointment` comes from a booking only.
    case bookingNeeded

    case nothingToUndo
    /// Something has happened since that builds on the step, such as another call or the ticket's return.
    case stepBuiltUpon

    /// A stable name: the problem's type, and the catalogue key `refusal.<code>`.
    package var code: String {
        switch self {
        case .dayClosed: "day-closed"
        case .timeZoneUnknown: "time-zone-unknown"
        case .windowUnknown: "window-unknown"
        case .windowClosed: "window-closed"
        case .windowPaused: "window-paused"
        case .windowTaken: "window-taken"
        case .staffElsewhere: "staff-elsewhere"
        case .nothingToServe: "nothing-to-serve"
        case .stillCalled: "still-called"
        case .stillServing: "still-serving"
        case .noTicketAtWindow: "no-ticket-at-window"
        case .nobodyWaiting: "nobody-waiting"
        case .notServing: "not-serving"
        case .alreadyServing: "already-serving"
        case .ticketUnknown: "ticket-unknown"
        case .ticketExists: "ticket-exists"
        case .ticketEnded: "ticket-ended"
        case .notCheckedIn: "not-checked-in"
        case .alreadyCheckedIn: "already-checked-in"
        case .notWaiting: "not-waiting"
        case .notAway: "not-away"
        case .inService: "in-service"
        case .checkInTooEarly: "check-in-too-early"
        case .appointmentOnOtherDay: "appointment-on-other-day"
        case .returnExpired: "return-expired"
        case .serviceUnknown: "service-unknown"
        case .serviceNotAtWindow: "service-not-at-window"
        case .sameService: "same-service"
        case .tooManyServices: "too-many-services"
        case .bookingNeeded: "booking-needed"
        case .nothingToUndo: "nothing-to-undo"
        case .stepBuiltUpon: "step-built-upon"
        }
    }

    /// Every code, for the check that each has its texts.
    package static let codes: [String] = [
        "day-closed", "time-zone-unknown", "window-unknown", "window-closed", "window-paused", "window-taken",
        "staff-elsewhere", "nothing-to-serve", "still-called", "still-serving", "no-ticket-at-window", "nobody-waiting",
        "not-serving", "already-serving", "ticket-unknown", "ticket-exists", "ticket-ended", "not-checked-in",
        "already-checked-in", "not-waiting", "not-away", "in-service", "check-in-too-early", "appointment-on-other-day",
        "return-expired", "service-unknown", "service-not-at-window", "same-service", "too-many-services",
        "booking-needed", "nothing-to-undo", "step-built-upon",
    ]

    /// The facts for the text, by placeholder: `number`, `window`, `service`, `date` (YYYY-MM-DD), `time` (RFC 3339,
    /// UTC), `zone`, `limit`.
    package var arguments: [String: String] {
        switch self {
        case .windowUnknown(let window), .windowClosed(let window), .windowPaused(let window), .windowTaken(let window),
            .staffElsewhere(let window), .nothingToServe(let window), .noTicketAtWindow(let window):
            ["window": window.rawValue]
        case .stillCalled(let number), .stillServing(let number), .notServing(let number), .alreadyServing(let number),
            .alreadyCheckedIn(let number), .notWaiting(let number), .notAway(let number), .inService(let number):
            ["number": number]
        case .serviceUnknown(let service), .serviceNotAtWindow(let service), .sameService(let service):
            ["service": service.rawValue]
        case .checkInTooEarly(let time), .returnExpired(let time): ["time": time.rfc3339()]
        case .appointmentOnOtherDay(let date): ["date": date.description]
        case .timeZoneUnknown(let zone): ["zone": zone]
        case .tooManyServices(let limit): ["limit": String(limit)]
        case .dayClosed, .nobodyWaiting, .ticketUnknown, .ticketExists, .ticketEnded, .notCheckedIn, .bookingNeeded,
            .nothingToUndo, .stepBuiltUpon:
            [:]
        }
    }
}
