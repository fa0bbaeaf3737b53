import Domain
import Web

/// A text in both languages, for screens that show both.
struct Bilingual: Sendable {
    let zh: String
    let en: String

    init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    init(_ key: String, _ texts: Localisation) {
        zh = texts.text(key, .zhHans)
        en = texts.text(key, .en)
    }

    init(_ key: String, count: Int, _ texts: Localisation) {
        zh = texts.text(key, .zhHans, count: count)
        en = texts.text(key, .en, count: count)
    }
}

/// The big screen of a hall. Numbers, windows and counts only.
struct DisplayView {
    struct Call {
        let position: Int64
        let number: String
        let window: String
        let time: String
        let style: String
    }

    struct Line {
        let service: String
        let nameZh: String
        let nameEn: String
        let waiting: Int
        /// Whether people wait for it and its turn on the screen is now.
        let shown: Bool
        /// Minutes; `nil` when no open window serves the service.
        let range: String?
    }

    let hallZh: String
    let hallEn: String
    let stream: String
    let timeZone: String
    let position: Int64
    /// Of the newest call that the page shows: only later ones are announced.
    let lastCall: Int64
    let clock: String
    /// The newest call that is still awaited.
    let current: Call?
    let calls: [Call]
    let waiting: Int
    /// What goes with the number of all who wait, and its English forms for what comes.
    let people: Bilingual
    let peopleOne: String
    let peopleOther: String
    let services: [Line]
    /// Such as `1/2`; `nil` when all services that people wait for are shown together.
    let pageNumber: String?
    /// How close the lines must stand for all of them to fit.
    let density: String
    let anyWaiting: Bool
    let windowsOpen: Int
    let live: Bool
    let labels: [String: Bilingual]

    private static let labelKeys = [
        "display": "title", "now": "now", "window": "window", "noCalls": "no-calls", "recent": "recent",
        "waiting": "waiting", "service": "service", "count": "count", "wait": "wait", "minutes": "minutes",
        "closed": "closed", "nobody": "nobody", "page": "page", "windowsOpen": "windows-open", "live": "live",
        "behind": "behind",
    ]

    init(
        hall: CityDirectory.Hall, board: BoardDocument, directory: CityDirectory, isLive: Bool, now: Timestamp,
        texts: Localisation
    ) {
        let time = HallTime(hall.timeZone)
        hallZh = hall.name.zh
        hallEn = hall.name.en
        stream = "/live/halls/\(hall.id)"
        timeZone = hall.configuration.timeZone
        position = board.position
        lastCall = board.recent.map(\.position).max() ?? 0
        clock = time.clock(now)
        calls = board.recent.map { call in
            Call(
                position: call.position, number: call.number, window: call.window.rawValue, time: time.clock(call.at),
                style: call.state == .called ? "is-called" : "is-past")
        }
        current = zip(board.recent, calls).first { call, _ in call.state == .called }?.1
        waiting = board.waiting
        people = Bilingual("display.people", count: board.waiting, texts)
        peopleOne = texts.text("display.people", .en, count: 1)
        peopleOther = texts.text("display.people", .en, count: 2)
        windowsOpen = board.openWindows
        let lines = Dictionary(board.perService.map { ($0.service, $0) }, uniquingKeysWith: { first, _ in first })
        let offered = directory.services(of: hall)
        let rows = DisplayRows(offered.filter { (lines[$0]?.waiting ?? 0) > 0 }, at: now)
        services = offered.map { service in
            let line = lines[service]
            return Line(
                service: service.rawValue, nameZh: directory.serviceName(service, .zhHans),
                nameEn: directory.serviceName(service, .en), waiting: line?.waiting ?? 0,
                shown: rows.shown.contains(service), range: line?.outlook.map(Self.range))
        }
        pageNumber = rows.pageNumber
        density = rows.density
        anyWaiting = board.waiting > 0
        live = isLive
        labels = Self.labelKeys.mapValues { Bilingual("display.\($0)", texts) }
    }

    private static func range(_ outlook: WaitOutlook) -> String {
        outlook.lowMinutes == outlook.highMinutes
            ? "\(outlook.expectedMinutes)" : "\(outlook.lowMinutes)–\(outlook.highMinutes)"
    }
}
