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

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// The query without what it does not know: links of other people may carry anything.
    func pageQuery() -> FieldReader? { try? queryFields() }
}
