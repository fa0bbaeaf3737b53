extension HallQueue {
    func openWindow(
        _ window: WindowID, _ staff: StaffID, skills: Set<ServiceID>?, in configuration: HallConfiguration
    ) throws(QueueRefusal) -> [QueueEvent] {
        guard let offered = configuration.windows[window] else { throw .windowUnknown(window) }
        if let present = windows[window], present.staff != staff { throw .windowTaken(window) }
        if let other = self.window(of: staff), other.id != window { throw .staffElsewhere(other.id) }
        let services = Set(offered).filter { service in
            configuration.services[service] != nil && skills?.contains(service) != false
        }.sorted()
        guard !services.isEmpty else { throw .nothingToServe(window) }
        if windows[window]?.services == services { return [] }
        return [.windowOpened(WindowOpened(window: window, staff: staff, services: services))]
    }

    func pauseWindow(
        _ window: WindowID, _ staff: StaffID, _ reason: PauseReason
    ) throws(QueueRefusal) -> [QueueEvent] {
        let present = try staffedWindow(window, staff)
        try requireFree(present)
        guard present.state != .paused(reason) else { return [] }
        return [.windowPaused(WindowPaused(window: window, staff: staff, reason: reason))]
    }

    func resumeWindow(_ window: WindowID, _ staff: StaffID) throws(QueueRefusal) -> [QueueEvent] {
        let present = try staffedWindow(window, staff)
        guard !present.isOpen else { return [] }
        return [.windowResumed(WindowResumed(window: window, staff: staff))]
    }

    func closeWindow(_ window: WindowID, _ staff: StaffID) throws(QueueRefusal) -> [QueueEvent] {
        let present = try staffedWindow(window, staff)
        try requireFree(present)
        return [.windowClosed(WindowClosed(window: window, staff: staff))]
    }

    // MARK: Conditions

    /// The window, opened by this very clerk; perhaps paused.
    func staffedWindow(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> WindowState {
        guard let window = windows[id] else { throw .windowClosed(id) }
        guard window.staff == staff else { throw .windowTaken(id) }
        return window
    }

    /// The window, opened by this very clerk and not paused.
    func workingWindow(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> WindowState {
        let window = try staffedWindow(id, staff)
        guard window.isOpen else { throw .windowPaused(id) }
        return window
    }

    func requireFree(_ window: WindowState) throws(QueueRefusal) {
        guard let id = window.ticket, let ticket = tickets[id] else { return }
        let number = ticket.number ?? ""
        throw ticket.state == .serving ? .stillServing(number: number) : .stillCalled(number: number)
    }

    /// The ticket at the window, with its number.
    func presentTicket(_ id: WindowID, _ staff: StaffID) throws(QueueRefusal) -> (ticket: Ticket, number: String) {
        let window = try workingWindow(id, staff)
        guard let ticketID = window.ticket, let ticket = tickets[ticketID] else { throw .noTicketAtWindow(id) }
        return (ticket, ticket.number ?? "")
    }
}
