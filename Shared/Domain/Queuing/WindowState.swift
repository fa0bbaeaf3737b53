/// A window that a clerk has opened. A closed window has no state.
package struct WindowState: Sendable, Hashable, Codable {
    package enum Activity: Sendable, Hashable, Codable {
        case open
        case paused(PauseReason)
    }

    package let id: WindowID
    package var staff: StaffID
    /// What may be served here now, sorted.
    package var services: [ServiceID]
    package var state: Activity
    /// The ticket that is called to or served at the window.
    package var ticket: TicketID?
    /// The ticket of the window's last step: what `undo` looks at.
    package var lastTicket: TicketID?
    /// Since when there is no ticket at the window; `nil` while there is one.
    package var idleSince: Timestamp?

    package init(id: WindowID, staff: StaffID, services: [ServiceID], idleSince: Timestamp?) {
        self.id = id
        self.staff = staff
        self.services = services
        self.idleSince = idleSince
        state = .open
    }

    package var isOpen: Bool { state == .open }
}
