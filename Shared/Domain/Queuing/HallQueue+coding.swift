/// A snapshot keeps what cannot be derived; the lines and indexes are built again when it is read.
extension HallQueue: Codable {
    private enum CodingKeys: String, CodingKey {
        case position, day, isDayOpen, tickets, windows, counters, walkInCount, history
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(position, forKey: .position)
        try container.encodeIfPresent(day, forKey: .day)
        try container.encode(isDayOpen, forKey: .isDayOpen)
        try container.encode(tickets.values.sorted { $0.id < $1.id }, forKey: .tickets)
        try container.encode(windows.values.sorted { $0.id < $1.id }, forKey: .windows)
        try container.encode(counters, forKey: .counters)
        try container.encode(walkInCount, forKey: .walkInCount)
        try container.encodeIfPresent(history, forKey: .history)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        position = try container.decode(Int64.self, forKey: .position)
        day = try container.decodeIfPresent(LocalDate.self, forKey: .day)
        isDayOpen = try container.decode(Bool.self, forKey: .isDayOpen)
        counters = try container.decode([String: Int].self, forKey: .counters)
        walkInCount = try container.decode(Int.self, forKey: .walkInCount)
        history = try container.decodeIfPresent(HallHistory.self, forKey: .history)
        for window in try container.decode([WindowState].self, forKey: .windows) { windows[window.id] = window }
        for ticket in try container.decode([Ticket].self, forKey: .tickets) {
            tickets[ticket.id] = ticket
            enlist(ticket)
            idsByFollow[ticket.follow] = ticket.id
            if let number = ticket.number { idsByNumber[number] = ticket.id }
            for key in ticket.checkInKeys { idsByCheckInKey[key, default: []].append(ticket.id) }
        }
    }
}
