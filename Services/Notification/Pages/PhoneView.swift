import Domain

/// The demo's telephone. Numbers are masked.
struct PhoneView {
    struct Row {
        let id: Int64
        let phone: String
        let text: String
        let language: String
        let at: String
        let time: String
    }

    let messages: [Row]
    let hasMessages: Bool

    init(_ messages: [DemoMessage], zone: TimeZoneRules?) {
        let time = HallTime(zone)
        self.messages = messages.map { message in
            Row(
                id: message.id, phone: message.maskedPhone, text: message.text, language: message.language.rawValue,
                at: message.at.rfc3339(), time: time.clock(message.at))
        }
        hasMessages = !messages.isEmpty
    }
}
