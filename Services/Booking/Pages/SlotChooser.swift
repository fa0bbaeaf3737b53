import Domain
import HTTPTypes
import Hummingbird
import Web

/// The page on which hall, day and time are chosen, for a new booking and for moving one.
struct SlotChooser {
    let desk: BookingDesk
    let site: Site
    let service: Service
    let answers: ChecklistAnswers
    /// The page itself, without query.
    let path: String
    /// Where the choice goes.
    let action: String
    let hidden: [HiddenField]
    let back: String
    /// The appointment that is to move; its version travels in `hidden`.
    var moving: Appointment?

    /// What is wrong with the choice just made.
    struct Refusal {
        let text: String
        let status: HTTPResponse.Status
        let alternatives: [Slot]
    }

    private struct HallView: Sendable {
        let name: String
        let address: String
        let link: String
        let free: String
        let current: Bool
    }

    private struct DayView: Sendable {
        let name: String
        let link: String
        let free: String
        let current: Bool
    }

    struct TimeView: Sendable {
        let value: String
        let text: String
        /// How many places are left, in words.
        let left: String
        let full: Bool
    }

    private struct View: Sendable {
        let heading: String
        let serviceName: String
        let now: String?
        let hasErrors: Bool
        let errors: [ErrorView]
        /// That something may have changed since when.
        let stale: String?
        /// When the places of the day open, and how long it is until then.
        let opening: String?
        /// When the hall is closed against its hours, and why.
        let closures: [String]
        /// Where people enter for places that are drawn.
        let ballotLink: String?
        let halls: [HallView]
        let days: [DayView]
        let hasDays: Bool
        let hidden: [HiddenField]
        let alternatives: [TimeView]
        let hasAlternatives: Bool
        let times: [TimeView]
        let hasTimes: Bool
        let timesHeading: String
        let holdNote: String
        let action: String
        let back: String
        /// Where one can wait for a place of a day that is full.
        let waitlist: String?
    }

    func page(
        hall wantedHall: HallID?, date wantedDate: LocalDate?, _ context: AppRequestContext, refusal: Refusal? = nil
    ) async throws -> Response {
        let city = desk.city
        let halls = city.catalogue.halls(offering: service.id)
        var slots: [HallID: [ShownSlot]] = [:]
        var asOf: Timestamp?
        for hall in halls {
            let open = try await desk.shownSlots(hall: hall.id, service: service.id)
            slots[hall.id] = open.slots
            asOf = [asOf, open.asOf].compactMap(\.self).min()
        }
        let chosen =
            halls.first { $0.id == wantedHall } ?? halls.first { slots[$0.id]?.contains { $0.free > 0 } ?? false }
            ?? halls.first
        let zone = chosen.flatMap { city.zone(of: $0.id) }
        let days = Dictionary(grouping: chosen.flatMap { slots[$0.id] } ?? []) {
            LocalMoment($0.slot.start, zone: zone).date
        }
        let dates = days.keys.sorted()
        let day =
            wantedDate.flatMap { days[$0] == nil ? nil : $0 }
            ?? dates.first { days[$0]?.contains { $0.free > 0 } ?? false } ?? dates.first
        let times = (day.flatMap { days[$0] } ?? []).map { time($0, zone: zone, context) }
        let view = View(
            heading: context.text(moving == nil ? "slots.heading" : "slots.move.heading"),
            serviceName: service.name.text(context.language),
            now: moving.map { context.time(($0.start, $0.end), zone: city.zone(of: $0.hall)) },
            hasErrors: refusal != nil, errors: refusal.map { [ErrorView(text: $0.text, field: "choose")] } ?? [],
            stale: asOf.map { asOf in
                let moment = LocalMoment(asOf, zone: zone)
                return context.text("slots.stale", ["day": context.day(moment.date), "time": moment.time])
            },
            opening: opening(of: day.flatMap { days[$0] } ?? [], zone: zone, context),
            closures: chosen.map { desk.closures(of: $0.id, context) } ?? [],
            ballotLink: service.release?.ballot.map { _ in "/services/\(service.id)/ballot" },
            halls: halls.map { hall in
                hallView(hall, free: slots[hall.id] ?? [], current: hall.id == chosen?.id, context)
            },
            days: dates.map { date in
                DayView(
                    name: context.day(date), link: link(hall: chosen?.id, date: date),
                    free: free(in: days[date] ?? [], zone: zone, context),
                    current: date == day)
            },
            hasDays: !dates.isEmpty, hidden: hidden,
            alternatives: (refusal?.alternatives ?? []).map { Self.alternative($0, city, context) },
            hasAlternatives: !(refusal?.alternatives ?? []).isEmpty, times: times, hasTimes: !times.isEmpty,
            timesHeading: context.text("slots.times", ["day": day.map { context.day($0) } ?? ""]),
            holdNote: moving == nil
                ? context.text("slots.hold-note", count: chosen?.bookingRules.holdMinutes ?? 10)
                : context.text("slots.move-note"),
            action: action, back: back,
            waitlist: waitlist(hall: chosen?.id, day, free: Self.sum(day.flatMap { days[$0] } ?? [])))
        return try site.pages.render(
            "booking-slots", titleKey: "slots.title", view: view, context, status: refusal?.status ?? .ok,
            scripts: ["booking.js"])
    }

    private func waitlist(hall: HallID?, _ day: LocalDate?, free: Int) -> String? {
        guard service.waitlist != nil, moving == nil, hall != nil, free == 0 else { return nil }
        return link("/services/\(service.id)/waitlist", hall: hall, date: day)
    }

    private static func sum(_ slots: [ShownSlot]) -> Int {
        slots.reduce(0) { $0 + $1.free }
    }

    /// How many places a day has, or when they open.
    private func free(in slots: [ShownSlot], zone: TimeZoneRules?, _ context: AppRequestContext) -> String {
        let count = Self.sum(slots)
        guard count == 0, let next = Self.nextOpening(slots) else {
            return context.text("slots.free", ["free": String(count)])
        }
        return context.text("slots.opens", ["time": context.opening(next, zone: zone)])
    }

    private static func nextOpening(_ slots: [ShownSlot]) -> SlotOpening? {
        slots.compactMap(\.opening).min { $0.from < $1.from }
    }

    private func opening(of slots: [ShownSlot], zone: TimeZoneRules?, _ context: AppRequestContext) -> String? {
        guard let next = Self.nextOpening(slots) else { return nil }
        let now = desk.clock()
        let time = context.opening(next, zone: zone)
        guard next.from > now else { return context.text("slots.opening.now", ["time": time]) }
        return context.text(
            next.by > next.from ? "slots.opening.between" : "slots.opening",
            ["time": time, "left": context.timeLeft(until: next.from, from: now)])
    }

    private func hallView(_ hall: Hall, free: [ShownSlot], current: Bool, _ context: AppRequestContext) -> HallView {
        let count = Self.sum(free)
        let opens = count == 0 ? Self.nextOpening(free) : nil
        return HallView(
            name: hall.name.text(context.language), address: hall.address.text(context.language),
            link: link(hall: hall.id, date: nil),
            free: opens.map {
                context.text("slots.opens", ["time": context.opening($0, zone: desk.city.zone(of: hall.id))])
            } ?? (count == 0 ? context.text("slots.hall.none") : context.text("slots.hall.free", count: count)),
            current: current)
    }

    private func link(_ path: String? = nil, hall: HallID?, date: LocalDate?) -> String {
        let path = path ?? self.path
        var parts: [String] = []
        if let hall { parts.append("hall=\(hall)") }
        if let date { parts.append("date=\(date)") }
        if !answers.query.isEmpty { parts.append(answers.query) }
        return parts.isEmpty ? path : path + "?" + parts.joined(separator: "&")
    }

    private func time(_ shown: ShownSlot, zone: TimeZoneRules?, _ context: AppRequestContext) -> TimeView {
        let slot = shown.slot
        let time = LocalMoment(slot.start, zone: zone).time + "–" + LocalMoment(slot.end, zone: zone).time
        let isOwn = slot.id == moving?.slot
        let left =
            isOwn
            ? context.text("slots.own")
            : shown.opening.map { context.text("slots.opens", ["time": context.opening($0, zone: zone)]) }
                ?? (slot.free <= 0
                    ? context.text("slots.full") : context.text("slots.free", ["free": String(slot.free)]))
        return TimeView(value: slot.id.description, text: time, left: left, full: isOwn || shown.free == 0)
    }

    static func alternative(_ slot: Slot, _ city: City, _ context: AppRequestContext) -> TimeView {
        let zone = city.zone(of: slot.hall)
        let start = LocalMoment(slot.start, zone: zone)
        return TimeView(
            value: slot.id.description,
            text: context.text(
                "slots.alternative",
                [
                    "hall": city.hall(slot.hall)?.name.text(context.language) ?? "", "day": context.day(start.date),
                    "time": start.time + "–" + LocalMoment(slot.end, zone: zone).time,
                ]), left: context.text("slots.free", ["free": String(slot.free)]), full: false)
    }
}
