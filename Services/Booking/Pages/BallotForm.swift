import Domain
import Web

/// The preferences as a form asks for them: hall, day and part of the day for each.
struct BallotForm {
    /// Parts of the day that people choose from.
    enum Part: String, CaseIterable {
        case all, morning, afternoon

        var range: TimeRange {
            let noon = 720
            return switch self {
            case .all: .wholeDay
            case .morning: TimeRange(start: 0, end: noon) ?? .wholeDay
            case .afternoon: TimeRange(start: noon, end: 1440) ?? .wholeDay
            }
        }

        init?(_ range: TimeRange) {
            guard let part = Part.allCases.first(where: { $0.range == range }) else { return nil }
            self = part
        }
    }

    struct OptionView: Sendable {
        let value: String
        let name: String
        let isChosen: Bool
    }

    struct WishView: Sendable {
        let number: String
        let legend: String
        let hallLabel: String
        let dayLabel: String
        let partLabel: String
        let halls: [OptionView]
        let days: [OptionView]
        let parts: [OptionView]
    }

    /// As sent: texts, so that a form which is refused comes back as it was.
    struct Entered: Sendable {
        var hall = ""
        var day = ""
        var part = ""

        /// `nil` when nothing is chosen; what cannot be is a preference for nothing, which is refused.
        var preference: BallotPreference? {
            guard !hall.isEmpty, let date = LocalDate(day) else { return nil }
            return BallotPreference(hall: HallID(hall), date: date, part: (Part(rawValue: part) ?? .all).range)
        }

        var isHalf: Bool { hall.isEmpty != day.isEmpty }
    }

    static func read(_ fields: inout FieldReader, count: Int) -> [Entered] {
        (1...max(1, count)).map { number in
            Entered(
                hall: fields.optionalString("hall\(number)", 0...40) ?? "",
                day: fields.optionalString("day\(number)", 0...10) ?? "",
                part: fields.optionalString("part\(number)", 0...20) ?? "")
        }
    }

    static func view(
        _ entered: [Entered], halls: [Hall], dates: [LocalDate], _ context: AppRequestContext
    ) -> [WishView] {
        let none = OptionView(value: "", name: context.text("ballot.wish.none"), isChosen: false)
        return entered.enumerated().map { index, wish in
            WishView(
                number: String(index + 1),
                legend: context.text("ballot.wish", ["number": String(index + 1)]),
                hallLabel: context.text("ballot.wish.hall"), dayLabel: context.text("ballot.wish.day"),
                partLabel: context.text("ballot.wish.part"),
                halls: [none]
                    + halls.map { hall in
                        OptionView(
                            value: hall.id.rawValue, name: hall.name.text(context.language),
                            isChosen: wish.hall == hall.id.rawValue)
                    },
                days: [none]
                    + dates.map { date in
                        OptionView(
                            value: date.description, name: context.day(date), isChosen: wish.day == date.description)
                    },
                parts: Part.allCases.map { part in
                    OptionView(
                        value: part.rawValue, name: context.text("ballot.part.\(part.rawValue)"),
                        isChosen: wish.part == part.rawValue)
                })
        }
    }
}
