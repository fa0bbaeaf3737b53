import Domain
import Web

/// A link with a name.
struct LinkView: Sendable {
    let name: String
    let link: String
}

/// A name and a value that a form carries along.
struct HiddenField: Sendable {
    let name: String
    let value: String
}

/// One entry of the summary above a form.
struct ErrorView: Sendable {
    let text: String
    /// `id` of the input; `nil` when no input is to blame.
    let field: String?
}

struct ServiceLinkView: Sendable {
    let name: String
    let summary: String
    let link: String

    init(_ service: Service, _ language: Language) {
        name = service.name.text(language)
        summary = service.summary.text(language)
        link = "/services/\(service.id)"
    }
}

struct ItemView: Sendable {
    let name: String
    let form: String
    let whereToGet: String?
    let sample: String?

    init(_ item: ChecklistItem, _ context: AppRequestContext) {
        name = item.name.text(context.language)
        form = context.text("checklist.form.\(item.form.rawValue)", ["count": String(item.count)])
        whereToGet = item.whereToGet?.text(context.language)
        sample = item.sample?.text(context.language)
    }
}

extension AppRequestContext {
    /// `11月24日 周二`, `Tue 2026-11-24`.
    func day(_ date: LocalDate) -> String {
        text(
            "date.day",
            [
                "year": String(date.year), "month": language == .en ? Self.padded(date.month) : String(date.month),
                "day": language == .en ? Self.padded(date.day) : String(date.day),
                "weekday": text("weekday.\(date.weekday.rawValue)"),
            ])
    }

    /// A slot's day and time, as people say it.
    func time(_ slot: (start: Timestamp, end: Timestamp), zone: TimeZoneRules?) -> String {
        let start = LocalMoment(slot.start, zone: zone)
        return "\(day(start.date)) \(start.time)–\(LocalMoment(slot.end, zone: zone).time)"
    }

    /// `12月1日 周二 09:00`
    func moment(_ moment: Timestamp, zone: TimeZoneRules?) -> String {
        let local = LocalMoment(moment, zone: zone)
        return "\(day(local.date)) \(local.time)"
    }

    /// When a slot opens: `12月1日 周二 09:00`, or `12月1日 周二 09:00–09:20` when it is some moment in between.
    func opening(_ opening: SlotOpening, zone: TimeZoneRules?) -> String {
        guard opening.by > opening.from else {
            return moment(opening.from, zone: zone)
        }
        return time((opening.from, opening.by), zone: zone)
    }

    /// How long it is until then, in its greatest two units.
    func timeLeft(until moment: Timestamp, from now: Timestamp) -> String {
        // Rounded up, so that nobody comes too soon.
        let minutes = max(1, Int((moment.minutes(since: now)).rounded(.up)))
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60)
        let parts = [("days", days), ("hours", hours), ("minutes", days > 0 ? 0 : rest)]
        return parts.filter { $0.1 > 0 }.map { text("left.\($0.0)", count: $0.1) }.joined(separator: " ")
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// The query without what it does not know: links of other people may carry anything.
    func pageQuery() -> FieldReader? { try? queryFields() }
}
