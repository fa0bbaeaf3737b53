/// What somebody would take: a place of a hall on a day that begins within a part of the day.
package struct BallotPreference: Hashable, Sendable {
    package var hall: HallID
    package var date: LocalDate
    package var part: TimeRange

    package init(hall: HallID, date: LocalDate, part: TimeRange = .wholeDay) {
        self.hall = hall
        self.date = date
        self.part = part
    }
}

extension BallotPreference: CustomStringConvertible, LosslessStringConvertible {
    /// `east-lake/2026-12-07/00:00-12:00`, in one form only, since it is hashed.
    package var description: String { "\(hall)/\(date)/\(part)" }

    package init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, Identifier<HallSubject>.isSlug(String(parts[0])),
            let date = LocalDate(String(parts[1])),
            let part = TimeRange(String(parts[2]))
        else { return nil }
        self.init(hall: HallID(String(parts[0])), date: date, part: part)
    }
}

extension BallotPreference: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = BallotPreference(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not hall/YYYY-MM-DD/HH:MM-HH:MM: \(text)"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
