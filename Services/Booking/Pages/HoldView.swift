import Domain
import Web

/// The box above each step: what is held, and until when.
struct HoldView: Sendable {
    let serviceName: String
    let hallName: String
    let address: String
    let time: String
    let timeMachine: String
    let until: String
    let untilMachine: String
    /// The server's clock: the browser's may be wrong.
    let nowMachine: String
    /// Read out as the time runs down; the page fills in how many minutes are left.
    let spoken: String
    /// The same for the last minute.
    let spokenOne: String
    let overLink: String

    init(_ hold: Hold, token: String, at now: Timestamp, _ city: City, _ context: AppRequestContext) {
        let slot = hold.slot
        let zone = city.zone(of: slot.hall)
        serviceName = city.service(slot.service)?.name.text(context.language) ?? slot.service.rawValue
        hallName = city.hall(slot.hall)?.name.text(context.language) ?? slot.hall.rawValue
        address = city.hall(slot.hall)?.address.text(context.language) ?? ""
        time = context.time((slot.start, slot.end), zone: zone)
        timeMachine = LocalMoment(slot.start, zone: zone).machine
        let expires = LocalMoment(hold.expires, zone: zone)
        until = context.text("hold.until", ["time": expires.time])
        untilMachine = expires.machine
        nowMachine = LocalMoment(now, zone: zone).machine
        spoken = context.text("hold.spoken.other")
        spokenOne = context.text("hold.spoken", count: 1)
        // A hold that is over leads to the page with times nearby.
        overLink = "/holds/\(token)"
    }
}
