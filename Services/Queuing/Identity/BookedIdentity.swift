package import Domain

/// Who has booked, as a clerk may see it. Lives in memory only, while one page is made.
package struct BookedIdentity: Sendable, Decodable {
    package let name: String
    /// `nil` where the service asks for no document.
    package let kind: IdentityDocumentKind?
    package let lastFour: String?

    package init(name: String, kind: IdentityDocumentKind?, lastFour: String?) {
        self.name = name
        self.kind = kind
        self.lastFour = lastFour
    }
}

/// Asks who has booked.
package protocol IdentitySource: Sendable {
    /// - Returns: `nil` where there is no such booking in the hall.
    func identity(of ticket: TicketID, in hall: HallID, for staff: StaffID) async throws -> BookedIdentity?
}
