import Foundation
import NIOHTTP1
import Testing

/// A request that must be refused, and how.
struct BadRequest: Sendable, CustomTestStringConvertible {
    /// Who sends it.
    enum Caller: Sendable {
        case anyone, citizen, kiosk, clerk, bearer(String), staffCookie(String)
    }

    let name: String
    let method: HTTPMethod
    let path: String
    var body: String?
    var form: [(String, String)]?
    var headers: [String: String] = [:]
    var caller = Caller.anyone
    let status: Int

    var testDescription: String { name }

    static func get(
        _ name: String, _ path: String, _ status: Int, headers: [String: String] = [:], as caller: Caller = .anyone
    ) -> BadRequest {
        BadRequest(name: name, method: .GET, path: path, headers: headers, caller: caller, status: status)
    }

    /// A JSON body, sent with a fresh key.
    static func post(
        _ name: String, _ path: String, _ body: String, _ status: Int, headers: [String: String] = [:],
        as caller: Caller = .anyone
    ) -> BadRequest {
        BadRequest(name: name, method: .POST, path: path, body: body, headers: headers, caller: caller, status: status)
    }

    /// A page's form.
    static func form(
        _ name: String, _ path: String, _ form: [(String, String)], _ status: Int, headers: [String: String] = [:],
        as caller: Caller = .anyone
    ) -> BadRequest {
        BadRequest(name: name, method: .POST, path: path, form: form, headers: headers, caller: caller, status: status)
    }
}

extension BadRequest {
    static let holds = "/api/v1/holds"
    static let tickets = "/api/v1/queue/halls/north/tickets"
    static let commands = "/api/v1/queue/halls/north/windows/1/commands"

    static let bodies: [BadRequest] = [
        .post("cut-off JSON", holds, #"{"slot": "#, 400),
        .post("JSON that is no object", holds, "[]", 400),
        .post("nothing", holds, "", 400),
        .post("a member twice", holds, #"{"slot": "1", "slot": "2"}"#, 400),
        .post("a lone surrogate", holds, #"{"slot": "\ud800"}"#, 400),
        .post("deep nesting", holds, String(repeating: "[", count: 20_000), 400),
        .post("a number for a text", holds, #"{"slot": 1}"#, 422),
        .post("a list for a text", holds, #"{"slot": ["1"]}"#, 422),
        .post("null for a text", holds, #"{"slot": null}"#, 422),
        .post("a number beyond 64 bits", holds, #"{"slot": "99999999999999999999"}"#, 422),
        .post("SQL for a number", holds, #"{"slot": "1; DROP TABLE slot"}"#, 422),
        .post("a member nobody knows", holds, #"{"slot": "1", "free": true}"#, 422),
        .post("a slot that is not there", holds, #"{"slot": "999999999"}"#, 404),
        .post("64 KiB and more", holds, #"{"slot": "\#(String(repeating: "1", count: 70_000))"}"#, 413),
        .post("text, not JSON", holds, #"{"slot": "1"}"#, 415, headers: ["Content-Type": "text/plain"]),
        .form("a form for JSON", holds, [("slot", "1")], 415),
        .post("a phone that is none", "/api/v1/verifications", #"{"phone": "+861380013800"}"#, 422),
        .post("digits of another script", "/api/v1/verifications", #"{"phone": "١٣٨٠٠١٣٨٠٠٠"}"#, 422),
        .post(
            "U+0000 in a name", "/api/v1/appointments",
            #"{"name": "a\u0000b", "slot": "1", "checklist": {"version": 1}}"#, 422, as: .citizen),
        .post(
            "a name that turns the text around it", "/api/v1/appointments",
            #"{"name": "王\u202e小明", "slot": "1", "checklist": {"version": 1}}"#, 422, as: .citizen),
        .post(
            "an endless name", "/api/v1/appointments",
            #"{"name": "\#(String(repeating: "王", count: 61))", "slot": "1", "checklist": {"version": 1}}"#, 422,
            as: .citizen),
        .post("a service that is none", tickets, #"{"service": "pasport"}"#, 409, as: .kiosk),
        .post("a class that is none", tickets, #"{"service": "passport", "class": "vip"}"#, 422, as: .kiosk),
        .post(
            "one service and several", tickets, #"{"service": "passport", "services": ["id-card"]}"#, 422, as: .kiosk),
        .post("several services that are none", tickets, #"{"services": []}"#, 422, as: .kiosk),
        .post("a service twice", tickets, #"{"services": ["passport", "passport"]}"#, 409, as: .kiosk),
        .post("a command that is none", commands, #"{"command": "callEverybody"}"#, 422, as: .clerk),
        .post("a command without its field", commands, #"{"command": "finish"}"#, 422, as: .clerk),
        .post("a command at a window that is not open", commands, #"{"command": "callNext"}"#, 409, as: .clerk),
    ]

    static let callers: [BadRequest] = [
        .post("no key", holds, #"{"slot": "1"}"#, 400, headers: ["Idempotency-Key": ""]),
        .post(
            "a key that is too long", holds, #"{"slot": "1"}"#, 400,
            headers: ["Idempotency-Key": String(repeating: "k", count: 129)]),
        .post("a key with a space", holds, #"{"slot": "1"}"#, 400, headers: ["Idempotency-Key": "a b"]),
        .post("nobody books", "/api/v1/appointments", "{}", 401),
        .post("a made-up proof of a phone", "/api/v1/appointments", "{}", 401, as: .bearer("AAAA.BBBB")),
        .post("nobody takes a number", tickets, #"{"service": "passport"}"#, 401),
        .post("a made-up device", tickets, #"{"service": "passport"}"#, 401, as: .bearer("AAAAAAAAAAAAAAAAAAAAAA")),
        .post("a kiosk calls", commands, #"{"command": "callNext"}"#, 401, as: .kiosk),
        .post(
            "a kiosk in another hall", "/api/v1/queue/halls/south/tickets", #"{"service": "passport"}"#, 403, as: .kiosk
        ),
        .post(
            "a clerk in another hall", "/api/v1/queue/halls/south/windows/1/commands", #"{"command": "open"}"#, 403,
            as: .clerk),
        .get("a clerk reads the log", "/api/v1/queue/halls/north/log", 403, as: .clerk),
        .post("a cookie of nobody", commands, #"{"command": "open"}"#, 401, as: .staffCookie("garbage")),
        .post(
            "a wrong password", "/api/v1/queue/sessions", #"{"staff": "reception-south", "password": "wrong"}"#, 401),
        .form(
            "a form from another site", "/holds", [("slot", "1")], 403,
            headers: ["Origin": "https://evil.example", "Cookie": "lang=en"]),
        .form("a form without a field", "/holds", [("slot", "one")], 422),
        .form("a kiosk's form from nobody", "/kiosk/north/tickets", [("service", "passport")], 401),
        .form("a kiosk's list from nobody", "/kiosk/north/itinerary", [("service", "passport")], 401),
        .form("a clerk's form from nobody", "/staff/halls/north/windows/1", [("command", "open")], 303),
    ]

    static let addresses: [BadRequest] = [
        .get("a path out of the folder", "/assets/..%2f..%2f..%2fetc%2fpasswd", 400),
        .get("a path with U+0000", "/assets/app.css%00.js", 400),
        .get("the inner door", "/internal/v1/contacts/0b9e1c52-7f1e-4d3a-8c11-5a2f7d9e4b60", 404),
        .get("metrics from outside", "/metrics", 404),
        .get("a token that is too short", "/api/v1/holds/AAAA", 404),
        .get("a hold of nobody", "/api/v1/holds/AAAAAAAAAAAAAAAAAAAAAA", 404),
        .get("an appointment of nobody", "/api/v1/appointments/AAAAAAAAAAAAAAAAAAAAAA", 404),
        .get("a personal page of nobody", "/a/AAAAAAAAAAAAAAAAAAAAAA", 404),
        .get("a ticket of nobody", "/t/AAAAAAAAAAAAAAAAAAAAAA", 404),
        .get("events of nobody's ticket", "/live/tickets/AAAAAAAAAAAAAAAAAAAAAA", 404),
        .get("events of no hall", "/live/halls/nowhere", 404, headers: ["Last-Event-ID": "../../x"]),
        .get("a service by SQL", "/api/v1/services/'%20OR%201=1%20--", 404),
        .get("a kiosk with a wrong key", "/kiosk/north/enrol?key=wrong", 404),
        .get("a query that is not UTF-8", "/api/v1/services?q=%FF", 400),
        .get("a parameter nobody knows", "/api/v1/services?limits=5", 422),
        .get("a parameter twice", "/api/v1/services?limit=5&limit=6", 422),
        .get("an empty parameter", "/api/v1/services?limit=", 422),
        .get("a limit beyond the range", "/api/v1/services?limit=101", 422),
        .get("a day that is none", "/api/v1/slots?hall=north&service=passport&from=2026-02-30", 422),
        .get("a hall that is missing", "/api/v1/slots?service=passport", 422),
        .get("a cursor that is made up", "/api/v1/queue/halls/north/log?cursor=zzz", 403, as: .clerk),
        BadRequest(name: "a method nobody offers", method: .PUT, path: holds, body: "{}", status: 405),
        BadRequest(name: "TRACE", method: .TRACE, path: holds, status: 405),
    ]
}
