import ArgumentParser
import BookingService
import Domain
import Foundation
import Postgres
import Web

/// Closures in words.
struct ClosureText: Sendable {
    private let texts: Localisation
    private let language: Language

    /// Several closures fit, of which one must be named.
    struct Several: Error {
        let lines: [String]
    }

    init(language: Language) throws {
        texts = try Localisation(bundles: [.module])
        self.language = language
    }

    func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        texts.text("closure." + key, language, arguments)
    }

    func importText(_ key: String, _ arguments: [String: String] = [:]) -> String {
        texts.text("import." + key, language, arguments)
    }

    func arguments(_ closure: HallClosure, _ catalogue: Catalogue) -> [String: String] {
        let hall = catalogue.halls[closure.hall]
        let zone = hall.flatMap { TimeZoneRules($0.timeZone) }
        func clock(_ moment: Timestamp) -> String {
            guard let zone else { return moment.rfc3339() }
            let text = zone.rfc3339(moment)
            return String(text.prefix(16)).replacing("T", with: " ")
        }
        return [
            "hall": hall?.name.text(language) ?? closure.hall.rawValue, "from": clock(closure.from),
            "to": clock(closure.to), "reason": closure.reason.text(language),
        ]
    }

    /// How many people are affected, and where they would go.
    func lines(_ forecast: ClosureForecast, _ catalogue: Catalogue, people: Int) -> [String] {
        guard people > 0 else { return [text("nobody")] }
        return [text("people", ["count": String(people)])] + places(forecast, catalogue)
    }

    func places(_ forecast: ClosureForecast, _ catalogue: Catalogue) -> [String] {
        var lines: [String] = []
        if forecast.sameHall > 0 { lines.append(text("sameHall", ["count": String(forecast.sameHall)])) }
        for (hall, count) in forecast.otherHalls.sorted(by: { $0.key < $1.key }) {
            lines.append(
                text(
                    "otherHall",
                    ["hall": catalogue.halls[hall]?.name.text(language) ?? hall.rawValue, "count": String(count)]))
        }
        if forecast.nowhere > 0 { lines.append(text("nowhere", ["count": String(forecast.nowhere)])) }
        return lines
    }

    /// Says what was refused, and how the program ends.
    func answering(_ hall: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let refusal as HallClosing.Refusal {
            complain([text("\(refusal)", ["hall": hall])])
            throw ExitCode(65)
        } catch let several as Several {
            complain(several.lines)
            throw ExitCode(65)
        } catch let error as PostgresError {
            complain(["nothing was changed: \(error)"])
            throw ExitCode(69)
        }
    }

    private func complain(_ lines: [String]) {
        FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    static func actor(_ by: String?) -> String { String("operator:\(by ?? NSUserName())".prefix(100)) }

    static func reason(_ text: String) throws -> String {
        let reason = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...200).contains(reason.unicodeScalars.count) else {
            throw ValidationError("give a reason of 1 to 200 characters")
        }
        return reason
    }
}
