import Domain
import EventContracts
import HTTPTypes
import Hummingbird
import Logging
import Messaging
import Web

/// What the routes of this service work with.
struct QueuingInterface: Sendable {
    let site: Site
    let halls: HallRegistry
    let catalogue: CatalogueHolder
    let staff: StaffStore
    let sessions: SessionStore
    let signIn: PasswordSignIn
    let kiosks: KioskEnrolment
    let audit: AuditStore
    let log: EventLog
    let records: HallStore
    let foresight: HallForesight
    let identities: any IdentitySource
    let streams: StreamNames
    let names: TicketNames
    /// Without a slash at the end.
    let publicURL: String
    let clock: @Sendable () -> Timestamp

    func addRoutes(to routes: RouteTable) {
        routes.addShell()
        addSignInPages(to: routes)
        addWindowPages(to: routes)
        addIdentityPages(to: routes)
        addReceptionPages(to: routes)
        addHallPages(to: routes)
        addLearnedPages(to: routes)
        addPromisePages(to: routes)
        addWaitPages(to: routes)
        addKioskPages(to: routes)
        addSessionAPI(to: routes)
        addHallAPI(to: routes)
        addTicketAPI(to: routes)
    }

    /// The hall of the path with its place in the catalogue.
    func hall(_ context: AppRequestContext) throws(Problem) -> Hall {
        guard let hall = catalogue.city.catalogue.halls[try context.identifier("hall", as: HallID.self)] else {
            throw .notFound
        }
        return hall
    }

    /// The ticket that the path names.
    func ticketID(_ context: AppRequestContext) throws(Problem) -> TicketID {
        let text = try context.parameter("ticket")
        guard Self.isTicketID(text) else { throw .notFound }
        return TicketID(text)
    }

    /// Tickets are named by lower-case UUIDs.
    static func isTicketID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 36
            && bytes.indices.allSatisfy { index in
                [8, 13, 18, 23].contains(index)
                    ? bytes[index] == UInt8(ascii: "-")
                    : (48...57).contains(bytes[index]) || (97...102).contains(bytes[index])
            }
    }

    /// The window that the path names.
    func window(_ context: AppRequestContext, in hall: Hall) throws(Problem) -> HallWindow {
        guard let window = hall.window(WindowID(try context.parameter("window"))) else { throw .notFound }
        return window
    }

    func staffID(_ context: AppRequestContext) throws(Problem) -> StaffID {
        guard let staff = context.principal.staff else { throw .signInRequired }
        return staff
    }

    func reading(_ hall: HallID, _ context: AppRequestContext) async throws -> HallReading {
        try await asProblem(hall, context) { () async throws(QueuingError) in try await halls.writer(hall).reading() }
    }

    /// Carries out a command for whoever asks.
    ///
    /// - Parameters:
    ///   - key: as the caller gave it; made unique by who the caller is.
    ///   - asked: everything that was asked, for telling a repetition from a wrong use of the key.
    func submit(
        _ command: QueueCommand, to hall: HallID, key: CommandKey, _ context: AppRequestContext,
        answer: @escaping @Sendable (HallDecision) -> String = { _ in "" }
    ) async throws -> HallOutcome {
        try await asProblem(hall, context) { () async throws(QueuingError) in
            try await halls.writer(hall).submit(HallRequest(command, key: key, answer: answer))
        }
    }

    func commandKey(_ key: IdempotencyKey, asked: [String], _ context: AppRequestContext) -> CommandKey {
        let who =
            switch context.principal {
            case .staff(let staff, _, _): "staff:\(staff)"
            case .kiosk(let hall): "kiosk:\(hall)"
            case .anonymous, .service: "other"
            }
        return CommandKey(
            key: "\(who):\(key.value)",
            fingerprint: Secrets.sha256Hex(asked.map { "\($0.utf8.count):\($0)" }.joined()))
    }

    func asProblem<R>(
        _ hall: HallID, _ context: AppRequestContext, _ body: () async throws(QueuingError) -> R
    ) async throws -> R {
        do {
            return try await body()
        } catch {
            if case .brokenLog = error { context.logger.critical("\(error)") }
            throw problem(error, hall: hall, context)
        }
    }
}
