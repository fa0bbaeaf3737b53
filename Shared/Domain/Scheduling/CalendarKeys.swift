// Dictionaries by day and by weekday are written as JSON objects.

extension Weekday: CodingKeyRepresentable {}

extension LocalDate: CodingKeyRepresentable {
    package var codingKey: any CodingKey { DayKey(stringValue: description) }

    package init?(codingKey: some CodingKey) {
        self.init(codingKey.stringValue)
    }

    private struct DayKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}
