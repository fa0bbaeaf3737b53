import BookingService
import Domain
import Foundation
import NIOHTTP1
import Synchronization
import Web

/// What people and devices do in a running test city, over HTTP.
package struct CityClient: Sendable {
    package let http: JSONClient
    private let secret: String
    private let counter = SharedCounter()

    package init(_ system: RunningSystem, connections: Int = 64) throws {
        http = JSONClient(base: system.base, connections: connections)
        secret = try String(contentsOfFile: system.directory + "/secret", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func shutDown() async throws { try await http.shutDown() }

    /// A key for one request that changes something.
    package func key(_ stem: String = "k") -> String { "\(stem)-\(getpid())-\(counter.next())" }

    /// The proof of a phone number as the booking service gives it after the right code, without the exchange of the code: for tests
    /// with thousands of persons.
    package func contactToken(phone: Int) throws -> String {
        guard let number = PhoneNumber("\(phone)") else {
            throw DeadlinePassed(description: "\(phone) is no phone number")
        }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        return try ContactToken(secrets: Secrets(masterKeyHex: secret))
            .make(for: number, expires: Timestamp(milliseconds: now + 3_600_000))
    }

    /// Proves a phone number as a person does: asks for a code, reads it on the demo phone, gives it back.
    package func proveContact(phone: Int) async throws -> String {
        let asked = try await http.post(
            "/api/v1/verifications", #"{"phone": "\#(phone)"}"#, headers: ["Idempotency-Key": key()])
        guard asked.status == 201, let id = asked.string("id") else { throw Unexpected(asked) }
        let code = try await eventually("the code on the demo phone") {
            try await messages(phone: phone).compactMap { text in
                text.split(whereSeparator: { !$0.isNumber }).first { $0.count == 6 }.map(String.init)
            }.first
        }
        let confirmed = try await http.post("/api/v1/verifications/\(id)/confirmation", #"{"code": "\#(code)"}"#)
        guard confirmed.status == 200, let token = confirmed.string("contactToken") else { throw Unexpected(confirmed) }
        return token
    }

    /// The texts that the demo phone got for a number.
    package func messages(phone: Int) async throws -> [String] {
        let answer = try await http.get("/api/v1/live/demo-messages?phone=\(phone)")
        guard answer.status == 200 else { throw Unexpected(answer) }
        return (answer["items"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }
    }

    /// Free slots of a service on a day that starts now, first those to come next.
    package func slots(hall: String, service: String, days: Int = 1) async throws -> [(
        id: String, start: String, free: Int
    )] {
        let halls = try await http.get("/api/v1/halls/\(hall)")
        guard halls.status == 200, let zone = halls.string("timeZone").flatMap(TimeZone.init(identifier:)) else {
            throw Unexpected(halls)
        }
        let format = DateFormatter()
        format.calendar = Calendar(identifier: .gregorian)
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd"
        format.timeZone = zone
        let from = format.string(from: Date())
        let to = format.string(from: Date().addingTimeInterval(Double(days - 1) * 86_400))
        let answer = try await http.get("/api/v1/slots?hall=\(hall)&service=\(service)&from=\(from)&to=\(to)")
        guard answer.status == 200, let items = answer["items"] as? [[String: Any]] else { throw Unexpected(answer) }
        return items.compactMap { item in
            guard let id = item["id"] as? String, let start = item["start"] as? String, let free = item["free"] as? Int,
                free > 0
            else { return nil }
            return (id, start, free)
        }
    }

    package func book(
        slot: String, contact: String, name: String = "王小明", key: String, checklistVersion: Int = 1
    ) async throws -> JSONClient.Answer {
        try await http.post(
            "/api/v1/appointments",
            #"{"name": "\#(name)", "slot": "\#(slot)", "checklist": {"version": \#(checklistVersion), "answers": {}}}"#,
            headers: ["Idempotency-Key": key, "Authorization": "Bearer \(contact)"])
    }

    /// The device token of a hall's kiosk, as its enrolment gives it.
    package func enrolKiosk(hall: String) async throws -> String {
        guard let deviceKey = TestCity.kioskKeys[hall] else { throw DeadlinePassed(description: "no kiosk in \(hall)") }
        let answer = try await http.get("/kiosk/\(hall)/enrol?key=\(deviceKey)")
        let cookie = answer.headers["Set-Cookie"].first { $0.hasPrefix("kiosk=") }
        guard let token = cookie?.split(separator: ";").first?.dropFirst("kiosk=".count) else {
            throw Unexpected(answer)
        }
        return String(token)
    }

    package func takeNumber(
        hall: String, service: String, kiosk: String, key: String
    ) async throws -> JSONClient.Answer {
        try await http.post(
            "/api/v1/queue/halls/\(hall)/tickets", #"{"service": "\#(service)"}"#,
            headers: ["Authorization": "Bearer \(kiosk)", "Idempotency-Key": key])
    }

    /// A session of a member of staff.
    package func signIn(_ staff: String, password: String) async throws -> String {
        let answer = try await http.post(
            "/api/v1/queue/sessions", #"{"staff": "\#(staff)", "password": "\#(password)"}"#)
        guard answer.status == 201, let token = answer.string("token") else { throw Unexpected(answer) }
        return token
    }

    /// Signs a clerk of the test city in: the odd numbers work in `north`, the even ones in `south`.
    package func signIn(clerk number: Int) async throws -> String {
        try await signIn("clerk-\(number)", password: TestCity.password(ofClerk: number))
    }

    /// A command at a window, such as `callNext`; `more` are further members of the JSON object.
    package func command(
        _ command: String, hall: String, window: Int, session: String, more: String = "", key: String
    ) async throws -> JSONClient.Answer {
        try await http.post(
            "/api/v1/queue/halls/\(hall)/windows/\(window)/commands", #"{"command": "\#(command)"\#(more)}"#,
            headers: ["Authorization": "Bearer \(session)", "Idempotency-Key": key])
    }

    /// An answer that a test did not count on.
    package struct Unexpected: Error, CustomStringConvertible {
        package let description: String

        package init(_ answer: JSONClient.Answer) {
            description = "unexpected answer \(answer.status): \(answer.text.prefix(500))"
        }
    }
}

/// Counts up over all tasks.
final class SharedCounter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
