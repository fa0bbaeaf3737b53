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
    let current: Call?
    let calls: [Call]
    let waiting: Int
    let services: [Line]
    /// How close the lines must stand for all of them to fit.
    let density: String
    let anyWaiting: Bool
    let windowsOpen: Int
    let live: Bool
    let labels: [String: Bilingual]

    private static let labelKeys = [
        "display": "title", "now": "now", "window": "window", "noCalls": "no-calls", "recent": "recent",
        "waiting": "waiting", "people": "people", "service": "service", "count": "count", "wait": "wait",
        "minutes": "minutes", "closed": "closed", "nobody": "nobody", "windowsOpen": "windows-open", "live": "live",
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
                style: call.state == .called ? "is-called" : "is-serving")
        }
        current = calls.first
        waiting = board.waiting
        windowsOpen = board.openWindows
        let lines = Dictionary(board.perService.map { ($0.service, $0) }, uniquingKeysWith: { first, _ in first })
        services = directory.services(of: hall).map { service in
            let line = lines[service]
            return Line(
                service: service.rawValue, nameZh: directory.serviceName(service, .zhHans),
                nameEn: directory.serviceName(service, .en), waiting: line?.waiting ?? 0,
                shown: (line?.waiting ?? 0) > 0,
                range: line?.outlook.map(Self.range))
        }
        let shown = services.count { $0.shown }
        density = shown > 14 ? "is-dense" : shown > 8 ? "is-close" : ""
        anyWaiting = board.waiting > 0
        live = isLive
        labels = Self.labelKeys.mapValues { Bilingual("display.\($0)", texts) }
    }

    private static func range(_ outlook: WaitOutlook) -> String {
        outlook.lowMinutes == outlook.highMinutes
            ? "\(outlook.expectedMinutes)" : "\(outlook.lowMinutes)–\(outlook.highMinutes)"
    }
}
