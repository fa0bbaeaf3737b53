import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// An appointment for people's calendars (RFC 5545). The same `UID` and a rising `SEQUENCE` make a later file replace
/// an earlier.
struct AppointmentCalendar {
    let text: String

    init(_ appointment: Appointment, token: String, desk: BookingDesk, language: Language) {
        let city = desk.city
        let hall = city.hall(appointment.hall)
        let lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OneTrip//Booking//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
            "UID:\(appointment.id)@onetrip", "SEQUENCE:\(appointment.sequence)",
            "DTSTAMP:" + Self.utc(desk.clock()), "DTSTART:" + Self.utc(appointment.start),
            "DTEND:" + Self.utc(appointment.end),
            "STATUS:" + (appointment.state == .cancelled ? "CANCELLED" : "CONFIRMED"),
            "SUMMARY:" + Self.escaped(city.service(appointment.service)?.name.text(language) ?? ""),
            "LOCATION:"
                + Self.escaped([hall?.name, hall?.address].compactMap { $0?.text(language) }.joined(separator: ", ")),
            "DESCRIPTION:" + Self.escaped(appointment.reference + "\n" + desk.page(of: token)),
            "END:VEVENT", "END:VCALENDAR",
        ]
        text = lines.map { Self.folded($0) + "\r\n" }.joined()
    }

    var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/calendar; charset=utf-8; method=PUBLISH", .contentLength: String(text.utf8.count),
                .contentDisposition: "attachment; filename=\"onetrip.ics\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func utc(_ moment: Timestamp) -> String {
        let whole = Timestamp(milliseconds: moment.milliseconds / 1000 * 1000)
        return whole.rfc3339().filter { $0 != "-" && $0 != ":" }
    }

    /// RFC 5545 section 3.3.11.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case ";": result += "\\;"
            case ",": result += "\\,"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }

    /// Lines of at most 75 octets, parted between characters (section 3.1).
    static func folded(_ line: String) -> String {
        var result = ""
        var octets = 0
        for scalar in line.unicodeScalars {
            let length = String(scalar).utf8.count
            if octets + length > 75 {
                result += "\r\n "
                octets = 1
            }
            result.unicodeScalars.append(scalar)
            octets += length
        }
        return result
    }
}
